"""AGGREGATION of demand points: one for each part of a division, for a coarse look.

The point that stands for a part is the seat of its jurisdiction, where that names one, else a seat
of another in it, else the point with most persons (of the known places, if there are any): it gives
place, access and the user's columns. Persons and groups are summed, exactly. Of a class the part
has the word of most of its persons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np

from optimizer.case import Case
from optimizer.geodata.column_reader import Texts
from optimizer.geodata.layers import indexed
from optimizer.geodata.tables import GROUP, Points, Tables, class_column, rows
from optimizer.problem import Floats, Ints


@dataclass(frozen=True, eq=False)
class Aggregation:
    """What was aggregated. into: the division; of: (I,) row of the point that each of the I demand
    points is now part of; demand: their layer, by id; case: the question that is asked of them.
    """

    into: str
    of: Ints
    demand: gpd.GeoDataFrame
    case: Case


@dataclass(frozen=True, eq=False)
class Cells:
    """Parts that become one point each. of: (I,) part; representative: (K,) row of the point that
    stands for each; area: (K,) jurisdiction (row) that it lies in.
    """

    of: Ints
    representative: Ints
    area: Ints

    def sums(self, values: Floats) -> Floats:
        """(K,) of the points of each part."""
        return np.bincount(self.of, values, len(self.representative)).astype(float)


def cells(tables: Tables, part: Ints, inside: Ints) -> Cells:
    """The parts and who stands for each."""
    points, areas = tables.points, tables.areas
    seat = rows(areas.seat, points.ids)
    rank = np.full(len(points.ids), 2)
    rank[seat[seat >= 0]] = 1
    own = (seat >= 0) & np.isin(np.arange(len(seat)), inside)
    first = seat[own][inside[seat[own]] == np.flatnonzero(own)]
    rank[first] = 0
    order = np.lexsort((-points.persons, points.modelled, rank, part))
    representative = order[np.flatnonzero(np.diff(part[order], prepend=-1))]
    return Cells(part, representative, inside[representative])


def aggregated_tables(tables: Tables, parts: Cells) -> Tables:
    """The same with one demand point for each part; seats are those that stand for theirs."""
    points, areas, here = tables.points, tables.areas, parts.representative
    merged = Points(
        ids=points.ids[here],
        jurisdiction=areas.ids[parts.area],
        persons=parts.sums(points.persons),
        groups={name: parts.sums(persons) for name, persons in points.groups.items()},
        access=points.access[here],
        coarse=points.coarse[here],
        modelled=points.modelled[here],
        classes={name: _most(words, points, parts) for name, words in points.classes.items()},
    )
    seat = rows(areas.seat, points.ids)
    moved = np.where(seat >= 0, merged.ids[parts.of[seat]], areas.seat)
    return replace(tables, points=merged, areas=replace(areas, seat=moved))


def aggregated_layer(layer: gpd.GeoDataFrame, points: Points, parts: Cells) -> gpd.GeoDataFrame:
    """The layer `demand` with one row for each part. points: of the aggregated tables."""
    merged = layer.iloc[parts.representative].reset_index(drop=True)
    counted = {"persons": points.persons}
    counted |= {f"{GROUP}{name}": persons for name, persons in points.groups.items()}
    for column, persons in counted.items():
        whole = merged[column].dtype.kind in "iu"
        merged[column] = persons.astype(np.int64) if whole else persons
    merged["jurisdiction"] = points.jurisdiction
    for name, words in points.classes.items():
        merged[class_column(name)] = [word or None for word in words]
    merged.attrs = dict(layer.attrs)
    return merged


def seated(areas: gpd.GeoDataFrame, tables: Tables) -> gpd.GeoDataFrame:
    """The layer `jurisdictions` with the seats of the aggregated tables."""
    if "seat" not in areas.columns:
        return areas
    return areas.assign(seat=[seat or None for seat in tables.areas.seat])


def aggregation(into: str, parts: Cells, layer: gpd.GeoDataFrame, case: Case) -> Aggregation:
    """What was aggregated, to be kept."""
    fine = indexed("demand", layer)
    assert fine is not None
    return Aggregation(into, parts.of, fine, case)


def _most(words: Texts, points: Points, parts: Cells) -> Texts:
    """(K,) the word of most persons of each part, the first of equals."""
    labels = list(dict.fromkeys(words))
    persons = np.stack([parts.sums(points.persons * (words == label)) for label in labels])
    here = np.stack([parts.sums((words == label).astype(float)) for label in labels])
    most = np.where(persons.max(axis=0) > 0, persons, here).argmax(axis=0)
    return np.array([labels[n] for n in most.tolist()], dtype=object)
