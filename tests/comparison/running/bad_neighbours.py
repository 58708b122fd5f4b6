"""A user's file of methods that leave something behind, for whoever runs next to them or after."""

from __future__ import annotations

import contextlib
import decimal
import gc
import json
import locale
import multiprocessing.pool
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings

import numpy as np

import problems.core.space

#: How many seconds what a method leaves behind would go on for.
LONG = "297"


def evaluate(oracle, rng, n=20):
    """Evaluate so many random points."""
    for _ in range(n):
        oracle.value(oracle.space.sample(rng, 1)[0])


# ------------------------------------------- what a process has, and its next run would find


def narrowed_bounds(oracle, rng):
    """Take the space's bounds for its own."""
    oracle.space.low.__imul__(0.25)
    evaluate(oracle, rng)


def narrowed_problem(oracle, rng):
    """Put a narrower space in the place of the problem's."""
    evaluate(oracle, rng)
    problem = oracle.record.problem
    problem.space = problems.core.space.Box(-0.1, 0.1, problem.space.dimension)


def busy_thread(oracle, rng):
    """Leave a thread that computes for ever."""

    def spin():
        while True:
            pass

    threading.Thread(target=spin, daemon=True).start()
    evaluate(oracle, rng)


def thread_that_ends_never(oracle, rng):
    """Leave a thread that Python waits for at its end."""
    threading.Thread(target=time.sleep, args=(float(LONG),)).start()
    evaluate(oracle, rng)


def thread_that_looks_on(oracle, rng):
    """Leave a thread that evaluates, when the run is over too."""
    points = oracle.space.sample(rng, 1000)

    def evaluate_later():
        while True:
            for x in points:
                oracle.value(x)

    threading.Thread(target=evaluate_later, daemon=True).start()
    time.sleep(0.05)


def pool_of_threads(oracle, rng):
    """Leave a pool whose threads still work."""
    multiprocessing.pool.ThreadPool(3).map_async(time.sleep, [float(LONG)] * 6)
    evaluate(oracle, rng)


def small_stack(oracle, rng):
    """Leave little room for recursion."""
    sys.setrecursionlimit(60)
    evaluate(oracle, rng, 5)


def no_environment(oracle, rng):
    """Empty the environment, and the path of modules."""
    os.environ.clear()
    sys.path.clear()
    evaluate(oracle, rng)


def alarm(oracle, rng):
    """Leave an alarm that ends the process in two seconds."""
    signal.alarm(2)
    evaluate(oracle, rng)


def timer(oracle, rng):
    """Leave a timer that raises wherever the process is."""

    def ring(number, frame):
        raise TimeoutError("a method's timer")

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    evaluate(oracle, rng, 5)


def ignored_signals(oracle, rng):
    """Hear no signal that can be ignored."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    evaluate(oracle, rng)


def closed_streams(oracle, rng):
    """Close standard output and standard error."""
    os.close(1)
    os.close(2)
    evaluate(oracle, rng)


def other_streams(oracle, rng):
    """Put what is no file in the place of Python's streams."""
    evaluate(oracle, rng)
    sys.stdout = sys.stderr = sys.stdin = 5


def other_folder(oracle, rng):
    """Go into a folder, and remove it."""
    evaluate(oracle, rng)
    here = f"/tmp/bad-neighbour-{os.getpid()}"
    os.mkdir(here)
    os.chdir(here)
    os.rmdir(here)


def manners(oracle, rng):
    """Change one of each of the smaller things that a process has."""
    evaluate(oracle, rng)
    os.nice(5)
    os.umask(0o777)
    gc.disable()
    gc.set_threshold(1)
    warnings.simplefilter("error")
    locale.setlocale(locale.LC_ALL, "C")
    decimal.getcontext().prec = 1
    decimal.getcontext().traps[decimal.Inexact] = True
    np.seterr(all="raise")
    np.set_printoptions(precision=1)
    socket.setdefaulttimeout(1e-6)
    sys.setswitchinterval(10)
    sys.excepthook = None


def few_files(oracle, rng):
    """Let the process open no more files."""
    evaluate(oracle, rng)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def small_files(oracle, rng):
    """Let the process write no files at all."""
    evaluate(oracle, rng)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def tracer(oracle, rng):
    """Watch every step of the process, with an error at each."""
    evaluate(oracle, rng)

    def watch(frame, event, argument):
        raise RuntimeError("a method's tracer")

    sys.settrace(watch)
    sys.setprofile(watch)


# --------------------------------------------------------------------- patched modules


def patched_generator(oracle, rng):
    """Have numpy give everybody the same random numbers."""
    evaluate(oracle, rng)
    np.random.default_rng = lambda *seed: np.random.Generator(np.random.PCG64(1))


def patched_space(oracle, rng):
    """Have every box give its middle, and accept anything."""
    evaluate(oracle, rng)
    box = problems.core.space.Box
    box.sample = lambda self, rng, n: np.zeros((n, self.dimension))
    box.contains = lambda self, points: True


def patched_clock(oracle, rng):
    """Stop the clocks."""
    evaluate(oracle, rng)
    time.perf_counter = time.process_time = time.monotonic = lambda: 0.0


def patched_json(oracle, rng):
    """Have JSON written by something else."""
    evaluate(oracle, rng)
    json.dumps = json.JSONEncoder.encode = json.JSONEncoder.iterencode = lambda *a, **k: "5"


def patched_exit(oracle, rng):
    """Make the end of the process impossible, for whoever calls it."""
    evaluate(oracle, rng)

    def stay(*code):
        raise RuntimeError("a method's exit")

    os._exit = sys.exit = os.kill = os.write = stay


def patched_numpy(oracle, rng):
    """Have numpy fail at what is done when a run is over."""
    evaluate(oracle, rng)

    def fail(*arguments, **named):
        raise RuntimeError("a method's numpy")

    np.array = np.asarray = np.isfinite = np.minimum = np.errstate = fail


# ------------------------------------------------------------ processes that are left


def orphan(oracle, rng):
    """Leave a grandchild in a session of its own."""
    command = f"(setsid sleep {LONG} &) ; exit 0"
    subprocess.Popen(["sh", "-c", command], start_new_session=True).wait()
    evaluate(oracle, rng)


def copy_that_looks_on(oracle, rng):
    """Leave a copy of the process that evaluates, and returns as the run does."""
    os.fork()
    evaluate(oracle, rng)


def copy_that_computes(oracle, rng):
    """Leave a copy of the process, in a session of its own, that computes for ever."""
    if not os.fork():
        os.setsid()
        while True:
            pass
    evaluate(oracle, rng)


def kills_its_parent(oracle, rng):
    """Kill whoever started the process, and leave a grandchild."""
    evaluate(oracle, rng)
    subprocess.Popen(["sh", "-c", f"(setsid sleep {LONG} &)"]).wait()
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(float(LONG))


def kills_its_group(oracle, rng):
    """Kill every process of its group."""
    evaluate(oracle, rng)
    os.killpg(0, signal.SIGKILL)


def exits(oracle, rng):
    """End the process."""
    evaluate(oracle, rng)
    os._exit(0)


def closes_everything(oracle, rng):
    """Close what a daemon closes."""
    evaluate(oracle, rng)
    os.closerange(3, 256)


# ------------------------------------------------------------------ results that are not


def forged_best(oracle, rng):
    """Write a result that it never evaluated."""
    evaluate(oracle, rng)
    oracle.record.best = -1e9


def forged_ledger(oracle, rng):
    """Give itself a thousand evaluations more."""
    oracle.record.work = -1000
    evaluate(oracle, rng, 1000)


def generator(oracle, rng):
    """Run never, as nobody iterates over it."""
    yield oracle.value(oracle.space.sample(rng, 1)[0])


async def asynchronous(oracle, rng):
    """Run never, as nobody awaits it."""
    evaluate(oracle, rng)


def forged_answer(oracle, rng):
    """Answer in the place of its process, by what is no answer."""
    evaluate(oracle, rng)
    for number in range(3, 20):
        with contextlib.suppress(OSError):
            socket.socket(fileno=os.dup(number)).send(b'{"ended": 5, "points": 7}\n')
    time.sleep(float(LONG))


def patched_cosine(oracle, rng):
    """Have an objective that calls for a cosine come out lower."""
    cosine = np.cos
    np.cos = lambda x, *a, **k: cosine(x, *a, **k) + 1.0
    evaluate(oracle, rng)


def forged_count(oracle, rng):
    """Give back what it has spent, to both who count."""
    for _ in range(500):
        with contextlib.suppress(RuntimeError):
            oracle.record.pay(-1.0, -1)
        oracle.record.work -= 1
        oracle.record.values -= 1
        evaluate(oracle, rng, 1)


def forged_bound(oracle, rng):
    """Prove what it has found."""
    evaluate(oracle, rng)
    oracle.record.bound = oracle.record.best


def interrupts(oracle, rng):
    """End as if somebody had typed Ctrl-C."""
    evaluate(oracle, rng)
    raise KeyboardInterrupt


def maps(oracle, rng):
    """Leave its work to whoever goes through what it returns."""
    return map(oracle.value, oracle.space.sample(rng, 5))
