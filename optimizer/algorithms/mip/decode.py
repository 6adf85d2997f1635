"""Decoding: from the values of the model's variables to a plan."""

from __future__ import annotations

import numpy as np

from optimizer.foundation.tolerances import EXACTLY
from optimizer.model.admissible import offers, unlimited, works
from optimizer.problem import Bools, Floats, Ints, Pairs, Problem
from optimizer.solution import Assignment, Plan

NO_CORRIDORS: Ints = np.empty(0, dtype=np.int64)


def nearest_open(
    problem: Problem, options: Ints, level: int, corridors: Ints = NO_CORRIDORS
) -> Assignment:
    """Everybody at the nearest site where one of the chosen options offers the level.

    Demand points that reach none are absent.
    """
    pairs = passable(problem, level, corridors)
    numbers = np.flatnonzero(open_sites(problem, options, level)[pairs.site])
    _, first = np.unique(pairs.origin[numbers], return_index=True)
    best = numbers[first]
    return Assignment(pairs.origin[best], pairs.site[best], pairs.minutes[best], np.ones(len(best)))


def open_sites(problem: Problem, options: Ints, level: int) -> Bools:
    """(J,) sites where one of the chosen options offers the level."""
    is_open = np.zeros(len(problem.sites.ids), dtype=bool)
    chosen = options[offers(problem.options, level)[options]]
    is_open[problem.options.site[chosen]] = True
    return is_open


def passable(problem: Problem, level: int, corridors: Ints) -> Pairs:
    """The trips that are there when these corridors are built."""
    return on_built(problem, problem.trips[level], corridors)


def on_built(problem: Problem, trips: Pairs, corridors: Ints) -> Pairs:
    """Those of these trips that are there when these corridors are built."""
    if problem.corridors is None:
        return trips
    return trips.only(problem.corridors.built(corridors)[trips.needs])


def shares(pairs: Pairs, assigned: Floats, is_open: Bools, fastest: Pairs) -> Assignment:
    """The assignment with these shares (N,) on the pairs to open sites, rounding removed.

    What is rounded down to closed may have served a trace of somebody. Who goes to a site goes
    the fastest way there (fastest: the trips there are; the first of two is the faster).
    """
    used = np.flatnonzero((assigned > EXACTLY) & is_open[pairs.site])
    sites = int(fastest.site.max(initial=0)) + 1
    trip, row = np.unique(pairs.origin[used] * sites + pairs.site[used], return_inverse=True)
    share = np.bincount(row, weights=assigned[used], minlength=len(trip))
    origin = trip // sites
    total = np.bincount(origin, weights=share)
    ways, first = np.unique(fastest.origin * sites + fastest.site, return_index=True)
    minutes = fastest.minutes[first[np.searchsorted(ways, trip)]]
    return Assignment(origin, trip % sites, minutes, share / total[origin])


def _in_part(part: Floats) -> Bools:
    return (part > 0) & (part < 1)


def make_plan(
    problem: Problem,
    options: Ints,
    assigned: list[tuple[Pairs, Floats]],
    corridors: Ints = NO_CORRIDORS,
) -> Plan:
    """The plan of these options; where nothing can overflow, everybody goes to the nearest.

    Not where a site works in part only: then that many go on to the next.
    assigned: for each level its pairs and the shares on them.
    """
    options = np.sort(options)
    return Plan(
        options,
        tuple(
            nearest_open(problem, options, level, corridors)
            if unlimited(problem, level) and not _in_part(works(problem, level)).any()
            else shares(
                pairs,
                values,
                open_sites(problem, options, level),
                passable(problem, level, corridors),
            )
            for level, (pairs, values) in enumerate(assigned)
        ),
        corridors,
    )
