"""The 24 noiseless functions of COCO's black-box optimization benchmark, through ioh."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from problems.core.interval import Interval
from problems.core.problem import Problem
from problems.core.reference import Reference
from problems.core.space import Box
from problems.naming.extra import require_extra
from problems.naming.options import checked_options

#: COCO's final target precision (Hansen et al. 2021, COCO: a platform for comparing
#: continuous optimizers in a black-box setting).
PRECISION = 1e-8
#: COCO stops at 40 (640 in its large-scale suite); ioh takes seconds to build much larger ones.
LARGEST = 100


class Bbob(Problem):
    """One of BBOB's functions f1 … f24 on [−5, 5]ᵈ, with its own shifts and rotations.

    Instance i here is instance i + 1 of BBOB. The value is f(x) with BBOB's random
    offset; the reference is the known optimum, solved within 1e-8 above it.

    Source: Hansen, Finck, Ros & Auger (2009), Real-parameter black-box optimization
    benchmarking 2009: noiseless functions definitions, INRIA RR-6829. Computed by ioh
    (de Nobel et al. 2024, IOHexperimenter).

    Parameters
    ----------
    function : int
        Number of the function, 1 to 24.
    dimension : int
        Number of real variables, 2 to 100.
    instance : int
        Chooses BBOB's instance.

    Raises
    ------
    ImportError
        Where ioh is not installed.
    """

    space: Box
    objective = "function value"

    @checked_options
    def __init__(
        self,
        *,
        function: Annotated[int, Interval(ge=1, le=24)] = 1,
        dimension: Annotated[int, Interval(ge=2, le=LARGEST)] = 5,
        instance: int = 0,
    ) -> None:
        require_extra("bbob", "ioh")
        self.function, self.instance = function, instance
        self.space = Box(-5, 5, dimension)
        self._function = self._built()
        self.reference_point: NDArray[np.float64] = np.array(self._function.optimum.x)

    def _built(self) -> Any:
        """Return ioh's function, which cannot be copied or pickled but is built in no time."""
        import ioh

        return ioh.get_problem(
            self.function,
            instance=self.instance + 1,
            dimension=self.space.dimension,
            problem_class=ioh.ProblemClass.BBOB,
        )

    def __getstate__(self) -> dict[str, Any]:
        return {name: held for name, held in vars(self).items() if name != "_function"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._function = self._built()

    @property
    def title(self) -> str:
        data = self._function.meta_data
        return f"f{self.function} {data.name}, {data.n_variables}-D, BBOB instance {data.instance}"

    def value(self, x: NDArray) -> float:
        return self._function(x)

    @cached_property
    def reference(self) -> Reference:
        optimum = float(self._function.optimum.y)
        # A tolerance is relative above 1; COCO's precision is absolute.
        tolerance = PRECISION / max(1.0, abs(optimum))
        return Reference(optimum, "closed form", "Hansen et al. (2009)", tolerance)

    def describe(self, x: NDArray) -> str:
        distance = float(np.linalg.norm(np.asarray(x) - self.reference_point))
        return f"{super().describe(x)}, {distance:.3g} from the minimum"
