"""The fast road of the engine: the same answer as the model of all rules, or a reason why not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.algorithms.median import adaptor
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.problem import (
    BUILD,
    KEEP,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
    Size,
)
from optimizer.question import Bound, Budget, Equity, Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Status
from optimizer.verification import check
from tests.problems import two_cities

EXACT = Limits(gap=0)
MEASURES = ("mean", "kolm_pollak", "deprivation", "alpha_fair")


def villages(seed: int, cutoff: float = 90.0) -> Problem:
    """One service without limits; a station costs 10, one or two stand already; money for 3."""
    random = np.random.default_rng(seed)
    n, standing = int(random.integers(6, 14)), int(random.integers(1, 3))
    at = random.random((n, 2)) * 60
    minutes = np.linalg.norm(at[:, None] - at[None], axis=2)
    near = np.nonzero(minutes <= cutoff)
    ids = tuple(map(str, range(n)))
    nothing, one = np.zeros(n), np.arange(n)
    persons = random.integers(0, 9, n) + 1.0
    return Problem(
        Jurisdictions(("R",), np.array([-1]), ("city",), ("core",), np.array([35.0])),
        Demand(ids, nothing.astype(int), persons, {"old": persons / 3}),
        Sites(ids, nothing.astype(int), nothing, nothing + 5, nothing.astype(int) + 1),
        (Service("care", (Level("care", "care", 20.0, cutoff),), (Size("s", 10, 9, 1, {}),)),),
        Options(
            service=nothing.astype(int),
            site=one,
            size=np.where(one < standing, -1, 0),
            kind=np.where(one < standing, KEEP, BUILD),
            capacity=np.full((n, 1), np.inf),
            cost=np.where(one < standing, 0.0, 10.0),
            land=nothing + 1,
            required=one < standing,
        ),
        (Pairs(near[0], near[1], minutes[near]),),
    )


def policy(measure: str = "mean", weight: float = 0.4, **changes: object) -> Policy:
    return replace(Policy(equity=Equity(measure), weight=weight, budget=Budget()), **changes)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("seed", range(8))
def test_it_equals_the_model_of_all_rules(measure: str, seed: int) -> None:
    facts, asked = villages(seed), policy(measure, weight=(0.0, 0.4, 1.0)[seed % 3])
    fast, full = solve(Case(facts, asked), EXACT), solve(Case(facts, asked), EXACT, "full")
    assert (fast.algorithm, full.algorithm) == ("median", "full")
    assert fast.status is full.status is Status.OPTIMAL
    assert fast.objective == pytest.approx(full.objective)
    assert fast.bound == pytest.approx(full.objective)
    assert fast.plan is not None
    assert check(Case(facts, asked), fast.plan, fast).ok
    # Money for three: they are all built.
    assert facts.options.cost[fast.plan.options].sum() == 30


def test_no_plan_is_told_with_the_rules_that_conflict() -> None:
    # Three more stations cannot reach villages within 4 minutes of their own only.
    facts = villages(3, cutoff=20.0)
    facts = replace(facts, pairs=(facts.pairs[0].only(facts.pairs[0].minutes <= 1e-9),))
    found = solve(Case(facts, policy()), EXACT)
    assert (found.status, found.plan) == (Status.INFEASIBLE, None)
    assert found.reasons


UNSUITED = {
    "maximum is no sum over persons": {"equity": Equity("maximum")},
    "cvar is capped, and no sum over persons": {"bounds": {"cap": Bound(Equity("cvar"), 9.0)}},
    "gini is guarded": {"equity": Equity("gini"), "weight": 0.0},
}


@pytest.mark.parametrize("reason", UNSUITED)
def test_what_is_no_p_median(reason: str) -> None:
    asked = policy(**UNSUITED[reason])
    assert adaptor.unsuited(Case(villages(0), asked)) == reason
    with pytest.raises(InputError, match=f"median cannot answer this: {reason}"):
        solve(Case(villages(0), asked), EXACT, "median")


def test_facts_that_are_no_p_median() -> None:
    assert adaptor.unsuited(Case(two_cities(), policy())) == "there are several levels"
    facts = villages(0)
    small = np.full(facts.options.capacity.shape, 9.0)
    options = replace(facts.options, capacity=small)
    assert adaptor.unsuited(Case(replace(facts, options=options), policy())) == (
        "it does not know this rule: capacities are kept"
    )
