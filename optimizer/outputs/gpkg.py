"""GeoPackage: the plan as layers, with its manifest and the QGIS styles that make it a map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pandas.api.types import infer_dtype

from optimizer.outputs.layers import layers
from optimizer.outputs.manifest import manifest
from optimizer.outputs.qgis.styles import Sheet, Style, styles
from optimizer.outputs.solved_instance import SolvedInstance

#: Geometry type of each layer; one that is not here mixes points and lines where it must.
GEOMETRY = {
    "jurisdictions": "MultiPolygon",
    "corridors": "MultiLineString",
    "assignments": "LineString",
    "demand": "Point",
    "facilities": "Point",
    "critical_sites": "Point",
    "critical_links": "MultiLineString",
    "losses": "Point",
    "scenarios": "MultiPoint",
    "failover": "LineString",
    "classes": "Unknown",
}
COLUMN = "geom"  # the geometry column of every layer
VERSION = "1.3"  # of GeoPackage: what the GDAL of a GIS from 2022 can read


def write(study: SolvedInstance, path: Path, language: str) -> None:
    """Write the plan; names and legends of the styles are in the language (zh or en)."""
    plan = layers(study)
    drawn = {
        name: styles(Sheet(study.instance, layer, language), name) for name, layer in plan.items()
    }
    store(path, plan, drawn, manifest(study))


def store(
    path: Path,
    layers: Mapping[str, gpd.GeoDataFrame],
    drawn: Mapping[str, list[Style]],
    manifest: Mapping[str, Any],
) -> None:
    """Write layers with their styles, and a manifest, to a new file."""
    for name, layer in layers.items():
        lines = (layer.geom_type == "LineString").any()
        kind = GEOMETRY.get(name, "Unknown" if lines else "Point")
        pyogrio.write_dataframe(
            _storable(layer),
            path,
            layer=name,
            driver="GPKG",
            geometry_type=kind,
            promote_to_multi=kind.startswith("Multi"),
            append=path.exists(),
            dataset_options={"VERSION": VERSION},
            layer_options={"GEOMETRY_NAME": COLUMN},
        )
    values = [json.dumps(value, ensure_ascii=False, allow_nan=False) for value in manifest.values()]
    add_table(path, "manifest", pd.DataFrame({"key": list(manifest), "value": values}))
    add_table(path, "layer_styles", _style_table(drawn, manifest["created"]))


def add_table(path: Path, name: str, table: pd.DataFrame) -> None:
    """Write a table without geometry to a file that is there."""
    pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=True)


def _style_table(drawn: Mapping[str, list[Style]], created: str) -> pd.DataFrame:
    """The table in which QGIS looks for styles: the first of each layer is applied on opening."""
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": layer,
            "f_geometry_column": COLUMN,
            "styleName": name,
            "styleQML": qml,
            "styleSLD": "",
            "useAsDefault": row == 0,
            "description": name,
            "owner": "",
            "ui": None,
            "update_time": pd.Timestamp(created),
        }
        for layer, named in drawn.items()
        for row, (name, qml) in enumerate(named)
    ]
    return pd.DataFrame(rows)


def _storable(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The layer in types that a GeoPackage has: lists and tables in cells become JSON text.

    Yes or no with gaps stays what it is (it would be written as text).
    """
    layer = layer.copy()
    for name in layer.columns.drop(layer.geometry.name):
        nested = layer[name].map(lambda cell: isinstance(cell, (list, dict, np.ndarray)))
        if nested.any():
            layer[name] = layer[name].map(_as_text, na_action="ignore")
        elif infer_dtype(layer[name], skipna=True) == "boolean":
            layer[name] = layer[name].astype("boolean")
    return layer


def _as_text(cell: Any) -> str:
    cell = cell.tolist() if isinstance(cell, np.ndarray) else cell
    return json.dumps(cell, ensure_ascii=False, default=str)
