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


def units(problem: Problem, among: str) -> Units:
    """The units of `among`: persons, points, groups, or a tier of jurisdictions.

    Raises ValueError where there is none.
    """
    demand = problem.demand
    if among in (PERSONS, POINTS):
        points = np.flatnonzero(demand.persons > 0)
        unit, persons = np.arange(len(points)), demand.persons[points]
        ids = [demand.ids[i] for i in points]
    elif among == GROUPS:
        groups = {name: persons for name, persons in demand.groups.items() if persons.any()}
        unit = np.repeat(np.arange(len(groups)), len(demand.ids))
        points = np.tile(np.arange(len(demand.ids)), len(groups))
        persons = np.concatenate([*groups.values(), np.zeros(0)])
        ids = list(groups)
    else:
        at = problem.demand_at(among)
        points = np.flatnonzero((at >= 0) & (demand.persons > 0))
        areas, unit = np.unique(at[points], return_inverse=True)
        persons = demand.persons[points]
        ids = [problem.jurisdictions.ids[c] for c in areas]
    if not ids:
        raise ValueError(f"among: nobody lives in any unit of {among!r}")
    unit = unit.reshape(-1)
    total = np.bincount(unit, weights=persons, minlength=len(ids)).astype(float)
    weight = total if among == PERSONS else np.ones(len(ids))
    lived_in = persons > 0
    share = (persons / total[unit])[lived_in], (unit[lived_in], points[lived_in])
    return Units(tuple(ids), csr_array(share, shape=(len(ids), len(demand.ids))), weight)
