"""A floor on the share that is covered and backed up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyomo.environ as pyo

from optimizer.assessment.nearest import possibly_covered
from optimizer.case import Case
from optimizer.foundation.language import N_, _
from optimizer.model.access import Access
from optimizer.model.admissible import offering
from optimizer.problem import SITE
from optimizer.rules.floors import asked_for, floor_of, too_few
from optimizer.rules.rule import LevelRule

#: Why no plan keeps the floor.
AT_TWO_SITES = N_(
    "{level}: near enough to two possible sites live {share} of the persons of the region, "
    "the floor is {floor}"
)
IN_TWO_AREAS = N_(
    "{level}: near enough to possible sites in two jurisdictions live {share} of the persons of "
    "the region, the floor is {floor}"
)


class BackupFloor(LevelRule):
    """So many persons at least are covered and have a second facility near."""

    id = "backup_floor"
    words: ClassVar[Mapping[str, str]] = {"backup_floor": N_("the backup floor")}

    def active(self, case: Case) -> bool:
        return asked_for(case, "backup")

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """sum_i persons[i] b[i] >= floor x sum_i persons[i], b[i] share covered and backed up.

        b[i] <= covered[i]
        b[i] <= sum_k y[k] over the options within the backup minutes of i that stand outside c,
            for each jurisdiction c of the backup's tier (or site) that holds one.
        The second row says that facilities stand in two of them at least: whichever one is
        left out, another is there. Exact for 0/1 options, without a variable per jurisdiction
        (backup coverage after Hogan and ReVelle 1986).
        """
        problem = case.problem
        floor, backup = floor_of(case, access.level), access.level.backup
        if backup is None or floor.backup <= 0:
            return
        stands, options = block.model().stands, offering(problem, access.row)
        pairs, at = problem.pairs[access.row], problem.apart(backup)
        options_near: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        within = backup.reaches(pairs.minutes) & (at[pairs.site] >= 0)
        within &= pairs.site != problem.nobody
        for n in np.flatnonzero(within).tolist():
            site = int(pairs.site[n])
            options_near[int(pairs.origin[n])][int(at[site])].extend(options.get(site, ()))
        possible = [i for i in access.inhabited if len(options_near[i]) >= 2]
        block.backed_up = pyo.Var(possible, bounds=(0, 1), doc="share covered and backed up")

        @block.Constraint(possible, doc="who is backed up is covered")
        def backed_up_covered(block: pyo.Block, i: int) -> object:
            return block.backed_up[i] <= access.share_within_standard(i)

        @block.Constraint(
            [(i, c) for i in possible for c in options_near[i]],
            doc="who is backed up has a facility outside any one place",
        )
        def backed_up_elsewhere(block: pyo.Block, i: int, c: int) -> object:
            return block.backed_up[i] <= pyo.quicksum(
                stands[k] for other, rows in options_near[i].items() if other != c for k in rows
            )

        @block.Constraint(doc="persons covered and backed up in the region")
        def backup_floor(block: pyo.Block) -> object:
            persons = access.persons
            backed_up = pyo.quicksum(float(persons[i]) * block.backed_up[i] for i in possible)
            return backed_up >= floor.backup * float(persons.sum())

    def impossible(self, case: Case) -> Iterator[str]:
        """A backup floor needs enough people near possible sites that back each other up."""
        problem = case.problem
        for row, level in enumerate(problem.levels):
            floor = floor_of(case, level)
            if level.backup is None or floor.backup <= 0:
                continue
            pairs, at = problem.pairs[row], problem.apart(level.backup)
            within = level.backup.reaches(pairs.minutes) & (at[pairs.site] >= 0)
            within &= pairs.site != problem.nobody
            reached = np.unique(np.stack([pairs.origin[within], at[pairs.site[within]]]), axis=1)[0]
            twice = np.bincount(reached, minlength=len(problem.demand.ids)) >= 2
            possible = twice & possibly_covered(problem, row)
            sentence = AT_TWO_SITES if level.backup.tier == SITE else IN_TWO_AREAS
            for share, least in too_few(problem.entitled(row), possible, floor.backup):
                yield _(sentence, level=level.id, share=share, floor=least)
