"""What the check says of justice, by hand and against the indicators; guard and nearest rule.

Minutes of tests.hand: a1 5, a2 10, b1 4; at the centre half of a2 travels 30, so a2 20.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import exp, log2

import numpy as np
import pytest

from optimizer.assessment.equity import measured
from optimizer.case import Case
from optimizer.equity import INDICATORS, Measure
from optimizer.problem import Problem
from optimizer.question import Bound, Equity, Policy
from optimizer.solution import Plan, Result, Status
from optimizer.solution.accessibility import access
from optimizer.verification import check, equity
from optimizer.verification.verdict import PlainPlan
from optimizer.verification.weighing import equity_scale
from tests.hand import A1, A2, B1, CENTRE, INF, SA, SB, floats, plan, policy, problem, rows

CLINIC_ID, CENTRE_ID = "medical.clinic", "medical.centre"
#: 2 ^ (t / 10) at a standard of 10 minutes.
DOUBLING = {"aversion": float(np.log(2))}


def value(one: Equity) -> float:
    return equity.measured(PlainPlan(problem(), policy(), plan()), one)[0]


BY_HAND: dict[str, tuple[Equity, float]] = {
    # A (100 x 5 + 200 x 20) / 300 = 15, B 4
    "range among cities": (Equity("range", among="city", services=CENTRE_ID), 11),
    # At the two other levels A (500 + 2000) / 300, B 4
    "range among cities, weighted": (Equity("range", among="city"), (11 + 2 * (25 / 3 - 4)) / 3),
    "range among cities, worst": (Equity("range", among="city", services="worst"), 11),
    "mean among persons": (Equity("mean", services=CENTRE_ID), 4900 / 400),
    "mean among points": (Equity("mean", among="points", services=CENTRE_ID), 29 / 3),
    "mean among cities": (Equity("mean", among="city", services=CENTRE_ID), 9.5),
    # 10 old in a1, 50 in a2, 40 in b1
    "mean of the old": (Equity("mean", among="groups", services=CENTRE_ID), 12.1),
    "uncovered among persons": (Equity("mean", of="uncovered", services=CENTRE_ID), 0.25),
    "most uncovered city": (
        Equity("maximum", of="uncovered", among="city", services=CENTRE_ID),
        1 / 3,
    ),
    "worst tenth of the persons": (Equity("cvar", services=CENTRE_ID), 20),
    # Clinics: 450 places for 300 persons, 150 for 100. Centres: 60 for 20 % of 300 and of 100.
    "fewest places": (Equity("maximum", of="catchment", services=CLINIC_ID), 1 - 1.5),
    "range of places": (Equity("range", of="catchment", services=CENTRE_ID), 2),
    # 2 x 300 x 100 x |3 - 1| / (2 x 400^2 x 1.5)
    "Gini of places": (Equity("gini", of="catchment", services=CENTRE_ID), 0.25),
    "Gini of places among cities": (
        Equity("gini", of="catchment", among="city", services=CENTRE_ID),
        0.25,  # |3 - 1| / (2 x 2 x 2) twice
    ),
    # A: 100 persons at 2^0.5, half of 200 at 2, half at 8; B: 2^0.4
    "gap of the EDEs of cities": (
        Equity("kolm_pollak_gap", DOUBLING, among="city", services=CENTRE_ID),
        10 * log2((2**0.5 + 2 + 8) / 3) - 4,
    ),
    # Each level has the same standard, so the whole is one EDE of all trips.
    "EDE of all levels": (
        Equity("kolm_pollak", DOUBLING),
        10 * log2((2 * (2**0.5 + 2 * 2 + 2**0.4) + 2**0.5 + 2 + 8 + 2**0.4) / 12),
    ),
    # A minute at the cut-off is worth exp(6) of one at 0
    "EDE of the worst level": (
        Equity("kolm_pollak", {"aversion": 1.0}, services="worst"),
        10 * np.log((exp(0.5) + exp(1) + exp(3) + exp(0.4)) / 4),
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_value_by_hand(name: str) -> None:
    one, truth = BY_HAND[name]
    assert value(one) == pytest.approx(truth, rel=1e-12)


def test_a_tier_leaves_out_who_lives_in_none_of_it() -> None:
    # b1 lies straight below the province, so city A is the only unit: (500 + 4000) / 300.
    facts = problem()
    outside = replace(facts, demand=replace(facts.demand, jurisdiction=rows(1, 1, 0)))
    one = Equity("mean", among="city", services=CENTRE_ID)
    assert equity.measured(PlainPlan(outside, policy(), plan()), one)[0] == pytest.approx(15)


def test_nobody_served_is_no_value() -> None:
    served = plan().assignments
    lost = replace(
        served[CENTRE],
        demand=rows(A2, B1),
        site=rows(SA, SB),
        minutes=floats(10, 4),
        share=floats(1, 1),
    )
    empty = replace(plan(), assignments=(*served[:CENTRE], lost))
    for of in ("minutes", "uncovered"):
        one = Equity("range", of=of, services="worst")
        assert np.isnan(equity.measured(PlainPlan(problem(), policy(), empty), one)).all()


MEASURES = [name for name, kind in INDICATORS.items() if issubclass(kind, Measure)]
AMONG = ("persons", "points", "groups", "city", "province")


def split() -> Plan:
    """Half of everybody at either site, at every level."""
    everywhere = replace(
        plan().assignments[0],
        demand=rows(A1, A1, A2, A2, B1, B1),
        site=rows(SA, SB, SA, SB, SA, SB),
        minutes=floats(5, 20, 10, 30, 40, 4),
        share=floats(0.5, 0.5, 0.25, 0.75, 0.1, 0.9),
    )
    return replace(plan(), assignments=(everywhere, everywhere, plan().assignments[2]))


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("answer", [plan(), split()], ids=["nearest", "split"])
def test_value_and_term_are_those_of_the_indicators(name: str, answer: Plan) -> None:
    facts, question = problem(), policy(level_weights={"emergency": 0, CENTRE_ID: 3})
    levels = [access(facts, answer, row) for row in range(3)]
    sees = sorted(INDICATORS[name].sees)
    for of, among, services in product(sees, AMONG, ("weighted", "worst", CENTRE_ID)):
        one = Equity(name, {}, of, among, services)
        plain = equity.measured(PlainPlan(facts, question, answer), one)
        found = measured(Case(facts, question), one, levels, answer.options)
        assert plain == pytest.approx((found.value, found.term), rel=1e-9, abs=1e-9), one


@pytest.mark.parametrize(
    ("one", "scale"),
    [
        (Equity("range"), 1.0),
        (Equity("range", of="uncovered"), 0.01),
        (Equity("gini"), 0.01),
        (Equity("ratio"), 0.01),
        (Equity("maximum", of="catchment", services=CENTRE_ID), 0.01),
    ],
)
def test_a_minute_weighs_as_much_as_a_hundredth(one: Equity, scale: float) -> None:
    assert equity_scale(one) == scale


def sent_past(facts: Problem, *equities: Equity, **changes: object) -> str:
    """What the nearest rule says where these are bounded."""
    bounds = {f"b{n}": Bound(one, 100.0) for n, one in enumerate(equities)}
    question = policy(bounds=bounds, **changes)
    told = {rule.name: rule.detail for rule in check(Case(facts, question), plan()).rules}
    return told["nobody is sent past room"]


BREACH = "medical.centre, a2: 0.5 of the people are sent past SA, which has room for 20 persons"


@pytest.mark.parametrize(
    ("asked", "judged"),
    [
        (Equity("range"), True),
        (Equity("range", services="worst"), True),
        (Equity("gini", of="uncovered", services=CENTRE_ID), True),
        (Equity("range", services="emergency"), False),  # at another level
        (Equity("gini", of="catchment", services=CENTRE_ID), False),  # of what nobody travels
        (Equity("maximum"), False),  # never better for anybody's delay
    ],
)
def test_where_people_may_not_be_sent_past_room(asked: Equity, judged: bool) -> None:
    assert sent_past(problem(), asked) == (BREACH if judged else "")
    assert sent_past(problem(), equity=asked) == (BREACH if judged else "")  # minimised
    capped = sent_past(problem(), equity=asked, weight=0, equity_bound=100.0)
    assert capped == (BREACH if judged else "")
    assert sent_past(problem(), equity=asked, weight=0) == ""  # asked for by nobody


def test_a_level_of_no_weight_is_judged_only_if_it_is_named() -> None:
    weights = {CENTRE_ID: 0.0}
    assert sent_past(problem(), Equity("range"), level_weights=weights) == ""
    named = Equity("range", services=CENTRE_ID)
    assert sent_past(problem(), named, level_weights=weights) == BREACH


def with_places(places: float) -> Problem:
    """The facts with so many places at the centre in SA."""
    facts = problem()
    capacity = facts.options.capacity.copy()
    capacity[capacity[:, CENTRE] > 0, CENTRE] = places
    return replace(facts, options=replace(facts.options, capacity=capacity))


def test_a_full_facility_may_be_passed() -> None:
    # The load of SA is 20 % of 100 and of half of 200.
    gap = Equity("range", services=CENTRE_ID)
    assert sent_past(with_places(40), gap) == ""
    assert sent_past(with_places(41), gap).endswith("which has room for 1 persons")
    assert sent_past(with_places(INF), gap).endswith("which has room for inf persons")


def test_what_is_as_near_is_not_passed() -> None:
    facts = problem()
    pairs = facts.pairs[CENTRE]
    minutes = np.where((pairs.origin == A2) & (pairs.site == SA), 30.0, pairs.minutes)
    tied = replace(facts, pairs=(*facts.pairs[:CENTRE], replace(pairs, minutes=minutes)))
    assert sent_past(tied, Equity("range", services=CENTRE_ID)) == ""


def guarded(question: Policy, **claims: object) -> str:
    """What is said of the guard of a result with these claims."""
    result = replace(Result(Status.STOPPED, plan(), 0.0, -INF, INF, 0.0, 0, "full"), **claims)
    told = {
        rule.name: rule.detail for rule in check(Case(problem(), question), plan(), result).rules
    }
    return told["efficiency is within its guard"]


def test_the_guard() -> None:
    # Mean minutes (7.25 + 7.25 + 12.25) / 3 = 8.9167; 7.25 with all of a2 at SA, and 10 % more.
    best = replace(plan(), assignments=(plan().assignments[0],) * 3)
    unequal = policy(equity=Equity("range"))
    assert guarded(policy()) == ""  # nothing that would gain where many lose
    assert guarded(replace(unequal, weight=0.0)) == ""
    assert guarded(unequal) == "none is stated"
    assert guarded(policy(guard=0.5)) == "none is stated"
    assert guarded(unequal, efficiency_guard=9.0) == ""
    too_much = "mean_minutes is 8.91666667, at most 7.975"
    assert guarded(unequal, efficiency_guard=7.975, efficient=best) == too_much
    lie = "9 is stated, the most efficient plan gives 7.975"
    assert guarded(unequal, efficiency_guard=9.0, efficient=best) == lie
    wide = replace(unequal, guard=0.5)
    assert guarded(wide, efficiency_guard=7.25 * 1.5, efficient=best) == ""
