"""TOLERANCES of the checks: what counts as equal, as nothing, as within a limit, and why.

They are not the program's own (`foundation/tolerances.py`): where one of those is too wide, a check
that took it would find nothing wrong.
"""

from __future__ import annotations

#: By how much two numbers may differ, relative to their size (at least 1): more than a solver that
#: keeps its own tolerances breaks rows by, less than anybody plans by.
TOLERANCE = 1e-6

#: A share below this is nobody, so shares that sum to so much less than 1 are all: rounding.
TRACE = 1e-9

#: Relative: groups that sum to all persons but for so much are all persons: rounding.
SUMMED = 1e-9

#: Minutes that are none: a standard that is missed by less is kept.
NO_MINUTES = 1e-6

#: Share of its capacity that a full facility may have left: rounding of the shares it serves.
FULL = 1e-5

#: What an objective is at least in a relative gap, so that one of 0 has a gap.
LEAST_OBJECTIVE = 1e-10

#: Minutes saved that stand for none: their logarithm is finite.
LEAST_SAVED = 1e-3

#: Below this an exponent is 0: what is left of the formula is rounding.
NO_POWER = 1e-8

#: How near two coordinates must be, relative to their size: a reprojection, not a move.
REPROJECTED = 1e-9

#: Metres within which nodes or roads are equally near to a point: it may hang on any of them.
EQUALLY_NEAR = 0.001
