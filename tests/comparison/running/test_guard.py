"""A guard: nothing that it guards, or that this starts, outlives it or whoever holds its leash."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from comparison.running.guard import NUMBER, children, guarded
from tests.comparison.examples import alive, wait_for

linux = pytest.mark.skipif(sys.platform != "linux", reason="children are told by /proc")

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


@pytest.fixture
def guard():
    """Start a guard of an action; give its number and our end of its leash."""
    started = []

    def start(action):
        ours, theirs = socket.socketpair()

        def requests():
            ours.close()  # which only whoever starts a guard has, in a process of its own
            yield theirs, action, lambda: None

        pid = guarded(requests())
        theirs.close()
        assert NUMBER.unpack(ours.recv(NUMBER.size)) == (pid,)
        started.append((pid, ours))
        return pid, ours

    yield start
    for pid, ours in started:
        ours.close()
        os.waitpid(pid, 0)


def sleeps():
    time.sleep(1000)


def has_ended(leash):
    """Wait for the guard to say, by its end, that all has ended."""
    leash.settimeout(30)
    return leash.recv(1) == b""


@linux
def test_a_process_is_in_no_group_of_its_guards_and_ends_with_it(guard):
    pid, leash = guard(sleeps)
    (child,) = children(pid)
    wait_for(lambda: os.getsid(child) != os.getsid(pid))
    assert os.getsid(pid) != os.getsid(0)
    os.kill(pid, signal.SIGKILL)
    assert has_ended(leash)
    wait_for(lambda: not alive(child))


@linux
@pytest.mark.parametrize("let_go", ["shutdown", "close"])
def test_it_ends_when_the_leash_does(guard, let_go):
    pid, leash = guard(sleeps)
    (child,) = children(pid)
    if let_go == "close":
        leash.close()
    else:
        leash.shutdown(socket.SHUT_WR)
        assert has_ended(leash)
    wait_for(lambda: not alive(child))


@linux
def test_what_a_process_starts_does_not_outlive_it(guard, tmp_path):
    note = tmp_path / "pids"

    def leaves():
        command = f"(setsid sh -c 'echo $$ >> {note}; exec sleep 1000' &); exit 0"
        for _ in range(3):
            subprocess.run(["sh", "-c", command], start_new_session=True, check=True)
        while not note.exists() or len(note.read_text().split()) < 3:
            time.sleep(0.01)

    _, leash = guard(leaves)
    assert has_ended(leash)
    assert not any(alive(int(pid)) for pid in note.read_text().split())


@linux
def test_a_guard_that_stays_ends_all_of_one_process_before_the_next():
    ours, theirs = socket.socketpair()
    pairs = [socket.socketpair() for _ in range(2)]

    def leaves():
        daemon = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        theirs.send(NUMBER.pack(daemon.pid))

    pid = guarded((leash, leaves, lambda: None) for _, leash in pairs)
    for _, leash in pairs:
        leash.close()
    daemons = [NUMBER.unpack(ours.recv(NUMBER.size))[0] for _ in pairs]
    for leash, _ in pairs:
        assert NUMBER.unpack(leash.recv(NUMBER.size)) == (pid,)
        leash.shutdown(socket.SHUT_WR)  # no effect where it has ended; else it has
    os.waitpid(pid, 0)
    assert not any(alive(daemon) for daemon in daemons)
    for pair in ((ours, theirs), *pairs):
        for each in pair:
            each.close()


def test_what_is_raised_goes_to_standard_error(guard, capfd):
    def raises():
        raise RuntimeError("out of order")

    _, leash = guard(raises)
    assert has_ended(leash)
    assert "RuntimeError: out of order" in capfd.readouterr().err


def test_a_process_that_has_ended_has_no_children():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert children(ended.pid) == []
