"""Which pairs the model needs: the admissible ones, less those that no good plan would use."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from optimizer.problem import Bools, Floats, Ints, Options, Pairs, Problem


def offers(options: Options, level: int) -> Bools:
    """(K,) which options offer the level."""
    return options.capacity[:, level] > 0


def always_open(problem: Problem, level: int) -> Bools:
    """(J,) sites where the level is offered whatever is decided.

    There one option of a facility is required and all of its options offer the level.
    """
    options = problem.options
    never = np.ones(options.facility.max(initial=-1) + 1, dtype=bool)
    never[options.facility[~(options.required & offers(options, level))]] = False
    sites = np.zeros(len(problem.sites.ids), dtype=bool)
    sites[options.site[never[options.facility]]] = True
    return sites


def unlimited(problem: Problem, level: int) -> bool:
    """Whether no facility of the level can ever overflow."""
    capacity = problem.options.capacity[:, level]
    return bool(np.isinf(capacity[capacity > 0]).all())


def works(problem: Problem, level: int) -> Floats:
    """(J,) part of the state of the level in which each site works."""
    if problem.states is None:
        return np.ones(len(problem.sites.ids))
    return np.asarray(problem.states.works[level])


def useful_pairs(problem: Problem, level: int) -> Pairs:
    """The pairs that some best plan uses, for objectives and rules monotone in the minutes.

    Where capacities never bind, nobody passes a site that is always open: the pairs behind it go.
    """
    pairs = problem.trips[level]
    if not unlimited(problem, level):
        return pairs
    sure = always_open(problem, level) & (works(problem, level) == 1)
    open_here = sure[pairs.site] & (pairs.needs < 0)
    first_open = np.full(len(problem.demand.ids), len(pairs))
    np.minimum.at(first_open, pairs.origin[open_here], np.flatnonzero(open_here))
    return pairs.only(np.arange(len(pairs)) <= first_open[pairs.origin])


def affected(problem: Problem, level: int) -> Bools:
    """(I,) demand points that are perhaps served otherwise in the state of the level.

    Than where nothing fails. None there; where a facility can overflow, all. Else those that lose
    a pair of use, or that help from elsewhere reaches.
    """
    states, points = problem.states, len(problem.demand.ids)
    if states is None or states.of[level] == 0:
        return np.ones(points, dtype=bool)
    base = int(states.base[level])
    if not (unlimited(problem, level) and unlimited(problem, base)):
        return np.ones(points, dtype=bool)
    left, before = problem.trips[level], problem.trips[base]
    left = left.only(left.site != problem.nobody)
    useful = useful_pairs(problem, base)
    useful = useful.only(useful.site != problem.nobody)
    lost = ~np.isin(_as_records(useful), _as_records(left))
    new = ~np.isin(_as_records(left), _as_records(before))
    lost |= works(problem, level)[useful.site] < 1
    hit = np.zeros(points, dtype=bool)
    hit[useful.origin[lost]] = True
    hit[left.origin[new]] = True
    return hit


def _as_records(pairs: Pairs) -> NDArray[np.void]:
    """(N,) each pair as one value, to look for in others."""
    columns = (pairs.origin, pairs.site, pairs.needs, pairs.minutes)
    table = np.column_stack([column.astype(float) for column in columns])
    return table.view([(name, float) for name in ("origin", "site", "needs", "minutes")])[:, 0]


def rows_by(group: Ints) -> dict[int, list[int]]:
    """Group -> rows that belong to it; rows of group -1 belong to none."""
    rows: dict[int, list[int]] = defaultdict(list)
    for row, number in enumerate(group.tolist()):
        if number >= 0:
            rows[number].append(row)
    return rows


def offering(problem: Problem, level: int) -> dict[int, list[int]]:
    """Site -> its options that offer the level."""
    return rows_by(np.where(offers(problem.options, level), problem.options.site, -1))
