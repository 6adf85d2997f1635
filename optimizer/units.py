"""UNITS: among whom justice is measured, as weights over demand points."""

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
        persons = np.zeros((len(points), len(demand.ids)))
        persons[np.arange(len(points)), points] = demand.persons[points]
        ids = [demand.ids[i] for i in points]
    elif among == GROUPS:
        ids = [name for name, of_group in demand.groups.items() if of_group.any()]
        persons = np.array([demand.groups[name] for name in ids]).reshape(len(ids), -1)
    else:
        at = problem.demand_at(among)
        areas = [c for c in np.unique(at[at >= 0]) if demand.persons[at == c].any()]
        ids = [problem.jurisdictions.ids[c] for c in areas]
        persons = np.array([np.where(at == c, demand.persons, 0.0) for c in areas])
    if not ids:
        raise ValueError(f"among: nobody lives in any unit of {among!r}")
    total = persons.sum(axis=1)
    weight = total if among == PERSONS else np.ones(len(ids))
    return Units(tuple(ids), csr_array(persons / total[:, None]), weight)
