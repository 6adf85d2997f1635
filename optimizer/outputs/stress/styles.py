"""How a plan under stress looks in QGIS: the more a failure takes, the darker and the larger."""

from __future__ import annotations

import geopandas as gpd

from optimizer.geodata.geography import Instance
from optimizer.outputs import look
from optimizer.outputs.columns import of_level
from optimizer.outputs.names import called
from optimizer.outputs.qgis import qml
from optimizer.outputs.qgis.styles import Sheet, Style
from optimizer.problem import Level

#: Shares of what the worst failure of the layer takes, up to which each colour holds, and sizes.
SHARES = (
    (0.1, "#fee8c8", 1.6),
    (0.25, "#fdbb84", 2.4),
    (0.5, "#e34a33", 3.4),
    (1.0, "#7f0000", 4.6),
)


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
    return [(title, _graduated(sheet, name, column)) for title, column in every]


def _graduated(sheet: Sheet, name: str, column: str) -> str:
    """Classes of person-minutes lost; what takes nothing is a thin grey mark."""
    most = float(sheet.layer[column].max()) if len(sheet.layer) else 0.0
    value, points = qml.column(column), name == "critical_sites"

    def symbol(colour: str, size: float) -> qml.Symbol:
        if points:
            return qml.marker("circle", colour, look.INK, size)
        return qml.line(colour, size / 2)

    rules = [qml.Rule("0", f"{value} <= 0", symbol(look.GREY, 0.8))]
    lower = 0.0
    for share, colour, size in SHARES if most > 0 else ():
        upper = share * most
        label = f"{lower:,.0f} – {upper:,.0f}"
        within = f"{value} > {lower:.10g}" + ("" if share == 1 else f" AND {value} <= {upper:.10g}")
        rules.append(qml.Rule(label, within, symbol(colour, size)))
        lower = upper
    label = sheet.label(sheet.name("id"), '"rank" <= 10')
    return sheet.drawn(rules, qml.Labels(label, 8, qml.ROUND, priority=6) if points else None)


def _minutes(sheet: Sheet, level: Level) -> str:
    """Classes of minutes lost at worst, as multiples of the standard."""
    most = float(sheet.layer["persons"].max())
    size = {"size": f'coalesce(scale_exp("persons", 0, {most:.0f}, 1, 7, 0.5), 1)'}
    rules = [
        qml.Rule(
            one.label,
            one.condition(qml.column(of_level("most", level))),
            qml.marker("circle", one.colour, look.INK, 2, size),
        )
        for one in look.losses(level)[1:]
    ]
    return sheet.drawn(rules)
