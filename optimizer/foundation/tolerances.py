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

# Networks, trees and hubs

#: Maximum flows are in whole numbers: so many units are a capacity of 1.
FLOW_UNITS = 1 << 20

#: A cut inequality that lacks less than this is not separated: far above what rounding capacities
#: to flow units does, and a cut that a plan in whole numbers violates lacks 1.
CUT_VIOLATION = 1e-4

#: An arc with no more residual cost than this is saturated in a dual ascent.
SATURATED = 1e-12

#: Relative: a local search accepts trees that cost less by more than this.
TREE_IMPROVEMENT = 1e-12

#: Denominators that may be 0 are at least this.
NEARLY_ZERO = 1e-300


def room(limit: AnyFloat) -> AnyFloat:
    """The limit, or each of them, with room for rounding."""
    more: AnyFloat = ROUNDING * np.maximum(1.0, abs(limit))
    return limit + more
