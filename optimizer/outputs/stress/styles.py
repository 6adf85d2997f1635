"""How a plan under stress looks in QGIS: the more a failure takes, the darker and the larger."""

from __future__ import annotations

import geopandas as gpd

from optimizer.geodata.geography import Instance
from optimizer.outputs import symbology
from optimizer.outputs.columns import of_level
from optimizer.outputs.names import called
from optimizer.outputs.qgis.styles import Sheet, Style, by_loss, by_minutes


def styles(instance: Instance, layer: gpd.GeoDataFrame, name: str, language: str) -> list[Style]:
    """The styles of a layer: over all levels first, then each level; losses by level only."""
    sheet = Sheet(instance, layer, language)
    levels = instance.problem.levels
    if name == "losses":
        return [
            (
                sheet.of("most", one),
                by_minutes(sheet, of_level("most", one), symbology.losses(one)[1:]),
            )
            for one in levels
        ]
    every = [(sheet.say(name), "lost")]
    every += [
        (f"{sheet.say(name)}: {called(instance, one.id, language)}", of_level("lost", one))
        for one in levels
    ]
    return [(title, by_loss(sheet, name, column)) for title, column in every]
