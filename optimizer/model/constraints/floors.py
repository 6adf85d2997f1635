"""Floors: least shares of persons who must be covered, or covered and backed up."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.access import Access
from optimizer.model.admissible import offering
from optimizer.policy import Floor
from optimizer.problem import Floats

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression


def add_jurisdiction_floor(block: pyo.Block, case: Case, access: Access) -> None:
    """sum_i persons[i] covered[i] >= floor x sum_i persons[i] in each jurisdiction of the tier."""
    floor = case.policy.floors.get(access.level.id, Floor())
    at = case.problem.demand_at(floor.tier)
    areas = [int(c) for c in np.unique(at[at >= 0])] if floor.jurisdiction > 0 else []

    @block.Constraint(areas, doc="persons covered in a jurisdiction")
    def jurisdiction_floor(block: pyo.Block, c: int) -> object:
        persons = np.where(at == c, case.problem.demand.persons, 0.0)
        return _covered(access, persons) >= floor.jurisdiction * float(persons.sum())


def add_group_floor(block: pyo.Block, case: Case, access: Access) -> None:
    """sum_i persons[g, i] covered[i] >= floor x sum_i persons[g, i] for each population group g."""
    floor = case.policy.floors.get(access.level.id, Floor())
    groups = list(case.problem.demand.groups) if floor.group > 0 else []

    @block.Constraint(groups, doc="persons of a group covered")
    def group_floor(block: pyo.Block, group: str) -> object:
        persons = case.problem.demand.groups[group]
        return _covered(access, persons) >= floor.group * float(persons.sum())


def add_backup_floor(block: pyo.Block, case: Case, access: Access) -> None:
    """sum_i persons[i] b[i] >= floor x sum_i persons[i], b[i] share covered and backed up.

    b[i] <= covered[i]
    b[i] <= sum_k y[k] over the options within the backup minutes of i that stand outside c,
        for each jurisdiction c of the backup's tier (or site) that holds one.
    The second row says that facilities stand in two of them at least: whichever one is
    left out, another is there. Exact for 0/1 options, without a variable per jurisdiction
    (backup coverage after Hogan and ReVelle 1986).
    """
    problem = case.problem
    floor, backup = case.policy.floors.get(access.level.id, Floor()), access.level.backup
    if backup is None or floor.backup <= 0:
        return
    stands, options = block.model().stands, offering(problem, access.row)
    pairs, at = problem.pairs[access.row], problem.apart(backup)
    near: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for n in np.flatnonzero(backup.reaches(pairs.minutes) & (at[pairs.site] >= 0)).tolist():
        site = int(pairs.site[n])
        near[int(pairs.origin[n])][int(at[site])].extend(options.get(site, ()))
    possible = [i for i in access.inhabited if len(near[i]) >= 2]
    block.backed_up = pyo.Var(possible, bounds=(0, 1), doc="share covered and backed up")

    @block.Constraint(possible, doc="who is backed up is covered")
    def backed_up_covered(block: pyo.Block, i: int) -> object:
        return block.backed_up[i] <= access.share_within_standard(i)

    @block.Constraint(
        [(i, c) for i in possible for c in near[i]],
        doc="who is backed up has a facility outside any one place",
    )
    def backed_up_elsewhere(block: pyo.Block, i: int, c: int) -> object:
        return block.backed_up[i] <= pyo.quicksum(
            stands[k] for other, rows in near[i].items() if other != c for k in rows
        )

    @block.Constraint(doc="persons covered and backed up in the region")
    def backup_floor(block: pyo.Block) -> object:
        persons = problem.demand.persons
        backed_up = pyo.quicksum(float(persons[i]) * block.backed_up[i] for i in possible)
        return backed_up >= floor.backup * float(persons.sum())


def _covered(access: Access, persons: Floats) -> NumericExpression:
    """Of these persons (I,), how many are served within the standard."""
    return access.sum(access.within_standard * persons[access.pairs.origin])
