"""Side constraints of a median: floors and caps as rows, and as pairs that nobody may use."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array, vstack

from optimizer.algorithms.median.pair_costs import beyond, equity_of, is_sum
from optimizer.case import Case
from optimizer.efficiency import OfTrips
from optimizer.foundation.tolerances import NO_MINUTES, room
from optimizer.location.median.side_constraints import SideRows
from optimizer.model.radius_fixing import thresholds
from optimizer.problem import Bools, Floats, Pairs, Problem
from optimizer.question import Bound, Floor, Policy
from optimizer.rules.unmet import capped_needs


def caps(policy: Policy) -> list[Bound]:
    """Every cap on an equity."""
    own = policy.equity_bound
    return [*policy.bounds.values(), *([] if own is None else [Bound(policy.equity, own)])]


#: What a row is written in, in what a longer trip adds in the mean: solvers keep it to a millionth.
ROW_UNIT = 0.01


def unsuited_caps(case: Case) -> Iterator[str]:
    """Measures whose caps are neither rows over pairs nor closed pairs."""
    for cap in caps(case.policy):
        if not is_sum(cap.equity) and not thresholds(case, cap):
            yield cap.equity.measure


def open_pairs(case: Case, able: Bools) -> Pairs:
    """The pairs to sites where something can stand, without those that a cap closes."""
    pairs = case.problem.pairs[0]
    inhabited = case.problem.entitled(0)[pairs.origin] > 0
    keep = able[pairs.site]
    for cap in caps(case.policy):
        if thresholds(case, cap):
            keep &= ~(inhabited & (pairs.minutes > cap.at_most + NO_MINUTES))
    return pairs.only(keep)


def rows(case: Case, pairs: Pairs, able: Bools) -> Iterator[SideRows]:
    """SideRows of all floors and caps; every demand point has one of these pairs."""
    problem, policy = case.problem, case.policy
    floor = policy.floors.get(problem.levels[0].id, Floor())
    persons = problem.entitled(0)
    if floor.jurisdiction > 0:
        at = problem.division(floor.tier).of
        for c in np.unique(at[at >= 0]).tolist():
            yield from _covered(problem, pairs, np.where(at == c, persons, 0.0), floor.jurisdiction)
    if floor.group > 0:
        for group in problem.demand.groups:
            yield from _covered(problem, pairs, problem.entitled_of(0, group), floor.group)
    if floor.backup > 0 and problem.levels[0].backup is not None:
        yield from _backed_up(problem, floor.backup, able)
    for _name, need, most in capped_needs(problem, 0):
        unmet = need[pairs.origin] * (pairs.site == problem.nobody)
        yield _capped(pairs, unmet / float(need.sum()), most)
    efficiency = case.efficiency
    if policy.efficiency_bound is not None and isinstance(efficiency, OfTrips):
        yield _capped(pairs, efficiency.of_pairs(problem, 0, pairs), policy.efficiency_bound)
    for cap in caps(policy):
        if is_sum(cap.equity):
            limit = case.aggregation(cap.equity).term(cap.at_most)
            yield _capped(pairs, equity_of(case, cap.equity, pairs), limit)


def _covered(problem: Problem, pairs: Pairs, persons: Floats, floor: float) -> Iterator[SideRows]:
    """sum_i persons[i] uncovered[i] <= (1 - floor) x sum_i persons[i]; persons: (I,)."""
    total = float(persons.sum())
    if total > 0:
        yield _capped(pairs, persons[pairs.origin] * beyond(problem, pairs), (1 - floor) * total)


def _capped(pairs: Pairs, value: Floats, limit: float) -> SideRows:
    """sum over pairs that serve of value (N,) <= limit; value never falls with the minutes.

    Every point is served, so what its nearest pair adds is a constant. A sweep asks for plans that
    are better by a millionth: the row is kept far more exactly than that.
    """
    _, first, of = np.unique(pairs.origin, return_index=True, return_inverse=True)
    least = value[first]
    rise = np.maximum(value - least[of], 0.0)
    unit = ROW_UNIT * float(rise[rise > 0].mean()) if (rise > 0).any() else 1.0
    rest = (room(limit) - float(least.sum())) / unit
    return SideRows(np.array([rest]), pairs=csr_array(rise[None] / unit))


def _backed_up(problem: Problem, floor: float, able: Bools) -> Iterator[SideRows]:
    """sum_i persons[i] (1 - e[i]) >= floor x sum_i persons[i], e[i] = 1 where i has no backup.

    e[i] >= 1 - sum of y over the sites within the standard of i, and
    e[i] >= 1 - sum of y over the sites within the backup minutes of i outside of c,
        for each jurisdiction c of the backup's tier (or site) that holds one.
    """
    level, pairs, persons = problem.levels[0], problem.pairs[0], problem.entitled(0)
    assert level.backup is not None
    points, sites = len(persons), len(able)
    at = problem.apart(level.backup)

    def of(keep: Bools, row: np.ndarray, rows: int) -> csr_array:
        ones = np.ones(int(keep.sum()))
        return csr_array((ones, (row[keep], pairs.site[keep])), shape=(rows, sites))

    able = able & (np.arange(sites) != problem.nobody)
    within = level.backup.reaches(pairs.minutes) & (at[pairs.site] >= 0) & able[pairs.site]
    places = int(at.max(initial=0)) + 1
    areas, of_area = np.unique(pairs.origin * places + at[pairs.site], return_inverse=True)
    held = np.unique(of_area[within])
    point = areas[held] // places
    possible = (np.bincount(point, minlength=points) >= 2) & (persons > 0)
    held, point = held[possible[point]], point[possible[point]]
    inside = of(level.covers(pairs.minutes) & able[pairs.site], pairs.origin, points)
    around, in_area = of(within, pairs.origin, points), of(within, of_area, len(areas))
    who = np.flatnonzero(possible)
    outside = csr_array(around[point] - in_area[held])
    outside.eliminate_zeros()
    unit = float(persons[who].mean()) if len(who) else 1.0
    rest = room(float(persons[who].sum() - floor * persons.sum())) / unit
    makes = np.concatenate([np.arange(len(who)), np.searchsorted(who, point)])
    lacks = csr_array(
        (-np.ones(len(makes)), (np.arange(len(makes)), makes)), shape=(len(makes), len(who))
    )
    yield SideRows(
        np.append(-np.ones(len(makes)), rest),
        csr_array(vstack([-inside[who], -outside, csr_array((1, sites))])),
        excess=csr_array(vstack([lacks, csr_array(persons[who][None] / unit)])),
        excess_bound=np.ones(len(who)),
    )
