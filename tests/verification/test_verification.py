"""The check: a good plan passes, and each kind of tampering breaks exactly the rule it should."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.problem import Classes, Pairs, Problem
from optimizer.question import Bound, Budget, Equity, Floor, Policy
from optimizer.solution import Assignment, Plan, Result, Status
from optimizer.verification import CLAIMS, EXIST, RULES, check, verdict
from tests.assessment.test_people import for_the_old
from tests.hand import (
    A1,
    CENTRE,
    CLINIC,
    EMERGENCY,
    ENLARGE_SA,
    KEEP_SA,
    LARGE_SB,
    SA,
    SB,
    SMALL_SB,
    STATION_SA,
    STATION_SB,
    floats,
    plan,
    policy,
    problem,
    rows,
)

CENTRE_ID = "medical.centre"


def strict_policy() -> Policy:
    """Floors that the plan just meets."""
    return policy(
        floors={
            # at the centre only the half of a2 is not covered: A 200 of 300, old 75 of 100
            "medical.centre": Floor(jurisdiction=2 / 3, group=0.75),
            # b1 is not backed up: 300 of 400
            "emergency": Floor(jurisdiction=1.0, group=1.0, backup=0.75),
        },
    )


def result(answer: Plan, question: Policy) -> Result:
    """A result proven to 1 %, with the objective that `evaluate` finds."""
    objective = assess(Case(problem(), question), answer).objective
    return Result(
        status=Status.OPTIMAL,
        plan=answer,
        objective=objective,
        bound=0.99 * objective,
        gap=0.01,
        seconds=1.0,
        nodes=1,
        algorithm="full",
        asked_gap=0.01,
    )


def broken(facts: Problem, question: Policy, answer: Plan) -> dict[str, str]:
    """The rules that a plan breaks, and how."""
    return {rule.name: rule.detail for rule in check(Case(facts, question), answer).broken}


def with_options(*options: int) -> Plan:
    return replace(plan(), options=rows(*options))


def with_trips(level: int, **changes: np.ndarray) -> Plan:
    """The plan with another assignment at one level."""
    good = plan()
    assignments = list(good.assignments)
    assignments[level] = replace(assignments[level], **changes)
    return replace(good, assignments=tuple(assignments))


def test_a_good_plan_passes_every_rule() -> None:
    found = check(Case(problem(), strict_policy()), plan(), result(plan(), strict_policy()))
    assert found.ok, found.broken
    assert len(found.rules) == 1 + len(RULES) + len(CLAIMS)


PLANS: dict[str, tuple[Plan, str, str]] = {
    "an option that does not exist": (
        with_options(STATION_SA, STATION_SB, ENLARGE_SA, LARGE_SB, 6),
        EXIST,
        "there is no option 6",
    ),
    "a site that does not exist": (
        with_trips(EMERGENCY, site=rows(SA, SA, 2)),
        EXIST,
        "there is no site 2",
    ),
    "a level left out": (
        replace(plan(), assignments=plan().assignments[:2]),
        EXIST,
        "2 levels are assigned, there are 3",
    ),
    "two sizes at once": (
        with_options(STATION_SA, STATION_SB, KEEP_SA, ENLARGE_SA, LARGE_SB),
        "one option per service and site",
        "medical at SA: 2 options at once",
    ),
    "an option twice": (
        with_options(STATION_SA, STATION_SA, STATION_SB, ENLARGE_SA, LARGE_SB),
        "one option per service and site",
        "emergency at SA: 2 options at once",
    ),
    "a standing facility removed": (
        with_options(STATION_SA, STATION_SB, LARGE_SB),
        "what is required stands",
        "medical at SA: must stand and is missing",
    ),
    "a facility that serves removed": (
        with_options(STATION_SB, ENLARGE_SA, LARGE_SB),
        "only open facilities serve",
        "emergency, a1 -> SA: no open facility offers it there",
    ),
    "a size that does not offer the level": (
        with_options(STATION_SA, STATION_SB, ENLARGE_SA, SMALL_SB),
        "only open facilities serve",
        "medical.centre, a2 -> SB: no open facility offers it there",
    ),
    "a share lowered": (
        with_trips(CENTRE, share=floats(1, 0.5, 0.4, 1)),
        "everybody is served wholly",
        "medical.centre, a2: shares sum to 0.9",
    ),
    "a share below zero": (
        with_trips(CENTRE, share=floats(1, 1.5, -0.5, 1)),
        "everybody is served wholly",
        "medical.centre, a2 -> SB: share -0.5",
    ),
    "a demand point left out": (
        with_trips(
            CLINIC, demand=rows(0, 1), site=rows(SA, SA), minutes=floats(5, 10), share=floats(1, 1)
        ),
        "everybody is served wholly",
        "medical.clinic, b1: shares sum to 0",
    ),
    "minutes shortened": (
        with_trips(EMERGENCY, minutes=floats(5, 8, 4)),
        "minutes are true",
        "emergency, a2 -> SA: 8 minutes, in truth 10",
    ),
    "a clinic overrun": (
        with_trips(CLINIC, site=rows(SA, SB, SB), minutes=floats(5, 30, 4)),
        "capacities are kept",
        "medical.clinic at SB: 300 persons, capacity 150",
    ),
}


@pytest.mark.parametrize("tampering", PLANS)
def test_a_tampered_plan_breaks_its_rule(tampering: str) -> None:
    answer, rule, detail = PLANS[tampering]
    found = broken(problem(), policy(), answer)
    assert detail in found.get(rule, ""), found


def without_pair(level: int) -> Problem:
    """The facts with a1 -> SA inadmissible at one level."""
    facts = problem()
    pairs = list(facts.pairs)
    pairs[level] = pairs[level].only((pairs[level].origin != A1) | (pairs[level].site != SA))
    return replace(facts, pairs=tuple(pairs))


def changed(what: str, **changes: object) -> Problem:
    facts = problem()
    return replace(facts, **{what: replace(getattr(facts, what), **changes)})


def with_border(facts: Problem, tier: str) -> Problem:
    """The facts with a border for emergency."""
    service = facts.services[0]
    level = replace(service.levels[0], border=tier)
    return replace(facts, services=(replace(service, levels=(level,)), facts.services[1]))


def in_rings(facts: Problem) -> Problem:
    """The facts with a1 in the core, a2 in the rest, and b1 in no ring."""
    rings = Classes(("core", "rest"), rows(0, 1, -1))
    return replace(facts, demand=replace(facts.demand, classes={"ring": rings}))


def _with_room(persons: float) -> np.ndarray:
    """Capacities with so much room at the centre of SB."""
    capacity = problem().options.capacity.copy()
    capacity[LARGE_SB, 2] = persons
    return capacity


FACTS: dict[str, tuple[Problem, Policy, str, str]] = {
    "a pair beyond the cut-off": (
        without_pair(CLINIC),
        policy(),
        "trips are within cut-off and border",
        "medical.clinic, a1 -> SA: not within the cut-off of 60 minutes",
    ),
    "a pair across the border": (
        with_border(
            replace(
                without_pair(EMERGENCY),
                sites=replace(problem().sites, jurisdiction=rows(2, 2)),
            ),
            "city",
        ),
        policy(budget=None),
        "trips are within cut-off and border",
        "emergency, a1 -> SA: crosses the border of a city",
    ),
    "too little land": (
        # at SB a station (1 ha) and a large hospital (2 ha)
        changed("sites", land=floats(3, 2.9)),
        policy(),
        "land suffices",
        "SB: 3 ha used, 2.9 ha there",
    ),
    "too many hosts": (
        changed("sites", hosts=rows(2, 1)),
        policy(),
        "no site hosts too many services",
        "SB: 2 services, at most 1",
    ),
    "a budget overrun": (
        # SB takes 10; B has 9, and nothing is pooled
        changed("jurisdictions", budget=floats(np.nan, 10, 9)),
        policy(budget=Budget("city", pooled=0.0)),
        "budgets are kept",
        "beyond their budgets: B 1; the others may pass on 0",
    ),
    "a pool overrun": (
        # B lacks 4; A has 4 left of 10 but may pass on only 0.3 x 10
        changed("jurisdictions", budget=floats(np.nan, 10, 6)),
        policy(budget=Budget("city", pooled=0.3)),
        "budgets are kept",
        "beyond their budgets: B 4; the others may pass on 3",
    ),
    "a budget scaled down": (
        problem(),
        policy(budget=Budget("city", pooled=1.0, scale=0.79)),
        "budgets are kept",
        "beyond their budgets: B 2.1; the others may pass on 1.9",
    ),
    "nowhere to refer to": (
        # only the clinic at SB has a centre near: its own
        replace(problem(), transfers={CLINIC: Pairs(rows(SB), rows(SB), floats(0))}),
        policy(),
        "facilities have one to refer to",
        "medical.clinic at SA: no open medical.centre within 40 minutes",
    ),
    "a floor of jurisdictions": (
        problem(),
        policy(floors={"medical.centre": Floor(jurisdiction=0.67)}),
        "floors of jurisdictions are met",
        "medical.centre, A: 0.666667 of the persons, at least 0.67",
    ),
    "a floor of groups": (
        problem(),
        policy(floors={"medical.centre": Floor(group=0.76)}),
        "floors of groups are met",
        "medical.centre, old: 0.75 of the persons, at least 0.76",
    ),
    "a floor of a class": (
        in_rings(problem()),
        policy(floors={"medical.centre": Floor(jurisdiction=0.6, tier="ring")}),
        "floors of jurisdictions are met",
        "medical.centre, rest: 0.5 of the persons, at least 0.6",
    ),
    "a bound among a class": (
        in_rings(problem()),
        policy(bounds={"ring": Bound(Equity("mean", {}, "uncovered", "ring", CENTRE_ID), 0.2)}),
        "bounds are kept",
        "ring: mean of uncovered among ring is 0.25, at most 0.2",
    ),
    "a floor of who is entitled": (
        # Old: 10 of a1 and half of the 50 of a2, of 60 in A
        for_the_old(),
        policy(floors={"medical.centre": Floor(jurisdiction=0.6)}),
        "floors of jurisdictions are met",
        "medical.centre, A: 0.583333 of the persons, at least 0.6",
    ),
    "a floor of a group of who is entitled": (
        # Rich and old: 2 of a1, 5 of a2 and 8 of b1
        for_the_old(rich=floats(20, 20, 20)),
        policy(floors={"medical.centre": Floor(group=0.8)}),
        "floors of groups are met",
        "medical.centre, old: 0.75 of the persons, at least 0.8",
    ),
    "room for who is entitled": (
        # A fifth of half of the 50 old of a2, and of the 40 of b1
        for_the_old(changed("options", capacity=_with_room(12.9))),
        policy(),
        "capacities are kept",
        "medical.centre at SB: 13 persons, capacity 12.9",
    ),
    "a cap on the mean of who is entitled": (
        # (7.25 + 7.25 + 12.1) / 3 = 8.8667
        for_the_old(),
        policy(weight=1, efficiency_bound=8.86),
        "efficiency is within its cap",
        "mean_minutes is 8.86666667, at most 8.86",
    ),
    "a floor of backup": (
        problem(),
        policy(floors={"emergency": Floor(backup=0.76)}),
        "floor of backup is met",
        "emergency, backed up: 0.75 of the persons, at least 0.76",
    ),
    "a cap on efficiency": (
        # (7.25 + 7.25 + 12.25) / 3 = 8.9167
        problem(),
        policy(weight=1, efficiency_bound=8.9),
        "efficiency is within its cap",
        "mean_minutes is 8.91666667, at most 8.9",
    ),
    "a cap on equity": (
        problem(),
        policy(weight=0, equity=Equity("maximum", services="worst"), equity_bound=19),
        "equity is within its cap",
        "maximum of minutes among persons is 20, at most 19",
    ),
    "a cap on the mean of the levels": (
        # (10 + 10 + 20) / 3
        problem(),
        policy(equity=Equity("maximum"), equity_bound=13),
        "equity is within its cap",
        "maximum of minutes among persons is 13.3333333, at most 13",
    ),
    "a bound": (
        # A third of the people of A are served beyond the standard, nobody of B.
        problem(),
        policy(bounds={"city": Bound(Equity("mean", {}, "uncovered", "city", CENTRE_ID), 0.16)}),
        "bounds are kept",
        "city: mean of uncovered among city is 0.166666667, at most 0.16",
    ),
    "a cap on money": (
        # 2 + 2 + 4 + 5, and 3 to open SB
        problem(),
        policy(cost_bound=15.9),
        "money is within its cap",
        "16 spent, at most 15.9",
    ),
    "people sent past room": (
        # Of the 60 places at SA 20 are for a1 and 20 for half of a2; the other half goes to SB.
        problem(),
        policy(bounds={"gap": Bound(Equity("range", services=CENTRE_ID), 16)}),
        "nobody is sent past room",
        "medical.centre, a2: 0.5 of the people are sent past SA, which has room for 20 persons",
    ),
}


@pytest.mark.parametrize("name", FACTS)
def test_each_rule_is_judged_against_the_facts(name: str) -> None:
    facts, question, rule, detail = FACTS[name]
    assert broken(facts, question, plan()) == {rule: detail}


def test_rules_hold_at_their_edge() -> None:
    facts = changed("sites", land=floats(3, 3), hosts=rows(2, 2))
    # B lacks 4 and A passes on 4 of the 0.4 x 10 that it may
    facts = replace(facts, jurisdictions=replace(facts.jurisdictions, budget=floats(np.nan, 10, 6)))
    caps = policy(
        weight=0,
        equity=Equity("maximum", services="worst"),
        equity_bound=20,
        cost_bound=16,
        bounds={"city": Bound(Equity("mean", {}, "uncovered", "city", CENTRE_ID), 1 / 6)},
        budget=Budget("city", pooled=0.4),
    )
    assert check(Case(facts, caps), plan()).ok


def test_a_rule_tells_three_breaches_and_counts_the_others() -> None:
    nobody = Assignment(rows(), rows(), floats(), floats())
    found = broken(problem(), policy(), Plan(plan().options, (nobody, nobody, nobody)))
    assert found["everybody is served wholly"].endswith("; and 6 more")


def test_the_check_imports_nothing_of_the_model() -> None:
    for file in Path(verdict.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith(("pyomo", "highspy", "optimizer.model"))
                assert not name.startswith(("optimizer.solver.highs", "optimizer.algorithms"))
