"""What the files hold when they are read back."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from optimizer.outputs.formats import write
from optimizer.outputs.layers import layers
from optimizer.outputs.solved_instance import SolvedInstance
from tests.outputs.little import Little


@pytest.fixture
def plan(study: SolvedInstance, tmp_path: Path) -> Path:
    path = tmp_path / "plan.gpkg"
    write(study, path, "en")
    return path


def test_geopackage_holds_every_layer_with_every_column(study: SolvedInstance, plan: Path) -> None:
    expected = layers(study)
    listed = {name: kind for name, kind in pyogrio.list_layers(plan)}
    assert set(listed) == {*expected, "manifest", "layer_styles"}
    assert listed["rejected"] == "Unknown"  # points and lines
    for name, layer in expected.items():
        found = gpd.read_file(plan, layer=name)
        assert list(found.columns) == list(layer.columns)
        assert found.crs == layer.crs
        for column in layer.columns.drop("geometry"):
            pd.testing.assert_series_equal(found[column], layer[column], check_dtype=False)
        assert list(found.geometry.is_empty) == list(layer.geometry.is_empty)
    # Not text, although no station has an answer.
    assert pyogrio.read_info(plan, layer="facilities")["ogr_subtypes"][-2] == "OFSTBoolean"


def test_manifest_is_a_table_of_keys_and_json(plan: Path) -> None:
    table = pyogrio.read_dataframe(plan, layer="manifest")
    assert list(table.columns) == ["key", "value"]
    told = {key: json.loads(value) for key, value in table.itertuples(index=False)}
    assert told["instance"] == "little"
    assert told["status"] == "optimal"
    assert told["inputs"] == {"instance.toml": "0" * 64}


def test_every_layer_has_one_default_style(study: SolvedInstance, plan: Path) -> None:
    with sqlite3.connect(plan) as file:
        rows = file.execute(
            "select f_table_name, f_geometry_column, styleName, useAsDefault from layer_styles"
        ).fetchall()
    assert sorted(table for table, _, _, default in rows if default) == sorted(layers(study))
    assert {column for _, column, _, _ in rows} == {"geom"}
    # One style per level where a layer shows minutes or equity by level.
    assert [name for table, _, name, _ in rows if table == "demand"] == [
        "minutes: Emergency station",
        "minutes: County hospital",
        "minutes: medical.regional",
    ]


def test_all_rejected_points_make_a_point_layer(little: Little, tmp_path: Path) -> None:
    rejected = little.study().instance.geography.rejected
    path = tmp_path / "plan.gpkg"
    for kept in (rejected.iloc[:1], rejected.iloc[:0]):
        write(little.study(rejected=kept), path)
        assert dict(pyogrio.list_layers(path))["rejected"] == "Point"
        assert len(gpd.read_file(path, layer="rejected")) == len(kept)


def test_lists_in_a_column_are_kept(little: Little, tmp_path: Path) -> None:
    demand = little.study().instance.geography.demand.copy()
    demand["beds"] = pd.Series([np.array([1, 2]), None, [3], {"icu": 4}], index=demand.index)
    demand["seen"] = pd.Timestamp("2026-05-01")
    for suffix in ("gpkg", "geojson"):
        write(little.study(demand=demand), tmp_path / f"plan.{suffix}")
    found = gpd.read_file(tmp_path / "plan.gpkg", layer="demand")  # which has no lists
    assert found["beds"].dropna().tolist() == ["[1, 2]", "[3]", '{"icu": 4}']
    assert found["seen"][0] == pd.Timestamp("2026-05-01")
    features = json.loads((tmp_path / "plan.geojson").read_text(encoding="utf-8"))["features"]
    told = [one["properties"] for one in features if one["properties"]["plan_layer"] == "demand"]
    assert [one["beds"] for one in told] == [[1, 2], None, [3], {"icu": 4}]
    assert told[0]["seen"].startswith("2026-05-01")


def test_the_same_study_gives_the_same_layers(
    study: SolvedInstance, plan: Path, tmp_path: Path
) -> None:
    write(study, tmp_path / "again.gpkg", "en")
    for name in layers(study):
        first = gpd.read_file(plan, layer=name)
        second = gpd.read_file(tmp_path / "again.gpkg", layer=name)
        pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(second))


@pytest.fixture
def collection(little: Little, tmp_path: Path) -> dict[str, Any]:
    """The plan of an instance in metres, as GeoJSON."""
    demand = little.study().instance.geography.demand.to_crs("EPSG:32651")
    write(little.study(demand=demand), tmp_path / "plan.geojson")
    found: dict[str, Any] = json.loads((tmp_path / "plan.geojson").read_text(encoding="utf-8"))
    return found


def test_geojson_says_of_each_feature_which_layer_it_is_from(collection: dict[str, Any]) -> None:
    names = [feature["properties"]["plan_layer"] for feature in collection["features"]]
    assert {name: names.count(name) for name in names} == {
        "jurisdictions": 3,
        "corridors": 2,
        "rejected": 2,
        "assignments": 13,
        "demand": 4,
        "facilities": 4,
    }
    assert collection["manifest"]["instance"] == "little"


def test_geojson_is_in_degrees_and_its_polygons_run_anticlockwise(
    collection: dict[str, Any],
) -> None:
    by_layer = {f["properties"]["plan_layer"]: f for f in collection["features"]}
    assert by_layer["facilities"]["geometry"]["coordinates"] == [121.45, 31.32]
    area = shapely.from_geojson(json.dumps(by_layer["jurisdictions"]["geometry"]))
    assert shapely.is_ccw(shapely.get_exterior_ring(area))


def test_geojson_has_null_for_no_value(collection: dict[str, Any]) -> None:
    station = next(
        feature["properties"]
        for feature in collection["features"]
        if feature["properties"].get("id") == "s1:emergency"
    )
    assert station["capacity_emergency"] is None
    assert station["name_zh"] == "甲"


def test_json_tells_the_numbers(study: SolvedInstance, tmp_path: Path) -> None:
    write(study, tmp_path / "plan.json")
    told = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    emergency = told["services"]["emergency"]
    assert emergency["facilities"] == {"kept": 0, "built": 2, "upgraded": 0, "closed": 0}
    assert emergency["capacity"] is None  # no limit
    assert emergency["region"]["mean"] == 14
    assert emergency["region"]["equity"]["maximum"] == 40
    # Rural persons: d2 50, d3 150, d4 100; 50 x 25 + 150 x 40 + 100 x 5 = 7750 minutes.
    assert emergency["groups"]["rural"]["mean"] == pytest.approx(7750 / 300)
    assert told["jurisdictions"]["B"]["spent"] == 415
    assert told["jurisdictions"]["B"]["levels"]["emergency"]["worst"] == 40
    assert told["cost"] == 430
