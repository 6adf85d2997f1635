"""Who is worse off than in the most efficient plan, worked out by hand on `hand.py`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.assessment.losers import losers, losers_by_level
from optimizer.solution import Assignment, Plan
from tests.hand import (
    A1,
    A2,
    B1,
    CENTRE,
    CLINIC,
    EMERGENCY,
    SA,
    SB,
    floats,
    plan,
    problem,
    rows,
)


def all_at_sb() -> Plan:
    """Emergency as in `plan`, but from SB alone: 20, 30 and 4 minutes instead of 5, 10 and 4."""
    at_sb = Assignment(rows(A1, A2, B1), rows(SB, SB, SB), floats(20, 30, 4), floats(1, 1, 1))
    return replace(plan(), assignments=(at_sb, *plan().assignments[CLINIC:]))


def test_who_loses_and_how_much() -> None:
    found = losers_by_level(problem(), all_at_sb(), plan())[EMERGENCY]
    assert found.minutes.tolist() == [15, 20, 0]
    assert found.persons == 300  # a1 and a2
    assert found.share == 0.75  # of 400
    assert found.mean == pytest.approx((100 * 15 + 200 * 20) / 300)
    assert found.most == 20
    assert found.jurisdictions == {0: 300, 1: 300}  # the province and city A, nobody in B


def test_minutes_are_means_over_the_shares() -> None:
    # At the centre half of a2 goes to SA (10) and half to SB (30): 20, against all to SA: 10.
    near = Assignment(rows(A1, A2, B1), rows(SA, SA, SB), floats(5, 10, 4), floats(1, 1, 1))
    whole = replace(plan(), assignments=(*plan().assignments[:CENTRE], near))
    assert losers_by_level(problem(), plan(), whole)[CENTRE].minutes.tolist() == [0, 10, 0]
    # The other way round a2 gains, so nobody is worse off.
    gained = losers_by_level(problem(), whole, plan())[CENTRE]
    assert gained.minutes.tolist() == [0, -10, 0]
    assert (gained.persons, gained.share, gained.mean, gained.most) == (0, 0, 0, 0)
    assert gained.jurisdictions == {}


def test_every_level_has_its_own_losers() -> None:
    found = losers_by_level(problem(), all_at_sb(), plan())
    assert [one.persons for one in found] == [300, 0, 0]


def test_rounding_and_places_without_people_lose_nothing() -> None:
    facts = problem()
    empty = replace(facts, demand=replace(facts.demand, persons=floats(100, 0, 100)))
    assert losers(empty, floats(1e-9, 7, 0)).persons == 0
    assert losers(empty, floats(1e-3, 7, 0)).most == 1e-3


def test_who_is_served_in_one_plan_only_is_not_counted() -> None:
    found = losers(problem(), floats(np.nan, 2, 0))
    assert (found.persons, found.most, found.mean) == (200, 2, 2)
