"""Job shops: schedules are feasible, values and model agree with brute force, files."""

from itertools import permutations

import numpy as np
import pytest

import problems
from methods import minimize
from problems import Budget, Unsupported
from problems.combinatorial.instance_file import FormatError
from problems.combinatorial.job_shop import JobShop
from problems.combinatorial.job_shop_file import read_job_shop
from problems.core.points import unchecked

every_instance = pytest.mark.parametrize("instance", range(4))


def require_feasible(problem: JobShop, x) -> None:
    """Check job order, that no machine does two things at once, and the makespan."""
    starts = problem.starts(x)
    ends = starts + problem.duration
    assert (starts[:, 0] >= 0).all()
    assert (starts[:, 1:] >= ends[:, :-1]).all()
    for k in range(problem.machines):
        on_machine = problem.machine == k
        turn = np.lexsort((ends[on_machine], starts[on_machine]))
        assert (starts[on_machine][turn][1:] >= ends[on_machine][turn][:-1]).all()
    assert problem.value(x) == ends.max()


def best_by_force(problem: JobShop) -> float:
    """Return the least makespan over all distinct lists of jobs."""
    n, m = problem.jobs, problem.machines
    lists = np.array(sorted(set(permutations(np.repeat(np.arange(n), m).tolist()))))
    return float(unchecked(problem, "values")(lists * m).min())


def two_jobs() -> JobShop:
    problem = JobShop(jobs=2, machines=2)
    problem.machine, problem.duration = np.array([[0, 1], [1, 0]]), np.array([[3, 2], [2, 4]])
    return problem


# ----------------------------------------------------------------- schedules


def test_a_schedule_by_hand() -> None:
    problem = two_jobs()
    # Both start at 0; job 0 is on machine 1 from 3 to 5, job 1 on machine 0 from 3 to 7.
    assert problem.starts(np.array([0, 2, 1, 3])).tolist() == [[0, 3], [0, 3]]
    assert problem.value(np.array([0, 2, 1, 3])) == 7
    # All of job 1 first: job 0 waits for machine 0 until 6.
    assert problem.starts(np.array([2, 3, 0, 1])).tolist() == [[6, 9], [0, 2]]
    assert problem.value(np.array([2, 3, 0, 1])) == 11


def test_an_entry_stands_for_the_next_step_of_its_job() -> None:
    problem = two_jobs()
    one, other = np.array([0, 2, 1, 3]), np.array([1, 3, 0, 2])
    assert problem.starts(one).tolist() == problem.starts(other).tolist()


@every_instance
def test_every_list_gives_a_feasible_schedule(instance) -> None:
    problem = JobShop(jobs=5, machines=4, instance=instance)
    for x in problem.space.sample(np.random.default_rng(instance), 50):
        require_feasible(problem, x)


@every_instance
def test_schedules_are_semi_active(instance) -> None:
    # No operation can start earlier with the order on the machines unchanged.
    problem = JobShop(jobs=4, machines=3, instance=instance)
    for x in problem.space.sample(np.random.default_rng(instance), 20):
        starts = problem.starts(x)
        ends = starts + problem.duration
        for j in range(4):
            for s in range(3):
                before = [ends[j, s - 1]] if s else [0]
                same = (problem.machine == problem.machine[j, s]) & (ends <= starts[j, s])
                assert starts[j, s] == max([*before, *ends[same].tolist()])


def test_value_and_values_agree() -> None:
    problem = JobShop(jobs=6, machines=5)
    points = problem.space.sample(np.random.default_rng(0), 50)
    assert problem.values(points).tolist() == [problem.value(x) for x in points]


def test_random_instances_are_taillards() -> None:
    problem = JobShop(jobs=50, machines=20)
    assert (problem.duration.min(), problem.duration.max()) == (1, 99)
    assert (np.sort(problem.machine, axis=1) == np.arange(20)).all()
    again, other = (JobShop(jobs=50, machines=20, instance=i) for i in (0, 1))
    assert (again.duration == problem.duration).all()
    assert (other.duration != problem.duration).any()


# --------------------------------------------------------- optima and bounds


def test_the_bound_by_hand() -> None:
    problem = two_jobs()
    # Machine 0: load 7, 0 before it, 0 after it; machine 1: load 4; jobs: 5 and 6.
    assert problem.bound() == 7
    problem.machine = np.array([[0, 1], [0, 1]])
    # Machine 0 does 5 and at least 2 follow; machine 1 does 6 after at least 2.
    assert problem.bound() == 8


@every_instance
@pytest.mark.parametrize(("jobs", "machines"), [(1, 3), (3, 1), (2, 3), (3, 2)])
def test_the_integer_program_proves_the_optimum(jobs, machines, instance) -> None:
    problem = JobShop(jobs=jobs, machines=machines, instance=instance)
    best = best_by_force(problem)
    assert problem.reference.kind == "bound"
    assert problem.reference.value <= best <= min(problem.anchors.values())
    problem.reference = None  # or the run would end there without the solver's proof
    run = minimize(problem, "integer-programming", Budget(0, 20))
    assert (run.value, run.ended, run.bound) == (best, "optimal", best)
    require_feasible(problem, run.x)


def test_operations_without_length_are_read_back_from_the_program() -> None:
    problem = JobShop(jobs=3, machines=2)
    problem.duration[:] = [[0, 4], [0, 3], [5, 0]]
    problem.machine[:] = [[0, 1], [0, 1], [0, 1]]
    problem.reference = None
    run = minimize(problem, "integer-programming", Budget(0, 20))
    assert run.value == best_by_force(problem)


def test_ft06_has_the_published_data() -> None:
    problem = JobShop(data="ft06")
    # Sums of the published table; the longest job takes 47.
    assert problem.duration.sum(axis=1).tolist() == [26, 47, 34, 35, 25, 30]
    assert problem.machine[0].tolist() == [2, 0, 1, 3, 5, 4]
    assert problem.bound() == 52
    assert (problem.reference.value, problem.reference.optimum) == (55, True)


def test_the_optimum_of_ft06_is_55() -> None:
    problem = JobShop(data="ft06")
    problem.reference = None
    run = minimize(problem, "integer-programming", Budget(0, 60))
    assert (run.value, run.ended, run.bound) == (55, "optimal", 55)
    require_feasible(problem, run.x)


@every_instance
def test_dispatched_schedules_are_feasible(instance) -> None:
    problem = JobShop(jobs=6, machines=4, instance=instance)
    x = problem._dispatch(problem.duration)
    assert x in problem.space
    require_feasible(problem, x)


def test_too_many_operations_have_no_model_and_say_why() -> None:
    with pytest.raises(Unsupported, match=r"its 270 pairs .* more than 225"):
        JobShop(jobs=10, machines=6).linear_model()


def test_a_schedule_is_described() -> None:
    text = two_jobs().describe(np.array([0, 2, 1, 3]))
    assert text.splitlines() == [
        "makespan 7, each machine's jobs as job@start-end",
        "machine 0: 0@0-3 1@3-7",
        "machine 1: 1@0-2 0@3-5",
    ]
    assert two_jobs().title == "2 jobs on 2 machines, durations uniform on 1 to 99"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"jobs": 0}, "jobs=0: expected at least 1 and at most 2000 operations"),
        ({"machines": -1}, "machines=-1: expected at least 1"),
        ({"jobs": 201, "machines": 10}, "jobs=201: expected at least 1 and at most 2000"),
        ({"data": "ft06", "file": "x"}, "data=ft06: expected random beside file=x"),
    ],
)
def test_bad_options_are_refused(options, complaint) -> None:
    with pytest.raises(ValueError, match=complaint):
        JobShop(**options)


# -------------------------------------------------------------------- files


def test_a_file_is_read(tmp_path) -> None:
    file = tmp_path / "tiny.txt"
    file.write_text("# two jobs\n2 2\n 0 3 1 2 \n\n 1 2 0 4\n")
    problem = problems.make("job-shop", file=str(file))
    assert problem.machine.tolist() == [[0, 1], [1, 0]]
    assert problem.duration.tolist() == [[3, 2], [2, 4]]
    assert problem.title == "2 jobs on 2 machines, tiny.txt"
    assert len(problem.fingerprint) == 12


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"", ", line 1: the file is empty"),
        (b"2 2\n0 3 1 2\n", ", line 2: the file ends after 1 of 2 jobs"),
        (b"2 2\n", ", line 1: the file ends after 0 of 2 jobs"),
        (b"1 2\n0 3 1 2\n1 2 0 4\n", ", line 3: expected the end of the file after 1 jobs"),
        (b"1 2\n0 3 1\n", ", line 2: expected 2 pairs of machine and duration, not 3 words"),
        (b"1 2\n1 3 2 4\n", ", line 2: expected a number from 0 to 1, not 2"),
        (b"1 2\n1 3 1 4\n", ", line 2: a job visits every machine once"),
        (b"1 2\n0 3 1 -4\n", ", line 2: expected a number from 0 to 1000000000, not -4"),
        (
            b"1 2\n0 3 1 9999999999\n",
            ", line 2: expected a number from 0 to 1000000000, not 9999999999",
        ),
        (b"1 2\n0 x 1 4\n", ", line 2: expected a whole number, not 'x'"),
        (b"instance ft06 6\n", ", line 1: expected 'jobs machines', not 'instance ft06 6'"),
        (b"9999 9999\n", ", line 1: expected a number from 1 to 2000, not 9999"),
        (b"100 21\n", ", line 1: expected a number from 1 to 20, not 21"),
        (b"1 2\n0 \xff\n", ", line 2: not UTF-8 text, byte 0xff"),
    ],
)
def test_a_faulty_file_is_told_by_file_and_line(tmp_path, text, complaint) -> None:
    file = tmp_path / "tiny.txt"
    file.write_bytes(text)
    with pytest.raises(FormatError) as error:
        read_job_shop(str(file))
    assert str(error.value) == f"{file}{complaint}"
