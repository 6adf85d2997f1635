"""Rules on who is served where."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from optimizer.foundation.language import N_, _
from optimizer.problem import Corridors, Pairs
from optimizer.verification.access import loads
from optimizer.verification.tolerances import TOLERANCE
from optimizer.verification.verdict import NOBODY, PlainPlan, Rules, Trip, at_most, same


def served(case: PlainPlan) -> Iterator[str]:
    """Every demand point is served wholly at every level: its shares, none below 0, sum to 1.

    Where something fails or needs may be unmet, they may sum to less.
    """
    for state, row, trips in _everywhere(case):
        level = state.level(row)
        total = dict.fromkeys(range(len(case.problem.demand.ids)), 0.0)
        for trip in trips:
            total[trip.demand] += trip.share
            if not trip.share >= 0:
                who = state.trip(trip)
                yield _("{level}, {trip}: share {share:g}", level=level, trip=who, share=trip.share)
        for i, share in total.items():
            if not abs(share - 1) <= TOLERANCE:
                yield _(
                    "{level}, {point}: shares sum to {share:.9g}",
                    level=level,
                    point=case.problem.demand.ids[i],
                    share=share,
                )


def only_open(case: PlainPlan) -> Iterator[str]:
    """Nobody is served where the level is not offered, or what offers it has failed."""
    for state, row, trips in _everywhere(case):
        for trip in trips:
            if trip.site != NOBODY and trip.site not in state.open[row]:
                yield _(
                    "{level}, {trip}: no open facility offers it there",
                    level=state.level(row),
                    trip=state.trip(trip),
                )


def admissible(case: PlainPlan) -> Iterator[str]:
    """Everybody travels on an admissible pair: within the cut-off and the border."""
    for state, row, trips in _everywhere(case):
        for trip in trips:
            if _true_minutes(state, row, trip) is None:
                yield _why_not(state, row, trip)


def true_minutes(case: PlainPlan) -> Iterator[str]:
    """The minutes of every trip are those of its pair."""
    for state, row, trips in _everywhere(case):
        for trip in trips:
            truth = _true_minutes(state, row, trip)
            if truth is not None and not same(trip.minutes, truth):
                yield _(
                    "{level}, {trip}: {minutes:g} minutes, in truth {truth:g}",
                    level=state.level(row),
                    trip=state.trip(trip),
                    minutes=trip.minutes,
                    truth=truth,
                )


def _everywhere(case: PlainPlan) -> Iterator[tuple[PlainPlan, int, list[Trip]]]:
    """Every state, every level, and the trips there."""
    for state in case.states:
        for row, trips in enumerate(state.trips):
            yield state, row, trips


def _true_minutes(case: PlainPlan, row: int, trip: Trip) -> float | None:
    """Minutes of the pair that a trip uses, the fastest way; None where it is not admissible."""
    if trip.site == NOBODY:
        return trip.minutes
    corridors = case.problem.corridors
    ways = [case.problem.pairs[row]] + ([corridors.faster[row]] if corridors else [])
    if case.state > 0:
        assert case.problem.scenarios is not None
        ways = [case.problem.scenarios.trips[case.state - 1][row]]
    built = frozenset(case.plan.corridors.tolist())
    fastest = (_fastest(pairs, corridors, built, trip.demand).get(trip.site) for pairs in ways)
    return min((minutes for minutes in fastest if minutes is not None), default=None)


@lru_cache(maxsize=5_000)
def _fastest(
    pairs: Pairs, corridors: Corridors | None, built: frozenset[int], demand: int
) -> dict[int, float]:
    """Site -> minutes of the fastest way there from a demand point, on what is built.

    Kept, as hundreds of scenarios may have the same pairs.
    """
    fastest = dict[int, float]()
    first, last = np.searchsorted(pairs.origin, [demand, demand + 1]).tolist()
    for site, minutes, row in zip(
        pairs.site[first:last].tolist(),
        pairs.minutes[first:last].tolist(),
        pairs.needs[first:last].tolist(),
        strict=True,
    ):
        needed = set[int]()
        if corridors is not None and row >= 0:
            needed.update(np.flatnonzero(corridors.bundle[row]).tolist())
        if needed <= built:
            fastest[site] = min(minutes, fastest.get(site, minutes))
    return fastest


def _why_not(case: PlainPlan, row: int, trip: Trip) -> str:
    """Why a pair is not admissible, with its level and its ends."""
    level, problem = case.problem.levels[row], case.problem
    who: dict[str, object] = {"level": case.level(row), "trip": case.trip(trip)}
    if case.state > 0:
        return _("{level}, {trip}: no way is left", **who)
    if level.border is not None:
        lives = problem.demand_at(level.border)[trip.demand]
        stands = problem.sites_at(level.border)[trip.site]
        if lives != stands:
            return _("{level}, {trip}: crosses the border of a {tier}", tier=level.border, **who)
    return _(
        "{level}, {trip}: not within the cut-off of {minutes:g} minutes",
        minutes=level.cutoff,
        **who,
    )


def capacity(case: PlainPlan) -> Iterator[str]:
    """No facility serves more persons than it can: persons x need x share."""
    for state, row, trips in _everywhere(case):
        for site, persons in loads(state, row, trips).items():
            most = state.open[row].get(site)
            if most is not None and not at_most(persons, most):
                yield _(
                    "{level} at {site}: {persons:g} persons, capacity {most:g}",
                    level=state.level(row),
                    site=case.problem.sites.ids[site],
                    persons=persons,
                    most=most,
                )


def reserve(case: PlainPlan) -> Iterator[str]:
    """Where something fails, a facility keeps its reserve from people of other jurisdictions."""
    facts = case.problem.scenarios
    if facts is None or facts.aid is None:
        return
    lives = case.problem.demand_at(facts.aid.tier).tolist()
    lies = case.problem.sites_at(facts.aid.tier).tolist()
    for state, row, trips in _everywhere(case):
        if state.state == 0:
            continue
        guests = [
            trip
            for trip in trips
            if trip.site != NOBODY
            and lies[trip.site] >= 0
            and lives[trip.demand] != lies[trip.site]
        ]
        for site, persons in loads(state, row, guests).items():
            most = state.open[row].get(site, 0.0)
            if most < float("inf") and not at_most(persons, most * (1 - facts.aid.reserve)):
                yield _(
                    "{level} at {site}: {guests:g} guests, reserve {reserve:g} of {most:g}",
                    level=state.level(row),
                    site=case.problem.sites.ids[site],
                    guests=persons,
                    reserve=facts.aid.reserve,
                    most=most,
                )


def referral(case: PlainPlan) -> Iterator[str]:
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
                yield _(
                    "{level} at {site}: no open {following} within {minutes:g} minutes",
                    level=level.id,
                    site=case.problem.sites.ids[site],
                    following=case.problem.levels[row + 1].id,
                    minutes=level.referral,
                )


#: Rules by id: in words, and what breaks them.
RULES: Rules = {
    "served": (N_("everybody is served wholly"), served),
    "only_open": (N_("only open facilities serve"), only_open),
    "trips": (N_("trips are within cut-off and border"), admissible),
    "minutes": (N_("minutes are true"), true_minutes),
    "capacity": (N_("capacities are kept"), capacity),
    "reserve": (N_("reserves are kept"), reserve),
    "referral": (N_("facilities have one to refer to"), referral),
}
