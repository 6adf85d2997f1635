"""Reassignment: who is served where in a scenario, when a plan's facilities stand.

Where nothing can overflow everybody goes to the nearest that is left: nothing is better for any
measure that is monotone. Elsewhere whose way is left stays, and all others go to the nearest that
has room, those who are nearest first: a good answer, seldom the best.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from optimizer.algorithms.mip.decode import on_built, open_sites
from optimizer.foundation.tolerances import TRACE
from optimizer.model.admissible import unlimited
from optimizer.problem import Bools, Floats, Pairs, Problem, Scenarios
from optimizer.solution import Assignment, Plan


def reassigned(problem: Problem, plan: Plan, scenario: int) -> tuple[Assignment, ...]:
    """By level, who is served where in the scenario of this number; all others are unserved."""
    return tuple(_at(problem, plan, scenario, row) for row in range(len(problem.levels)))


def _at(problem: Problem, plan: Plan, scenario: int, row: int) -> Assignment:
    facts = problem.scenarios
    assert facts is not None
    stands = open_sites(problem, plan.options, row) & ~facts.failed[scenario]
    pairs = on_built(problem, facts.trips[scenario][row], plan.corridors)
    pairs = pairs.only(stands[pairs.site])
    if unlimited(problem, row):
        _, first = np.unique(pairs.origin, return_index=True)
        nearest = pairs.origin[first], pairs.site[first], pairs.minutes[first]
        return Assignment(*nearest, np.ones(len(first)))
    return _with_room(problem, facts, plan, row, _fastest(problem, pairs))


def _fastest(problem: Problem, pairs: Pairs) -> Pairs:
    """Of two ways to a site the faster: pairs are sorted by minutes."""
    trip = pairs.origin * len(problem.sites.ids) + pairs.site
    first = np.zeros(len(pairs), dtype=bool)
    first[np.unique(trip, return_index=True)[1]] = True
    return pairs.only(first)


def _with_room(
    problem: Problem, facts: Scenarios, plan: Plan, row: int, pairs: Pairs
) -> Assignment:
    """Who stays, and who finds room elsewhere. Where a reserve is kept only those at home stay."""
    usual, sites = plan.assignments[row], len(problem.sites.ids)
    guest = _guests(problem, facts, pairs)
    trips, trip = pairs.origin * sites + pairs.site, usual.demand * sites + usual.site
    known = usual.only(np.isin(trip, trips))
    order = np.argsort(trips)
    at = order[np.searchsorted(trips, known.demand * sites + known.site, sorter=order)]
    staying = replace(known, minutes=pairs.minutes[at]).only(~guest[at])
    persons = problem.need(row)
    room = _room(problem, plan, row)
    np.subtract.at(room, staying.site, persons[staying.demand] * staying.share)
    homeless = np.ones(len(persons))
    np.subtract.at(homeless, staying.demand, staying.share)
    reserve = 0.0 if facts.aid is None else facts.aid.reserve
    for_guests = _room(problem, plan, row) * (1 - reserve)
    taken, shares = _placed(pairs, guest, homeless, persons, room, for_guests)
    both = Assignment(
        np.concatenate([staying.demand, pairs.origin[taken]]),
        np.concatenate([staying.site, pairs.site[taken]]),
        np.concatenate([staying.minutes, pairs.minutes[taken]]),
        np.concatenate([staying.share, shares]),
    )
    return _joined(both, sites)


def _joined(served: Assignment, sites: int) -> Assignment:
    """Each trip once: who had an unmet need may find room where others of the place are served."""
    trip = served.demand * sites + served.site
    _, first, row = np.unique(trip, return_index=True, return_inverse=True)
    share = np.bincount(row.reshape(-1), served.share, len(first)).astype(float)
    return Assignment(served.demand[first], served.site[first], served.minutes[first], share)


def _room(problem: Problem, plan: Plan, row: int) -> Floats:
    """(J,) persons of the level's need that the plan's facilities can serve at each site."""
    table = problem.options
    here, room = table.site[plan.options], table.capacity[plan.options, row]
    return np.bincount(here, room, len(problem.sites.ids)).astype(float)


def _guests(problem: Problem, facts: Scenarios, pairs: Pairs) -> Bools:
    """(N,) pairs on which somebody comes from another jurisdiction of the tier of the aid."""
    if facts.aid is None:
        return np.zeros(len(pairs), dtype=bool)
    lives, lies = problem.demand_at(facts.aid.tier), problem.sites_at(facts.aid.tier)
    return np.asarray((lives[pairs.origin] != lies[pairs.site]) & (lies[pairs.site] >= 0))


def _placed(
    pairs: Pairs, guest: Bools, homeless: Floats, persons: Floats, room: Floats, for_guests: Floats
) -> tuple[list[int], Floats]:
    """Pairs that those who are left take, the nearest first, and the share on each.

    homeless: (I,) shares; room, for_guests: (J,) persons, of which guests may take no more.
    """
    able = np.flatnonzero((homeless[pairs.origin] > TRACE) & (room[pairs.site] > TRACE))
    taken = defaultdict[int, float](float)
    for n in able[np.argsort(pairs.minutes[able], kind="stable")].tolist():
        i, j = int(pairs.origin[n]), int(pairs.site[n])
        most = min(room[j], for_guests[j]) if guest[n] else room[j]
        share = min(homeless[i], most / persons[i]) if persons[i] > 0 else homeless[i]
        if share <= TRACE:
            continue
        taken[n] = float(share)
        homeless[i] -= share
        room[j] -= share * persons[i]
        if guest[n]:
            for_guests[j] -= share * persons[i]
    return list(taken), np.array(list(taken.values()))
