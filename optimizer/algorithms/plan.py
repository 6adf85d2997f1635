"""From the values of the model's variables to a plan."""

from __future__ import annotations

import numpy as np

from optimizer.model.admissible import offers, unlimited
from optimizer.problem import Bools, Floats, Ints, Pairs, Problem
from optimizer.solution import Assignment, Plan

#: A share below this is rounding, not a person.
TRACE = 1e-7


def nearest_open(problem: Problem, pairs: Pairs, options: Ints, level: int) -> Assignment:
    """Everybody at the nearest site where one of the chosen options offers the level.

    Demand points that reach none are absent.
    """
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


def shares(pairs: Pairs, assigned: Floats, is_open: Bools) -> Assignment:
    """The assignment with these shares (N,) on the pairs to open sites, rounding removed.

    What is rounded down to closed may have served a trace of somebody.
    """
    used = np.flatnonzero((assigned > TRACE) & is_open[pairs.site])
    total = np.bincount(pairs.origin[used], weights=assigned[used])
    share = assigned[used] / total[pairs.origin[used]]
    return Assignment(pairs.origin[used], pairs.site[used], pairs.minutes[used], share)


def make_plan(problem: Problem, options: Ints, assigned: list[tuple[Pairs, Floats]]) -> Plan:
    """The plan of these options; where nothing can overflow, everybody goes to the nearest.

    assigned: for each level its pairs and the shares on them.
    """
    options = np.sort(options)
    return Plan(
        options,
        tuple(
            nearest_open(problem, problem.pairs[level], options, level)
            if unlimited(problem, level)
            else shares(pairs, values, open_sites(problem, options, level))
            for level, (pairs, values) in enumerate(assigned)
        ),
    )
