"""Styles: every eye can tell them apart, on white paper and on a dark screen."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from comparison.figures.theme import (
    BACKGROUND,
    COLOURS,
    DASHES,
    FAMILIES,
    INK,
    MUTED,
    configuration,
    styles,
)
from methods import METHODS

#: How colours appear to people without one kind of cone, on linear RGB: Machado,
#: Oliveira and Fernandes (2009), IEEE TVCG 15(6), table 1, severity 1.
DEFICIENT = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "nobody's": np.eye(3),
}
#: sRGB to XYZ (IEC 61966-2-1), and the white point D65.
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour):
    signal = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Return the contrast ratio of WCAG 2.2."""
    light, dark = sorted((float(XYZ[1] @ linear(c)) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    """Return CIE L*a*b*, in which distances are those that an eye sees."""
    x = XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(x > 216 / 24389, np.cbrt(x), (24389 / 27 * x + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", BACKGROUND)
def test_lines_stand_out_and_text_can_be_read(scheme):
    paper = BACKGROUND[scheme]
    assert min(contrast(colour, paper) for colour in COLOURS[scheme]) >= 3
    assert min(contrast(INK[scheme], paper), contrast(MUTED[scheme], paper)) >= 4.5


@pytest.mark.parametrize("eyes", DEFICIENT)
@pytest.mark.parametrize("scheme", BACKGROUND)
def test_every_eye_tells_the_colours_apart(scheme, eyes):
    seen = [lab(np.array(DEFICIENT[eyes]) @ linear(colour)) for colour in COLOURS[scheme]]
    apart = min(np.linalg.norm(a - b) for a, b in combinations(seen, 2))
    assert apart >= 20  # 2.3 is just noticeable


def test_many_contenders_differ_in_colour_or_dash():
    every = styles((f"{family} {i}", family) for i in range(5) for family in FAMILIES)
    pairs = {(style.colour, tuple(style.dash)) for style in every}
    assert len(every) == 60
    assert len(pairs) == 60


def test_there_may_be_more_contenders_than_styles():
    assert len(styles((str(i), "user") for i in range(70))) == 70


def test_a_family_has_one_symbol_and_its_own_dash_where_it_can():
    one, other = styles([("adam", "gradient descent"), ("lion", "gradient descent")])
    assert one.shape == other.shape == "circle"
    assert one.dash == other.dash == DASHES[0]
    assert one.colour != other.colour


def test_every_family_of_the_catalogue_has_a_style():
    families = {METHODS.entry(name).family for name in METHODS.names()} | {"chain", "user"}
    assert families <= set(FAMILIES)
    assert len({FAMILIES[family] for family in families}) == len(families)


def test_the_configuration_has_the_colours_in_the_order_of_the_contenders():
    few = styles([("a", "user"), ("b", "user")])
    assert configuration(few, "dark")["range"]["category"] == list(COLOURS["dark"][:2])
    assert configuration([], "light")["range"]["category"] == list(COLOURS["light"])
