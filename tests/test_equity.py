"""Every equity measure: what its docstring claims, and that model and definition agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from optimizer.algorithms import solve
from optimizer.equity import MEASURES, Class, make
from optimizer.equity.measure import Measure, register
from optimizer.evaluate import evaluate
from optimizer.policy import Limits, Policy
from optimizer.problem import Level
from tests.random_problems import draw

LEVEL = Level("care", "care", standard=30, cutoff=120)
KP, MAXIMUM = make("kolm_pollak", {}), make("maximum", {})


@st.composite
def people(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Minutes and persons of up to eight demand points."""
    n = draw(st.integers(1, 8))
    minutes = draw(st.lists(st.floats(0, 120), min_size=n, max_size=n))
    persons = draw(st.lists(st.floats(0.1, 1e6), min_size=n, max_size=n))
    return np.array(minutes), np.array(persons)


@pytest.mark.parametrize("name", MEASURES)
@given(drawn=people())
def test_everybody_the_same_is_that_many_minutes(name, drawn):
    minutes, persons = drawn
    same = np.full_like(minutes, minutes[0])
    assert make(name, {}).evaluate(same, persons, LEVEL) == pytest.approx(minutes[0], abs=1e-6)


@pytest.mark.parametrize("name", MEASURES)
@given(drawn=people(), factor=st.floats(0.01, 100))
def test_the_number_of_persons_does_not_matter_only_their_shares(name, drawn, factor):
    minutes, persons = drawn
    measure = make(name, {})
    scaled = measure.evaluate(minutes, factor * persons, LEVEL)
    assert scaled == pytest.approx(measure.evaluate(minutes, persons, LEVEL), abs=1e-6)


@pytest.mark.parametrize("name", [n for n, m in MEASURES.items() if m.kind is not Class.DISPERSION])
@given(drawn=people(), who=st.integers(0, 7), saved=st.floats(0, 60))
def test_improving_anybody_never_makes_a_monotone_measure_worse(name, drawn, who, saved):
    minutes, persons = drawn
    better = minutes.copy()
    better[who % len(minutes)] = max(0.0, better[who % len(minutes)] - saved)
    measure = make(name, {})
    before = measure.evaluate(minutes, persons, LEVEL)
    assert measure.evaluate(better, persons, LEVEL) <= before + 1e-9


@pytest.mark.parametrize("name", MEASURES)
@given(drawn=people(), gift=st.floats(0, 1))
def test_a_transfer_to_the_worse_off_never_makes_it_worse(name, drawn, gift):
    # Pigou-Dalton: minutes go from one who has more to one who has fewer, equal persons.
    minutes, _ = drawn
    persons = np.ones_like(minutes)
    worst, best = int(minutes.argmax()), int(minutes.argmin())
    passed = gift * (minutes[worst] - minutes[best]) / 2
    fairer = minutes.copy()
    fairer[worst] -= passed
    fairer[best] += passed
    measure = make(name, {})
    before = measure.evaluate(minutes, persons, LEVEL)
    assert measure.evaluate(fairer, persons, LEVEL) <= before + 1e-9


@pytest.mark.parametrize("name", MEASURES)
@given(drawn=people(), later=st.floats(0, 60))
def test_a_delay_for_everybody_is_that_many_minutes(name, drawn, later):
    minutes, persons = drawn
    measure = make(name, {})
    before = measure.evaluate(minutes, persons, LEVEL)
    assert measure.evaluate(minutes + later, persons, LEVEL) == pytest.approx(before + later)


@given(drawn=people(), aversion=st.floats(0.1, 3))
def test_kolm_pollak_lies_between_mean_and_maximum(drawn, aversion):
    minutes, persons = drawn
    ede = make("kolm_pollak", {"aversion": aversion}).evaluate(minutes, persons, LEVEL)
    assert np.average(minutes, weights=persons) - 1e-6 <= ede <= minutes.max() + 1e-6


@given(drawn=people(), cut=st.integers(1, 7))
def test_kolm_pollak_is_subgroup_consistent(drawn, cut):
    # exp(kappa EDE) of all is the mean of exp(kappa EDE) of the groups, by persons.
    minutes, persons = drawn
    kappa = 1 / LEVEL.standard
    parts = [part for part in (slice(cut), slice(cut, None)) if len(minutes[part])]
    grown = [
        persons[part].sum() * np.exp(kappa * KP.evaluate(minutes[part], persons[part], LEVEL))
        for part in parts
    ]
    whole = np.log(sum(grown) / persons.sum()) / kappa
    assert KP.evaluate(minutes, persons, LEVEL) == pytest.approx(whole, abs=1e-6)


def test_kolm_pollak_by_hand():
    # Half at 0 and half at 30 minutes, kappa = 1/30: 30 ln((1 + e) / 2) = 18.6034.
    half = KP.evaluate(np.array([0.0, 30]), np.array([1.0, 1]), LEVEL)
    assert half == pytest.approx(18.60344, abs=1e-5)
    # The term: 30 + 30 ((e^-1 + 1) / 2 - 1) = 20.5182; at the standard one minute is one minute.
    term = KP.term(np.array([0.0, 30]), np.array([1.0, 1]), LEVEL)
    assert term == pytest.approx(20.51819, abs=1e-5)
    assert KP.term(np.array([30.0]), np.array([1.0]), LEVEL) == pytest.approx(30)


@given(bound=st.floats(1, 120))
def test_a_cap_on_the_term_is_the_cap_on_the_measure(bound):
    for name in MEASURES:
        measure = make(name, {})
        term = measure.term(np.array([bound]), np.array([1.0]), LEVEL)
        assert measure.term_bound(bound, LEVEL) == pytest.approx(term)


def test_cvar_by_hand():
    # The worst-off quarter of 8 persons: 1 at 60 and 1 of the 3 at 40: 50 minutes.
    minutes, persons = np.array([10.0, 60, 40]), np.array([4.0, 1, 3])
    assert make("cvar", {"share": 0.25}).evaluate(minutes, persons, LEVEL) == pytest.approx(50)


@given(drawn=people())
def test_cvar_runs_from_the_maximum_to_the_mean(drawn):
    minutes, persons = drawn
    least = 0.5 * persons.min() / persons.sum()
    all_of_them = make("cvar", {"share": 1.0}).evaluate(minutes, persons, LEVEL)
    worst = make("cvar", {"share": least}).evaluate(minutes, persons, LEVEL)
    assert all_of_them == pytest.approx(np.average(minutes, weights=persons))
    assert worst == pytest.approx(minutes.max())


def test_the_maximum_ignores_places_where_nobody_lives():
    assert MAXIMUM.evaluate(np.array([10.0, 90]), np.array([5.0, 0]), LEVEL) == 10


@pytest.mark.parametrize("name", MEASURES)
@settings(max_examples=30)
@given(seed=st.integers(0, 999), weight=st.floats(0.1, 1))
def test_model_and_definition_agree_at_an_optimum(name, seed, weight):
    # The solver's bound has the linearised term, the objective the definition: at a gap of 0
    # they are one. Caps and floors would only make fewer problems feasible.
    facts, policy = draw(seed)
    policy = Policy(policy.efficiency, name, weight, level_weights=policy.level_weights)
    result = solve(facts, policy, Limits(gap=0))
    assume(result.plan is not None)
    indicators = evaluate(facts, policy, result.plan)
    assert indicators.objective == result.objective
    assert result.bound == pytest.approx(indicators.objective, rel=1e-6, abs=1e-6)


def test_unknown_names_say_what_is_known():
    with pytest.raises(ValueError, match=r"unknown equity measure 'maximun'.*'maximum'"):
        make("maximun", {})
    with pytest.raises(ValueError, match=r"cvar has no parameter 'shar'.*'share'"):
        make("cvar", {"shar": 0.1})


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("kolm_pollak", {"aversion": 0.0}, "aversion must be above 0"),
        ("cvar", {"share": 0.0}, r"share must be in \(0, 1\]"),
    ],
)
def test_parameters_out_of_range_raise(name, parameters, message):
    with pytest.raises(ValueError, match=message):
        make(name, parameters)


def test_a_name_is_registered_once():
    class Again(Measure):
        name = "maximum"

    with pytest.raises(ValueError, match="'maximum' is registered twice"):
        register(Again)


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_says_what_it_is(name):
    measure = MEASURES[name]
    assert measure.unit and measure.reference and measure.kind in Class
    assert measure.__doc__ and "Source" in measure.__doc__
