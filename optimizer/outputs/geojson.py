"""GeoJSON (RFC 7946): all layers of a plan in one list of features, in WGS 84.

Each feature says in `plan_layer` which layer it is from; the manifest stands beside the list.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from optimizer.outputs.layers import layers
from optimizer.outputs.manifest import manifest
from optimizer.outputs.solved_instance import SolvedInstance

DECIMALS = 6  # of a degree: 0.1 metres


def write(study: SolvedInstance, path: Path, language: str) -> None:
    """Write the plan; no word in it depends on the language."""
    collection = {
        "type": "FeatureCollection",
        "manifest": manifest(study),
        "features": [
            feature for name, layer in layers(study).items() for feature in _features(name, layer)
        ],
    }
    with path.open("w", encoding="utf-8") as file:
        json.dump(collection, file, ensure_ascii=False, allow_nan=False)


def _features(name: str, layer: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """The features of one layer: polygons anticlockwise outside, coordinates rounded."""
    layer = layer.to_crs("EPSG:4326")
    # set_precision could drop a small polygon, so only the coordinates are rounded.
    shapes = shapely.transform(layer.geometry.to_numpy(), lambda xy: xy.round(DECIMALS))
    layer = layer.set_geometry(shapely.orient_polygons(shapes), crs="EPSG:4326")
    text = layer.to_json(na="null", drop_id=True, default=_value)
    features: list[dict[str, Any]] = json.loads(text)["features"]
    for feature in features:
        feature["properties"]["plan_layer"] = name
    return features


def _value(cell: Any) -> Any:
    """A cell of the user's for which JSON has no type: a list as such, all else as text."""
    return cell.tolist() if isinstance(cell, np.ndarray) else str(cell)
