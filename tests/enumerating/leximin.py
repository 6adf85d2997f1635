"""Leximin over linear programs: one after the other as an objective, shorter trips as a cap."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tests.enumerating.ask import Ask
from tests.enumerating.assignment import Assignment
from tests.enumerating.linear import Solution, combine
from tests.enumerating.measures import class_ends
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


def within_headline(caps: list[tuple[Ask, float]], choices: Choices) -> Iterator[Choices]:
    """The choices without the trips that a cap on the headline forbids, however it is kept.

    A weighted sum of the levels' headlines may be kept in several ways.
    """
    headlines = [(ask, cap) for ask, cap in caps if ask.equity.measure == "leximin"]
    if not headlines:
        yield choices
        return
    (ask, cap), others = headlines[0], headlines[1:]
    for ends in _kept(ask, cap, choices):
        shorter = list(choices)
        for row, end in ends.items():
            shorter[row] = replace(
                choices[row],
                trips={
                    (i, j): t
                    for (i, j), t in choices[row].trips.items()
                    if t <= end + EPSILON or ask.point_weight[i] == 0
                },
            )
        yield from within_headline(others, tuple(shorter))


def _kept(ask: Ask, cap: float, choices: Choices) -> Iterator[dict[int, float]]:
    """Level -> where its farthest class may end."""
    if ask.worst or len(ask.weights) == 1:
        last = np.floor((cap + EPSILON) / ask.parameters["step"]) * ask.parameters["step"]
        yield dict.fromkeys(ask.weights, float(last))
        return
    possible = []
    for row in ask.weights:
        minutes = np.array(list(choices[row].trips.values()))
        possible.append(set(class_ends(minutes, ask.level(row), ask.parameters).tolist()))
    for ends in itertools.product(*possible):
        kept = dict(zip(ask.weights, ends, strict=True))
        if ask.combine(kept) <= cap + EPSILON:
            yield kept
