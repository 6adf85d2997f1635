"""Thrift: smaller where the load allows it, never where somebody counts on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.algorithms.after.downsizing import downsized, site_loads
from optimizer.problem import Problem
from optimizer.solution import Assignment, Plan
from tests.problems import two_cities


def everybody_at(sites: list[int], minutes: list[float]) -> Assignment:
    return Assignment(np.array([0, 1]), np.array(sites), np.array(minutes), np.ones(2))


def without_backup_and_referral() -> Problem:
    facts = two_cities()
    service = facts.services[0]
    low = replace(service.levels[0], backup=None, referral=None)
    return replace(
        facts, services=(replace(service, levels=(low, service.levels[1])),), transfers={}
    )


def test_loads():
    plan = Plan(np.array([1, 3]), (everybody_at([0, 1], [5, 10]), everybody_at([0, 0], [5, 25])))
    # Low: 100 at site 0, 50 at site 1; high: a tenth of 150 at site 0.
    load, serving = site_loads(two_cities(), plan)
    assert load.tolist() == [[100, 15], [50, 0]]
    assert serving.tolist() == [[True, True], [True, False]]


def test_a_full_facility_that_refers_nobody_shrinks():
    # The full facility at site 1 (9) serves 50 low persons and nobody high: the small one (3) does.
    plan = Plan(np.array([1, 3]), (everybody_at([0, 1], [5, 10]), everybody_at([0, 0], [5, 25])))
    assert downsized(without_backup_and_referral(), plan).options.tolist() == [1, 2]


def test_an_idle_facility_goes_and_a_standing_one_stays():
    # Everybody at site 0: nothing is built at site 1, and the upgrade there is needed.
    plan = Plan(np.array([1, 3]), (everybody_at([0, 0], [5, 25]), everybody_at([0, 0], [5, 25])))
    assert downsized(without_backup_and_referral(), plan).options.tolist() == [1]
    # Only the 50 of point 1 at site 0: the upgrade there (7) goes back to what stands.
    plan = Plan(np.array([1, 3]), (everybody_at([1, 0], [20, 25]), everybody_at([1, 1], [20, 10])))
    assert downsized(without_backup_and_referral(), plan).options.tolist() == [0, 3]


def test_backup_and_referral_are_kept():
    # With backup at the low level and referral to the high one, both stay as they are.
    plan = Plan(np.array([1, 3]), (everybody_at([0, 0], [5, 25]), everybody_at([0, 0], [5, 25])))
    assert downsized(two_cities(), plan).options.tolist() == [1, 3]


def test_nothing_smaller_offers_more():
    # The small facility at site 1 is cheaper; were it also larger, others would be sent past it.
    facts = without_backup_and_referral()
    plan = Plan(np.array([1, 3]), (everybody_at([0, 1], [5, 10]), everybody_at([0, 0], [5, 25])))
    capacity = facts.options.capacity.copy()
    capacity[2, 0] = capacity[3, 0] + 1
    larger = replace(facts, options=replace(facts.options, capacity=capacity))
    assert downsized(larger, plan).options.tolist() == [1, 3]
