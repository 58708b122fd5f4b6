"""Job shop scheduling: every job visits the machines in an order of its own."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from problems.combinatorial.instance_file import fingerprint
from problems.combinatorial.job_shop_file import MOST_OPERATIONS, read_job_shop
from problems.core.constructible import Constructible
from problems.core.linear_model import LinearModel, Solution, assigned
from problems.core.permutation import Permutation
from problems.core.reference import Reference
from problems.core.views import Unsupported

#: Random durations are drawn from 1 … LONGEST.
LONGEST = 99
#: Most pairs of operations that share a machine in the integer program: 10 jobs on 5
#: machines, which take some 10 s.
MODELLED = 225
#: FT06: machine and duration of each step, one job a row; its shortest makespan is 55.
FT06 = """
2 1  0 3  1 6  3 7  5 3  4 6
1 8  2 5  4 10 5 10 0 10 3 4
2 5  3 4  5 8  0 9  1 1  4 7
1 5  0 5  2 5  3 3  4 8  5 9
2 9  1 3  4 5  5 4  0 3  3 1
1 3  3 3  5 9  0 10 4 4  2 1
"""


class JobShop(Constructible):
    """Finish all jobs as early as possible; a machine does one operation at a time.

    Job j consists of m operations in a fixed order, one on each machine. A solution
    lists the n m operations, number j m + s for step s of job j. It is read as
    Bierwirth (1995), "A generalized permutation approach to job shop scheduling
    with genetic algorithms", reads it: every entry stands for the next step of its
    job, which starts as soon as the job's last step is done and the machine has
    finished what was listed before. So every list is feasible and gives a
    semi-active schedule, and some list gives the best one. value = makespan, the
    time when the last operation ends.

    Random instances are drawn as in Taillard (1993), "Benchmarks for basic
    scheduling problems": durations uniform on 1 … 99, machines in random order.

    Parameters
    ----------
    jobs, machines : int
        Size of a random instance, n × m.
    data : {"random", "ft06"}
        ft06 is the 6 × 6 instance of Fisher and Thompson (1963), "Probabilistic
        learning combinations of local job-shop scheduling rules".
    file : str
        An instance file, read instead: a line ``jobs machines``, then one line a
        job with a machine (from 0) and a duration for each step; ``#`` comments.
        `jobs`, `machines` and `instance` are then not used, as beside ft06.
    instance : int
        Seeds random durations and machines.
    """

    space: Permutation
    objective = "makespan"

    def __init__(
        self,
        *,
        jobs: int = 10,
        machines: int = 5,
        data: Literal["random", "ft06"] = "random",
        file: str = "",
        instance: int = 0,
    ) -> None:
        if file and data != "random":
            raise ValueError(f"data={data}: expected random beside file={file}")
        self._source = f"durations uniform on 1 to {LONGEST}"
        self._published: Reference | None = None
        if file:
            self.machine, self.duration = read_job_shop(file)
            self.fingerprint = fingerprint(file)
            self._source = Path(file).name
        elif data == "ft06":
            table = np.array(FT06.split(), dtype=np.int64).reshape(6, 6, 2)
            self.machine, self.duration = table[..., 0], table[..., 1]
            self._source = "ft06 of Fisher and Thompson (1963)"
            self._published = Reference(55, "certified", "integer program, solved by HiGHS")
        else:
            for name, number in (("jobs", jobs), ("machines", machines)):
                if not (number >= 1 and jobs * machines <= MOST_OPERATIONS):
                    expected = f"at least 1 and at most {MOST_OPERATIONS} operations"
                    raise ValueError(f"{name}={number}: expected {expected}")
            rng = np.random.default_rng([instance, jobs, machines])
            self.duration = rng.integers(1, LONGEST + 1, (jobs, machines))
            self.machine = rng.random((jobs, machines)).argsort(axis=1)
        self.one_instance = bool(file) or data != "random"
        self.jobs, self.machines = self.machine.shape
        self.space = Permutation(self.machine.size, kind="sequence")

    @property
    def title(self) -> str:
        return f"{self.jobs} jobs on {self.machines} machines, {self._source}"

    def starts(self, x: NDArray) -> NDArray[np.int64]:
        """Return when each step of each job starts, shape (jobs, machines)."""
        machine, duration = self._lists
        step, ready = [0] * self.jobs, [0] * self.jobs
        free = [0] * self.machines
        begins = np.empty((self.jobs, self.machines), dtype=np.int64)
        for job in (np.asarray(x, dtype=np.int64) // self.machines).tolist():
            s = step[job]
            m = machine[job][s]
            start = max(ready[job], free[m])
            begins[job, s] = start
            ready[job] = free[m] = start + duration[job][s]
            step[job] = s + 1
        return begins

    @cached_property
    def _lists(self) -> tuple[list[list[int]], list[list[int]]]:
        return self.machine.tolist(), self.duration.tolist()  # faster than arrays, one by one

    def value(self, x: NDArray) -> float:
        return float((self.starts(x) + self.duration).max())

    def values(self, points: NDArray) -> NDArray[np.float64]:
        # All schedules grow together, by one operation each at a time.
        rows = np.arange(len(points))
        step = np.zeros((len(points), self.jobs), dtype=np.int64)
        ready = np.zeros_like(step)
        free = np.zeros((len(points), self.machines), dtype=np.int64)
        for job in (np.asarray(points, dtype=np.int64) // self.machines).T:
            s = step[rows, job]
            m = self.machine[job, s]
            end = np.maximum(ready[rows, job], free[rows, m]) + self.duration[job, s]
            ready[rows, job] = free[rows, m] = end
            step[rows, job] = s + 1
        return ready.max(axis=1).astype(float)

    @cached_property
    def reference(self) -> Reference:
        if self._published is not None:
            return self._published
        return Reference(self.bound(), "bound", "longest job or machine, Taillard (1993)")

    def bound(self) -> float:
        """Return the longest job, or load of a machine with the least before and after it.

        Taillard (1993): max over machines of its load, plus the least
        time that any job needs before it reaches the machine, plus the least time
        that any job needs after it.
        """
        after = np.cumsum(self.duration[:, ::-1], axis=1)[:, ::-1] - self.duration
        before = np.cumsum(self.duration, axis=1) - self.duration
        by_machine = np.argsort(self.machine, axis=1)
        load, head, tail = (
            np.take_along_axis(times, by_machine, axis=1)
            for times in (self.duration, before, after)
        )
        machine = load.sum(axis=0) + head.min(axis=0) + tail.min(axis=0)
        return float(max(machine.max(), self.duration.sum(axis=1).max()))

    @cached_property
    def anchors(self) -> dict[str, float]:
        left = np.cumsum(self.duration[:, ::-1], axis=1)[:, ::-1]
        return {
            "most work remaining": self.value(self._dispatch(-left)),
            "shortest processing time": self.value(self._dispatch(self.duration)),
        }

    def _dispatch(self, priority: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the active schedule of Giffler and Thompson (1960) by a priority rule.

        "Algorithms for solving production-scheduling problems", Operations Research 8.
        Of the operations that could start before the earliest possible completion,
        on the machine where that would be, the one of lowest `priority` is next.
        """
        machine, duration = self._lists
        step, ready = [0] * self.jobs, [0] * self.jobs
        free = [0] * self.machines
        order = []
        open_jobs = set(range(self.jobs))
        while open_jobs:
            starts = {j: max(ready[j], free[machine[j][step[j]]]) for j in sorted(open_jobs)}
            end, first = min((start + duration[j][step[j]], j) for j, start in starts.items())
            m = machine[first][step[first]]
            rivals = [
                j for j, s in starts.items() if machine[j][step[j]] == m and (s < end or j == first)
            ]
            job = min(rivals, key=lambda j: (priority[j, step[j]], j))
            order.append(job * self.machines + step[job])
            ready[job] = free[m] = starts[job] + duration[job][step[job]]
            step[job] += 1
            if step[job] == self.machines:
                open_jobs.remove(job)
        return np.array(order)

    def linear_model(self) -> LinearModel:
        """Return the disjunctive model of Manne (1960), "On the job-shop scheduling problem".

        Of two operations on one machine one precedes the other, as a binary variable
        says; the constraint that it switches off is loosened by the total duration.

        Raises
        ------
        Unsupported
            Beyond `MODELLED` pairs of operations that share a machine.
        """
        n, m = self.jobs, self.machines
        pairs = m * n * (n - 1) // 2
        if pairs > MODELLED:
            raise Unsupported(
                f"its {pairs} pairs of operations that share a machine are more than "
                f"{MODELLED}, beyond which the disjunctive program takes minutes"
            )
        import pulp

        program = pulp.LpProblem("job_shop", pulp.LpMinimize)
        end = pulp.LpVariable("makespan", 0)
        start = [[pulp.LpVariable(f"s_{j}_{s}", 0) for s in range(m)] for j in range(n)]
        machine, duration = self._lists
        horizon = int(self.duration.sum())
        program += end
        for j in range(n):
            for s in range(m):
                after = start[j][s + 1] if s + 1 < m else end
                program += after >= start[j][s] + duration[j][s]
        program += end >= int(self.bound())
        order = {}
        step_on = [[row.index(k) for k in range(m)] for row in machine]
        for k in range(m):
            for i, j in combinations(range(n), 2):
                a, b = step_on[i][k], step_on[j][k]
                first = pulp.LpVariable(f"p_{k}_{i}_{j}", cat=pulp.LpBinary)
                order[i, a, j, b] = first
                wait = horizon * (1 - first)
                program += start[j][b] >= start[i][a] + duration[i][a] - wait
                program += start[i][a] >= start[j][b] + duration[j][b] - horizon * first

        def read(values: Solution) -> NDArray:
            # Rounded, as the solver is exact to its tolerance only; of two that
            # start together the shorter, of length 0, comes first.
            begin = np.array([[values[v] for v in row] for row in start]).round(3).ravel()
            return np.lexsort((np.arange(n * m), begin + self.duration.ravel(), begin))

        def write(x: NDArray) -> dict[pulp.LpVariable, float]:
            begin = self.starts(x)
            # Of two that start together, the one of length 0 is over first.
            over = begin + self.duration
            precedes = (over[i, a] <= begin[j, b] for i, a, j, b in order)
            return assigned(order.values(), precedes)

        return LinearModel(program, read, integral=True, write=write)

    def describe(self, x: NDArray) -> str:
        """Show what each machine does: job@start-end, in order of time."""
        starts = self.starts(x)
        lines = [f"makespan {self.value(x):.0f}, each machine's jobs as job@start-end"]
        for k in range(self.machines):
            jobs, steps = np.nonzero(self.machine == k)
            turn = np.argsort(starts[jobs, steps], kind="stable")
            begin, length = starts[jobs, steps][turn], self.duration[jobs, steps][turn]
            slots = zip(jobs[turn], begin, begin + length, strict=True)
            lines.append(f"machine {k}: " + " ".join(f"{j}@{b}-{e}" for j, b, e in slots))
        return "\n".join(lines)
