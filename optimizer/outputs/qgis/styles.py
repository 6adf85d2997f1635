"""The styles of each layer of a plan; QGIS applies the first one when it opens the layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import geopandas as gpd

from optimizer.foundation.language import in_order, word
from optimizer.geodata.geography import Instance
from optimizer.geodata.tables import class_column
from optimizer.outputs import symbology
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.columns import of_level
from optimizer.outputs.layers import STATUS, statuses
from optimizer.outputs.names import called
from optimizer.outputs.qgis import qml
from optimizer.outputs.reported_equity import fares
from optimizer.problem import Level

Style = tuple[str, str]  # name, QML

#: Colours that every template may name.
COLOURS = {
    "ink": qml.colour(symbology.INK),
    "grey": qml.colour(symbology.GREY),
    "paper": qml.colour(symbology.PAPER),
    "corridor": qml.colour(symbology.CORRIDOR),
    "removed": qml.colour(symbology.REMOVED),
}

#: Words that every template may name.
WORDS = ("built", "candidate", "corridors", "no data", "removed by a control line", "undecided")

#: Shares of what the worst failure of a layer takes, at which classes end.
TAKEN = {"tenth": 0.1, "quarter": 0.25, "half": 0.5, "all": 1.0}


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

    def filled(self, template: str, rows: qml.Rows | None = None, **values: str) -> str:
        """The QML of a template: it may name these values, any of COLOURS and WORDS.

        {drawn} there is the start of a condition that only features that are drawn fulfil.
        """
        words = {key: self.say(key) for key in WORDS}
        drawn = f"{self.only} AND " if self.only else ""
        return qml.filled(
            template, {**words, **COLOURS, "drawn": drawn, **values}, rows or {}, self.only
        )


def styles(sheet: Sheet, name: str) -> list[Style]:
    """The styles of the layer of this name."""
    return list(STYLES[name](sheet))


def by_minutes(sheet: Sheet, column: str, classes: Sequence[symbology.Class]) -> str:
    """Demand points in classes of a column, of minutes most often."""
    most = float(sheet.layer["persons"].max())
    return sheet.filled("demand", {"class": _classes(column, classes)}, most=f"{most:.0f}")


def by_loss(sheet: Sheet, template: str, column: str, decimals: int = 0) -> str:
    """Classes of what failures take."""
    most = float(sheet.layer[column].max()) if len(sheet.layer) else 0.0
    ends = {name: share * most for name, share in TAKEN.items()}
    taken = {name: f"{end:.10g}" for name, end in ends.items()}
    for (_, lower), (name, upper) in pairwise([("", 0.0), *ends.items()]):
        taken[f"to_{name}"] = f"{lower:,.{decimals}f} – {upper:,.{decimals}f}"
    return sheet.filled(
        template,
        {"taken": [taken] if most > 0 else []},
        value=qml.column(column),
        name=sheet.name("id"),
    )


def _facilities(sheet: Sheet) -> Iterator[Style]:
    services, there = sheet.instance.problem.services, statuses(sheet.instance.problem)
    rows = []
    for row, service in enumerate(services):
        for status in (status for kind, status in STATUS.items() if kind in there):
            badge = symbology.badge(row, status)
            rows.append(
                {
                    "service": sheet.called(service.id),
                    "service_id": qml.text(service.id),
                    "status": sheet.say(status),
                    "status_id": qml.text(status),
                    "shape": symbology.shape(row),
                    "fill": qml.colour(badge.fill),
                    "outline": qml.colour(badge.outline),
                    "size": f"{badge.size:g}",
                    "offset": _offset(row, len(services)),
                }
            )
    own = {"together": sheet.together, "name": sheet.name("site")}
    yield sheet.say("facilities"), sheet.filled("facilities", {"facility": rows}, **own)


def _demand(sheet: Sheet) -> Iterator[Style]:
    """One style per level: minutes, minutes lost where somebody loses some, unmet needs."""
    for what, classes in (("minutes", symbology.classes), ("lost", symbology.losses)):
        for level in sheet.instance.problem.levels:
            column = of_level(what, level)
            if column in sheet.layer.columns:
                yield sheet.of(what, level), by_minutes(sheet, column, classes(level))
    for level in sheet.instance.problem.levels:
        column = of_level("unmet", level)
        if column in sheet.layer.columns:
            yield sheet.of("unmet", level), by_minutes(sheet, column, symbology.unmet())
    yield from _by_class(sheet)


def _by_class(sheet: Sheet) -> Iterator[Style]:
    """One style per class: each label in its colour."""
    most = float(sheet.layer["persons"].max())
    for name, classes in sheet.instance.problem.demand.classes.items():
        column = qml.column(class_column(name))
        rows = [
            {
                "class": label,
                "within": f"{column} = {qml.text(label)}",
                "colour": qml.colour(symbology.colour(row)),
            }
            for row, label in enumerate(classes.labels)
        ]
        said = sheet.say("by").format(sheet.say(name))
        yield said, sheet.filled("demand", {"class": rows}, most=f"{most:.0f}")


def _without_a_look(sheet: Sheet) -> Iterator[Style]:
    """A table has no geometry, and no style."""
    yield from ()


def _jurisdictions(sheet: Sheet) -> Iterator[Style]:
    """One style per level."""
    focus, what = focus_tier(sheet.instance), fares(sheet.instance.policy)
    tiers = dict.fromkeys(sheet.instance.problem.jurisdictions.tier)
    others = [{"tier": tier, "tier_id": qml.text(tier)} for tier in tiers if tier != focus]
    own = {"tier": focus, "tier_id": qml.text(focus), "name": sheet.name("id")}
    for level in sheet.instance.problem.levels:
        column = of_level(what, level)
        classes = _classes(column, symbology.classes(level), white=0.5)
        rows: qml.Rows = {"class": classes, "other": others}
        drawn = sheet.filled("jurisdictions", rows, value=qml.column(column), **own)
        yield sheet.of(what, level), drawn


def _assignments(sheet: Sheet) -> Iterator[Style]:
    rows = [
        {
            "level": sheet.called(level.id),
            "level_id": qml.text(level.id),
            "colour": qml.colour(symbology.colour(row)),
            "line_style": "dash" if order else "solid",
        }
        for row, service in enumerate(sheet.instance.problem.services)
        for order, level in enumerate(service.levels)
    ]
    yield sheet.say("assignments"), sheet.filled("assignments", {"level": rows})


def _corridors(sheet: Sheet) -> Iterator[Style]:
    yield sheet.say("corridors"), sheet.filled("corridors")


def _rejected(sheet: Sheet) -> Iterator[Style]:
    yield sheet.say("removed by a control line"), sheet.filled("rejected")


def _no_regret(sheet: Sheet) -> Iterator[Style]:
    problem = sheet.instance.problem
    services = []
    for row, service in enumerate(problem.services):
        colour = symbology.colour(row)
        services.append(
            {
                "service": sheet.called(service.id),
                "service_id": qml.text(service.id),
                "shape": symbology.shape(row),
                "colour": qml.colour(colour),
                "pale": qml.colour(symbology.paler(colour, 0.65)),
                "strong": qml.colour(symbology.paler(colour, 0.3)),
                "offset": _offset(row, len(problem.services)),
            }
        )
    decided = problem.corridors is not None
    rows: qml.Rows = {
        "service": services,
        "decided": [{}] if decided else [],
        "undecided": [] if decided else [{}],
    }
    yield sheet.say("no_regret"), sheet.filled("no_regret", rows)


def _scenarios(sheet: Sheet) -> Iterator[Style]:
    """Where something fails: the more minutes that takes in the mean, the darker."""
    yield sheet.say("scenarios"), by_loss(sheet, "critical_sites", "lost", decimals=2)


def _failover(sheet: Sheet) -> Iterator[Style]:
    """As assignments: the trips in the worst scenario, all others are in the table."""
    ((_, drawn),) = _assignments(replace(sheet, only='"rank" = 1'))
    yield sheet.say("failover"), drawn


def _classes(
    column: str, classes: Sequence[symbology.Class], white: float = 0.0
) -> list[qml.Values]:
    """What a rule for each class needs; white: the share of it that is mixed with the colours."""
    return [
        {
            "class": one.label,
            "within": one.condition(qml.column(column)),
            "colour": qml.colour(symbology.paler(one.colour, white)),
        }
        for one in classes
    ]


def _offset(service: int, services: int) -> str:
    """A text in an expression: (right, down) millimetres by which a facility steps aside."""
    right, up = symbology.beside(service, services)
    return qml.text(f"{right:.2f},{-up:.2f}")


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
    "classes": _without_a_look,
}
