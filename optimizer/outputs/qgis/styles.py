"""The styles of each layer of a plan; QGIS applies the first one when it opens the layer."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd

from optimizer.outputs import look
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.columns import of_level
from optimizer.outputs.layers import STATUS
from optimizer.outputs.names import called
from optimizer.outputs.qgis import qml
from optimizer.outputs.study import Study
from optimizer.outputs.words import in_order, word
from optimizer.problem import Level

Style = tuple[str, str]  # name, QML


def styles(study: Study, name: str, layer: gpd.GeoDataFrame, language: str) -> list[Style]:
    """The styles of the layer of this name, in the language (zh or en)."""
    return STYLES[name](study, layer, language)


def _facilities(study: Study, layer: gpd.GeoDataFrame, language: str) -> list[Style]:
    """Shape and colour by service, fill by status; those of one site stand side by side."""
    services = study.instance.problem.services
    rules = []
    for row, service in enumerate(services):
        x, y = look.beside(row, len(services))
        offset = f"if(count(1, group_by:=\"site\") > 1, '{x:.2f},{-y:.2f}', '0,0')"
        for status in STATUS.values():
            badge = look.badge(row, status)
            symbol = qml.marker(
                look.shape(row), badge.fill, badge.outline, badge.size, {"offset": offset}
            )
            label = f"{called(study, service.id, language)}: {word(status, language)}"
            condition = f'"service" = {qml.text(service.id)} AND "status" = {qml.text(status)}'
            rules.append(qml.Rule(label, condition, symbol))
    name = _name_expression(layer, "site", language)
    once = f'CASE WHEN "id" = minimum("id", group_by:="site") THEN {name} END'
    labels = qml.Labels(once, 7, qml.ROUND, priority=4)
    return [(word("facilities", language), qml.document(qml.by_rules(rules), labels))]


def _demand(study: Study, layer: gpd.GeoDataFrame, language: str) -> list[Style]:
    """Colour by minutes, one style per level; the area of a dot grows with its persons."""
    most = float(layer["persons"].max())
    size = {"size": f'coalesce(scale_exp("persons", 0, {most:.0f}, 1, 7, 0.5), 1)'}
    found = []
    for level in study.instance.problem.levels:
        ranges = [
            (
                one.lower,
                min(one.upper, 1e9),
                one.label,
                qml.marker("circle", one.colour, look.INK, 2, size),
            )
            for one in look.classes(level)
        ]
        renderer = qml.graduated(of_level("minutes", level), ranges)
        found.append((_of(level, "minutes", study, language), qml.document(renderer)))
    return found


def _jurisdictions(study: Study, layer: gpd.GeoDataFrame, language: str) -> list[Style]:
    """Colour by equity, one style per level, at one tier; other tiers only as outlines."""
    focus = focus_tier(study.instance)
    here = f'"tier" = {qml.text(focus)}'
    name = _name_expression(layer, "id", language)
    labels = qml.Labels(f"CASE WHEN {here} THEN {name} END", 9, qml.INSIDE, priority=8, bold=True)
    found = []
    for level in study.instance.problem.levels:
        equity = qml.column(of_level("equity", level))
        rules = [
            qml.Rule(
                one.label,
                f"{equity} >= {one.lower:g}"
                if one.lower == 0
                else f"{equity} > {one.lower:g}"
                + ("" if one.upper == float("inf") else f" AND {equity} <= {one.upper:g}"),
                qml.area(look.paler(one.colour, 0.5), look.PAPER, 0.3),
            )
            for one in look.classes(level)
        ]
        none = qml.Rule(
            word("no data", language), f"{equity} IS NULL", qml.area("#eeeeee", look.PAPER, 0.3)
        )
        others = [
            qml.Rule(tier, f'"tier" = {qml.text(tier)}', qml.area(None, look.GREY, 0.5))
            for tier in dict.fromkeys(study.instance.problem.jurisdictions.tier)
            if tier != focus
        ]
        renderer = qml.by_rules([qml.Rule(focus, here, rules=[*rules, none]), *others])
        found.append((_of(level, "equity", study, language), qml.document(renderer, labels)))
    return found


def _assignments(study: Study, layer: gpd.GeoDataFrame, language: str) -> list[Style]:
    """Thin lines in the colour of the service; levels above the first are dashed."""
    problem = study.instance.problem
    categories = []
    for row, service in enumerate(problem.services):
        for order, level in enumerate(service.levels):
            symbol = qml.line(look.colour(row), 0.25, "dash" if order else "solid", alpha=0.45)
            categories.append((level.id, called(study, level.id, language), symbol))
    renderer = qml.categorised("level", categories)
    return [(word("assignments", language), qml.document(renderer))]


def _corridors(study: Study, layer: gpd.GeoDataFrame, language: str) -> list[Style]:
    """Candidates dashed; what a control line removed is dotted."""
    renderer = qml.categorised(
        "status",
        [
            ("candidate", word("candidate", language), qml.line(look.CORRIDOR, 0.5, "dash")),
            ("rejected", word("rejected", language), qml.line(look.REMOVED, 0.5, "dot")),
        ],
    )
    return [(word("corridors", language), qml.document(renderer))]


def _rejected(study: Study, layer: gpd.GeoDataFrame, language: str) -> list[Style]:
    """Crosses and dotted lines: by rules, since the layer holds points and lines."""
    point = qml.marker("cross2", look.REMOVED, look.REMOVED, 2.6)
    rules = [
        qml.Rule(word("rejected", language), "geometry_type($geometry) = 'Point'", point),
        qml.Rule(
            word("rejected", language),
            "geometry_type($geometry) = 'Line'",
            qml.line(look.REMOVED, 0.5, "dot"),
        ),
    ]
    return [(word("rejected", language), qml.document(qml.by_rules(rules)))]


STYLES: dict[str, Callable[[Study, gpd.GeoDataFrame, str], list[Style]]] = {
    "facilities": _facilities,
    "demand": _demand,
    "jurisdictions": _jurisdictions,
    "assignments": _assignments,
    "corridors": _corridors,
    "rejected": _rejected,
}


def _of(level: Level, what: str, study: Study, language: str) -> str:
    """The name of a style: what it shows, at which level."""
    return f"{word(what, language)}: {called(study, level.id, language)}"


def _name_expression(layer: gpd.GeoDataFrame, otherwise: str, language: str) -> str:
    """The name of a feature in the language, else in the other one, else this column."""
    columns = [f"name_{one}" for one in in_order(language) if f"name_{one}" in layer.columns]
    return f"coalesce({', '.join(map(qml.column, [*columns, otherwise]))})"
