"""The worst of levels is the one where the measure itself is worst, whatever their standards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.equity import make
from optimizer.foundation.faults import InputError
from optimizer.problem import (
    BUILD,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Scenarios,
    Service,
    Sites,
    Size,
)
from optimizer.question import Bound, Equity, Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Status
from optimizer.verification import check

EXACT = Limits(gap=0, threads=1)
WORST = Equity("kolm_pollak", services="worst")


def two_services() -> Problem:
    """One village; an ambulance (standard 10) 25 minutes away, a hospital (standard 60) 40 or 50.

    On the scale of its own standard the ambulance looks worse: 10 + 10 (e^1.5 - 1) = 44.8 against
    60 + 60 (e^(-1/3) - 1) = 43.0.
    """
    size = Size("one", 1, np.inf, 0, {})
    one = np.ones(3)
    return Problem(
        Jurisdictions(("A",), np.array([-1]), ("city",), ("core",), np.array([np.nan])),
        Demand(("village",), np.array([0]), np.array([100.0])),
        Sites(("s", "t", "u"), np.zeros(3, int), 0 * one, one, np.ones(3, int)),
        (
            Service("ambulance", (Level("ambulance", "ambulance", 10.0, 120.0),), (size,)),
            Service("hospital", (Level("hospital", "hospital", 60.0, 120.0),), (size,)),
        ),
        Options(
            service=np.array([0, 1, 1]),
            site=np.array([0, 1, 2]),
            size=np.zeros(3, int),
            kind=np.array([BUILD] * 3),
            capacity=np.array([[np.inf, 0], [0, np.inf], [0, np.inf]]),
            cost=np.array([1.0, 9, 1]),
            land=0 * one,
            required=np.zeros(3, dtype=bool),
        ),
        (
            Pairs(np.array([0]), np.array([0]), np.array([25.0])),
            Pairs(np.array([0, 0]), np.array([1, 2]), np.array([40.0, 50])),
        ),
    )


def test_the_worst_level_is_worst_in_minutes():
    policy = Policy(equity=WORST, weight=1.0)
    result = solve(Case(two_services(), policy), EXACT)
    assert result.status is Status.OPTIMAL
    assert worth(Case(two_services(), policy), result.plan).equity == pytest.approx(40)
    # It counts on the scale of the longer standard.
    assert result.objective == pytest.approx(60 + 60 * np.expm1(-20 / 60))
    assert check(Case(two_services(), policy), result.plan, result).ok


@pytest.mark.parametrize(("most", "status"), [(39.9, Status.INFEASIBLE), (41, Status.OPTIMAL)])
def test_a_cap_on_the_worst_level_is_one_on_each(most: float, status: Status):
    named = Policy(bounds={"cap": Bound(WORST, most)}, weight=0.0, efficiency="cost")
    own = Policy(equity=WORST, equity_bound=most, weight=0.0, efficiency="cost")
    for policy in (named, own):
        result = solve(Case(two_services(), policy), EXACT)
        assert result.status is status
        if result.plan is not None:
            assert result.plan.options.tolist() == [0, 1]


def test_money_against_the_worst_level():
    # 10 of 11 million are 91 minutes; the hospital that is 10 minutes nearer costs 8 million more.
    for weight, options in ((0.5, [0, 2]), (0.95, [0, 1])):
        policy = Policy(equity=WORST, weight=weight, efficiency="cost")
        assert solve(Case(two_services(), policy), EXACT).plan.options.tolist() == options


def test_with_failures_it_is_refused_in_words():
    facts = two_services()
    nothing = Scenarios((), np.zeros(0), np.zeros((0, 3), dtype=bool), ())
    with pytest.raises(InputError, match="the worst of levels with other standards cannot be"):
        solve(Case(replace(facts, scenarios=nothing), Policy(equity=WORST, weight=1.0)), EXACT)


@pytest.mark.parametrize("name", ["kolm_pollak", "kolm_pollak_gap", "alpha_fair", "ratio", "mean"])
def test_a_value_is_that_of_its_term(name: str):
    measure, level = make(name, {}), Level("a", "a", 20.0, 90.0)
    for value in (1.5, 20.0, 60.0):
        assert measure.value_of(measure.term(value, level), level) == pytest.approx(value)


@pytest.mark.parametrize("name", ["kolm_pollak", "kolm_pollak_gap", "alpha_fair"])
def test_what_depends_on_more_bends_less(name: str):
    measure = make(name, {})
    levels = [Level("a", "a", s, c) for s, c in ((10.0, 60.0), (20.0, 90.0))]
    assert measure.term_depends_on(levels[0]) < measure.term_depends_on(levels[1])
    minutes = np.linspace(1, 50, 30)
    first, second = (np.array([measure.term(m, one) for m in minutes]) for one in levels)
    slopes = np.diff(second) / np.diff(first)
    assert (np.diff(slopes) < 0).all()  # concave: its chords lie below
