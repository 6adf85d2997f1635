"""The check's own definitions: one for each measure that is registered, and the same numbers."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.assessment.equity import measured as indicated
from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.efficiency import EFFICIENCIES as REGISTERED
from optimizer.efficiency.mean_minutes import MeanMinutes
from optimizer.equity import INDICATORS, OF_VALUES, Class, Measure, indicator, make
from optimizer.problem import Floats, Level
from optimizer.question import Equity
from optimizer.solution import Result, Status
from optimizer.solution.accessibility import access
from optimizer.verification import check
from optimizer.verification.efficiencies import EFFICIENCIES
from optimizer.verification.equity import measured
from optimizer.verification.measures import MEASURES, Unit
from optimizer.verification.verdict import PlainPlan
from tests.equity.claims import PARAMETERS
from tests.hand import CENTRE, floats, plan, policy, problem

LEVEL = Level("care", "care", standard=30, cutoff=120)
ALL = [(name, chosen) for name in INDICATORS for chosen in [{}, *PARAMETERS.get(name, [])]]
OF_UNITS = [one for one in ALL if INDICATORS[one[0]].kind is not Class.ADDITIVE]
MINIMISED = [name for name, kind in INDICATORS.items() if issubclass(kind, Measure)]

EACH = settings(max_examples=20)

#: Minutes within the cut-off: any, and a few that come again and again.
MINUTES = st.one_of(st.sampled_from([0.0, 5, 30, 30 + 1e-7, 120]), st.floats(0, 120, width=32))


@pytest.mark.parametrize("name", INDICATORS)
def test_every_registered_measure_is_defined_here_too(name: str) -> None:
    kind, plain = INDICATORS[name], MEASURES[name]
    assert plain.dispersion == (kind.kind is Class.DISPERSION)
    assert plain.of_persons == (kind.kind is Class.ADDITIVE)
    assert plain.in_values == (kind.unit == OF_VALUES)
    assert plain.minimised == issubclass(kind, Measure)
    assert plain.order == getattr(kind, "is_order", False)
    assert plain.defaults == {item.name: item.default for item in fields(kind)}


def test_nothing_else_is_defined_here() -> None:
    assert set(MEASURES) == set(INDICATORS)
    assert set(EFFICIENCIES) == set(REGISTERED)


@st.composite
def towns(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """What up to nine units have, and their weights, which may differ by a factor of a billion."""
    n = draw(st.integers(1, 9))
    weights = draw(st.lists(st.floats(1e-3, 1e6), min_size=n, max_size=n))
    return np.array(draw(st.lists(MINUTES, min_size=n, max_size=n))), np.array(weights)


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize(("name", "chosen"), ALL)
@EACH
@given(town=towns())
def test_both_definitions_give_the_same(
    name: str, chosen: dict[str, float], town: tuple[Floats, Floats]
) -> None:
    plain, registered = MEASURES[name], indicator(name, chosen)
    values, weights = town
    told = registered.evaluate(values, weights, LEVEL)
    assert plain.among(values, weights, LEVEL, chosen) == near(told)
    if isinstance(registered, Measure):
        assert plain.minimised_as(told, LEVEL, chosen) == near(registered.term(told, LEVEL))


@pytest.mark.parametrize(("name", "chosen"), OF_UNITS)
@EACH
@given(town=towns(), other=towns())
def test_units_with_several_persons_give_the_same(
    name: str, chosen: dict[str, float], town: tuple[Floats, Floats], other: tuple[Floats, Floats]
) -> None:
    plain, registered = MEASURES[name], indicator(name, chosen)
    units = [Unit(3.0, *town), Unit(1.0, *other)]
    inner = [registered.inner(unit.values, LEVEL) @ unit.shares for unit in units]
    means = np.array(inner) / [unit.shares.sum() for unit in units]
    told = registered.evaluate(registered.outer(means, LEVEL), np.array([3.0, 1.0]), LEVEL)
    assert plain.of(units, LEVEL, chosen) == near(told)


@pytest.mark.parametrize("name", INDICATORS)
def test_what_is_not_finite_measures_nothing(name: str) -> None:
    for odd in (math.inf, math.nan):
        values = np.array([5.0, odd])
        assert math.isnan(MEASURES[name].among(values, np.ones(2), LEVEL, {}))


@pytest.mark.parametrize("name", ["kolm_pollak", "kolm_pollak_gap", "alpha_fair", "atkinson"])
def test_no_exponent_is_too_large(name: str) -> None:
    """Near the maximum, or what is left of the minutes saved; never an error."""
    (key,) = MEASURES[name].defaults
    chosen = {key: 1e4}
    found = MEASURES[name].among(np.array([10.0, 100]), np.ones(2), LEVEL, chosen)
    truth = {"kolm_pollak": 100, "kolm_pollak_gap": 90, "alpha_fair": 100, "atkinson": 1 - 21 / 66}
    assert found == pytest.approx(truth[name], abs=0.01)
    assert not math.isnan(MEASURES[name].minimised_as(found, LEVEL, chosen))


@pytest.mark.parametrize(
    ("name", "values", "truth"),
    [
        ("gini", (0, 0), 0),
        ("theil", (0, 0), 0),
        ("jain", (0, 0), 1),
        ("ratio", (0, 0), 1),
        ("ratio", (0, 5), math.inf),
        ("palma", (0, 0), 0.25),
        ("palma", (0, 5), math.inf),
    ],
)
def test_where_the_denominator_is_0(name: str, values: tuple[float, float], truth: float) -> None:
    assert MEASURES[name].among(floats(*values), np.ones(2), LEVEL, {}) == truth


@pytest.mark.parametrize("among", ["persons", "points", "groups", "city"])
@pytest.mark.parametrize("name", MINIMISED)
def test_places_and_groups_without_anybody_are_not_seen(name: str, among: str) -> None:
    """Nobody lives in a1, and nobody is young; a1 is served by nobody, too."""
    facts, served = problem(), plan().assignments[CENTRE]
    demand = replace(
        facts.demand,
        persons=floats(0, 200, 100),
        groups={"old": floats(0, 50, 40), "young": floats(0, 0, 0)},
    )
    facts = replace(facts, demand=demand)
    left = replace(plan(), assignments=(*plan().assignments[:2], served.only(served.demand > 0)))
    levels = [access(facts, left, row) for row in range(3)]
    one = Equity(name, {}, "minutes", among, "medical.centre")
    truth = indicated(Case(facts, policy()), one, levels, left.options)
    assert measured(PlainPlan(facts, policy(), left), one) == near((truth.value, truth.term))


@pytest.mark.parametrize("name", MINIMISED)
def test_a_measure_that_is_wrong_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever breaks a definition or a term changes what is minimised, and the check says so."""
    question = policy(equity=Equity(name), weight=1.0, guard=9.0)
    kind = type(make(name, {}))
    right = kind.evaluate
    monkeypatch.setattr(kind, "evaluate", lambda *given: 0.5 * right(*given) + 1)
    told = worth(Case(problem(), question), plan()).objective
    result = Result(Status.OPTIMAL, plan(), told, told, 0.0, 1.0, 1, "full", asked_gap=0.0)
    verdict = check(Case(problem(), question), plan(), result)
    assert "the objective is true" in [rule.name for rule in verdict.broken]


def test_what_is_not_defined_here_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new efficiency or measure without its plain half is never said to hold."""
    monkeypatch.setitem(REGISTERED, "far_minutes", MeanMinutes)
    monkeypatch.setitem(INDICATORS, "mean_squared", INDICATORS["mean"])
    for question, what in (
        (policy(efficiency="far_minutes"), "efficiency far_minutes"),
        (policy(equity=Equity("mean_squared")), "measure mean_squared"),
    ):
        verdict = check(Case(problem(), question), plan())
        assert verdict.broken[0].detail == f"{what} is not known to the check"
