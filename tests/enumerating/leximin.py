"""Leximin over linear programs: one after the other as an objective, shorter trips as a cap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.enumerating.ask import Ask
from tests.enumerating.assignment import Assignment
from tests.enumerating.linear import Solution, combine
from tests.enumerating.siting import EPSILON
from tests.enumerating.supply import Choice

#: A share of the people that is nobody.
NOBODY = 1e-9

Choices = tuple[Choice, ...]


def in_order(assignment: Assignment, ask: Ask) -> Solution | None:
    """The fewest beyond the farthest distance class, then beyond the next; then efficiency."""
    lp = assignment.lp
    for end in sorted({e for row in ask.weights for e in ask.class_ends(row)}, reverse=True):
        beyond = {
            row: {
                x: value
                for (trip, x), value in zip(
                    assignment.shares[row].items(),
                    assignment.counts(ask, row),
                    strict=True,
                )
                if assignment.supplies[row].trips[trip] > end + EPSILON
            }
            for row in ask.weights
        }
        lp.cost = [0.0] * len(lp.cost)
        lp.add_cost(combine(*((ask.weights[row], terms) for row, terms in beyond.items())))
        found = lp.minimum()
        if found is None:
            return None
        lp.require_at_most(dict(enumerate(lp.cost)), found.cost + NOBODY)
        if found.cost <= NOBODY:
            for x in {x for terms in beyond.values() for x, count in terms.items() if count > 0}:
                lp.bounds[x] = (0.0, 0.0)
    lp.cost = [0.0] * len(lp.cost)
    lp.add_cost(assignment.efficiency)
    return lp.minimum()


def within_headline(caps: list[tuple[Ask, float]], choices: Choices) -> Choices:
    """The choices without the trips that a cap on the headline forbids."""
    shorter = list(choices)
    for ask, cap in caps:
        if ask.equity.measure != "leximin":
            continue
        step = ask.parameters["step"]
        end = step * np.floor((cap + EPSILON) / step)
        for row in ask.weights:
            kept = {
                (i, j): t
                for (i, j), t in shorter[row].trips.items()
                if t <= end + EPSILON or ask.point_weight(row)[i] == 0
            }
            shorter[row] = replace(shorter[row], trips=kept)
    return tuple(shorter)
