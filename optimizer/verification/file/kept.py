"""User columns: they come back in the plan as they were, and no others are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.foundation.language import _
from optimizer.verification.file.cells import difference, shown
from optimizer.verification.file.classes import (
    CROSSING,
    classes_of_points,
    columns_of_classes,
    crossing,
)
from optimizer.verification.file.homes import persons_at
from optimizer.verification.file.numbers import UNMET
from optimizer.verification.file.written import Written, suffix

#: Names that a GeoPackage, or another format, keeps for itself.
RESERVED = {"fid", "geom", "geometry", "plan_layer"}

TRIPS = ("level", "demand", "site", "share", "persons", "minutes")


@dataclass(frozen=True, eq=False)
class Source:
    """A table of the instance whose rows come back, by `key` of the plan's rows.

    copied: its columns that the plan's own say.
    """

    table: Any
    key: str
    copied: tuple[str, ...]


def kept(written: Written) -> Iterator[str]:
    """Names and all other columns of the user; and columns that no plan has."""
    for layer, own in _ours(written).items():
        if layer not in written.file.layers:
            yield from _absent(written, layer)
            continue
        names, taken = list(own), {name.casefold() for name in own} | RESERVED
        for source in _sources(written, layer):
            columns = _names(source, taken)
            names += columns
            for name, column in columns.items():
                truth = dict(zip(source.table.index, source.table[column], strict=True))
                for row in written.file.layers[layer]:
                    cell = _plain(truth.get(row[source.key]))
                    who = f"{layer}, {shown(row['id'])}"
                    yield from difference(who, name, row.get(name), cell)
        for column in written.file.columns[layer]:
            if column not in names:
                yield _(
                    "{layer}: has a column {column}, and should not",
                    layer=layer,
                    column=shown(column),
                )
        for column in names:
            if column not in written.file.columns[layer]:
                yield _("{layer}: has no column {column}", layer=layer, column=shown(column))


def _absent(written: Written, layer: str) -> Iterator[str]:
    """A layer that is not there, where there should be one."""
    drawn = written.instance.geography.corridors is not None
    failing = written.instance.problem.scenarios is not None
    there = {"corridors": drawn, "scenarios": failing, "failover": failing}
    if (there | {"classes": bool(classes_of_points(written))}).get(layer, True):
        yield _("there is no layer {layer}", layer=layer)


def _sources(written: Written, layer: str) -> list[Source]:
    """The tables of the instance whose rows come back in a layer."""
    geography = written.instance.geography
    every = {
        "demand": [
            Source(
                geography.demand,
                "id",
                ("id", "jurisdiction", "persons", *columns_of_classes(geography.demand)),
            )
        ],
        "jurisdictions": [Source(geography.jurisdictions, "id", ("id", "tier", "role"))],
        "corridors": [Source(geography.corridors, "id", ("id",))],
        "facilities": [
            Source(geography.sites, "site", ("id", "jurisdiction")),
            Source(geography.facilities, "id", ("site", "service")),
        ],
    }
    return [source for source in every.get(layer, ()) if source.table is not None]


def _names(source: Source, taken: set[str]) -> dict[str, str]:
    """Name in the plan -> name in the instance; one that is taken gets the suffix `_input`."""
    names: dict[str, str] = {}
    shape = getattr(source.table, "_geometry_column_name", None)
    for column in map(str, source.table.columns):
        if column == shape or column in source.copied:
            continue
        name = column
        while name.casefold() in taken:
            name += "_input"
        taken.add(name.casefold())
        names[name] = column
    return names


def _plain(cell: Any) -> Any:
    """A cell of the instance without numpy and pandas; None where it is empty."""
    if hasattr(cell, "tolist"):
        cell = cell.tolist()
    return None if str(cell) in {"nan", "NaT", "<NA>", "None"} else cell


def _ours(written: Written) -> dict[str, list[str]]:
    """Layer -> the columns that a plan of this instance has, without the user's."""
    levels = written.instance.problem.levels

    def by_level(*quantities: str) -> list[str]:
        return [f"{what}_{suffix(level)}" for level in levels for what in quantities]

    backed = [f"backed_up_{suffix(level)}" for level in levels if level.backup is not None]
    left_out = [level for level in levels if level.unmet is not None and level.unmet.allowed]
    unmet = [f"{what}_{suffix(level)}" for level in left_out for what in UNMET]
    # Only where somebody loses.
    lost = [name for name in by_level("lost") if name in written.file.columns["demand"]]
    decided = written.instance.problem.corridors is not None
    apart = [] if written.settings.costs is None else ["paid_once", "per_year"]
    tiers = written.instance.problem.jurisdictions.tier
    quotas: dict[bool, list[str]] = {True: [], False: []}
    for name, quota in written.instance.policy.quotas.items():
        quotas[quota.tier in tiers] += [f"quota_{name}", f"margin_{name}"]
    entitled = [f"entitled_{suffix(level)}" for level in levels if level.entitled]
    uncertain = [f"persons_{what}" for what in persons_at(written)]
    away = ["core_minutes"] * (written.instance.problem.demand.core_minutes is not None)
    cores = by_level(*CROSSING) if any(crossing(written.case)) else []
    return {
        "facilities": [
            *("id", "site", "service", "size", "status", "cost", *apart, "land", "jurisdiction"),
            *by_level("capacity", "load"),
        ],
        "demand": [
            *("id", "jurisdiction", "persons"),
            *classes_of_points(written),
            *away,
            *entitled,
            *by_level("minutes", "covered", "site"),
            *backed,
            *(f"unmet_{suffix(level)}" for level in left_out),
            *lost,
        ],
        "jurisdictions": [
            *(
                "id",
                "tier",
                "role",
                "persons",
                *uncertain,
                "budget",
                "spent",
                *apart,
                *quotas[True],
            ),
            *by_level("mean", "worst", "coverage", "equity"),
            *unmet,
            *cores,
            "area",
        ],
        "classes": [
            *("id", "class", "label", "persons"),
            *away,
            *by_level("mean", "worst", "coverage", "equity"),
            *unmet,
            *quotas[False],
        ],
        "corridors": ["id", "status", *(["paid_by"] if decided else [])],
        "assignments": [*TRIPS],
        "failover": ["scenario", "rank", *TRIPS],
        "scenarios": [
            *("id", "rank", "probability", "mean", "lost"),
            *by_level("mean", "worst", "coverage", "cut_off"),
            *(("sites", "roads", "corridors") if written.instance.failures else ()),
        ],
        "rejected": ["layer", "id", "reason", "zone"],
    }
