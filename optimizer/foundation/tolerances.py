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


def room(limit: AnyFloat) -> AnyFloat:
    """The limit, or each of them, with room for rounding."""
    more: AnyFloat = ROUNDING * np.maximum(1.0, abs(limit))
    return limit + more
