"""Room for rounding: how far beyond a limit a number is still within it."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AnyFloat = TypeVar("AnyFloat", float, Floats)

#: Money, persons or minutes beyond a limit that are rounding, relative.
ROUNDING = 1e-9


def room(limit: AnyFloat) -> AnyFloat:
    """The limit, or each of them, with room for rounding."""
    more: AnyFloat = ROUNDING * np.maximum(1.0, abs(limit))
    return limit + more
