"""AGGREGATION BOUND: what the answer to a question of aggregated demand says of the question."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class AggregationBound:
    """The optimum of the fine question lies between `lower` and `upper` (infinite: not known).

    objective: of the coarse plan, in the coarse question. at_sites: the fine objective of its sites
    (upper, where it is known); reasons_above: why they serve the fine question in no way.
    below, above: aggregation error, by how much the fine objective of any siting is at most below,
    and above, the coarse one; infinite where no such bound holds: `reasons` say why.
    ideal: fine objective with everybody at the nearest possible site; -inf: no bound.
    """

    objective: float
    at_sites: float
    below: float
    above: float
    ideal: float
    coarse_bound: float
    reasons: tuple[str, ...] = ()
    reasons_above: tuple[str, ...] = ()

    @property
    def lower(self) -> float:
        """No plan of the fine question has a lower objective."""
        return max(self.ideal, self.coarse_bound - self.below)

    @property
    def upper(self) -> float:
        """Some plan of the fine question has this objective, or a lower one."""
        return min(self.at_sites, self.objective + self.above)

    @property
    def off(self) -> float:
        """By how much the coarse objective is off at most."""
        return max(self.upper - self.objective, self.objective - self.lower, 0.0)

    @property
    def known(self) -> bool:
        """Whether it is off by a known number at most."""
        return math.isfinite(self.off)
