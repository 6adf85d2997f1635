"""HOMES: how well it is known where persons live, and the way that each has inside its own cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.geodata.assemble import jurisdictions
from optimizer.geodata.tables import Tables, rows
from optimizer.problem import Bools, Floats


@dataclass(frozen=True, eq=False)
class Homes:
    """Certainty of the places of I demand points, and of the persons of C jurisdictions.

    access: (I,) minutes from home to the demand point. modelled: (I,) points that are no known
    place. persons, at_modelled, at_coarse: (C,) persons of each jurisdiction with all below it,
    those of them at points that are modelled, and those at others whose position is coarse.
    in_all: the same three numbers of the whole.
    """

    access: Floats
    modelled: Bools
    persons: Floats
    at_modelled: Floats
    at_coarse: Floats
    in_all: tuple[float, float, float]

    @property
    def uncertain(self) -> bool:
        """Whether anybody lives where the place is modelled or coarse."""
        return self.in_all[1] > 0 or self.in_all[2] > 0


def homes(tables: Tables) -> Homes:
    """Of all demand points as they are in the layer."""
    points = tables.points
    area = rows(points.jurisdiction, tables.areas.ids)
    inside = jurisdictions(tables.areas).holding(area)

    def by_area(persons: Floats) -> Floats:
        sums = np.zeros(len(tables.areas.ids))
        for c, here in inside.items():
            sums[c] = persons[here].sum()
        return sums

    at_modelled = points.persons * points.modelled
    at_coarse = points.persons * (points.coarse & ~points.modelled)
    return Homes(
        access=points.access,
        modelled=points.modelled,
        persons=by_area(points.persons),
        at_modelled=by_area(at_modelled),
        at_coarse=by_area(at_coarse),
        in_all=(float(points.persons.sum()), float(at_modelled.sum()), float(at_coarse.sum())),
    )
