"""Rules on who is served where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from optimizer.check.verdict import TOLERANCE, Case, Trip, at_most, same


def served(case: Case) -> Iterator[str]:
    """Every demand point is served wholly at every level: its shares, none below 0, sum to 1."""
    for level, trips in zip(case.problem.levels, case.trips, strict=True):
        total = dict.fromkeys(range(len(case.problem.demand.ids)), 0.0)
        for trip in trips:
            total[trip.demand] += trip.share
            if not trip.share >= 0:
                yield f"{level.id}, {case.trip(trip)}: share {trip.share:g}"
        for i, share in total.items():
            if not abs(share - 1) <= TOLERANCE:
                yield f"{level.id}, {case.problem.demand.ids[i]}: shares sum to {share:.9g}"


def only_open(case: Case) -> Iterator[str]:
    """Nobody is served where the level is not offered."""
    for level, trips, offered in zip(case.problem.levels, case.trips, case.open, strict=True):
        for trip in trips:
            if trip.site not in offered:
                yield f"{level.id}, {case.trip(trip)}: no open facility offers it there"


def admissible(case: Case) -> Iterator[str]:
    """Everybody travels on an admissible pair: within the cut-off and the border."""
    for row, trips in enumerate(case.trips):
        level = case.problem.levels[row]
        for trip in trips:
            if _true_minutes(case, row, trip) is None:
                yield f"{level.id}, {case.trip(trip)}: {_why_not(case, row, trip)}"


def true_minutes(case: Case) -> Iterator[str]:
    """The minutes of every trip are those of its pair."""
    for row, trips in enumerate(case.trips):
        for trip in trips:
            truth = _true_minutes(case, row, trip)
            if truth is not None and not same(trip.minutes, truth):
                level = case.problem.levels[row].id
                yield f"{level}, {case.trip(trip)}: {trip.minutes:g} minutes, in truth {truth:g}"


def _true_minutes(case: Case, row: int, trip: Trip) -> float | None:
    """Minutes of the pair that a trip uses, the fastest way; None where it is not admissible."""
    corridors, found = case.problem.corridors, list[float]()
    built = set(case.plan.corridors.tolist())
    for pairs in [case.problem.pairs[row]] + ([corridors.faster[row]] if corridors else []):
        first, last = np.searchsorted(pairs.origin, [trip.demand, trip.demand + 1])
        for n in range(int(first), int(last)):
            needed = set[int]()
            if corridors is not None and pairs.needs[n] >= 0:
                needed.update(np.flatnonzero(corridors.bundle[pairs.needs[n]]).tolist())
            if pairs.site[n] == trip.site and needed <= built:
                found.append(float(pairs.minutes[n]))
    return min(found, default=None)


def _why_not(case: Case, row: int, trip: Trip) -> str:
    """Why a pair is not admissible."""
    level, problem = case.problem.levels[row], case.problem
    if level.border is not None:
        lives = problem.demand_at(level.border)[trip.demand]
        stands = problem.sites_at(level.border)[trip.site]
        if lives != stands:
            return f"crosses the border of a {level.border}"
    return f"not within the cut-off of {level.cutoff:g} minutes"


def capacity(case: Case) -> Iterator[str]:
    """No facility serves more persons than it can: persons x need x share."""
    for level, trips, offered in zip(case.problem.levels, case.trips, case.open, strict=True):
        load = defaultdict[int, float](float)
        for trip in trips:
            load[trip.site] += float(case.problem.demand.persons[trip.demand]) * trip.share
        for site, persons in load.items():
            most = offered.get(site)
            if most is not None and not at_most(persons * level.share, most):
                where = f"{level.id} at {case.problem.sites.ids[site]}"
                yield f"{where}: {persons * level.share:g} persons, capacity {most:g}"


def referral(case: Case) -> Iterator[str]:
    """Every open facility of a level that refers has an open one of the next level near."""
    for row, level in enumerate(case.problem.levels):
        if level.referral is None:
            continue
        above: set[tuple[int, int]] = set()
        if row in case.problem.transfers:
            pairs = case.problem.transfers[row]
            above = {(int(j), int(k)) for j, k in zip(pairs.origin, pairs.site, strict=True)}
        for site in case.open[row]:
            if not any((site, other) in above for other in case.open[row + 1]):
                where = f"{level.id} at {case.problem.sites.ids[site]}"
                next_level = case.problem.levels[row + 1].id
                yield f"{where}: no open {next_level} within {level.referral:g} minutes"
