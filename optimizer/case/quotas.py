"""Quotas of a case: what each option takes of them, and what each jurisdiction may have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.problem import Floats, Ints, Problem
from optimizer.question import PLACES, Quota

#: Places are told for so many persons.
PERSONS = 1000.0


@dataclass(frozen=True, eq=False)
class QuotaLimits:
    """A quota as numbers: what stands in area c is sum_k use[k] y[k] over its options k.

    area: (K,) row of the jurisdiction of the tier that each option stands in, -1: none that the
    quota is about. use: (K,) hectares, or places per thousand persons of that jurisdiction.
    at_most, at_least: (C,) in the same unit; NaN where there is no such limit.
    """

    area: Ints
    use: Floats
    at_most: Floats
    at_least: Floats

    @property
    def areas(self) -> list[int]:
        """Rows of the jurisdictions that have a limit."""
        return [int(c) for c in np.flatnonzero(~np.isnan(self.at_most) | ~np.isnan(self.at_least))]

    def used(self, options: Ints) -> Floats:
        """(C,) what these options (rows) come to in each jurisdiction."""
        here = options[self.area[options] >= 0]
        total = np.bincount(self.area[here], self.use[here], len(self.at_most))
        return np.asarray(total, dtype=float)


def quota_limits(problem: Problem, quota: Quota) -> QuotaLimits:
    """The numbers of a quota. Where something can fail, places are those where nothing does."""
    areas, options = problem.jurisdictions, problem.options
    lies = problem.sites_at(quota.tier)
    if problem.has_nobody:
        lies[problem.nobody] = -1  # in no jurisdiction
    area = lies[options.site]
    own = np.array([tier == quota.tier for tier in areas.tier], dtype=bool)
    if quota.of == PLACES:
        row = [level.id for level in problem.levels].index(str(quota.level))
        lives, persons = problem.demand_at(quota.tier), problem.demand.persons
        people = np.bincount(lives[lives >= 0], persons[lives >= 0], len(areas.ids))
        own &= people > 0
        area = np.where((area >= 0) & own[area], area, -1)
        use = options.capacity[:, row] * PERSONS / np.where(area >= 0, people[area], 1.0)
    else:
        use = options.land
    most = np.full(len(areas.ids), np.nan if quota.at_most is None else quota.at_most)
    if quota.column is not None:
        most = areas.land_quota
    least = np.nan if quota.at_least is None else quota.at_least
    return QuotaLimits(
        area, np.asarray(use), np.where(own, most, np.nan), np.where(own, least, np.nan)
    )
