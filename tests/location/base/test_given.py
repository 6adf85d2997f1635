"""What a user gives keeps its meaning, or is refused in one sentence."""

from __future__ import annotations

import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy.sparse import bsr_array, coo_array, csr_array, dia_array, dok_array, lil_array

from optimizer.location import (
    Coordinates,
    fixed_charge,
    hub_cover,
    max_cover,
    p_center,
    p_hub,
    p_median,
    reliable_p_median,
    set_cover,
    steiner_tree,
    survivable_network,
)
from optimizer.location.base.costs import costs_of
from optimizer.location.base.given import inclusive, numbers
from optimizer.solution import Status

#: Four hamlets, 3 apart on a line.
LINE = 3.0 * np.abs(np.subtract.outer(np.arange(4), np.arange(4)))


def test_what_is_masked_is_not_admissible() -> None:
    # A river: site 1 serves hamlets 0 and 1 only. Of one site, 2 serves all for 6 + 3 + 0 + 3.
    river = np.ma.array(LINE, mask=np.zeros((4, 4), dtype=bool))
    river[2:, 1] = np.ma.masked
    found = p_median(river, 1)
    assert (found.objective, found.plan.sites.tolist()) == (12, [2])
    assert max_cover(river, 3, 1).objective == 3
    assert set_cover(np.ma.masked_all((4, 4)), 9).status is Status.INFEASIBLE
    assert p_median(np.ma.array(LINE, mask=False), 1).objective == 12


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e7])
def test_sums_of_tenths_are_within_their_radius(scale: float) -> None:
    far = (0.1 + 0.7) * scale  # above 0.8 by one rounding, as doubles have it
    assert far != 0.8 * scale or scale != 1.0
    assert set_cover(np.array([[far]]), 0.8 * scale).objective == 1
    assert max_cover(np.array([[far, 9.0 * scale]]), 0.8 * scale, 1).objective == 1
    assert max_cover(np.array([[far * (1 + 1e-9)]]), 0.8 * scale, 1).objective == 0
    places = np.array([[0.0, far], [far, 0.0]])
    assert hub_cover(places, 0.8 * scale).objective == 1


def test_a_whole_cost_that_is_one_too_far_is_beyond() -> None:
    large = 10.0**14
    assert set_cover(np.array([[large + 1]]), large).status is Status.INFEASIBLE
    assert (inclusive(np.array([large]), whole=True) < large + 1).all()


def test_entries_of_one_pair_add_up() -> None:
    twice = coo_array(([2.0, 3.0, 8.0], ([0, 0, 1], [0, 0, 0])), shape=(2, 1))
    for one in (twice, twice.tocsr(), twice.tocsc()):
        assert p_median(one, 1).objective == 13
    assert len(twice.data) == 3  # what was given is as it was


@pytest.mark.parametrize("stored", [csr_array, coo_array, lil_array, dok_array])
def test_a_stored_zero_is_a_cost_of_nothing(stored: type) -> None:
    costs = coo_array(([0.0, 4.0, 6.0], ([0, 1, 1], [1, 0, 1])), shape=(2, 2))
    if stored not in (lil_array, dok_array):
        assert p_median(stored(costs), 1).objective == 6
    assert p_median(stored(coo_array(([4.0, 6.0], ([1, 0], [1, 1])), (2, 2))), 1).objective == 10


@pytest.mark.parametrize("padded", [bsr_array, dia_array])
def test_formats_that_store_more_than_their_entries_are_refused(padded: type) -> None:
    with pytest.raises(ValueError, match="stores more than its entries"):
        p_median(padded(LINE), 1)


def test_a_matrix_that_has_lost_its_diagonal_is_told() -> None:
    with pytest.warns(UserWarning, match="no place may serve itself"):
        p_median(csr_array(LINE), 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        p_median(csr_array(LINE + np.eye(4)), 2)


@pytest.mark.parametrize(
    "same",
    [
        LINE.astype(int),
        LINE.astype(np.float32),
        LINE.tolist(),
        LINE.astype(object),
        [[Decimal(int(one)) for one in row] for row in LINE],
        [[Fraction(int(one)) for one in row] for row in LINE],
    ],
)
def test_numbers_of_any_kind_are_numbers(same: object) -> None:
    assert p_median(same, 2.0, np.array([1, 2, 3, 4])).objective == 12


NO_NUMBERS = {
    "booleans": LINE > 3,
    "text": LINE.astype(str),
    "not '3'": np.array([[0, "3"], [3, 0]], dtype=object),
    "not None": np.array([[0, None], [3, 0]], dtype=object),
    "not True": np.array([[0, True], [3, 0]], dtype=object),
    "dates": np.full((2, 2), "2026-01-01", dtype="datetime64[D]"),
    "complex": LINE * 1j,
    "9007199254740993 is no double": np.array([[2**53 + 1, 2**53]]),
    "36893488147419103233 is no double": [[2**65 + 1]],
    "beyond what doubles hold": [[10**400]],
    "rows of the same length": [[1, 2], [3]],
}


@pytest.mark.parametrize("sentence", NO_NUMBERS)
def test_what_is_no_number_is_refused(sentence: str) -> None:
    with pytest.raises(ValueError, match=f"costs: .*{sentence}"):
        p_median(NO_NUMBERS[sentence], 1)


def test_large_whole_numbers_that_are_doubles_are_taken() -> None:
    assert numbers([2**53 + 2, 2**70, -(2**62)], "x").tolist() == [2**53 + 2, 2**70, -(2**62)]


def _with(**more: object):
    return lambda: p_median(LINE, **({"p": 2} | more))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: p_median(np.zeros((0, 3)), 1), "a point and a site are needed"),
        (lambda: p_median(np.zeros((3, 0)), 1), "a point and a site are needed"),
        (lambda: p_center(Coordinates(np.zeros((0, 2))), 1), "a point and a site are needed"),
        (_with(p=1.5), "p: a whole number is needed, not 1.5"),
        (_with(p=True), "p: a whole number is needed, not True"),
        (_with(p="2"), "p: a whole number is needed, not '2'"),
        (_with(weights=["1"] * 4), "weights: numbers are needed, not text"),
        (_with(weights=np.ma.masked_less([1, 2, 3, 4], 2)), "weights: .* where one is masked"),
        (_with(weights=[1e308] * 4), "what all cost is beyond what doubles hold"),
        (_with(phi=lambda cost: np.exp(1000 * cost)), "phi: no finite number at a cost of 3"),
        (_with(phi=lambda cost: -cost), "phi: must be 0 or more, and increase"),
        (
            lambda: p_median(Coordinates([[0, 0], [900, 0]]), 1, phi=np.exp),
            "phi: no finite number at a cost of",
        ),
        (lambda: Coordinates([["0", "1"]]), "points: numbers are needed, not text"),
        (lambda: Coordinates([[1e200, 0]]), "no coordinate may be beyond"),
        (lambda: Coordinates([[0, 0]], [[1]]), "as many coordinates"),
        (lambda: set_cover(LINE, [1, 2, 3]), "radius: one, or one for each of 4 points"),
        (lambda: set_cover(LINE, "3"), "radius: numbers are needed, not text"),
        (lambda: hub_cover(LINE, None), "radius: numbers are needed, not None"),
        (lambda: p_center(LINE, 0.5), "p: a whole number"),
        (lambda: max_cover(LINE, 3, True), "p: a whole number"),
        (lambda: reliable_p_median(LINE, 2, 0.1, 9, levels=1.5), "levels: a whole number"),
        (lambda: p_hub(LINE > 0, LINE, 1), "flows: numbers are needed, not booleans"),
        (lambda: p_hub(LINE, LINE, 1, allocation="1"), "allocation: a whole number"),
        (lambda: steiner_tree([True], [1], [3], [0, 1]), "numbers are needed, not booleans"),
        (lambda: steiner_tree([0], [1], ["3"], [0, 1]), "cost: numbers are needed, not text"),
        (lambda: survivable_network([0], [1], [3], [1, 1.5]), "requirement: must be whole"),
    ],
)
def test_what_makes_no_sense_is_said(ask, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask()


def test_nobody_has_demand() -> None:
    # As without capacities: two sites at 2 each, the others reached for 3 each.
    for single in (False, True):
        found = fixed_charge(LINE, np.full(4, 2.0), np.ones(4), np.zeros(4), single)
        assert found.objective == 8
        assert found.plan.shares.sum(axis=1).tolist() == [1, 1, 1, 1]


def test_a_center_that_cannot_be_says_why() -> None:
    islands = np.full((4, 4), np.inf)
    islands[:2, :2] = islands[2:, 2:] = 1
    assert p_center(islands, 1).reasons == ("no 1 sites may serve all points",)
    islands[3] = np.inf
    assert p_center(islands, 2).reasons == ("a point has no site that may serve it",)


def test_stored_infinities_are_not_admissible() -> None:
    costs = csr_array((np.array([np.inf, 2.0, 5.0]), np.array([0, 1, 0]), np.array([0, 2, 3])))
    assert len(costs_of(costs).nearest(2)) == 2
    assert p_median(costs, 1).status is Status.INFEASIBLE
