"""Lines through weight space."""

from __future__ import annotations

import numpy as np
import pytest

from studies.measurements.lines import random_line


def test_a_line_has_steps_of_the_asked_length_in_one_direction():
    x = np.arange(50.0)
    points = random_line(x, np.random.default_rng(0), 0.25, 9)
    assert (points[0] == x).all()
    assert np.linalg.norm(np.diff(points, axis=0), axis=1) == pytest.approx(0.25)
    assert np.linalg.norm(points[-1] - x) == pytest.approx(2.0)
