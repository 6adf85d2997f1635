"""Efficiencies as the check defines them, of plans that are whole and of some that are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.solution import Assignment, Plan, Result, Status
from optimizer.verification import check
from optimizer.verification.caps import efficiency
from optimizer.verification.efficiencies import EFFICIENCIES
from optimizer.verification.verdict import PlainPlan
from tests.hand import A1, EMERGENCY, floats, plan, policy, problem

ONE = Result(Status.STOPPED, plan(), 1.0, 0.0, 1.0, 1.0, 1, "full", asked_gap=0.01)


def with_stations(served: Assignment) -> Plan:
    """The plan with these trips to the stations."""
    return replace(plan(), assignments=(served, *plan().assignments[1:]))


def shared(*share: float) -> Plan:
    return with_stations(replace(plan().assignments[EMERGENCY], share=floats(*share)))


@pytest.mark.parametrize("name", EFFICIENCIES)
@pytest.mark.parametrize("share", [(1, 1, -3), (0, 0, 0), (-1, 1, 1), (1, -1, 0), (np.nan, 1, 1)])
def test_shares_that_are_none_are_told(name: str, share: tuple[float, ...]) -> None:
    found = check(Case(problem(), policy(efficiency=name)), shared(*share), ONE)
    assert "everybody is served wholly" in {rule.name for rule in found.broken}


@pytest.mark.parametrize("name", EFFICIENCIES)
def test_it_is_that_of_the_indicators(name: str) -> None:
    """Of a plan that serves half of a place, and of one that leaves a place out, too."""
    question, stations = policy(efficiency=name), plan().assignments[EMERGENCY]
    out = with_stations(stations.only(stations.demand > A1))
    for answer in (plan(), shared(1, 0.5, 1), out):
        told = efficiency(PlainPlan(problem(), question, answer))
        truth = assess(Case(problem(), question), answer).efficiency
        assert told == pytest.approx(truth, nan_ok=True)
