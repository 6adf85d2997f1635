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

#: Relative: cut-set and forcing rows of a design that lack less are not separated, as each costs
#: more time than it lifts the bound.
DESIGN_VIOLATION = 1e-3

#: A remainder r of mixed-integer rounding below this would be divided by.
MIR_REMAINDER = 1e-3

#: Relative: objective and bound of a design that differ by this are equal, as its flows are
#: computed anew by a linear program.
DESIGN_EQUAL = 1e-8

#: Relative: linear programs exceed capacities by this share of the largest load.
LOAD_ROUNDING = 1e-6

#: Relative: what is left of a commodity after its paths are taken off and is less is rounding.
FLOW_REMAINDER = 1e-7

#: A linking row of flow and design variable that is violated by less is not separated.
LINK_VIOLATION = 1e-6

#: A relaxed variable above this is positive.
POSITIVE = 1e-6

#: Added to a cutoff of costs that may be 0, where a relative one is no room.
CUTOFF_ROOM = 1e-6

#: Relative: rows of expected costs that a relaxed solution violates by less are not separated; and
#: at integer sites, where a row is weighed by all persons of a point.
RELIABLE_VIOLATION, RELIABLE_VIOLATION_INTEGER = 1e-7, 1e-10

#: Sums of relaxed open sites this near to a whole number are whole.
COUNT_INTEGRALITY = 1e-7

#: A probability that a bound may neglect.
NEGLIGIBLE_PROBABILITY = 1e-12

#: Denominators that may be 0 are at least this.
NEARLY_ZERO = 1e-300


def room(limit: AnyFloat) -> AnyFloat:
    """The limit, or each of them, with room for rounding."""
    more: AnyFloat = ROUNDING * np.maximum(1.0, abs(limit))
    return limit + more
