"""The worst attacks against trying every set, and what must be true of any."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimizer.problem import Floats, Pairs
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.stress.attack import worst_attack
from optimizer.stress.link_attack import worst_link_attack
from tests.stress.towns import Town, draw

EXACT = Limits(gap=0)


def cost(row: int, minutes: Floats) -> Floats:
    """Steeper at each level, with a step: nondecreasing and not linear."""
    return np.asarray((row + 1) * minutes**1.5 + 5 * (minutes > 12))


def plainly(town: Town, sites: tuple[int, ...], links: tuple[int, ...], unserved: Floats) -> float:
    """What all pay at the nearest open site that stands."""
    total = 0.0
    for row, near in enumerate(town.apart(links)):
        for i, persons in enumerate(town.standing.persons[:, row].tolist()):
            ways = [m for (a, j), m in near.items() if a == i and j not in sites]
            each = float(cost(row, np.array([min(ways)]))[0]) if ways else float(unserved[row])
            total += persons * each
    return total


def asked(town: Town) -> tuple[tuple[Pairs, ...], Floats]:
    """The pairs to all sites, open or not, some twice; and what nobody costs."""
    pairs = []
    for near in town.apart():
        keys, minutes = np.array(list(near)), np.array(list(near.values()))
        slower = Pairs(keys[::2, 0], keys[::2, 1], minutes[::2] + 1)
        pairs.append(Pairs(keys[:, 0], keys[:, 1], minutes) + slower)
    levels = enumerate(town.standing.problem.levels)
    return tuple(pairs), np.array([cost(n, np.array([one.cutoff]))[0] + 1 for n, one in levels])


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_sites_equal_trying_all(first: int) -> None:
    for town in map(draw, range(first, first + 20)):
        pairs, unserved = asked(town)
        standing = town.standing
        sites = np.flatnonzero(standing.is_open.any(axis=1)).tolist()
        last = -np.inf
        for count in range(len(sites) + 2):
            found = worst_attack(
                pairs, standing.is_open, standing.persons, cost, unserved, count, EXACT
            )
            assert found.plan is not None and found.status is Status.OPTIMAL
            best = max(
                plainly(town, some, (), unserved)
                for some in itertools.combinations(sites, min(count, len(sites)))
            )
            assert found.objective == found.plan.after == pytest.approx(best)
            assert found.bound == pytest.approx(best) and found.bound >= found.objective
            assert found.plan.before == pytest.approx(plainly(town, (), (), unserved))
            hit = tuple(found.plan.elements.tolist())
            assert set(hit) <= set(sites) and len(hit) == min(count, len(sites))
            assert plainly(town, hit, (), unserved) == pytest.approx(best)
            assert found.objective >= last - 1e-9  # an attack never helps, more of it hurts more
            last = found.objective


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_links_equal_trying_all(first: int) -> None:
    for town in map(draw, range(first, first + 10)):
        standing, (_, unserved) = town.standing, asked(town)
        cutoff = np.array([level.cutoff for level in standing.problem.levels])
        spared = frozenset({0}) if first % 20 else frozenset[int]()
        last = -np.inf
        for count in range(4):
            found = worst_link_attack(
                *(standing.ground, standing.groups, cutoff, standing.persons),
                *(cost, unserved, count, EXACT, spared),
            )
            assert found.plan is not None and found.status is Status.OPTIMAL
            free = [link for link in range(len(set(town.of))) if link not in spared]
            best = max(
                plainly(town, (), some, unserved) for some in itertools.combinations(free, count)
            )
            hit = tuple(found.plan.elements.tolist())
            assert found.objective == found.bound == pytest.approx(best)
            assert plainly(town, (), hit, unserved) == pytest.approx(best)
            assert len(hit) <= count and not spared.intersection(hit)
            assert found.objective >= last - 1e-9
            last = found.objective


def test_a_gap_is_kept_and_its_bound_is_true() -> None:
    for town in map(draw, range(20)):
        standing, (pairs, unserved) = town.standing, asked(town)
        cutoff = np.array([level.cutoff for level in standing.problem.levels])
        for limits in (Limits(gap=0.2), Limits(gap=0.2, seconds=1e-9)):
            exact, loose = (
                worst_link_attack(
                    *(standing.ground, standing.groups, cutoff, standing.persons),
                    *(cost, unserved, 2, one),
                )
                for one in (EXACT, limits)
            )
            assert loose.objective <= exact.objective + 1e-9 <= loose.bound + 2e-9
            if loose.status is Status.OPTIMAL:
                assert loose.gap <= 0.2 + 1e-9
        some = worst_attack(
            pairs, standing.is_open, standing.persons, cost, unserved, 2, Limits(gap=0.2)
        )
        whole = worst_attack(pairs, standing.is_open, standing.persons, cost, unserved, 2, EXACT)
        assert some.objective <= whole.objective * (1 + 1e-9) <= some.bound * (1 + 2e-9)


def test_what_makes_no_sense_is_refused() -> None:
    town = draw(0)
    pairs, unserved = asked(town)
    facts = pairs, town.standing.is_open, town.standing.persons
    with pytest.raises(ValueError, match="count"):
        worst_attack(*facts, cost, unserved, -1, EXACT)
    with pytest.raises(ValueError, match="reach nobody costs less"):
        worst_attack(*facts, cost, unserved * 0, 1, EXACT)
    with pytest.raises(ValueError, match="falls with minutes"):
        worst_attack(*facts, lambda row, minutes: -minutes, unserved, 1, EXACT)
