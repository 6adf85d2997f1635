"""The styles of each layer of a plan; QGIS applies the first one when it opens the layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd

from optimizer.foundation.language import in_order, word
from optimizer.geodata.geography import Instance
from optimizer.outputs import symbology
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.columns import of_level
from optimizer.outputs.justice import fares
from optimizer.outputs.layers import STATUS
from optimizer.outputs.names import called
from optimizer.outputs.qgis import qml
from optimizer.problem import Level

Style = tuple[str, str]  # name, QML

#: How many of the plans build something: label, condition, strength of the colour.
SHARES = (
    ("0 %", '"share" = 0', 0.0),
    ("< 50 %", '"share" > 0 AND "share" < 0.5', 0.35),
    ("≥ 50 %", '"share" >= 0.5 AND "share" < 1', 0.7),
    ("100 %", '"share" = 1', 1.0),
)


#: Shares of what the worst failure of a layer takes, up to which each colour holds, and sizes.
TAKEN = (
    (0.1, "#fee8c8", 1.6),
    (0.25, "#fdbb84", 2.4),
    (0.5, "#e34a33", 3.4),
    (1.0, "#7f0000", 4.6),
)


@dataclass(frozen=True, eq=False)
class Sheet:
    """What a layer's styles depend on.

    only: a condition (expression) that features must fulfil to be drawn; empty: all are.
    together: an expression, the same for facilities at one site of one plan.
    """

    instance: Instance
    layer: gpd.GeoDataFrame
    language: str
    only: str = ""
    together: str = qml.column("site")

    def say(self, key: str) -> str:
        """A fixed word."""
        return word(key, self.language)

    def called(self, id: str) -> str:
        """The name of a service or level."""
        return called(self.instance, id, self.language)

    def of(self, what: str, level: Level) -> str:
        """The name of a style: what it shows, at which level."""
        return f"{self.say(what)}: {self.called(level.id)}"

    def name(self, otherwise: str) -> str:
        """The name of a feature in the language, else in the other one, else this column."""
        own = [f"name_{one}" for one in in_order(self.language)]
        columns = [column for column in own if column in self.layer.columns]
        return f"coalesce({', '.join(map(qml.column, [*columns, otherwise]))})"

    def drawn(self, rules: Sequence[qml.Rule], labels: qml.Labels | None = None) -> str:
        """The QML of these rules and labels."""
        if self.only:
            rules = [qml.Rule(self.only, self.only, rules=rules)]
        return qml.document(qml.by_rules(rules), labels)

    def label(self, expression: str, where: str = "") -> str:
        """A label, for features that are drawn and fulfil the condition."""
        conditions = " AND ".join(filter(None, (self.only, where)))
        return f"CASE WHEN {conditions} THEN {expression} END" if conditions else expression


def styles(sheet: Sheet, name: str) -> list[Style]:
    """The styles of the layer of this name."""
    return list(STYLES[name](sheet))


def graduated(sheet: Sheet, column: str, points: bool, decimals: int = 0) -> str:
    """Classes of what failures take; what takes nothing is a thin grey mark. The worst ten points
    are named.
    """
    most = float(sheet.layer[column].max()) if len(sheet.layer) else 0.0
    value = qml.column(column)

    def symbol(colour: str, size: float) -> qml.Symbol:
        if points:
            return qml.marker("circle", colour, symbology.INK, size)
        return qml.line(colour, size / 2)

    rules = [qml.Rule("0", f"{value} <= 0", symbol(symbology.GREY, 0.8))]
    lower = 0.0
    for share, colour, size in TAKEN if most > 0 else ():
        upper = share * most
        label = f"{lower:,.{decimals}f} – {upper:,.{decimals}f}"
        within = f"{value} > {lower:.10g}" + ("" if share == 1 else f" AND {value} <= {upper:.10g}")
        rules.append(qml.Rule(label, within, symbol(colour, size)))
        lower = upper
    label = sheet.label(sheet.name("id"), '"rank" <= 10')
    return sheet.drawn(rules, qml.Labels(label, 8, qml.ROUND, priority=6) if points else None)


def _facilities(sheet: Sheet) -> Iterator[Style]:
    """Shape and colour by service, fill by status; those of one site stand side by side."""
    services = sheet.instance.problem.services
    rules = []
    for row, service in enumerate(services):
        x, y = symbology.beside(row, len(services))
        offset = f"if(count(1, group_by:={sheet.together}) > 1, '{x:.2f},{-y:.2f}', '0,0')"
        for status in STATUS.values():
            badge = symbology.badge(row, status)
            symbol = qml.marker(
                symbology.shape(row), badge.fill, badge.outline, badge.size, {"offset": offset}
            )
            label = f"{sheet.called(service.id)}: {sheet.say(status)}"
            condition = f'"service" = {qml.text(service.id)} AND "status" = {qml.text(status)}'
            rules.append(qml.Rule(label, condition, symbol))
    once = sheet.label(sheet.name("site"), f'"id" = minimum("id", group_by:={sheet.together})')
    labels = qml.Labels(once, 7, qml.ROUND, priority=4)
    yield sheet.say("facilities"), sheet.drawn(rules, labels)


def _demand(sheet: Sheet) -> Iterator[Style]:
    """Colour by minutes, and by minutes lost where somebody loses some; one style per level.

    The area of a dot grows with its persons.
    """
    most = float(sheet.layer["persons"].max())
    size = {"size": f'coalesce(scale_exp("persons", 0, {most:.0f}, 1, 7, 0.5), 1)'}
    for what, classes in (("minutes", symbology.classes), ("lost", symbology.losses)):
        for level in sheet.instance.problem.levels:
            column = of_level(what, level)
            if column in sheet.layer.columns:
                rules = [
                    qml.Rule(
                        one.label,
                        one.condition(qml.column(column)),
                        qml.marker("circle", one.colour, symbology.INK, 2, size),
                    )
                    for one in classes(level)
                ]
                yield sheet.of(what, level), sheet.drawn(rules)


def _jurisdictions(sheet: Sheet) -> Iterator[Style]:
    """Colour by how they fare, one style per level, at one tier; other tiers only as outlines."""
    focus, what = focus_tier(sheet.instance), fares(sheet.instance.policy)
    here = f'"tier" = {qml.text(focus)}'
    name = sheet.label(sheet.name("id"), here)
    labels = qml.Labels(name, 9, qml.INSIDE, priority=8, bold=True)
    others = [
        qml.Rule(tier, f'"tier" = {qml.text(tier)}', qml.area(None, symbology.GREY, 0.5))
        for tier in dict.fromkeys(sheet.instance.problem.jurisdictions.tier)
        if tier != focus
    ]
    for level in sheet.instance.problem.levels:
        value = qml.column(of_level(what, level))
        rules = [
            qml.Rule(
                one.label,
                one.condition(value),
                qml.area(symbology.paler(one.colour, 0.5), symbology.PAPER, 0.3),
            )
            for one in symbology.classes(level)
        ]
        grey = qml.area("#eeeeee", symbology.PAPER, 0.3)
        none = qml.Rule(sheet.say("no data"), f"{value} IS NULL", grey)
        at_focus = qml.Rule(focus, here, rules=[*rules, none])
        yield sheet.of(what, level), sheet.drawn([at_focus, *others], labels)


def _assignments(sheet: Sheet) -> Iterator[Style]:
    """Thin lines in the colour of the service; levels above the first are dashed."""
    rules = []
    for row, service in enumerate(sheet.instance.problem.services):
        for order, level in enumerate(service.levels):
            symbol = qml.line(symbology.colour(row), 0.25, "dash" if order else "solid", alpha=0.45)
            condition = f'"level" = {qml.text(level.id)}'
            rules.append(qml.Rule(sheet.called(level.id), condition, symbol))
    yield sheet.say("assignments"), sheet.drawn(rules)


def _corridors(sheet: Sheet) -> Iterator[Style]:
    """Built ones wide, candidates dashed; what a control line removed is dotted."""
    rules = [
        qml.Rule(sheet.say(status), f'"status" = {qml.text(status)}', symbol)
        for status, symbol in (
            ("built", qml.line(symbology.CORRIDOR, 1.2)),
            ("candidate", qml.line(symbology.CORRIDOR, 0.5, "dash")),
            ("rejected", qml.line(symbology.REMOVED, 0.5, "dot")),
        )
    ]
    yield sheet.say("corridors"), sheet.drawn(rules)


def _rejected(sheet: Sheet) -> Iterator[Style]:
    """Crosses and dotted lines: the layer holds points and lines."""
    point = qml.marker("cross2", symbology.REMOVED, symbology.REMOVED, 2.6)
    line = qml.line(symbology.REMOVED, 0.5, "dot")
    rules = [
        qml.Rule(sheet.say("removed by a control line"), qml.is_a("Point"), point),
        qml.Rule(sheet.say("removed by a control line"), qml.is_a("Line"), line),
    ]
    yield sheet.say("removed by a control line"), sheet.drawn(rules)


def _no_regret(sheet: Sheet) -> Iterator[Style]:
    """The larger and darker the more plans build it; corridors by whether plans decide on them."""
    services = sheet.instance.problem.services
    rules = []
    for row, service in enumerate(services):
        x, y = symbology.beside(row, len(services))
        offset = {"offset": f"'{x:.2f},{-y:.2f}'"}
        for label, condition, strength in SHARES:
            fill = symbology.paler(symbology.colour(row), 1 - strength)
            size = 1.2 + 2.4 * strength
            symbol = qml.marker(symbology.shape(row), fill, symbology.colour(row), size, offset)
            here = f'"service" = {qml.text(service.id)} AND {condition}'
            rules.append(qml.Rule(f"{sheet.called(service.id)}: {label}", here, symbol))
    if sheet.instance.problem.corridors is None:
        line = qml.line(symbology.CORRIDOR, 0.3, "dash")
        rules.append(qml.Rule(sheet.say("undecided"), qml.is_a("Line"), line))
    else:
        for label, condition, strength in SHARES:
            line = qml.line(symbology.CORRIDOR, 0.3 + 1.2 * strength)
            here = f"{qml.is_a('Line')} AND {condition}"
            rules.append(qml.Rule(f"{sheet.say('corridors')}: {label}", here, line))
    yield sheet.say("no_regret"), sheet.drawn(rules)


def _scenarios(sheet: Sheet) -> Iterator[Style]:
    """Where something fails: the darker the more minutes that takes in the mean."""
    yield sheet.say("scenarios"), graduated(sheet, "lost", points=True, decimals=2)


def _failover(sheet: Sheet) -> Iterator[Style]:
    """As assignments: the trips in the worst scenario, all others are in the table."""
    ((_, drawn),) = _assignments(replace(sheet, only='"rank" = 1'))
    yield sheet.say("failover"), drawn


STYLES: dict[str, Callable[[Sheet], Iterator[Style]]] = {
    "facilities": _facilities,
    "demand": _demand,
    "jurisdictions": _jurisdictions,
    "assignments": _assignments,
    "corridors": _corridors,
    "rejected": _rejected,
    "no_regret": _no_regret,
    "scenarios": _scenarios,
    "failover": _failover,
}
