"""Guests where something fails: the facility that is built keeps its reserve, be others larger."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.case import Case
from optimizer.problem import (
    BUILD,
    Aid,
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
    Unmet,
)
from optimizer.question import Limits, Policy
from optimizer.robust import solve
from optimizer.verification import check

PAIRS = Pairs(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 0]), np.array([5.0, 20, 5, 20]))


def two_cities_that_help() -> Problem:
    """100 persons and a site in each of two cities, 20 minutes apart; the site of A may fail.

    Small facilities have room for 250, large ones for 1000; a fifth of it is for guests.
    """
    level = Level("care", "care", 30.0, 60.0, border="city", unmet=Unmet(60.0, allowed=False))
    sizes = (Size("small", 1, 9, 0, {"care": 250}), Size("large", 50, 9, 0, {"care": 1000}))
    return Problem(
        Jurisdictions(("A", "B"), np.array([-1, -1]), ("city",) * 2, ("core",) * 2, np.ones(2)),
        Demand(("a", "b"), np.array([0, 1]), np.array([100.0, 100])),
        Sites(("s", "t"), np.array([0, 1]), np.zeros(2), np.ones(2), np.ones(2, int)),
        (Service("care", (level,), sizes),),
        Options(
            service=np.zeros(4, int),
            site=np.array([0, 0, 1, 1]),
            size=np.array([0, 1, 0, 1]),
            kind=np.array([BUILD] * 4),
            capacity=np.array([[250.0], [1000], [250], [1000]]),
            cost=np.array([1.0, 50, 1, 50]),
            land=np.zeros(4),
            required=np.zeros(4, dtype=bool),
        ),
        (PAIRS.only(PAIRS.minutes < 10),),
        scenarios=Scenarios(
            ("s fails",),
            np.array([0.5]),
            np.array([[True, False]]),
            ((PAIRS,),),
            Aid("city", 0.8),
        ),
    )


@pytest.mark.parametrize(
    ("money", "objective"),
    # Small: 50 guests go 20 minutes, 50 stay at 60; so 22.5 in the mean where s fails, else 5.
    # Large: all 100 are guests, 12.5 in the mean.
    [(2.0, (5 + 22.5) / 2), (51.0, (5 + 12.5) / 2)],
)
def test_a_small_facility_keeps_its_own_reserve(money: float, objective: float):
    problem, policy = two_cities_that_help(), Policy(weight=0.0, cost_bound=money)
    result = solve(Case(problem, policy), Limits(gap=0, threads=1))
    assert result.objective == pytest.approx(objective)
    assert check(Case(problem, policy), result.plan, result).ok
