"""Units, sizes and orders in which things are drawn change no plan, and no rule is bent by them."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.location import (
    fixed_charge,
    fixed_hub,
    located_network,
    network_design,
    set_cover,
    steiner_tree,
    survivable_network,
)
from optimizer.location.base.result import ProofError, Watch
from optimizer.location.base.solving import minimise, unit_of
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver.program import Program

UNITS = [1e-9, 1.0, 1e9, 3e12]


@pytest.mark.parametrize(
    ("numbers", "unit"),
    [
        ([3, 5, 0], 1),
        ([0, 0], 1),
        ([3e9, 5e9], 1e9),
        ([0.75, 0.5], 2.0**-15),
        ([2.0**40 + 0.5], 2.0**26),
    ],
)
def test_units_by_hand(numbers: list[float], unit: float) -> None:
    assert unit_of(np.array(numbers, dtype=float)) == unit


@pytest.mark.parametrize("unit", UNITS)
def test_a_program_of_any_unit(unit: float) -> None:
    """3 a + 2.25 b + 2 c with two of the three: 4.25 units, whatever a unit is."""
    from scipy.sparse import csc_array

    program = Program(
        np.array([3.0, 2.25, 2.0]) * unit,
        0.5 * unit,
        csc_array(np.ones((1, 3))),
        np.array([2.0]),
        np.array([np.inf]),
        np.zeros(3),
        np.ones(3),
        np.ones(3, dtype=bool),
    )
    found = minimise(program, Limits(gap=0))
    assert found.objective == pytest.approx(4.75 * unit, rel=1e-12)
    assert found.bound == pytest.approx(4.75 * unit, rel=1e-9)


@pytest.mark.parametrize("unit", UNITS)
def test_covers_of_any_price(unit: float) -> None:
    """Sites 0 and 2 for 2.5 together, or site 1 for 2.6."""
    costs = np.array([[0.0, 0, 9], [0, 0, 9], [9, 0, 0], [9, 0, 0]])
    found = set_cover(costs, 1, np.array([1.2, 2.6, 1.3]) * unit)
    assert found.plan.sites.tolist() == [0, 2]
    assert found.objective == found.bound == pytest.approx(2.5 * unit)


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("unit", UNITS)
def test_capacities_of_any_price_and_size(unit: float, single: bool) -> None:
    """Points of 4, 3 and 2 want site 0, which has room for 7; the last is cheapest at site 1."""
    costs = np.array([[1.0, 9], [1, 8], [1, 3]])
    for size in (1e-6, 1.0, 1e8):
        found = fixed_charge(
            costs * unit,
            np.array([5.0, 2]) * unit,
            np.array([7.0, 4]) * size,
            np.array([4.0, 3, 2]) * size,
            single,
        )
        assert found.objective == found.bound == pytest.approx(12 * unit)
        assert found.plan.served.tolist() == [0, 0, 1]


@pytest.mark.parametrize("short", [0, 1])
def test_one_person_of_hundreds_of_millions_more_than_there_is_room_for(short: int) -> None:
    crowd = np.array([300_000_000.0, 200_000_000, 100_000_000])
    room = np.array([400_000_000.0 - short, 200_000_000])
    found = fixed_charge(np.ones((3, 2)), np.ones(2), room, crowd, single_source=True)
    assert found.status is (Status.INFEASIBLE if short else Status.OPTIMAL)
    found = fixed_charge(np.ones((3, 2)), np.ones(2), room, crowd)
    assert found.status is (Status.INFEASIBLE if short else Status.OPTIMAL)


@pytest.mark.parametrize("short", [0, 1])
def test_a_site_that_lacks_room_for_one_of_millions(short: int) -> None:
    """Site 0 is cheap for both points, and has room for both but for one person."""
    crowd = np.array([3_000_000.0, 2_000_000])
    room = np.array([5_000_000.0 - short, 9_000_000])
    costs = np.array([[1.0, 50], [1, 40]])
    found = fixed_charge(costs, np.ones(2), room, crowd, single_source=True)
    assert found.objective == (43 if short else 3)


@pytest.mark.parametrize("short", [0, 1])
def test_a_hub_that_lacks_room_for_one_of_millions(short: int) -> None:
    """Hub 0 takes all that is sent, but for one: then both places are hubs."""
    flows = np.array([[0.0, 3_000_000], [2_000_000, 0]])
    places = np.array([[0.0, 1], [1, 0]])
    room = np.array([5_000_000.0 - short, 2_000_000])
    found = fixed_hub(flows, places, [5.0, 9e6], room)
    assert found.plan.sites.tolist() == ([0, 1] if short else [0])


def test_what_costs_nothing_leads_to_no_detour() -> None:
    """Nodes 0 and 1 by an edge of 2; or by 2 and 1 over node 2, where an edge of 0 begins."""
    found = steiner_tree([2, 1, 3, 2], [0, 0, 2, 1], [2, 2, 0, 1], [0, 1])
    assert (found.objective, found.plan.edges.tolist()) == (2, [1])
    # In a forest: 4 and 5 are connected by an edge of 3 of their own.
    found = steiner_tree([2, 1, 3, 2, 4], [0, 0, 2, 1, 5], [2, 2, 0, 1, 3], [[0, 1], [4, 5]])
    assert (found.objective, found.plan.edges.tolist()) == (5, [1, 4])


@pytest.mark.parametrize("turned", [False, True])
def test_of_links_that_are_drawn_against_each_other_the_shorter_counts(turned: bool) -> None:
    tail, head = ([0, 1], [1, 0]) if turned else ([0, 0], [1, 1])
    found = located_network(tail, head, [0, 0], [8, 6], [0, np.inf], [0, 10])
    assert found.objective == found.bound == 60
    # The shorter one is to be built, and is in the plan.
    found = located_network(tail, head, [0, 4], [8, 6], [0, np.inf], [0, 10])
    assert (found.objective, found.plan.edges.tolist()) == (64, [1])


@pytest.mark.parametrize("unit", [1e-8, 1.0, 1e8])
def test_times_of_any_unit_are_kept(unit: float) -> None:
    """0.1 + 0.2 is within 0.3, and 0.1 + 0.2001 is not: then the direct edge is built."""
    for last, edges in ((0.2, [0, 1]), (0.2001, [2])):
        found = survivable_network(
            [0, 1, 0],
            [1, 2, 2],
            [1, 1, 5],
            [0, 0, 0],
            minutes=np.array([0.1, last, 0.3]) * unit,
            between=[[0, 2]],
            longest=np.array([0.3]) * unit,
        )
        assert found.status is Status.OPTIMAL
        assert found.plan.edges.tolist() == edges


@pytest.mark.parametrize("unit", UNITS)
def test_networks_of_any_price(unit: float) -> None:
    """A triangle: direct for 4.5, or by the two others for 4.25; a ring of all for 8.75."""
    tail, head, cost = [0, 1, 0], [1, 2, 2], np.array([2.0, 2.25, 4.5]) * unit
    assert steiner_tree(tail, head, cost, [0, 2]).objective == pytest.approx(4.25 * unit)
    ring = survivable_network(tail, head, cost, [2, 2, 2])
    assert ring.objective == ring.bound == pytest.approx(8.75 * unit)
    built = network_design(tail, head, [0], [2], [3], [0, 1, 2], [5, 5, 5], cost)
    assert built.objective == built.bound == pytest.approx(4.25 * unit)
    assert built.plan.counts.tolist() == [1, 1, 0]


def test_a_plan_far_from_the_bound_is_not_called_the_best() -> None:
    watch = Watch(Limits(gap=0))
    watch.note(100.0, 99.99)
    with pytest.raises(ProofError, match="called the best"):
        watch.answer("plan", "any", proven=True)
    watch.note(99.9900001)
    assert watch.answer("plan", "any", proven=True).status is Status.OPTIMAL


@pytest.mark.parametrize("single", [False, True])
def test_points_without_demand_beside_others(single: bool) -> None:
    """Points of 15.5, 0 and 6.5; site 0 has room for 11, site 1 for 18.5.

    By hand: site 1 takes the first, site 0 the last, for 277 + 391 + 100 + 0 + 8130; in shares site
    1 takes the last too and 12 of the first, of which site 0 takes 3.5.
    """
    costs = np.array([[8130.0, 100], [8200, 0], [8130, 100]])
    found = fixed_charge(costs, [277, 391], [11, 18.5], [15.5, 0, 6.5], single)
    shared = 668 + 100 + (12 * 100 + 3.5 * 8130) / 15.5
    assert found.objective == found.bound == pytest.approx(8898 if single else shared)


def test_a_site_that_may_serve_nobody() -> None:
    found = fixed_charge([[np.inf, 0.0]], [5, 1], [40.5, 53.5], [13])
    assert (found.objective, found.plan.sites.tolist()) == (1, [1])
