"""A floor on the share that is covered in each jurisdiction of a tier, or part of a class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyomo.environ as pyo

from optimizer.assessment.nearest import possibly_covered
from optimizer.case import Case
from optimizer.foundation.language import N_, _
from optimizer.model.access import Access
from optimizer.problem import Floats
from optimizer.question import Floor
from optimizer.rules.floors import asked_for, covered, floor_of, too_few
from optimizer.rules.rule import LevelRule


class JurisdictionFloor(LevelRule):
    """So many persons at least of each jurisdiction, or part of a class, are covered."""

    id = "jurisdiction_floor"
    words: ClassVar[Mapping[str, str]] = {
        "jurisdiction_floor": N_("the coverage floor by jurisdiction")
    }

    def active(self, case: Case) -> bool:
        return asked_for(case, "jurisdiction")

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """sum_i persons[i] covered[i] >= floor x sum_i persons[i] in each of the tier."""
        floor = floor_of(case, access.level)
        at = case.problem.division(floor.tier).of
        areas = [int(c) for c in np.unique(at[at >= 0])] if floor.jurisdiction > 0 else []

        @block.Constraint(areas, doc="persons covered in a jurisdiction")
        def jurisdiction_floor(block: pyo.Block, c: int) -> object:
            persons = np.where(at == c, access.persons, 0.0)
            return covered(access, persons) >= floor.jurisdiction * float(persons.sum())

    def impossible(self, case: Case) -> Iterator[str]:
        """Floors need enough people with a possible site within the standard."""
        for row, level in enumerate(case.problem.levels):
            floor = floor_of(case, level)
            possible = possibly_covered(case.problem, row)
            for area, persons in _areas(case, floor, row):
                for share, least in too_few(persons, possible, floor.jurisdiction):
                    yield _(
                        "{level}: within {minutes:g} minutes of a possible site live {share} of "
                        "the persons of {area}, the floor is {floor}",
                        level=level.id,
                        minutes=level.standard,
                        share=share,
                        area=area,
                        floor=least,
                    )


def _areas(case: Case, floor: Floor, row: int) -> Iterator[tuple[str, Floats]]:
    """The name of each part of the floor's tier or class, and (I,) its persons at the level."""
    parts, persons = case.problem.division(floor.tier), case.problem.entitled(row)
    for c in np.unique(parts.of[parts.of >= 0]):
        yield parts.labels[c], np.where(parts.of == c, persons, 0)
