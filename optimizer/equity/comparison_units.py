"""Comparison units: among whom equity is measured, as weights over demand points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.problem import Floats, Problem

#: Every person counts once; every demand point counts once; every population group counts once.
PERSONS, POINTS, GROUPS = "persons", "points", "groups"


@dataclass(frozen=True, eq=False)
class Units:
    """U units that are compared: all of them have persons.

    share: (U, I) share of a unit's persons who live at each demand point; each row sums to 1.
    weight: (U,) how much a unit counts: its persons where `among` is persons, else 1.
    """

    ids: tuple[str, ...]
    share: csr_array
    weight: Floats

    @property
    def point_weight(self) -> Floats:
        """(I,) how much a demand point counts: the units' weights, shared by their persons."""
        return np.asarray(self.weight @ self.share)


def units(problem: Problem, among: str, level: int) -> Units:
    """The units of `among` at a level: persons, points, groups, a tier of jurisdictions, a class.

    Of all only those who are entitled to the level. Raises ValueError where there is none.
    """
    demand, entitled = problem.demand, problem.entitled(level)
    if among in (PERSONS, POINTS):
        points = np.flatnonzero(entitled > 0)
        unit, persons = np.arange(len(points)), entitled[points]
        ids = [demand.ids[i] for i in points]
    elif among == GROUPS:
        members = {name: problem.entitled_of(level, name) for name in demand.groups}
        groups = {name: persons for name, persons in members.items() if persons.any()}
        unit = np.repeat(np.arange(len(groups)), len(demand.ids))
        points = np.tile(np.arange(len(demand.ids)), len(groups))
        persons = np.concatenate([*groups.values(), np.zeros(0)])
        ids = list(groups)
    else:
        parts = problem.division(among)
        points = np.flatnonzero((parts.of >= 0) & (entitled > 0))
        labels, unit = np.unique(parts.of[points], return_inverse=True)
        persons = entitled[points]
        ids = [parts.labels[n] for n in labels]
    if not ids:
        raise ValueError(f"among: nobody lives in any unit of {among!r}")
    unit = unit.reshape(-1)
    total = np.bincount(unit, weights=persons, minlength=len(ids)).astype(float)
    weight = total if among == PERSONS else np.ones(len(ids))
    lived_in = persons > 0
    share = (persons / total[unit])[lived_in], (unit[lived_in], points[lived_in])
    return Units(tuple(ids), csr_array(share, shape=(len(ids), len(demand.ids))), weight)
