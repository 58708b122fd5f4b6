"""A user's file of methods that start processes, each in its own way, and leave them behind."""

from __future__ import annotations

import math
import multiprocessing
import os
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor

from tests.comparison.running.misbehaving import note


def forks(oracle, rng):
    """Go on in two processes, as after an `os.fork` that was not thought through."""
    os.fork()
    for x in oracle.start(1000):
        oracle.value(x)


def forks_and_dies(oracle, rng, *, pids: str = ""):
    """Leave a copy that sleeps, and end the process itself."""
    oracle.value(oracle.start(1)[0])
    time.sleep(0.5)  # long enough for the evaluation to be streamed
    pid = os.fork()
    if pid:
        note(pids, pid)
        os._exit(7)
    time.sleep(1000)


def leaves_a_copy(oracle, rng, *, pids: str = ""):
    """Leave a copy of the process that sleeps, and a child of that one."""
    oracle.value(oracle.start(1)[0])
    pid = os.fork()
    if not pid:
        note(f"{pids}.child", subprocess.Popen(["sleep", "1000"]).pid)
        time.sleep(1000)
    while not os.path.exists(f"{pids}.child"):
        time.sleep(0.01)
    note(pids, pid)


def leaves_a_daemon(oracle, rng, *, pids: str = ""):
    """Leave a process that nothing but its number tells of: a session, and no parent."""
    oracle.value(oracle.start(1)[0])
    command = f"(setsid sh -c 'echo $$ > {pids}; exec sleep 1000' &); exit 0"
    subprocess.Popen(["sh", "-c", command], start_new_session=True).wait()
    while not os.path.exists(pids) or not os.path.getsize(pids):
        time.sleep(0.01)


def talks_in_a_copy(oracle, rng):
    """Print in a copy, and raise there."""
    oracle.value(oracle.start(1)[0])
    if not os.fork():
        print('{"run": "a copy\'s chatter"}', flush=True)
        raise RuntimeError("only in the copy")
    os.wait()


def maps(oracle, rng, *, start: str = "fork"):
    """Reckon in a pool of processes, as a parallel method does, and leave it open."""
    with multiprocessing.get_context(start).Pool(2) as pool:
        assert pool.map(math.sqrt, [1.0, 4.0]) == [1.0, 2.0]
    executor = ProcessPoolExecutor(2, multiprocessing.get_context(start))
    assert list(executor.map(math.sqrt, [1.0, 4.0])) == [1.0, 2.0]
    for x in oracle.start(5):
        oracle.value(x)


def reads_input(oracle, rng):
    """Start a process that reads its input to the end, and read ours as well."""
    subprocess.run(["cat"], check=True)
    try:
        input()
    except EOFError:
        oracle.value(oracle.start(1)[0])
