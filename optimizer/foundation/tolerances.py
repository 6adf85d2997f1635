"""TOLERANCES: what counts as equal, as nothing, as within a limit; each once, with its reason.

The checks in `verification/` have their own.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AnyFloat = TypeVar("AnyFloat", float, Floats)

#: Relative: sums of doubles in two orders differ by less, far beyond what money, persons or minutes
#: are known to.
ROUNDING = 1e-9


# Location on bare costs

#: Relative: what a sum of doubles may be off: 0.1 + 0.2 is within a radius, or a room, of 0.3.
SUM_ROUNDING = 1e-12

#: More than a distance in doubles is off, relative: two squares, their sum, its root.
DISTANCE_ULPS = 8 * 2.0**-53

#: More than a product of a quotient is off, relative: (w c) / w may be less than c.
QUOTIENT_ULPS = 4 * 2.0**-52

#: Relative, and in units of a distance that is rounded down: a search tree of coordinates compares
#: distances before they are rounded as costs are.
DISTANCE_SLACK = 1e-9

#: Relative: two different costs that are no whole numbers differ by more, beyond their rounding.
IMPROVEMENT = 1e-11

#: Whole numbers differ by 1. What of that is left to rounding: at least and at most; in between
#: ROUNDING of the number itself.
LEAST_MARGIN, LARGEST_MARGIN = 1e-6, 0.5

#: By how much a solution of HiGHS may break a row: its own primal and dual tolerance is 1e-7, of
#: rows that it has scaled.
HIGHS_FEASIBILITY = 1e-6

#: By how much what HiGHS calls an integer may be none: its own tolerance.
HIGHS_INTEGRALITY = 1e-6

#: Relative: by how much an objective of HiGHS may be off, since its solution breaks rows.
HIGHS_OBJECTIVE = 1e-6

#: Relative: by how much more than its bound a plan may cost that HiGHS calls optimal.
HIGHS_OPTIMALITY = 1e-5

#: A share of a demand point below this is rounding of a transportation LP.
NO_SHARE = 1e-9

#: What a site counts as that costs nothing where others are divided by their costs.
LEAST_PRICE = 1e-9

#: The square of a mean subgradient this short: the Lagrangian relaxation is solved.
ZERO_SUBGRADIENT = 1e-12


def room(limit: AnyFloat) -> AnyFloat:
    """The limit, or each of them, with room for rounding."""
    more: AnyFloat = ROUNDING * np.maximum(1.0, abs(limit))
    return limit + more
