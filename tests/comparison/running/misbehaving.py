"""A user's file of methods and problems that misbehave, each in one way."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import numpy as np

from problems import Box, Permutation, Problem, Reference

# Each method evaluates one point before it misbehaves, so that there is a partial curve.


def honest(oracle, rng, *, looks: int = 1000):
    """Look at the shared starting points; misbehaves in no way."""
    if looks < 1:
        raise ValueError(f"looks={looks}: expected a whole number >= 1")
    for x in oracle.start(looks):
        oracle.value(x)


def raises(oracle, rng):
    """Raise an error of three lines, one of which looks like markup."""
    oracle.value(oracle.start(1)[0])
    raise RuntimeError("first line\n[red]second line\nthird line")


def refuses(oracle, rng):
    """Raise ValueError before the first evaluation, with no option that could mend it."""
    raise ValueError("not today")


def lacks_a_library(oracle, rng):
    """Import what is not installed."""
    import a_library_that_nobody_has  # noqa: F401 - to fail


def hangs(oracle, rng):
    """Loop for ever after one evaluation."""
    oracle.value(oracle.start(1)[0])
    while True:
        pass


def hangs_before_the_first_evaluation(oracle, rng):
    """Do not even begin."""
    time.sleep(1000)


def swallows_stop(oracle, rng):
    """Catch everything, for ever."""
    while True:
        with contextlib.suppress(BaseException):
            oracle.value(oracle.start(1)[0])


def hangs_with_a_child(oracle, rng, *, pids: str = ""):
    """Start a process, note its number and wait for it."""
    oracle.value(oracle.start(1)[0])
    with subprocess.Popen(["sleep", "1000"]) as child:
        note(pids, child.pid)


def leaves_a_child(oracle, rng, *, pids: str = ""):
    """Start a process and leave it behind."""
    oracle.value(oracle.start(1)[0])
    note(pids, subprocess.Popen(["sleep", "1000"]).pid)


def sleeps(oracle, rng, *, pids: str = ""):
    """Note the worker's process number and wait."""
    oracle.value(oracle.start(1)[0])
    note(pids, os.getpid())
    time.sleep(1000)


def meets(oracle, rng, *, folder: str = "", me: str = "", other: str = ""):
    """Go on only when another run is under way at the same time."""
    oracle.value(oracle.start(1)[0])
    note(os.path.join(folder, me), os.getpid())
    while not os.path.exists(os.path.join(folder, other)):
        time.sleep(0.01)


def dies(oracle, rng):
    """End the whole process."""
    oracle.value(oracle.start(1)[0])
    time.sleep(0.5)  # long enough for the evaluation to be streamed
    os._exit(7)


def dies_once(oracle, rng, *, mark: str = ""):
    """End the whole process, but only the first time."""
    oracle.value(oracle.start(1)[0])
    if not os.path.exists(mark):
        note(mark, os.getpid())
        os._exit(7)


def dies_when_marked(oracle, rng, *, mark: str = ""):
    """End the whole process where a file is there."""
    oracle.value(oracle.start(1)[0])
    if os.path.exists(mark):
        os._exit(7)


def waits_the_first_time(oracle, rng, *, mark: str = ""):
    """Note the worker's process number and wait, but only the first time."""
    oracle.value(oracle.start(1)[0])
    own = f"{mark}.{os.getpid()}"
    note(own, os.getpid())
    with contextlib.suppress(FileExistsError):
        os.link(own, mark)  # one run alone is the first
        time.sleep(1000)


def leaves(oracle, rng):
    """Exit as a script would."""
    oracle.value(oracle.start(1)[0])
    sys.exit(0)


def talks(oracle, rng):
    """Write to standard output, through Python and below it."""
    oracle.value(oracle.start(1)[0])
    print("a method's chatter", flush=True)
    os.write(1, b"a library's banner\n")


def needs_one_thread(oracle, rng):
    """Fail where numerical libraries may use more than one thread."""
    oracle.value(oracle.start(1)[0])
    names = [f"{name}_NUM_THREADS" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")]
    if [os.environ.get(name) for name in names] != ["1"] * 4:
        raise RuntimeError("more than one thread")


def unlimited(oracle, rng, *, limit: float = float("inf")):
    """Have an option whose default JSON cannot spell."""
    if not isinstance(limit, float):
        raise TypeError(f"limit={limit!r}")
    oracle.value(oracle.start(1)[0])


def returns_early(oracle, rng):
    """Give up after one evaluation, with most of the budget left."""
    oracle.value(oracle.start(1)[0])


def allocates(oracle, rng, *, child: bool = False):
    """Hold more and more memory, itself or in a process that it starts."""
    oracle.value(oracle.start(1)[0])
    time.sleep(0.5)  # long enough for the evaluation to be streamed
    if child:
        hoard = "held = []\nwhile True: held.append(bytearray(8 << 20))"
        subprocess.run([sys.executable, "-c", hoard], check=False)
    held = []
    while not child:
        held.append(bytearray(8 << 20))


def hoards(oracle, rng, *, megabytes: int = 1, child: bool = False):
    """Hold so much memory for half a second, itself or in a process that it starts."""
    oracle.value(oracle.start(1)[0])
    if child:
        hold = f"import time; held = b'x' * ({megabytes} << 20); time.sleep(0.5)"
        subprocess.run([sys.executable, "-c", hold], check=False)
    else:
        held = bytearray(megabytes << 20)
        time.sleep(0.5 * bool(held))


def forks(oracle, rng, *, pids: str = ""):
    """Leave a copy of the process behind, which keeps what it has open, and die."""
    oracle.value(oracle.start(1)[0])
    time.sleep(0.5)
    if (copy := os.fork()) == 0:
        time.sleep(1000)
    note(pids, copy)
    os._exit(7)


def writes_into_every_file(oracle, rng, *, text: str = "overheard"):
    """Write to whatever the process has open."""
    oracle.value(oracle.start(1)[0])
    time.sleep(0.5)
    for number in range(3, 20):
        with contextlib.suppress(OSError):
            os.write(number, f"{text}\n".encode())
    time.sleep(1000)


def kills_itself(oracle, rng):
    """End as the kernel ends a process when memory is short."""
    oracle.value(oracle.start(1)[0])
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)


def changes_global_state(oracle, rng):
    """Change what every run of its process shares."""
    oracle.value(oracle.start(1)[0])
    random.seed(1)
    np.random.seed(1)
    np.seterr(all="raise")
    os.chdir("/")


def tells_global_state(oracle, rng, *, path: str = ""):
    """Look, and write down what every run of its process shares."""
    oracle.value(oracle.start(1)[0])
    numbers = random.getstate(), np.random.get_state()[1].tolist(), np.geterr(), os.getcwd()
    with open(path, "w") as file:
        file.write(repr(numbers))


def notes_its_process(oracle, rng):
    """Look until the budget ends."""
    while True:
        oracle.value(oracle.start(1)[0])


def draws_from_random(oracle, rng):
    """Look at one point that Python's own generator gives."""
    oracle.value(np.array([random.random() for _ in range(oracle.space.dimension)]))


def draws_from_numpy(oracle, rng):
    """Look at one point that numpy's global generator gives."""
    oracle.value(np.random.random(oracle.space.dimension))


def uses_global_random(oracle, rng):
    """Draw from numpy's global generator."""
    while True:
        oracle.value(oracle.space.decode(np.random.standard_normal(oracle.space.latent_dimension)))


def note(path, number):
    """Write a process number where it is never seen half written."""
    with open(f"{path}.new", "w") as file:
        file.write(str(number))
    os.replace(f"{path}.new", path)


# --------------------------------------------------------------------- problems


class Fair(Problem):
    """Distance from the middle of an interval; misbehaves in no way."""

    def __init__(self, *, dimension: int = 2):
        if dimension < 1:
            raise ValueError(f"dimension={dimension}: expected a whole number >= 1")
        self.space = Box(-1, 1, dimension)

    def value(self, x):
        return float(np.abs(x).sum())


class Noted(Fair):
    """Notes that it is built, and describes a solution by the process that is asked."""

    def __init__(self, *, note_at: str = ""):
        super().__init__()
        with open(note_at, "a") as file:
            file.write(f"{os.getpid()}\n")

    def describe(self, x):
        return str(os.getpid())


class Counting(Fair):
    """Keeps how often it was asked, and describes a solution by that."""

    name = "misbehaving.py:Counting"
    asked = 0

    def value(self, x):
        self.asked += 1
        return super().value(x)

    def describe(self, x):
        return str(self.asked)


class HugeOption(Fair):
    """Has an option whose default no file can hold."""

    def __init__(self, *, k: int = 10**30):
        super().__init__()


class Dies(Fair):
    """Ends its process when it is built."""

    def __init__(self):
        os._exit(7)


class DiesOnce(Noted):
    """Ends its process when it is built, but only the first time."""

    def __init__(self, *, note_at: str = ""):
        first = not os.path.exists(note_at)
        super().__init__(note_at=note_at)
        if first:
            os._exit(7)


class Threaded(Noted):
    """Leaves a thread behind when it is built."""

    def __init__(self, *, note_at: str = ""):
        super().__init__(note_at=note_at)
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()


@dataclass
class Unhashable(Fair):
    """Is a dataclass, which Python gives no hash."""

    dimension: int = 2

    def __post_init__(self):
        super().__init__(dimension=self.dimension)


class Raises(Fair):
    """Raises at every evaluation."""

    def value(self, x):
        raise RuntimeError("out of order")


class RaisesLater(Fair):
    """Raises at the third evaluation."""

    evaluations = 0

    def value(self, x):
        self.evaluations += 1
        if self.evaluations % 3 == 0:
            raise RuntimeError("out of order")
        return super().value(x)


class Nan(Fair):
    """Is never a number."""

    def value(self, x):
        return float("nan")


class Nothing(Fair):
    """Forgets to return."""

    def value(self, x):
        return None


class Text(Fair):
    """Returns text."""

    def value(self, x):
        return "0.5"


class WrongShape(Fair):
    """Returns one value for each variable."""

    def value(self, x):
        return np.abs(x)

    def values(self, points):
        return np.abs(points)


class Hangs(Fair):
    """Never comes back from its second evaluation."""

    evaluations = 0

    def value(self, x):
        self.evaluations += 1
        if self.evaluations > 1:
            time.sleep(1000)
        return super().value(x)


class HangsInConstructor(Fair):
    """Is never built."""

    def __init__(self):
        time.sleep(1000)


class RaisesInConstructor(Fair):
    """Cannot be built."""

    def __init__(self):
        raise RuntimeError("no such data")


class Exits(Fair):
    """Exits when it is built."""

    def __init__(self):
        sys.exit(0)


class Spaceless(Problem):
    """Forgets its space."""

    def value(self, x):
        return 0.0


class Valueless(Problem):
    """Forgets its objective."""

    space = Box(0, 1, 2)


class Noisy(Fair):
    """Draws without a seed at every evaluation."""

    def value(self, x):
        return super().value(x) + random.random()


class Beaten(Fair):
    """Claims an optimum that every point beats."""

    reference = Reference(100.0, "closed form", "wishful thinking")


class ScoreRaises(Fair):
    """Cannot be scored."""

    def score(self, x):
        raise RuntimeError("the held-out data is lost")


class MeasuresSlowly(Fair):
    """Takes a second to measure a solution."""

    def measures(self, x):
        time.sleep(1.0)
        return {"seconds": 1.0}


class Disagrees(Fair):
    """Has a vectorised objective that is not the single one."""

    def values(self, points):
        return np.abs(points).sum(axis=1) + 1


class Mute(Fair):
    """Describes a solution by a number."""

    def describe(self, x):
        return 7


class Tour(Problem):
    """Has a space that nothing but a permutation is in."""

    space = Permutation(4)

    def value(self, x):
        return float(x[0])


not_callable = "neither a method nor a problem"
