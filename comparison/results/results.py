"""The runs of a results file, grouped and named as a reader tells them apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from comparison.results.columns import RUN_COLUMNS, Column, RunRow, with_measures
from comparison.results.facts import facts_of
from comparison.results.identity import contender_of, instance_of, problem_of, with_dimensions
from comparison.results.labels import labels
from comparison.results.references import InstanceRuns
from comparison.results.store import Store
from comparison.results.trace import as_array
from methods import METHODS
from methods.result import Run
from problems import PROBLEMS
from problems.core.reference import Reference
from problems.naming.extra import require_extra
from problems.naming.registry import Registry

if TYPE_CHECKING:
    import pandas

#: A problem's label, an instance, and a contender's label.
Group = tuple[str, int, str]


class Results:
    """The runs of a results file, or those of it that a comparison is made of.

    A *contender* is a method with its options; its label is the method's name and, where
    the file has it with several options, versions or states of a user's file, the
    difference. A *problem* is one with its options, its data and the budget, labelled in
    the same way.

    Parameters
    ----------
    path : str or Path
    runs : sequence of Run
        Those that are shown, each with a key of its own; traces are read when asked for.
    others : sequence of Run
        Other runs on the same instances: the values and bounds that they show hold for all.
    in_order : bool
        Whether the runs stay in the order given; by default they are sorted by problem,
        instance, method and seed, in the order of the catalogues.

    Attributes
    ----------
    path : str
    runs : list of Run
    contenders, problems : list of str
        The labels, in the order of the runs' methods and problems.
    """

    def __init__(
        self,
        path: str | Path,
        runs: Sequence[Run],
        others: Sequence[Run] = (),
        *,
        in_order: bool = False,
    ) -> None:
        self.path = str(path)
        runs = with_dimensions(runs)
        self._contenders = labels({run.key: (run.method, contender_of(run)) for run in runs})
        self._problems = labels({run.key: (run.problem, problem_of(run)) for run in runs})
        methods, problems = METHODS.names(), PROBLEMS.names()

        def place(run: Run) -> tuple[Any, ...]:
            return (
                *_place(problems, run.problem),
                self.problem(run),
                run.instance,
                *_place(methods, run.method),
                self.contender(run),
                run.seed,
            )

        self.runs = list(runs) if in_order else sorted(runs, key=place)
        by_method = self.runs
        if not in_order:
            by_method = sorted(self.runs, key=lambda run: _place(methods, run.method))
        self.problems = list(dict.fromkeys(map(self.problem, self.runs)))
        self.contenders = list(dict.fromkeys(map(self.contender, by_method)))
        self._on_instance: dict[Hashable, InstanceRuns] = {}
        for run in {run.key: run for run in (*others, *runs)}.values():
            self._on_instance.setdefault(instance_of(run), InstanceRuns([])).runs.append(run)

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs)

    def contender(self, run: Run) -> str:
        """Return the label of a run's method."""
        return self._contenders[run.key]

    def problem(self, run: Run) -> str:
        """Return the label of a run's problem."""
        return self._problems[run.key]

    def groups(self) -> dict[Group, list[Run]]:
        """Return the runs that differ in their seeds only, by problem, instance and contender."""
        groups: dict[Group, list[Run]] = {}
        for run in self.runs:
            group = self.problem(run), run.instance, self.contender(run)
            groups.setdefault(group, []).append(run)
        return groups

    def instance(self, run: Run) -> Hashable:
        """Return a key that all runs on the same instance of the same problem share."""
        return instance_of(run)

    def _instance_runs(self, run: Run) -> InstanceRuns:
        return self._on_instance[instance_of(run)]

    def on_instance(self, run: Run) -> list[Run]:
        """Return all runs of the file on a run's instance, whichever are shown."""
        return self._instance_runs(run).runs

    def reference(self, run: Run) -> Reference | None:
        """Return the best reference for a run's instance, whatever its budget."""
        return self._instance_runs(run).reference

    def contradictions(self, run: Run | None = None) -> list[str]:
        """Return which proofs its own runs refute, of the file or of a run's instance alone."""
        instances = self._on_instance.values() if run is None else [self._instance_runs(run)]
        return [line for instance in instances for line in instance.contradictions()]

    def standing(self, run: Run) -> Run:
        """Return a run without what other runs on its instance refute."""
        return self._instance_runs(run).standing(run)

    def random_value(self, run: Run) -> float | None:
        """Return the value of a median random point of a run's instance."""
        values = (other.random_value for other in self.on_instance(run))
        return next((value for value in values if value is not None), None)

    def white_box(self, run: Run) -> bool:
        """Whether the run's method is given the model, so that it has no work."""
        return facts_of(run).white_box

    def seeded(self, run: Run) -> bool:
        """Whether the run's method draws random numbers: else its one run is all there is."""
        return facts_of(run).seeded

    def family(self, run: Run) -> str:
        """Return the family of the run's method."""
        return facts_of(run).family

    def trace(self, run: Run) -> NDArray:
        """Return a run's trace, an array of `comparison.results.trace.TRACE`."""
        return next(trace for _, trace in self.traces([run]))

    def traces(self, runs: Sequence[Run] | None = None) -> Iterator[tuple[Run, NDArray]]:
        """Yield runs with their traces, read one at a time; all runs by default.

        The traces have no bound that a run on the instance refutes.
        """
        chosen = {run.key: run for run in (self.runs if runs is None else runs)}
        for key in [key for key, run in chosen.items() if run.trace]:  # of one that is not stored
            run = chosen.pop(key)
            yield run, self._instance_runs(run).without_refuted(as_array(run.trace), run)
        if not chosen:
            return
        with Store(self.path, readonly=True) as store:
            for key, trace in store.traces(chosen):
                run = chosen[key]
                yield run, self._instance_runs(run).without_refuted(trace, run)

    def select(
        self, contenders: Sequence[str] | None = None, problems: Sequence[str] | None = None
    ) -> Results:
        """Return the runs of some contenders and problems, in their order, labelled as here.

        Their references stay as they are: a certificate of a run that is left out holds on.
        """
        chosen = [
            run
            for run in self.runs
            if (contenders is None or self.contender(run) in contenders)
            and (problems is None or self.problem(run) in problems)
        ]
        selected = copy(self)  # with the same labels
        selected.runs = chosen
        there = {self.contender(run) for run in chosen}, {self.problem(run) for run in chosen}
        selected.contenders = [label for label in self.contenders if label in there[0]]
        selected.problems = [label for label in self.problems if label in there[1]]
        return selected

    def columns(self) -> list[Column]:
        """Return the columns of the runs' rows: `RUN_COLUMNS`, and one for each measure."""
        return with_measures(RUN_COLUMNS.values(), self.runs)

    def row(self, run: Run) -> RunRow:
        """Return a run as a row of data, see `columns`."""
        labels = self.problem(run), self.contender(run)
        return RunRow(self.standing(run), *labels, self.reference(run), self.random_value(run))

    def to_frame(self) -> pandas.DataFrame:
        """Return the runs as a pandas frame, a row a run; `docs/exports.md` has its columns.

        Numbers that do not exist are nan, whole numbers and texts ``<NA>``.

        Raises
        ------
        MissingExtra
            Where pandas is not installed.
        """
        require_extra("to_frame", "pandas")
        import pandas

        types = {"text": "string", "integer": "Int64", "number": "float64", "flag": "bool"}
        rows = [self.row(run) for run in self.runs]
        return pandas.DataFrame(
            {
                column.name: pandas.Series(
                    [column.stored(row) for row in rows], dtype=types[column.kind]
                )
                for column in self.columns()
            }
        )

    def find(self, name: str) -> list[Run]:
        """Return the runs whose key begins so, or METHOD/PROBLEM[/INSTANCE[/SEED]].

        Aliases will do, and numbers with leading zeros; an empty name finds none.
        """
        if "/" not in name:
            return [run for run in self.runs if name and run.key.startswith(name)]
        method, problem, *numbers = name.split("/")
        if len(numbers) > 2 or not all(number.isdecimal() for number in numbers):
            return []
        wanted = [_canonical(METHODS, method), _canonical(PROBLEMS, problem), *map(int, numbers)]
        return [
            run
            for run in self.runs
            if [run.method, run.problem, run.instance, run.seed][: len(wanted)] == wanted
        ]


def load(path: str | Path) -> Results:
    """Read the runs of a results file, without changing it.

    Raises
    ------
    StoreError
        When the file does not exist, is not ours, or of a newer version.

    Examples
    --------
    >>> import comparison
    >>> results = comparison.load("comparison.sqlite")  # doctest: +SKIP
    """
    with Store(path, readonly=True) as store:
        return Results(path, list(store.runs().values()))


def _canonical(catalogue: Registry, name: str) -> str:
    """Return the canonical name where an alias is given; a user's names are as they are."""
    entry = catalogue.named(name)
    return name if entry is None else entry.name


def _place(names: list[str], name: str) -> tuple[int, str]:
    """Return where a name stands: in the catalogue's order, then the alphabet's."""
    return (names.index(name) if name in names else len(names)), name
