"""Quotas of a case: what each option takes of them, and what jurisdictions and classes may have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.problem import Bools, Floats, Ints, Problem
from optimizer.question import PLACES, Quota

#: Places are told for so many persons.
PERSONS = 1000.0


@dataclass(frozen=True, eq=False)
class QuotaLimits:
    """A quota as numbers: what stands in area c is sum_k use[k] y[k] over its options k.

    names: of the areas: ids of all jurisdictions, or labels of a class. area: (K,) row of the
    area that each option stands in, -1: none that the quota is about. use: (K,) hectares, or
    places per thousand persons of that area. at_most, at_least: (C,) in the same unit; NaN where
    there is no such limit.
    """

    names: tuple[str, ...]
    area: Ints
    use: Floats
    at_most: Floats
    at_least: Floats

    @property
    def areas(self) -> list[int]:
        """Rows of the areas that have a limit."""
        return [int(c) for c in np.flatnonzero(~np.isnan(self.at_most) | ~np.isnan(self.at_least))]

    def used(self, options: Ints) -> Floats:
        """(C,) what these options (rows) come to in each area."""
        here = options[self.area[options] >= 0]
        total = np.bincount(self.area[here], self.use[here], len(self.at_most))
        return np.asarray(total, dtype=float)


@dataclass(frozen=True, eq=False)
class _Areas:
    """The jurisdictions of a tier, or the labels of a class: who lives and what stands in each.

    own: (C,) those that the quota can be about. lives: (I,), stands: (J,) row of each; -1: none.
    """

    names: tuple[str, ...]
    own: Bools
    lives: Ints
    stands: Ints


def quota_limits(problem: Problem, quota: Quota) -> QuotaLimits:
    """The numbers of a quota. Where something can fail, places are those where nothing does."""
    areas, options = _areas(problem, quota.tier), problem.options
    stands, own = areas.stands.copy(), areas.own
    if problem.has_nobody:
        stands[problem.nobody] = -1  # in no jurisdiction
    area = stands[options.site]
    if quota.of == PLACES:
        row = [level.id for level in problem.levels].index(str(quota.level))
        lives, persons = areas.lives, problem.demand.persons
        people = np.bincount(lives[lives >= 0], persons[lives >= 0], len(areas.names))
        own = own & (people > 0)
        area = np.where((area >= 0) & own[area], area, -1)
        use = options.capacity[:, row] * PERSONS / np.where(area >= 0, people[area], 1.0)
    else:
        use = options.land
    most = np.full(len(areas.names), np.nan if quota.at_most is None else quota.at_most)
    if quota.column is not None:
        most = problem.jurisdictions.land_quota
    least = np.nan if quota.at_least is None else quota.at_least
    return QuotaLimits(
        areas.names,
        area,
        np.asarray(use),
        np.where(own, most, np.nan),
        np.where(own, least, np.nan),
    )


def _areas(problem: Problem, name: str) -> _Areas:
    """The parts of a tier or a class. A site is of the class of the jurisdiction it stands in."""
    facts = problem.jurisdictions
    if name not in facts.classes:
        own = np.array([tier == name for tier in facts.tier], dtype=bool)
        return _Areas(facts.ids, own, problem.demand_at(name), problem.sites_at(name))
    there = facts.of_class(name)[problem.sites.jurisdiction]
    labels = facts.classes[name].labels
    lives = np.full(len(problem.demand.ids), -1)
    if name in problem.demand.classes:
        theirs = problem.demand.classes[name]
        labels = (*theirs.labels, *(label for label in labels if label not in theirs.labels))
        lives = theirs.of
    row = np.array([labels.index(label) for label in facts.classes[name].labels] + [-1])
    return _Areas(labels, np.ones(len(labels), dtype=bool), lives, row[there])
