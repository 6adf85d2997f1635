"""Which pairs the model needs: the admissible ones, less those that no good plan would use."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from optimizer.problem import Bools, Ints, Options, Pairs, Problem


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


def useful_pairs(problem: Problem, level: int) -> Pairs:
    """The pairs that some best plan uses, for objectives and rules monotone in the minutes.

    Where capacities never bind, nobody passes a site that is always open: the pairs behind it go.
    """
    pairs = problem.trips[level]
    if not unlimited(problem, level):
        return pairs
    open_here = always_open(problem, level)[pairs.site] & (pairs.needs < 0)
    first_open = np.full(len(problem.demand.ids), len(pairs))
    np.minimum.at(first_open, pairs.origin[open_here], np.flatnonzero(open_here))
    return pairs.only(np.arange(len(pairs)) <= first_open[pairs.origin])


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
