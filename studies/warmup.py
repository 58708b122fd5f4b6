"""How much the learning rate matters, and what makes it matter less."""

from statistics import mean
from typing import Any

import numpy as np

import problems
from studies import laboratory as lab

NAME, WIDTHS = "next-token-transformer", {1: 16, 2: 32}
#: The paper's β₂ and clipping.
ADAM = {"beta2": 0.95, "clip": 1.0, "batch": 16, "schedule": "triangular"}
