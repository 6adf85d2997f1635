"""Corridors with their routes: into a file of their own or back into the instance, and as rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import N_, _, spoken, word
from optimizer.geodata.geopackage import copied
from optimizer.geodata.load import load
from optimizer.geodata.sources import layer_names
from optimizer.geodata.table import Table
from optimizer.geodata.tables import KINDS
from optimizer.outputs.atomic import replacing
from optimizer.outputs.words import term

LAYER = "corridors"
#: Suffix -> GDAL's driver, for files that hold lines and can be replaced as one.
DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON"}
REMEDY = N_("Name a .gpkg file with -o, and let instance.toml refer to it")
WAYS = ("bridge", "tunnel")
#: Kinds of zones, and what crosses those that forbid building, where they stand in `crosses`.
CROSSED = re.compile(rf"(?<![^ ])({'|'.join((*KINDS, *WAYS))})(?= )")
#: Columns of the table for a terminal, where the layer has them.
SHOWN = ("id", "from", "to", "kind", "length_km", "minutes", "cost")


def check_suffix(path: Path) -> None:
    """Raise InputError unless corridors can be written to this file."""
    if path.suffix.lower() != ".gpkg":
        remedy = _("Corridors are a layer of one")
        raise InputError([Fault("output", _("is not .gpkg"), remedy, value=str(path))])


def own_file(folder: Path, at: str) -> Path:
    """The file with the instance's corridors; InputError where it cannot be changed in place."""
    path = folder / at.partition("|")[0]
    if path.suffix.lower() not in DRIVERS:
        problem = _("cannot be changed in place")
        raise InputError([Fault("corridors", problem, _(REMEDY), value=at)])
    return path


def own_files(folder: Path, overrides: Sequence[str]) -> list[Path]:
    """The same before anything is read, if the instance has corridors."""
    at = load(folder, None, overrides).layers.get("corridors")
    return [] if at is None else [own_file(folder, at)]


def write(layer: gpd.GeoDataFrame, path: Path, name: str = LAYER) -> None:
    """Put the layer into the file, beside the others there, its columns as the user calls them."""
    driver = DRIVERS[path.suffix.lower()]
    layer = layer.rename(columns=layer.attrs.get("columns", {}))
    with replacing(path) as draft:
        if path.exists() and driver == "GPKG":
            copied(path, draft)
        pyogrio.write_dataframe(layer, draft, layer=name, driver=driver)


def write_back(layer: gpd.GeoDataFrame, folder: Path, at: str) -> Path:
    """Put the layer where `instance.toml` says that it is: `path` or `path|layer`."""
    path, name = own_file(folder, at), at.partition("|")[2]
    if not name and path.suffix.lower() == ".gpkg":
        (name,) = layer_names(path)
    write(layer, path, name or LAYER)
    return path


def rows(layer: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """One row per link: its ends, length, minutes, cost, and what it crosses or what stops it."""
    shown = [column for column in SHOWN if column in layer.columns]
    table = []
    for row in layer.to_dict("records"):
        plain = {column: row[column] for column in shown}
        if row["rejected"]:
            plain |= dict.fromkeys(("length_km", "minutes", "cost"))
        why = row["rejected"]
        if why:
            why = _("{reason}: {zone}", reason=_(why), zone=row["rejected_by"])
        table.append(plain | {"crosses": _crossed(row["crosses"]), "rejected": why})
    return table


def _crossed(crosses: str) -> str:
    """What a line crosses, with words for kinds of zones and for what leads over or under them."""
    return CROSSED.sub(lambda match: term(match[0], spoken()), crosses)


def report(layer: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """The links for `--json`: numbers and words, no shapes; no numbers where there is no route."""
    links = []
    for row, own in zip(rows(layer), layer.to_dict("records"), strict=True):
        why = own["rejected"] or None
        shares = None if why else own["cost_shares"]
        links.append(
            row
            | {"cost_shares": shares, "crosses": own["crosses"]}
            | {"rejected": why, "rejected_by": own["rejected_by"] or None}
        )
    return links


def prices(table: Table) -> str:
    """Every key of a table with its value; what the file does not say is marked."""
    return word(", ", spoken()).join(_keys(table, ""))


def _keys(table: Table, before: str) -> Iterator[str]:
    for key, value in table:
        name = before + key
        if isinstance(value, Table):
            yield from _keys(value, f"{name}.")
        elif isinstance(value, dict):
            for one, inner in value.items():
                yield from _keys(inner, f"{name}.{one}.")
        elif value is not None:
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            setting = (
                N_("{name} {value}")
                if key in table.model_fields_set
                else N_("{name} {value} (default)")
            )
            yield _(setting, name=name, value=shown)
