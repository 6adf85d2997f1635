"""Floors: rules on the least shares of persons that a level must cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimizer.foundation.language import N_, _
from optimizer.question import Floor
from optimizer.verification.access import backed_up, covered, total
from optimizer.verification.people import divided, entitled_of, may_use
from optimizer.verification.verdict import PlainPlan, Rules, at_most

#: Breaches of a floor on the share covered, and of that on the share backed up too.
COVERED = N_("{who}: {share:.6g} of the persons, at least {least:g}")
BACKED_UP = N_("{who}, backed up: {share:.6g} of the persons, at least {least:g}")


def jurisdiction_floor(case: PlainPlan) -> Iterator[str]:
    """In each jurisdiction of the floor's tier, or part of its class, enough are covered."""
    for row, level in enumerate(case.problem.levels):
        floor, shares = case.policy.floors.get(level.id, Floor()), covered(case, row)
        persons, have = defaultdict[int, float](float), defaultdict[int, float](float)
        names, parts = divided(case.problem, floor.tier)
        for i, (area, people) in enumerate(zip(parts, may_use(case.problem, row), strict=True)):
            persons[area] += people
            have[area] += people * shares[i]
        for area in sorted(set(persons) - {-1}):
            who = f"{level.id}, {names[area]}"
            yield from _floor(COVERED, who, have[area], persons[area], floor.jurisdiction)


def group_floor(case: PlainPlan) -> Iterator[str]:
    """In each population group, the least share of persons is covered."""
    for row, level in enumerate(case.problem.levels):
        floor, shares = case.policy.floors.get(level.id, Floor()), covered(case, row)
        for group in case.problem.demand.groups:
            persons = entitled_of(case.problem.demand, level.entitled, group)
            have = total(persons, shares)
            who = f"{level.id}, {group}"
            yield from _floor(COVERED, who, have, sum(persons), floor.group)


def backup_floor(case: PlainPlan) -> Iterator[str]:
    """In the region, the least share of persons is covered and backed up."""
    for row, level in enumerate(case.problem.levels):
        floor = case.policy.floors.get(level.id, Floor())
        if level.backup is None:
            continue
        share = backed_up(case, row)
        persons = may_use(case.problem, row)
        have = total(persons, share)
        yield from _floor(BACKED_UP, level.id, have, sum(persons), floor.backup)


def _floor(sentence: str, who: str, have: float, persons: float, floor: float) -> Iterator[str]:
    """A breach, the sentence, where fewer than `floor` of the persons have it."""
    if not at_most(floor * persons, have):
        yield _(sentence, who=who, share=have / persons, least=floor)


#: Rules by id: in words, and what breaks them.
RULES: Rules = {
    "jurisdiction_floor": (N_("floors of jurisdictions are met"), jurisdiction_floor),
    "group_floor": (N_("floors of groups are met"), group_floor),
    "backup_floor": (N_("floor of backup is met"), backup_floor),
}
