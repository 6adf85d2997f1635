"""A written plan (.gpkg), read back as it stands: tables and manifest, nothing believed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
from pyproj import CRS

from optimizer.faults import Fault, InputError
from optimizer.geodata import sources

#: One row of a layer: column -> value, None where it is empty.
Row = dict[str, Any]

#: The columns without which a layer is not one of a plan.
COLUMNS = {
    "facilities": ("id", "site", "service", "size", "status"),
    "demand": ("id",),
    "assignments": ("level", "demand", "site", "share", "minutes"),
    "jurisdictions": ("id",),
    "manifest": ("key", "value"),
}

#: Layers that are there where the instance has corridors, and where plans are made for failures.
OPTIONAL = {
    "corridors": ("id", "status"),
    "scenarios": ("id", "probability"),
    "failover": ("scenario", "level", "demand", "site", "share", "minutes"),
}

#: The keys without which a manifest does not say what the plan is of, or what it claims.
KEYS = (
    *("instance", "policy_name", "overrides", "policy", "inputs"),
    *("status", "objective", "gap", "asked_gap"),
)

#: The column that `read_plan_file` adds to the rows of point layers: their coordinates.
AT = "(x, y)"

REMEDY = "Give a .gpkg that `equisite solve -o` wrote"


@dataclass(frozen=True)
class PlanFile:
    """layers: name -> rows; point layers have their coordinates, in `crs`, in the column AT."""

    path: Path
    crs: CRS
    layers: Mapping[str, list[Row]]
    manifest: Mapping[str, Any]


def read_plan_file(path: Path) -> PlanFile:
    """Read a plan back. Raises InputError where the file is not one."""
    if not path.is_file():
        raise InputError([Fault(str(path), "no such file", REMEDY)])
    try:
        present = set(sources.layer_names(path))
        missing = [name for name in COLUMNS if name not in present]
        if missing:
            raise InputError([Fault(str(path), f"has no layer {name}", REMEDY) for name in missing])
        asked = COLUMNS | {name: OPTIONAL[name] for name in OPTIONAL if name in present}
        read = {name: sources.load(path, name) for name in asked}
    except sources.UnreadableError as error:
        raise InputError(
            [Fault(str(path), f"is no GeoPackage: it {error.problem}", REMEDY)]
        ) from None
    tables = {name: source.table for name, source in read.items()}
    faults = [
        Fault(f"{path.name}, {name}", one.problem, one.remedy, None, one.column, one.value)
        for name, source in read.items()
        for one in source.doubts
    ]
    faults += [
        Fault(f"{path.name}, {layer}", f"has no column {column}", REMEDY)
        for layer, columns in asked.items()
        for column in columns
        if column not in tables[layer].columns
    ]
    if faults:
        raise InputError(faults)
    manifest = _manifest(path.name, tables.pop("manifest"))
    demand = tables["demand"]
    if demand.crs is None:
        raise InputError([Fault(f"{path.name}, demand", "has no CRS", REMEDY)])
    return PlanFile(path, demand.crs, {name: _rows(tables[name]) for name in tables}, manifest)


def _manifest(name: str, table: Any) -> dict[str, Any]:
    """Key -> value."""
    found: dict[str, Any] = {}
    faults = []
    for key, text in zip(table["key"], table["value"], strict=True):
        try:
            found[str(key)] = json.loads(text)
        except (TypeError, ValueError):
            faults.append(Fault(f"{name}, manifest", "is not JSON", REMEDY, str(key), value=text))
    faults += [
        Fault(f"{name}, manifest", f"has no key {key}", REMEDY) for key in KEYS if key not in found
    ]
    if faults:
        raise InputError(faults)
    return found


def _rows(table: Any) -> list[Row]:
    """The rows of a layer; of points, with their coordinates."""
    plain = table.astype(object)
    at: list[tuple[float, float] | None] = [None] * len(table)
    if isinstance(table, gpd.GeoDataFrame):
        plain = plain.drop(columns=table.geometry.name)
        at = [_coordinates(shape) for shape in table.geometry]
    rows = [{name: _value(cell) for name, cell in row.items()} for row in plain.to_dict("records")]
    return [row | {AT: place} for row, place in zip(rows, at, strict=True)]


def _coordinates(shape: Any) -> tuple[float, float] | None:
    """Where a point is; None for anything else."""
    if shape is None or shape.geom_type != "Point" or shape.is_empty:
        return None
    return float(shape.x), float(shape.y)


def _value(cell: Any) -> Any:
    """A cell; None where it is empty."""
    return None if cell is None or (isinstance(cell, float) and math.isnan(cell)) else cell
