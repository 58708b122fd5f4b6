"""A Dask cluster: a real scheduler and real Dask workers, all of them on this machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from comparison.results.store import Store
from comparison.running import cluster, dask_worker
from comparison.running.cluster import Cluster, ClusterError
from comparison.running.comparison import compare
from comparison.running.executor import ExecutorLost
from comparison.running.grid import Grid, GridError
from comparison.running.settings import parse_options
from methods import METHODS
from methods.provenance import own_version
from problems import PROBLEMS, Budget
from problems.naming.extra import MissingExtra
from tests.comparison.examples import (
    alive,
    all_but_times,
    ancestors,
    noted,
    planned,
    user,
    wait_for,
    with_traces,
)

pytest.importorskip("distributed", reason="the extra `cluster`")

ROOT = Path(cluster.__file__).parents[2]


class Dask:
    """A scheduler on a free port of this machine, and Dask workers of one thread each."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers = folder, []
        self.file = folder / "scheduler.json"
        # A request whose Dask worker died twice is given up.
        limit = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        self.scheduler = self._start("scheduler", "--port", "0", **limit)
        wait_for(lambda: self.file.exists() and self.file.stat().st_size)
        self.address = json.loads(self.file.read_text())["address"]

    def _start(self, what, *arguments, **environment):
        common = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(self.file))
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{what}", *common, *arguments],
            cwd=self.folder,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        )

    def add(self, count):
        """Start Dask workers and wait until the scheduler knows them."""
        self.workers += [self.start_worker() for _ in range(count)]
        self.wait_for(self.alive)

    def start_worker(self, **environment):
        own = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder))
        return self._start("worker", *own, **environment)

    def wait_for(self, count):
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count)

    @property
    def alive(self):
        return sum(worker.poll() is None for worker in self.workers)

    def kill_parent_of(self, pid):
        """Kill the Dask worker that has started a process."""
        (worker,) = [worker for worker in self.workers if worker.pid in ancestors(pid)]
        worker.kill()
        worker.wait()

    def stop(self):
        for worker in self.workers:
            worker.terminate()  # so that coverage is written
        for worker in self.workers:
            worker.wait(30)
        self.scheduler.terminate()
        self.scheduler.wait(30)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    dask = Dask(tmp_path_factory.mktemp("dask"))
    yield dask
    dask.stop()


@pytest.fixture
def dask(running):
    """A scheduler with two Dask workers, whatever the test before killed."""
    running.add(2 - running.alive)
    return running


def grid(methods, problems=("sphere",), *, options=(), **more):
    chosen = PROBLEMS.expand(problems)
    parsed = parse_options(options, chosen)
    given = {"budget": Budget(50, 20.0), "options": parsed, **more}
    return Grid(METHODS.expand(methods), chosen, **given)


def test_runs_are_the_same_as_on_this_machine(dask, tmp_path):
    plan = grid(["genetic", "adam", "ip", "counting"], ["sphere", "knapsack"], seeds=2)
    found = []
    for where in (None, dask.address):
        with Store(tmp_path / f"{where is None}.sqlite") as store:
            done = compare(plan, store, cluster=where)
            again = compare(plan, store, cluster=where)
            found.append({key: all_but_times(run) for key, run in with_traces(store).items()})
    assert found[0] == found[1]
    assert len(found[0]) == 9
    assert done.jobs == 2  # what times of these runs are to be read with
    assert (again.made, again.stored) == (0, 9)
    assert [run.ended for run in done.runs if run.method == "counting"] == ["unsupported"] * 2


def test_what_cannot_be_run_is_told_before_anything_is(dask, tmp_path):
    with Store(tmp_path / "results.sqlite") as store:
        for plan, why in (
            (grid(["ga"], options=["ga.population=-5"]), "population=-5"),
            (grid([user("lacks_a_library")]), "a_library_that_nobody_has"),
            (grid(["rs"], [user("RaisesInConstructor")]), "no such data"),
        ):
            with pytest.raises(GridError, match=why):
                compare(plan, store, cluster=dask.address)
        assert store.keys() == set()


@pytest.mark.parametrize(
    ("method", "timeout", "ended", "message"),
    [
        ("hangs", 10.0, "timeout", "gave no answer within 10 s, and was killed"),
        ("kills_itself", 60.0, "killed", "its process died"),
        ("allocates", 60.0, "killed", "held more than 0.6 GB of memory, and was killed"),
    ],
)
def test_a_run_that_misbehaves_is_contained_there_and_keeps_its_curve(
    dask, method, timeout, ended, message
):
    bad, good = planned(user(method)), planned()
    with Cluster(dask.address, 6e8, timeout) as there:
        made = {id(each): run for each, run in there.run([bad, good])}
    run = made[id(bad)]
    assert (run.ended, run.message) == (ended, message)
    assert [point.kind for point in run.trace] == ["value"]
    assert made[id(good)].ended == "budget"
    assert dask.alive == 2


def test_a_dask_worker_is_killed_and_every_run_arrives_once(dask, tmp_path):
    waits, mark = user("waits_the_first_time"), tmp_path / "mark"
    plan = grid([waits, "genetic", "hill-climb"], options=[f"{waits}.mark={mark}"], seeds=4)
    killer = threading.Thread(target=lambda: dask.kill_parent_of(noted(mark)))
    told = []
    with Store(tmp_path / "killed.sqlite") as store:
        killer.start()
        done = compare(plan, store, cluster=dask.address, progress=lambda *what: told.append(what))
        killer.join()
        found = {key: all_but_times(run) for key, run in with_traces(store).items()}
    assert dask.alive == 1
    assert [run.ended for run in done.runs] == ["converged"] * 4 + ["budget"] * 8
    assert len(told) == 1 + 12  # none arrived twice
    with Store(tmp_path / "undisturbed.sqlite") as store:  # by now the mark is there
        compare(plan, store)
        assert found == {k: all_but_times(run) for k, run in with_traces(store).items()}


def test_a_run_whose_dask_workers_die_again_and_again_is_given_up(dask, tmp_path):
    pid = tmp_path / "pid"
    deadly = planned(user("sleeps"), method_options={"pids": str(pid)})

    def kill():
        for _ in range(2):
            dask.kill_parent_of(noted(pid))
            pid.unlink()

    killer = threading.Thread(target=kill)
    killer.start()
    with Cluster(dask.address) as there:
        ((_, run),) = there.run([deadly])
    killer.join()
    assert run.ended == "killed"
    assert run.message.startswith("the Dask worker died each time, the last of them tcp://127.0.")
    assert dask.alive == 0


def test_leaving_in_the_middle_ends_what_is_being_served(dask, tmp_path):
    pid = tmp_path / "pid"
    waiting = [
        planned(user("sleeps"), method_options={"pids": str(pid)}),
        *(planned(seed=seed) for seed in range(20)),
    ]

    def interrupted():
        with Cluster(dask.address) as there:
            for _ in there.run(waiting):
                assert alive(noted(pid))
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    wait_for(lambda: not alive(noted(pid)))
    assert dask.alive == 2
    with Cluster(dask.address) as there:  # the next comparison
        ((_, run),) = there.run([planned()])
    assert run.ended == "budget"


# --------------------------------------------------------- clusters that cannot be used


def test_the_last_dask_worker_died_and_no_other_comes(dask, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 1.0)
    pids = [tmp_path / name for name in "ab"]
    tasks = [planned(user("sleeps"), method_options={"pids": str(pid)}) for pid in pids]
    killer = threading.Thread(target=lambda: [dask.kill_parent_of(noted(pid)) for pid in pids])
    killer.start()
    with Cluster(dask.address) as there, pytest.raises(ExecutorLost, match="no workers for 1 s"):
        list(there.run(tasks))
    killer.join()
    with pytest.raises(ClusterError, match="it has no workers"), Cluster(dask.address):
        pass


def test_the_scheduler_died(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 2.0)
    own, pid = Dask(tmp_path), tmp_path / "pid"
    own.add(1)
    killer = threading.Thread(target=lambda: (noted(pid), own.scheduler.kill()))
    killer.start()
    sleeper = planned(user("sleeps"), method_options={"pids": str(pid)})
    try:
        with Cluster(own.address, timeout=5.0) as there, pytest.raises(ExecutorLost) as lost:
            list(there.run([sleeper]))
    finally:
        killer.join()
        own.stop()
    assert str(lost.value) == f"cluster {own.address}: the scheduler is gone"
    assert caplog.records == []
    wait_for(lambda: not alive(noted(pid)))


def entered(address):
    with Cluster(address):
        raise AssertionError("there is no such cluster")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "missing port number"),
        ("nothing://127.0.0.1:1", "unknown address scheme"),
        ("tcp://127.0.0.1:{closed}", "no Dask scheduler: no answer within 0.5 s"),
        ("tcp://127.0.0.1:{mute}", "no Dask scheduler: no answer within 0.5 s"),
    ],
)
def test_an_address_without_a_scheduler_is_refused_soon(monkeypatch, address, why):
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            ports = {"mute": mute.getsockname()[1], "closed": closed.getsockname()[1]}
        with pytest.raises(ClusterError, match=why):
            entered(address.format(**ports))


def test_a_dask_worker_is_no_scheduler(dask):
    from distributed import Client

    with Client(dask.address, set_as_default=False) as client:
        worker = next(iter(client.nthreads()))
    with pytest.raises(ClusterError, match="a Dask worker, not a scheduler"):
        entered(worker)


def test_dask_workers_with_another_version_are_refused(dask, monkeypatch):
    monkeypatch.setattr(cluster, "own_version", lambda: "99")
    why = r"tcp://\S+ has beyond-gradient \S+, and this is 99: install the same everywhere"
    with pytest.raises(ClusterError, match=why):
        entered(dask.address)


@pytest.fixture
def mute(dask):
    """A Dask worker that is stopped, and does not answer."""
    process = next(worker for worker in dask.workers if worker.poll() is None)
    yield process
    process.send_signal(signal.SIGCONT)


def test_a_dask_worker_that_does_not_answer_is_left_out(dask, mute, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 1.0)
    mute.send_signal(signal.SIGSTOP)
    with Cluster(dask.address) as there:
        assert there.jobs == 1
        made = list(there.run(planned(seed=seed) for seed in range(4)))
    assert [run.ended for _, run in made] == ["budget"] * 4


def test_where_none_answers_it_is_told(dask, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 1.0)
    living = [worker for worker in dask.workers if worker.poll() is None]
    for worker in living:
        worker.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(ClusterError, match="none of its workers answers within 1 s"):
            entered(dask.address)
    finally:
        for worker in living:
            worker.send_signal(signal.SIGCONT)


def test_what_a_dask_worker_has_that_hangs_is_given_to_another(dask, monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "HANG_SECONDS", 3.0)
    waits, mark = user("waits_the_first_time"), tmp_path / "mark"
    tasks = [planned(waits, seed=i, method_options={"mark": str(mark)}) for i in range(4)]
    stopped = []

    def stop():
        pid = noted(mark)
        (worker,) = [w for w in dask.workers if w.poll() is None and w.pid in ancestors(pid)]
        worker.send_signal(signal.SIGSTOP)
        stopped.append(worker)

    stopper = threading.Thread(target=stop)
    stopper.start()
    try:
        with Cluster(dask.address, timeout=10.0) as there:
            made = list(there.run(tasks))
    finally:
        stopper.join()
        stopped[0].kill()
        stopped[0].wait()
    assert sorted(run.seed for _, run in made) == [0, 1, 2, 3]
    assert [run.ended for _, run in made] == ["converged"] * 4


def test_dask_workers_without_the_package_are_refused(dask, monkeypatch):
    monkeypatch.setattr(cluster, "own_version", lambda: "1")
    monkeypatch.setattr(cluster, "PACKAGE", "a-package-that-nobody-has")
    why = r"tcp://\S+ has no a-package-that-nobody-has: install version 1 where"
    with pytest.raises(ClusterError, match=why):
        entered(dask.address)


def test_a_dask_worker_of_another_version_that_comes_later_gets_nothing(dask, tmp_path):
    """Its requests are given to the others."""
    old = tmp_path / "old"
    metadata = old / "beyond_gradient-0.0.1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: beyond-gradient\nVersion: 0.0.1\n"
    )
    with Cluster(dask.address) as there:
        list(there.run([planned()]))
        late = dask.start_worker(PYTHONPATH=os.pathsep.join([str(old), str(ROOT)]))
        dask.wait_for(dask.alive + 1)
        try:
            made = list(there.run(planned(seed=seed) for seed in range(12)))
        finally:
            late.terminate()
            late.wait(30)
    assert sorted(run.seed for _, run in made) == list(range(12))
    assert [run.ended for _, run in made] == ["budget"] * 12


def test_what_no_dask_worker_can_serve_is_killed(dask, monkeypatch):
    with Cluster(dask.address) as there:
        monkeypatch.setattr(cluster, "own_version", lambda: "99")
        ((_, run),) = there.run([planned()])
    assert run.ended == "killed"
    assert "Dask could not serve it: ClusterError: a Dask worker has beyond-gradient" in run.message


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"pip install -e '.\[cluster\]'"):
        entered("tcp://127.0.0.1:1")


# ------------------------------------------------------------- within a Dask worker


def asked(method="random-search", **changes):
    return planned(method, **changes).request()


def test_templates_are_kept_until_a_comparison_is_over():
    answers = [
        dask_worker.serve("first", own_version(), asked(seed=seed), 1e10, None) for seed in range(2)
    ]
    assert [answer["run"]["ended"] for answer in answers] == ["budget"] * 2
    base = dask_worker._launchers["first"]._base.process.pid
    assert alive(base)
    dask_worker.dismiss("first")
    assert not alive(base)
    late = dask_worker.serve("first", own_version(), asked(), 1e10, None)
    assert late == {"ended": "killed", "message": "the comparison is over"}


def test_processes_of_a_comparison_that_was_killed_end_with_the_next_ones_beginning():
    dask_worker.serve("killed", own_version(), asked(), 1e10, None)
    base = dask_worker._launchers["killed"]._base.process.pid
    dask_worker.serve("next", own_version(), asked(seed=1), 1e10, None)
    assert not alive(base)
    dask_worker.dismiss("next")


def test_a_dismissal_ends_what_is_being_served_for_that_comparison_alone(tmp_path):
    pids = {name: tmp_path / name for name in ("mine", "another's")}
    ended = []

    def serve(name):
        request = asked(user("sleeps"), method_options={"pids": str(pids[name])})
        dask_worker.serve(name, own_version(), request, 1e10, None)
        ended.append(name)

    threads = [threading.Thread(target=serve, args=(name,)) for name in pids]
    for thread in threads:
        thread.start()
    others = noted(pids["another's"])
    noted(pids["mine"])
    dask_worker.dismiss("mine")
    threads[0].join(30)
    assert ended == ["mine"]
    assert alive(others)
    os.kill(others, signal.SIGKILL)
    threads[1].join(30)


@pytest.mark.parametrize(("limit", "share"), [(1000, 400), (None, None)])
def test_a_run_may_hold_its_share_of_its_dask_worker(monkeypatch, limit, share):
    class Worker:
        class memory_manager:  # noqa: N801 - as Dask names it
            memory_limit = limit

        class state:  # noqa: N801 - as Dask names it
            nthreads = 2

    import distributed

    monkeypatch.setattr(distributed, "get_worker", Worker)
    assert dask_worker._share() == (share or dask_worker.machine.share(2))
