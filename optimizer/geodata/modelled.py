"""Modelled places made less: part of their persons live at the known places of the same unit."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np

from optimizer.geodata.tables import GROUP, Points, Tables
from optimizer.problem import Floats, Ints


def weighed(points: Points, part: Ints, stays: float, strata: tuple[str, ...]) -> Points:
    """The points with the share `stays` of the persons at modelled places left there.

    The others are moved to the known places of the same part (I,), each stratum (a group, and
    whoever is in none of them) in proportion to the persons of that stratum who live there, of all
    persons where none does. They take the other groups with them as those are mixed where they
    come from, so that every sum of the part stays as it is, and groups that were all persons of
    each point, or part of them, still are. A part without known places keeps what it has.
    """
    count, points_in = int(part.max()) + 1, len(part)

    def summed(values: Floats) -> Floats:
        """(I,) sum over the part that each point is in."""
        return np.bincount(part, values, count).astype(float)[part]

    def ratio(some: Floats, all_of_them: Floats) -> Floats:
        nothing = np.zeros(points_in)
        return np.asarray(np.divide(some, all_of_them, out=nothing, where=all_of_them > 0))

    persons, known = points.persons, np.where(points.modelled, 0.0, points.persons)
    leaving = np.where(points.modelled & (summed(known) > 0), 1 - stays, 0.0)
    strata_persons = {name: points.groups[name] for name in strata}
    named = np.array([*strata_persons.values(), np.zeros(points_in)])
    moving = [*strata_persons.values(), np.maximum(persons - named.sum(axis=0), 0.0)]

    def settled(stratum: Floats) -> Floats:
        """(I,) part of those who come to the part that each known place of it gets."""
        here = np.where(points.modelled, 0.0, stratum)
        of = np.where(summed(here) > 0, here, known)
        return ratio(of, summed(of))

    def after(values: Floats, own: Floats | None = None) -> Floats:
        """Values (I,) once all have moved. own: the stratum whose persons they are."""
        staying = values * (1 - leaving)
        if own is not None:
            return np.asarray(staying + summed(values * leaving) * settled(own))
        for stratum in moving:
            coming = summed(values * leaving * ratio(stratum, persons))
            staying = staying + coming * settled(stratum)
        return np.asarray(staying)

    groups = {
        name: after(values, values if name in strata else None)
        for name, values in points.groups.items()
    }
    return replace(points, persons=after(persons), groups=groups)


def weighed_tables(tables: Tables, part: Ints, stays: float, strata: tuple[str, ...]) -> Tables:
    """The tables with their points so."""
    return replace(tables, points=weighed(tables.points, part, stays, strata))


def weighed_layer(layer: gpd.GeoDataFrame, points: Points) -> gpd.GeoDataFrame:
    """The layer `demand` with the persons of these points."""
    groups = {f"{GROUP}{name}": persons for name, persons in points.groups.items()}
    return layer.assign(persons=points.persons, **groups)
