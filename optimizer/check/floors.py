"""Rules on the least shares of persons that a level must cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from optimizer.check.access import covered, total
from optimizer.check.verdict import Case, at_most
from optimizer.policy import Floor
from optimizer.problem import ROUNDING, SITE


def jurisdiction_floor(case: Case) -> Iterator[str]:
    """In each jurisdiction of the floor's tier, the least share of persons is covered."""
    for row, level in enumerate(case.problem.levels):
        floor, near = case.policy.floors.get(level.id, Floor()), covered(case, row)
        persons, have = defaultdict[int, float](float), defaultdict[int, float](float)
        for i, area in enumerate(case.problem.demand_at(floor.tier).tolist()):
            persons[area] += float(case.problem.demand.persons[i])
            have[area] += float(case.problem.demand.persons[i]) * near[i]
        for area in sorted(set(persons) - {-1}):
            who = f"{level.id}, {case.problem.jurisdictions.ids[area]}"
            yield from _floor(who, have[area], persons[area], floor.jurisdiction)


def group_floor(case: Case) -> Iterator[str]:
    """In each population group, the least share of persons is covered."""
    for row, level in enumerate(case.problem.levels):
        floor, near = case.policy.floors.get(level.id, Floor()), covered(case, row)
        for group, persons in case.problem.demand.groups.items():
            have = total(persons.tolist(), near)
            yield from _floor(f"{level.id}, {group}", have, float(persons.sum()), floor.group)


def backup_floor(case: Case) -> Iterator[str]:
    """In the region, the least share of persons is covered and backed up.

    Backed up: open facilities within the backup's minutes stand in two jurisdictions at least,
    or at two sites where the tier is "site".
    """
    for row, level in enumerate(case.problem.levels):
        floor = case.policy.floors.get(level.id, Floor())
        if level.backup is None:
            continue
        pairs = case.problem.pairs[row]
        area_of = list(range(len(case.problem.sites.ids)))
        if level.backup.tier != SITE:
            area_of = case.problem.sites_at(level.backup.tier).tolist()
        areas = defaultdict[int, set[int]](set)
        for n in np.flatnonzero(pairs.minutes <= level.backup.minutes + ROUNDING):
            site = int(pairs.site[n])
            if site in case.open[row] and area_of[site] >= 0:
                areas[int(pairs.origin[n])].add(area_of[site])
        share = [near if len(areas[i]) > 1 else 0.0 for i, near in enumerate(covered(case, row))]
        persons = case.problem.demand.persons.tolist()
        who = f"{level.id}, backed up"
        yield from _floor(who, total(persons, share), sum(persons), floor.backup)


def _floor(who: str, have: float, persons: float, floor: float) -> Iterator[str]:
    """A breach where fewer than `floor` of the persons have it."""
    if not at_most(floor * persons, have):
        yield f"{who}: {have / persons:.6g} of the persons, at least {floor:g}"
