"""Every measure keeps each property that it claims, and claims each one that it keeps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.equity import INDICATORS, Class, Property, indicator
from tests.equity.claims import KEEPS, LEVEL, PARAMETERS, Case, close

ALL = [(name, chosen) for name in INDICATORS for chosen in PARAMETERS.get(name, [{}])]
PAIRS = [(name, promise) for name in INDICATORS for promise in Property]
CLAIMED = [pair for pair in PAIRS if pair[1] in INDICATORS[pair[0]].properties]
NOT_CLAIMED = [pair for pair in PAIRS if pair not in CLAIMED]

TENTHS = st.integers(0, 1200).map(lambda tenths: tenths / 10)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to eight units, at tenths of minutes."""
    n = draw(st.integers(1, 8))
    values = draw(st.lists(TENTHS, min_size=n, max_size=n))
    weights = draw(st.lists(st.integers(1, 1000), min_size=n, max_size=n))
    one, other = draw(st.integers(0, n - 1)), draw(st.integers(0, n - 1))
    return Case(np.array(values), np.array(weights, float), one, other, draw(st.floats(0, 1)))


def random_case(seed: int) -> Case:
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 6))
    values = random.integers(0, 1201, n) / 10
    weights = random.integers(1, 1001, n).astype(float)
    one, other = random.integers(0, n, 2)
    return Case(values, weights, int(one), int(other), float(random.random()))


@pytest.mark.parametrize(("name", "promise"), CLAIMED)
@given(case=cases())
def test_what_is_claimed_is_kept(name, promise, case):
    for chosen in PARAMETERS.get(name, [{}]):
        assert KEEPS[promise](indicator(name, chosen), case), chosen


@pytest.mark.parametrize(("name", "promise"), NOT_CLAIMED)
def test_what_is_not_claimed_is_broken(name, promise):
    measure = indicator(name, {})
    assert any(not KEEPS[promise](measure, random_case(seed)) for seed in range(200))


def test_every_property_has_its_check():
    assert set(KEEPS) == set(Property)


@pytest.mark.parametrize("name", INDICATORS)
def test_the_class_follows_from_the_properties(name):
    # A dispersion measure is one that somebody's improvement can make worse.
    measure = INDICATORS[name]
    assert (Property.MONOTONE in measure.properties) == (measure.kind is not Class.DISPERSION)


@pytest.mark.parametrize(("name", "chosen"), ALL)
@given(case=cases(), factor=st.floats(0.01, 100))
def test_the_number_of_persons_does_not_matter_only_their_shares(name, chosen, case, factor):
    measure = indicator(name, chosen)
    before = measure.evaluate(case.values, case.weights, LEVEL)
    assert close(measure.evaluate(case.values, factor * case.weights, LEVEL), before)


@pytest.mark.parametrize(("name", "chosen"), ALL)
@given(case=cases())
def test_a_unit_is_as_good_as_its_two_halves_in_any_order(name, chosen, case):
    measure = indicator(name, chosen)
    values, weights = np.tile(case.values, 2), np.tile(case.weights / 2, 2)
    halves = measure.evaluate(values[::-1], weights[::-1], LEVEL)
    assert close(halves, measure.evaluate(case.values, case.weights, LEVEL))


@pytest.mark.parametrize(("name", "chosen"), ALL)
@given(case=cases())
def test_what_is_not_known_of_one_is_not_known_of_all(name, chosen, case):
    unknown = case.values.copy()
    unknown[case.one] = np.nan
    assert math.isnan(indicator(name, chosen).evaluate(unknown, case.weights, LEVEL))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("name", "chosen"), ALL)
@given(zeros=st.integers(1, 4), others=st.lists(TENTHS, max_size=4))
def test_zeros_give_a_number_or_infinity(name, chosen, zeros, others):
    values = np.array([0.0] * zeros + others)
    result = indicator(name, chosen).evaluate(values, np.ones_like(values), LEVEL)
    assert result >= 0
    assert math.isfinite(result) or (name in ("ratio", "palma") and values.any())
