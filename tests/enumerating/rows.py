"""The equity measures as columns and rows of a linear program, exact where they are minimised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.problem import Floats, Level
from tests.enumerating.linear import LinearProgram, Terms, combine
from tests.enumerating.measures import Parameters, kappa


@dataclass(frozen=True)
class Seen:
    """values: of each unit; counts: (U,) share of each unit in the whole; people: the mean of
    `inner` over all people."""

    values: list[Terms]
    counts: Floats
    people: Terms
    level: Level
    parameters: Parameters

    @property
    def mean(self) -> Terms:
        return combine(*zip(self.counts, self.values, strict=True))


def people(lp: LinearProgram, seen: Seen) -> Terms:
    return seen.people


def maximum(lp: LinearProgram, seen: Seen) -> Terms:
    return lp.largest(seen.values)


def worst_share(lp: LinearProgram, seen: Seen, share: float) -> Terms:
    """A threshold, and what is beyond it, which only the worst-off share has."""
    threshold = lp.column(-np.inf)
    terms = {threshold: 1.0}
    for value, count in zip(seen.values, seen.counts, strict=True):
        excess = lp.column()
        lp.require_at_most(combine((1.0, value), (-1.0, {threshold: 1.0, excess: 1.0})), 0.0)
        terms[excess] = count / share
    return terms


def cvar(lp: LinearProgram, seen: Seen) -> Terms:
    return worst_share(lp, seen, seen.parameters["share"])


def ordered_median(lp: LinearProgram, seen: Seen) -> Terms:
    parts = list(zip(seen.parameters["shares"], seen.parameters["weights"], strict=True))
    total = sum(part for _, part in parts)
    return combine(*((part / total, worst_share(lp, seen, share)) for share, part in parts))


def extremes(lp: LinearProgram, seen: Seen) -> tuple[Terms, Terms]:
    """Above all, and below all."""
    highest = lp.largest(seen.values)
    below = lp.largest([combine((-1.0, value)) for value in seen.values])
    return highest, combine((-1.0, below))


def spread(lp: LinearProgram, seen: Seen) -> Terms:
    highest, lowest = extremes(lp, seen)
    return combine((1.0, highest), (-1.0, lowest))


def distance(lp: LinearProgram, one: Terms, other: Terms) -> Terms:
    """How far two are apart."""
    return lp.largest([combine((1.0, one), (-1.0, other)), combine((1.0, other), (-1.0, one))])


def mean_absolute_deviation(lp: LinearProgram, seen: Seen) -> Terms:
    return combine(
        *(
            (count, distance(lp, value, seen.mean))
            for value, count in zip(seen.values, seen.counts, strict=True)
        )
    )


def absolute_differences(lp: LinearProgram, seen: Seen) -> Terms:
    units = range(len(seen.values))
    return combine(
        *(
            (2 * seen.counts[u] * seen.counts[k], distance(lp, seen.values[u], seen.values[k]))
            for u in units
            for k in units
            if u < k
        )
    )


def gini(lp: LinearProgram, seen: Seen) -> tuple[Terms, Terms]:
    return absolute_differences(lp, seen), combine((2.0, seen.mean))


def ratio(lp: LinearProgram, seen: Seen) -> tuple[Terms, Terms]:
    highest, lowest = extremes(lp, seen)
    return combine((1.0, highest), (-1.0, lowest)), lowest


def kolm_pollak_gap(lp: LinearProgram, seen: Seen) -> tuple[Terms, Terms]:
    above, lowest = ratio(lp, seen)
    return combine((1 / kappa(seen.level, seen.parameters), above)), lowest


#: Measure -> its term. Leximin is no term but an order.
LINEAR: dict[str, Callable[[LinearProgram, Seen], Terms]] = {
    "mean": people,
    "kolm_pollak": people,
    "deprivation": people,
    "alpha_fair": people,
    "maximum": maximum,
    "cvar": cvar,
    "ordered_median": ordered_median,
    "range": spread,
    "mean_absolute_deviation": mean_absolute_deviation,
    "absolute_differences": absolute_differences,
}

#: Measure -> numerator and denominator of its term.
RATIOS: dict[str, Callable[[LinearProgram, Seen], tuple[Terms, Terms]]] = {
    "gini": gini,
    "ratio": ratio,
    "kolm_pollak_gap": kolm_pollak_gap,
}
