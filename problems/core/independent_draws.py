"""Values of independent draws, kept for what the best of fewer of them would be worth."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from problems.core.record import Record


class IndependentDraws:
    """The part of an `Oracle` that methods which only sample use."""

    record: Record
    _drawing = False

    @contextlib.contextmanager
    def independent_draws(self) -> Iterator[None]:
        """Declare that `values` looks at independent draws from one distribution.

        Their values are kept, for what the best of fewer of them would be worth, unless
        the target or a proven optimum ends the run: then their number depends on them.
        """
        record = self.record
        record.draws, self._drawing = [], True
        try:
            yield
        finally:
            self._drawing = False
            if record.stopped in ("target", "optimal", "error") or record.failure is not None:
                record.draws = None

    def _keep_draws(self, values: NDArray[np.float64]) -> None:
        if self._drawing and self.record.draws is not None:
            self.record.draws.append(values)
