"""How the measures hang together: limits, special cases, groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.equity import Equivalent, indicator, make
from tests.equity.claims import LEVEL, PARAMETERS, Case, close
from tests.equity.test_claims import cases

EQUIVALENTS = [
    (name, chosen) for name in ("kolm_pollak", "alpha_fair") for chosen in PARAMETERS[name]
]


def of(name: str, case: Case, **parameters: float | tuple[float, ...]) -> float:
    return indicator(name, parameters).evaluate(case.values, case.weights, LEVEL)


@given(case=cases(), share=st.floats(0.01, 1))
def test_cvar_runs_from_the_maximum_to_the_mean(case, share):
    least = 0.5 * case.weights.min() / case.weights.sum()
    assert close(of("cvar", case, share=1.0), of("mean", case))
    assert close(of("cvar", case, share=least), of("maximum", case))
    assert of("mean", case) - 1e-9 <= of("cvar", case, share=share) <= of("maximum", case) + 1e-9


@given(case=cases(), share=st.floats(0.01, 1), part=st.floats(0.01, 0.99))
def test_an_ordered_median_mixes_cvars(case, share, part):
    mixed = of("ordered_median", case, shares=(share, 1.0), weights=(part, 1 - part))
    assert close(mixed, part * of("cvar", case, share=share) + (1 - part) * of("mean", case))


@given(case=cases(), aversion=st.floats(0.1, 3))
def test_kolm_pollak_lies_between_mean_and_maximum(case, aversion):
    ede = of("kolm_pollak", case, aversion=aversion)
    assert of("mean", case) - 1e-7 <= ede <= of("maximum", case) + 1e-7


@given(case=cases(), cut=st.integers(1, 7), aversion=st.floats(0.1, 3))
def test_kolm_pollak_of_groups_is_that_of_their_equivalents(case, cut, aversion):
    measure = make("kolm_pollak", {"aversion": aversion})
    parts = [part for part in (slice(cut), slice(cut, None)) if len(case.values[part])]
    edes = [measure.evaluate(case.values[part], case.weights[part], LEVEL) for part in parts]
    persons = [case.weights[part].sum() for part in parts]
    whole = measure.evaluate(np.array(edes), np.array(persons), LEVEL)
    assert close(whole, measure.evaluate(case.values, case.weights, LEVEL))


@given(case=cases(), aversion=st.floats(0.1, 3))
def test_the_value_of_a_unit_in_the_gap_is_its_kolm_pollak_equivalent(case, aversion):
    gap = make("kolm_pollak_gap", {"aversion": aversion})
    mean = np.average(gap.inner(case.values, LEVEL), weights=case.weights)
    ede = gap.outer(np.array([mean]), LEVEL)[0]
    assert close(ede, of("kolm_pollak", case, aversion=aversion))


@given(case=cases(), alpha=st.floats(0, 3), more=st.floats(0, 1))
def test_alpha_fair_starts_at_the_mean_and_rises_with_aversion(case, alpha, more):
    assert close(of("alpha_fair", case, alpha=0.0), of("mean", case))
    ede = of("alpha_fair", case, alpha=alpha)
    assert ede - 1e-7 <= of("alpha_fair", case, alpha=alpha + more) <= of("maximum", case) + 1e-7


@given(case=cases(), off=st.floats(1e-12, 1e-7))
def test_alpha_fair_has_no_edge_at_1(case, off):
    at = of("alpha_fair", case, alpha=1.0)
    assert of("alpha_fair", case, alpha=1 + off) == pytest.approx(at, abs=1e-4)
    assert of("alpha_fair", case, alpha=1 - off) == pytest.approx(at, abs=1e-4)


@given(case=cases())
def test_theil_of_all_is_theil_within_groups_and_between_them(case):
    # Each group weighs by the minutes that it bears; between: everybody at the group's mean.
    half = (len(case.values) + 1) // 2
    groups = [part for part in (slice(half), slice(half, None)) if len(case.values[part])]
    theil = indicator("theil", {})
    means = [np.average(case.values[g], weights=case.weights[g]) for g in groups]
    persons = [case.weights[g].sum() for g in groups]
    within = sum(
        n * m * theil.evaluate(case.values[g], case.weights[g], LEVEL)
        for g, n, m in zip(groups, persons, means, strict=True)
    )
    between = theil.evaluate(np.array(means), np.array(persons), LEVEL)
    borne = np.dot(persons, means)
    assert close(of("theil", case), between + (within / borne if borne else 0))


@given(case=cases(), more=st.floats(0.1, 60))
def test_delays_for_everybody_lower_relative_dispersion(case, more):
    # Why these go with a guard on efficiency.
    later = Case(case.values + more, case.weights, 0, 0, 0)
    for name in ("gini", "theil", "ratio", "palma"):
        assert of(name, later) <= of(name, case) + 1e-9
    assert of("jain", later) >= of("jain", case) - 1e-9


@pytest.mark.parametrize(("name", "chosen"), EQUIVALENTS)
@given(minutes=st.floats(0, 120), longer=st.floats(0.1, 60))
def test_phi_rises_touches_the_identity_at_the_standard_and_is_undone(
    name, chosen, minutes, longer
):
    measure = make(name, chosen)
    assert isinstance(measure, Equivalent)
    assert measure.inverse(measure.term(minutes, LEVEL), LEVEL) == pytest.approx(minutes, abs=1e-6)
    assert measure.term(minutes, LEVEL) < measure.term(min(minutes + longer, 120.5), LEVEL)
    assert measure.term(30, LEVEL) == pytest.approx(30)
    slope = (measure.term(30.001, LEVEL) - measure.term(29.999, LEVEL)) / 0.002
    assert slope == pytest.approx(1, abs=1e-6)
