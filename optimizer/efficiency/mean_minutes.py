"""Mean minutes: the p-median's objective, per person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.efficiency.efficiency import OfTrips, Question, register
from optimizer.foundation.language import N_

if TYPE_CHECKING:
    from optimizer.problem import Bools, Floats, Level


@register
class MeanMinutes(OfTrips):
    """F = sum_l v[l] sum_i persons[i, l] minutes[i, l] / sum_i persons[i, l], in minutes."""

    name = "mean_minutes"
    title = N_("mean travel time")
    unit = "minutes"
    reference = "S. L. Hakimi, Operations Research 12 (1964) 450-459"

    def value(self, minutes: Floats, covered: Bools, level: Level) -> Floats:
        return minutes

    def divisor(self, persons: Floats) -> float:
        return float(persons.sum())

    def scale(self, case: Question) -> float:
        return 1.0
