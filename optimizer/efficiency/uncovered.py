"""Uncovered persons: the maximal covering objective."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimizer.efficiency.efficiency import OfTrips, Question, register
from optimizer.foundation.language import N_

if TYPE_CHECKING:
    from optimizer.problem import Bools, Floats, Level


@register
class Uncovered(OfTrips):
    """F = sum_l v[l] sum_i persons[i, l] [minutes[i, l] > standard[l]], in persons.

    Whoever is served by nobody is beyond the standard, whatever minutes that counts as. A hundredth
    of all persons weighs as much as one minute.
    """

    name = "uncovered"
    title = N_("persons beyond the standard")
    unit = "persons"
    reference = "R. Church and C. ReVelle, Papers of the Regional Science Association 32 (1974)"

    def value(self, minutes: Floats, covered: Bools, level: Level) -> Floats:
        return np.asarray(~covered, dtype=float)

    def scale(self, case: Question) -> float:
        return float(case.problem.demand.persons.sum()) / 100
