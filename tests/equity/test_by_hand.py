"""Numbers of every measure, derived by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optimizer.equity import INDICATORS, indicator, make
from optimizer.problem import Level

LEVEL = Level("care", "care", standard=30, cutoff=120)

#: 4 persons at 10 minutes, 1 at 60, 3 at 40: 220 minutes, 27.5 in the mean.
VALUES, WEIGHTS = np.array([10.0, 60, 40]), np.array([4.0, 1, 3])

#: One person at 96 and one at 0 minutes, cut-off 99: 4 and 100 minutes saved, plus one.
SAVED = Level("saved", "saved", standard=50, cutoff=99)
TWO, ONES = np.array([96.0, 0]), np.ones(2)

ROWS = [
    ("mean", {}, 27.5),
    ("maximum", {}, 60),
    # The worst-off quarter: 1 at 60, 1 of the 3 at 40.
    ("cvar", {"share": 0.25}, 50),
    # 1/4 x 50 + 3/4 x 27.5.
    ("ordered_median", {"shares": (0.25, 1.0), "weights": (1.0, 3.0)}, 33.125),
    # 1 person 30 minutes beyond the standard, 3 persons 10 minutes: 60 / 8.
    ("deprivation", {}, 7.5),
    ("range", {}, 50),
    # (4 x 17.5 + 1 x 32.5 + 3 x 12.5) / 8.
    ("mean_absolute_deviation", {}, 17.5),
    # 2 (4 x 1 x 50 + 4 x 3 x 30 + 1 x 3 x 20) / 64.
    ("absolute_differences", {}, 19.375),
    ("gini", {}, 19.375 / 55),
    ("ratio", {}, 6),
    ("kolm_pollak_gap", {}, 50),
    # The worst-off are on a limit themselves, or below the next.
    ("leximin", {"step": 5.0}, 60),
    ("leximin", {"step": 25.0}, 75),
    # 30 ln((4 e^(1/3) + e^2 + 3 e^(4/3)) / 8).
    ("kolm_pollak", {}, 33.395801),
    # Worst-off tenth: 0.8 x 60 = 48 minutes; best-off 40 %: 3.2 x 10 = 32.
    ("palma", {}, 1.5),
    # 27.5^2 / ((4 x 100 + 3600 + 3 x 1600) / 8) = 756.25 / 1100.
    ("jain", {}, 0.6875),
]


@pytest.mark.parametrize(("name", "parameters", "expected"), ROWS)
def test_eight_persons(name, parameters, expected):
    value = indicator(name, parameters).evaluate(VALUES, WEIGHTS, LEVEL)
    assert value == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("alpha_fair", {"alpha": 0.0}, 48),
        # 100 - ((2 + 10) / 2)^2, the geometric mean 20, the harmonic mean 2 / (1/4 + 1/100).
        ("alpha_fair", {"alpha": 0.5}, 64),
        ("alpha_fair", {"alpha": 1.0}, 80),
        ("alpha_fair", {"alpha": 2.0}, 100 - 2 / 0.26),
        # 1 - EDE / 52.
        ("atkinson", {"aversion": 0.5}, 1 - 36 / 52),
        ("atkinson", {"aversion": 1.0}, 1 - 20 / 52),
        ("atkinson", {"aversion": 2.0}, 1 - 2 / 0.26 / 52),
        # 0 and twice the mean: (0 + 2 ln 2) / 2.
        ("theil", {}, math.log(2)),
    ],
)
def test_two_persons(name, parameters, expected):
    value = indicator(name, parameters).evaluate(TWO, ONES, SAVED)
    assert value == pytest.approx(expected, rel=1e-9)


def test_every_measure_has_a_number_here():
    here = {name for name, *_ in ROWS} | {"alpha_fair", "atkinson", "theil"}
    assert here == set(INDICATORS)


@pytest.mark.parametrize(
    ("name", "parameters", "value", "term"),
    [
        ("kolm_pollak", {}, 60.0, 30 + 30 * (math.e - 1)),
        # e^(50/30) = 5.2944900.
        ("kolm_pollak_gap", {}, 50.0, 30 * 4.2944900),
        ("ratio", {}, 6.0, 5.0),
        ("gini", {}, 0.3, 0.3),
        ("leximin", {}, 60.0, 60.0),
        # 30 + 91 ln(91 / 61), with 91 and 61 minutes saved plus one.
        ("alpha_fair", {"alpha": 1.0}, 60.0, 30 + 91 * math.log(91 / 61)),
        # 30 + 91^2 (1/61 - 1/91).
        ("alpha_fair", {"alpha": 2.0}, 60.0, 30 + 91 * (91 / 61 - 1)),
        ("alpha_fair", {"alpha": 0.0}, 60.0, 60.0),
    ],
)
def test_terms(name, parameters, value, term):
    assert make(name, parameters).term(value, LEVEL) == pytest.approx(term, rel=1e-7)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("gini", [0, 0], 0),
        ("theil", [0, 0], 0),
        ("jain", [0, 0], 1),
        ("ratio", [0, 0], 1),
        ("ratio", [0, 5], math.inf),
        ("palma", [0, 0], 0.25),
        ("palma", [0, 5], math.inf),
    ],
)
def test_where_the_denominator_is_0(name, values, expected):
    assert indicator(name, {}).evaluate(np.array(values, float), ONES, LEVEL) == expected


def test_palma_of_ten_persons():
    # Minutes 1 to 10: 10 against 1 + 2 + 3 + 4.
    values = np.arange(1.0, 11)
    assert indicator("palma", {}).evaluate(values, np.ones(10), LEVEL) == pytest.approx(1)
