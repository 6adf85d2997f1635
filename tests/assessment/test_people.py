"""Entitlement, classes and exchange against numbers worked out by hand on the problem of `hand.py`.

The centres are for the old alone: 10 of a1, 50 of a2 and 40 of b1. a2 goes half to SA (10 minutes)
and half to SB (30), a1 to SA (5), b1 to SB (4); a fifth of those entitled need them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.assessment.exchange import CoreExchange, core_minutes
from optimizer.assessment.indicators import assess, worth
from optimizer.assessment.losers import losers_by_level
from optimizer.case import Case
from optimizer.problem import Classes, Problem
from optimizer.question import Equity
from optimizer.solution import Assignment
from tests.hand import CENTRE, CLINIC, EMERGENCY, floats, plan, policy, problem, rows

RINGS = Classes(("core", "rest"), rows(0, 1, -1))
ROLES = Classes(("core", "member"), rows(0, 0, 1))


def for_the_old(facts: Problem | None = None, **groups: np.ndarray) -> Problem:
    """The problem with centres for the old alone, and these groups more."""
    facts = facts or problem()
    emergency, medical = facts.services
    clinic, centre = medical.levels
    medical = replace(medical, levels=(clinic, replace(centre, entitled=("old",))))
    demand = replace(facts.demand, groups={**facts.demand.groups, **groups})
    return replace(facts, services=(emergency, medical), demand=demand)


def with_classes(facts: Problem, **classes: Classes) -> Problem:
    return replace(facts, demand=replace(facts.demand, classes=classes))


def test_only_the_entitled_need_a_level() -> None:
    found = assess(Case(for_the_old(), policy()), plan())
    assert found.load[:, CENTRE].tolist() == [0, 0, 0.2 * 35, 0.2 * 65]
    assert found.load[:, CLINIC].tolist() == [0, 0, 300, 100]
    centre = found.levels[CENTRE]
    assert (centre.region.persons, found.levels[EMERGENCY].region.persons) == (100, 400)
    assert centre.region.mean == pytest.approx((10 * 5 + 50 * 20 + 40 * 4) / 100)
    assert centre.region.coverage == pytest.approx((10 + 25 + 40) / 100)


def test_the_mean_of_all_is_that_of_who_is_entitled_at_each_level() -> None:
    # 7.25 at the first two levels, as before
    found = worth(Case(for_the_old(), policy()), plan())
    assert found.efficiency == pytest.approx((7.25 + 7.25 + 12.1) / 3)
    uncovered = worth(Case(for_the_old(), policy(efficiency="uncovered")), plan())
    assert uncovered.efficiency == pytest.approx(25 / 3)
    assert uncovered.terms[0] == pytest.approx(25 / 3 / 4)  # 1 % of all 400 persons is a minute


def test_groups_are_entitled_wholly_not_at_all_or_by_the_share_of_all() -> None:
    facts = for_the_old(young=floats(90, 150, 60), rich=floats(20, 20, 20))
    assert facts.entitled_of(CENTRE, "young").tolist() == [0, 0, 0]
    assert facts.entitled_of(CENTRE, "rich") == pytest.approx([2, 5, 8])
    assert facts.entitled_of(CLINIC, "young").tolist() == [90, 150, 60]
    found = assess(Case(facts, policy()), plan()).levels[CENTRE].groups
    assert set(found) == {"old", "rich"}
    assert found["rich"].mean == pytest.approx((2 * 5 + 5 * 20 + 8 * 4) / 15)
    units = Case(facts, policy()).units("groups", CENTRE)
    assert units.ids == ("old", "rich")


def test_a_gap_of_groups_is_one_of_who_is_entitled() -> None:
    facts = for_the_old(young=floats(90, 150, 60), rich=floats(20, 20, 20))
    gap = Equity("range", among="groups", services="medical.centre")
    found = worth(Case(facts, policy(equity=gap)), plan())
    assert found.equity == pytest.approx(12.1 - 142 / 15)


def test_classes_are_compared_as_jurisdictions_are() -> None:
    facts = with_classes(problem(), ring=RINGS)
    found = assess(Case(facts, policy()), plan()).levels[CENTRE].classes["ring"]
    assert (found["core"].mean, found["rest"].mean) == (5, 20)
    assert (found["rest"].persons, found["rest"].coverage) == (200, 0.5)
    gap = Equity("range", among="ring", services="medical.centre")
    assert worth(Case(facts, policy(equity=gap)), plan()).equity == pytest.approx(15)


def test_a_label_that_nobody_entitled_has_is_left_out() -> None:
    facts = with_classes(for_the_old(old=floats(10, 0, 40)), ring=RINGS)
    found = assess(Case(facts, policy()), plan())
    assert set(found.levels[CENTRE].classes["ring"]) == {"core"}
    assert set(found.levels[CLINIC].classes["ring"]) == {"core", "rest"}


def test_cores_give_and_draw() -> None:
    """A is a core: half of a2 goes from there to SB, in a member."""
    found = assess(Case(with_classes(problem(), role=ROLES), policy()), plan())
    assert found.levels[CLINIC].exchange.in_members == 0
    centre = found.levels[CENTRE].exchange
    assert (centre.in_cores, centre.in_members) == (0, 0.2 * 100)
    assert centre.cores == {1: CoreExchange(gives=0, draws=0.2 * 100)}


def test_a_member_in_a_core_is_given_to() -> None:
    roles = Classes(("core", "member"), rows(0, 1, 1))  # a2 says so itself
    old = for_the_old(with_classes(problem(), role=roles))
    centre = assess(Case(old, policy()), plan()).levels[CENTRE].exchange
    assert (centre.in_cores, centre.in_members) == (0.2 * 25, 0)
    assert centre.cores == {1: CoreExchange(gives=0.2 * 25, draws=0)}


def test_nothing_is_exchanged_without_roles() -> None:
    assert assess(Case(problem(), policy()), plan()).levels[CENTRE].exchange is None
    cores = Classes(("core",), rows(0, 0, 0))
    facts = with_classes(problem(), role=cores)
    assert assess(Case(facts, policy()), plan()).levels[CENTRE].exchange is None


def test_who_is_not_entitled_does_not_lose() -> None:
    worse = list(plan().assignments)
    worse[CENTRE] = Assignment(rows(0, 1, 2), rows(0, 1, 1), floats(5, 30, 4), floats(1, 1, 1))
    later = replace(plan(), assignments=tuple(worse))
    lost = losers_by_level(for_the_old(), later, plan())[CENTRE]
    assert (lost.persons, lost.share, lost.mean) == (50, 0.5, 10)
    assert lost.jurisdictions == {0: 50, 1: 50}


def test_minutes_to_a_core_are_a_mean_over_persons() -> None:
    found = core_minutes(floats(0, 30, np.inf), floats(1, 2, 0))
    assert (found.mean, found.worst) == (20, 30)
    assert np.isnan(core_minutes(floats(1), floats(0)).mean)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"old": floats(101, 50, 40)}, "too many entitled"),
        ({"old": floats(0, 0, 0)}, "nobody is entitled"),
    ],
)
def test_facts_that_make_no_sense_are_refused(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        for_the_old(**change)


def test_a_class_is_no_tier() -> None:
    with pytest.raises(ValueError, match="tiers of the same name: city"):
        with_classes(problem(), city=RINGS)
