"""Excluded boxes: where the answers of a sweep prove that no plan lies.

Every answer, with a plan or without, proves that below its bound there is nothing. So it can be
proven that no plan is as good as some place in both respects, and how much better than all known
places an unknown one may be.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from optimizer.case import Case, weighted
from optimizer.sweep.dominance import Place, scale_of
from optimizer.sweep.task import Answer

#: Halvings that leave nothing of an interval but rounding.
HALVINGS = 40


@dataclass(frozen=True)
class Proof:
    """No plan within the caps has (1 - weight) F + weight T below the bound; inf: no plan at all.

    F, T: the scaled terms of the objective. caps: on efficiency and equity, inf where none.
    """

    weight: float
    bound: float
    caps: Place


def proofs(answers: Iterable[Answer]) -> list[Proof]:
    """What each answer proves; a failed one nothing."""
    proven = []
    for answer in answers:
        if answer.result is not None:
            policy = answer.task.policy
            bounds = (policy.efficiency_bound, policy.equity_bound)
            efficiency, equity = (math.inf if cap is None else cap for cap in bounds)
            proven.append(Proof(policy.weight, answer.result.bound, (efficiency, equity)))
    return proven


def corners(best: Sequence[Place], steps: Place) -> list[Place]:
    """Where an unknown plan would be better than all of these by more than the steps.

    Such a plan is as good as one of the corners in both respects: beyond the most efficient
    place, beyond the fairest, or between two neighbours. best: by efficiency, none dominated.
    """
    efficiency, equity = steps
    return [
        (best[0][0] - efficiency, math.inf),
        (math.inf, best[-1][1] - equity),
        *((below[0] - efficiency, above[1] - equity) for above, below in pairwise(best)),
    ]


@dataclass(frozen=True, eq=False)
class Plane:
    """The places of a problem, as its policy measures them."""

    case: Case

    def terms(self, place: Place) -> tuple[float, float]:
        """F and T."""
        efficiency, equity = place
        term = self.case.equity.term(equity) if math.isfinite(equity) else equity
        return self.case.terms(efficiency, term)

    def objective(self, weight: float, place: Place) -> float:
        """(1 - weight) F + weight T."""
        return weighted(weight, self.terms(place))

    def empty(self, known: Iterable[Proof], corner: Place) -> bool:
        """Whether it is proven that no plan is as good as the corner in both respects."""
        terms = self.terms(corner)
        return any(
            all(value <= cap for value, cap in zip(corner, proof.caps, strict=True))
            and weighted(proof.weight, terms) < proof.bound
            for proof in known
        )

    def resolution(self, known: Sequence[Proof], best: Sequence[Place]) -> float:
        """How much better than every one of these an unknown plan may be, in one of both respects.

        A share of the scale; inf where nothing of that size is proven. best: by efficiency, none
        dominated.
        """
        if not best:
            return math.inf
        scale = scale_of(best)
        most = [
            min((below[0] - above[0]) / scale[0], (above[1] - below[1]) / scale[1])
            for above, below in pairwise(best)
        ]
        widths = [
            self._width(known, best, scale, number, limit)
            for number, limit in enumerate([math.inf, math.inf, *most])
        ]
        return max(widths)

    def _width(
        self, known: Sequence[Proof], best: Sequence[Place], scale: Place, number: int, most: float
    ) -> float:
        """The least share of the scale at which the corner of this number is empty, or most."""
        low, high = 0.0, min(most, 1.0)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            steps = (middle * scale[0], middle * scale[1])
            if self.empty(known, corners(best, steps)[number]):
                high = middle
            else:
                low = middle
        return high if high < 1.0 else most
