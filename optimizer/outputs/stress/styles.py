"""How a plan under stress looks in QGIS: the more a failure takes, the darker and the larger."""

from __future__ import annotations

import geopandas as gpd

from optimizer.geodata.geography import Instance
from optimizer.outputs import symbology
from optimizer.outputs.columns import of_level
from optimizer.outputs.names import called
from optimizer.outputs.qgis import qml
from optimizer.outputs.qgis.styles import Sheet, Style, graduated
from optimizer.problem import Level


def styles(instance: Instance, layer: gpd.GeoDataFrame, name: str, language: str) -> list[Style]:
    """The styles of a layer: over all levels first, then each level; losses by level only."""
    sheet = Sheet(instance, layer, language)
    levels = instance.problem.levels
    if name == "losses":
        return [(sheet.of("most", one), _minutes(sheet, one)) for one in levels]
    every = [(sheet.say(name), "lost")]
    every += [
        (f"{sheet.say(name)}: {called(instance, one.id, language)}", of_level("lost", one))
        for one in levels
    ]
    return [
        (title, graduated(sheet, column, points=name == "critical_sites"))
        for title, column in every
    ]


def _minutes(sheet: Sheet, level: Level) -> str:
    """Classes of minutes lost at worst, as multiples of the standard."""
    most = float(sheet.layer["persons"].max())
    size = {"size": f'coalesce(scale_exp("persons", 0, {most:.0f}, 1, 7, 0.5), 1)'}
    rules = [
        qml.Rule(
            one.label,
            one.condition(qml.column(of_level("most", level))),
            qml.marker("circle", one.colour, symbology.INK, 2, size),
        )
        for one in symbology.losses(level)[1:]
    ]
    return sheet.drawn(rules)
