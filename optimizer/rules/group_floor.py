"""A floor on the share that is covered of each group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import pyomo.environ as pyo

from optimizer.assessment.nearest import possibly_covered
from optimizer.case import Case
from optimizer.foundation.language import N_, _
from optimizer.model.access import Access
from optimizer.rules.floors import asked_for, covered, floor_of, too_few
from optimizer.rules.rule import LevelRule


class GroupFloor(LevelRule):
    """So many persons at least of each population group are covered."""

    id = "group_floor"
    words: ClassVar[Mapping[str, str]] = {"group_floor": N_("the coverage floor by group")}

    def active(self, case: Case) -> bool:
        return asked_for(case, "group")

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """sum_i persons[g, i] covered[i] >= floor x sum_i persons[g, i] for each group g."""
        floor = floor_of(case, access.level)
        groups = list(case.problem.demand.groups) if floor.group > 0 else []

        @block.Constraint(groups, doc="persons of a group covered")
        def group_floor(block: pyo.Block, group: str) -> object:
            persons = case.problem.entitled_of(access.row, group)
            return covered(access, persons) >= floor.group * float(persons.sum())

    def impossible(self, case: Case) -> Iterator[str]:
        """Floors need enough people with a possible site within the standard."""
        for row, level in enumerate(case.problem.levels):
            floor = floor_of(case, level)
            possible = possibly_covered(case.problem, row)
            for group in case.problem.demand.groups:
                persons = case.problem.entitled_of(row, group)
                for share, least in too_few(persons, possible, floor.group):
                    yield _(
                        "{level}: within {minutes:g} minutes of a possible site live {share} of "
                        "the persons of the group {group}, the floor is {floor}",
                        level=level.id,
                        minutes=level.standard,
                        share=share,
                        group=group,
                        floor=least,
                    )
