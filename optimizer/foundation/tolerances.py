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

#: Absolute, of shares, persons, money, the length or the area of what is drawn: the same rounding,
#: where what is left of a difference of such sums is nothing.
TRACE = 1e-9

#: What a sum is at least that its own parts are divided by: nothing over nothing is then 0. It is
#: less than any sum of real amounts, so no other quotient changes.
LEAST_DIVISOR = 1e-300

#: What a gap, or a share of room, is at least where 0 would never end a search, or divide: sums of
#: a million doubles are known to it.
LEAST_SHARE = 1e-12

# Minutes.

#: Minutes that are none: a standard that is missed, a trip that is longer, by less is rounding in
#: what a network or a file gives, and no travel.
NO_MINUTES = 1e-6

#: Minutes by which a sum of road minutes may differ with the direction it is added up in.
SUMMED_MINUTES = 1e-9

#: Minutes saved that stand for none: their logarithm is finite.
LEAST_SAVED = 1e-3

# What a solver is asked for, and believed.

#: By how much a MIP may break a row, and by how much its bound stays below its best solution: a
#: tenth of what HiGHS takes by itself, so that both are less than a check sees. So a share in its
#: solutions, or what is open in the end, is rounding below this.
EXACTLY = 1e-7

#: The absolute gap at which HiGHS stops where no gap is allowed: a relative one of an objective of
#: 0 is never closed.
NO_GAP = 1e-9

#: Entries below this are left out, the least that HiGHS allows: a row may have an exponential
#: beside the variable that bounds it, and without that variable nothing obeys the row.
SMALLEST_ENTRY = 1e-12

#: By how much an objective or a row may be off, relative to its size, before it is called wrong: a
#: hundred times `EXACTLY`, as an objective adds up what many rows are off.
WRONG = 1e-5

#: By how much less a solution must cost to be better than a start, relative to its size: it may
#: gain less by what it breaks rows by.
BETTER = 1e-6

#: A value of a relaxation this near to 0 or 1 is there, as HiGHS takes it by itself.
INTEGRAL = 1e-6

#: A column that would save no more than this saves nothing: what HiGHS takes for 0.
LEAST_SAVING = 1e-7

#: A reduced cost this small, of a column without an end, is rounding.
REDUCED_COST = 1e-9

#: What an objective is at least in a relative gap, so that one of 0 has a gap.
LEAST_OBJECTIVE = 1e-10

#: The least weight of a term that a solver sees beside the others.
LEAST_WEIGHT = 1e-6

# What people write, read and see.

#: Two values are the same to a planner below this relative difference; nor are finer steps taken.
ALIKE = 1e-6

#: Shares closer than this are the same: less than one person of ten billion.
SAME_SHARES = 1e-10

#: By how much shares that somebody wrote may miss 1: six decimals.
WRITTEN_SHARES = 1e-6

#: Money below this is not told: a difference of budgets and what was spent.
NO_MONEY = 1e-6

#: How near two coordinates are, relative to their size, that are one: a site may have come from
#: another CRS.
REPROJECTED = 1e-9

#: Sine of the angle by which a line bends that is straight.
STRAIGHT = 1e-6


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
