"""COSTS: money that is paid once as money per year (equivalent annual cost)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from optimizer.problem.valid import require


def recovery(rate: float, years: int) -> float:
    """Capital recovery factor r / (1 - (1 + r)^-n): what 1 paid now is per year; 1 / n at r = 0.

    So much a year for n years is worth as much, at the rate r, as 1 at once (Park, Contemporary
    Engineering Economics, 2016).
    """
    return 1 / years if rate == 0 else rate / -math.expm1(-years * math.log1p(rate))


@dataclass(frozen=True)
class Costs:
    """All money is per year: what is paid once counts with its capital recovery factor.

    rate: of interest, a share per year. years: over which sites and corridors are paid off;
    services: (S,) over which what each service builds, adds or closes is.
    """

    rate: float
    years: int
    services: tuple[int, ...]

    def __post_init__(self) -> None:
        require(0 <= self.rate <= 1, "costs.rate: a share must be in [0, 1]")
        every = (self.years, *self.services)
        require(min(every) >= 1, "costs.years: must be 1 or more")

    @property
    def factor(self) -> float:
        """Of sites and corridors."""
        return recovery(self.rate, self.years)

    @property
    def factors(self) -> tuple[float, ...]:
        """(S,) of what a service builds, adds or closes."""
        return tuple(recovery(self.rate, years) for years in self.services)
