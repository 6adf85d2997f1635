"""GeoPackage of a sweep: the layers of all its plans, told apart by `point`, and what is sure.

QGIS draws one plan: that of the knee, or that of the project variable `point`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from optimizer.geodata.geography import Instance
from optimizer.outputs.frontier.no_regret import no_regret
from optimizer.outputs.frontier.places import loosest, most_efficient, numbered
from optimizer.outputs.frontier.rows import records
from optimizer.outputs.gpkg import add_table, store
from optimizer.outputs.layers import layers, rejected
from optimizer.outputs.manifest import plain, provenance
from optimizer.outputs.qgis import qml
from optimizer.outputs.qgis.styles import Sheet, styles
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.sweep.task import Frontier, Point

#: The column that tells plans apart, and the project variable of QGIS that chooses one.
POINT = "point"

#: What is the same in all plans has a layer without that column.
ONCE = ("rejected", "no_regret")


def write(instance: Instance, frontiers: Sequence[Frontier], path: Path, language: str) -> None:
    """Write layers, the table `points` with the rows of the CSV, and the manifest."""
    by_name = _layers(instance, frontiers)
    only = f"{qml.column(POINT)} = coalesce(@{POINT}, {_shown(frontiers)})"
    together = f"{qml.column('site')} || ' ' || {qml.column(POINT)}"
    drawn = {}
    for name, layer in by_name.items():
        sheet = Sheet(instance, layer, language)
        own = sheet if name in ONCE else replace(sheet, only=only, together=together)
        drawn[name] = styles(own, name)
    manifest = {
        "frontiers": plain(
            [
                {
                    "cost_bound": frontier.cost_bound,
                    "hypervolume": frontier.hypervolume,
                    "resolution": frontier.resolution,
                }
                for frontier in frontiers
            ]
        ),
        "shown": _shown(frontiers),
    }
    store(path, by_name, drawn, provenance(instance) | manifest)
    add_table(path, "points", pd.DataFrame(records(instance, frontiers)).convert_dtypes())


def _layers(instance: Instance, frontiers: Sequence[Frontier]) -> dict[str, gpd.GeoDataFrame]:
    """Name -> layer of all plans, from the lowest to the highest on a map."""
    plans = [
        {name: _told_apart(layer, number) for name, layer in layers(study).items()}
        for number, study in _studies(instance, frontiers)
    ]
    merged = {
        name: gpd.GeoDataFrame(pd.concat([plan[name] for plan in plans], ignore_index=True))
        for name in (plans[0] if plans else ())
    }
    return merged | {"rejected": rejected(instance), "no_regret": no_regret(instance, frontiers)}


def _studies(instance: Instance, frontiers: Sequence[Frontier]) -> list[tuple[int, SolvedInstance]]:
    """Each plan with its number; who loses is told against the most efficient one."""
    studies = []
    for number, frontier, point in numbered(frontiers):
        first, result = most_efficient(frontier), point.answer.result
        if point.indicators is not None and result is not None and first is not None:
            assert first.answer.result is not None
            compared = replace(result, efficient=first.answer.result.plan)
            studies.append((number, SolvedInstance(instance, compared, point.indicators)))
    return studies


def _told_apart(layer: gpd.GeoDataFrame, number: int) -> gpd.GeoDataFrame:
    layer = layer.copy()
    layer.insert(0, POINT, number)
    return layer


def _shown(frontiers: Sequence[Frontier]) -> int:
    """The point that is drawn where nobody chooses: the knee, or the most efficient one."""

    def rank(one: tuple[int, Frontier, Point]) -> tuple[bool, bool, bool]:
        _, frontier, point = one
        return frontier is loosest(frontiers), point.knee, point is most_efficient(frontier)

    return max(numbered(frontiers), key=rank)[0]
