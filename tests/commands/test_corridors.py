"""`corridors`: routes told, written to a file, or put in their place."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd

from tests.commands.running import LINE, Run


def test_corridors_are_told_and_written(run: Run, linked: Path) -> None:
    before = (linked / "land.gpkg").read_bytes()
    ended = run("corridors", linked, "-o", linked / "found.gpkg")
    assert ended.code == 0
    assert "2 of 2 links have a route" in ended.out and "cost_per_km 120 (default)" in ended.out
    found = gpd.read_file(linked / "found.gpkg", layer="corridors")
    assert found["own"].tolist() == ["甲", "乙"]
    assert (found["cost"] > 0).all() and (found["rejected"] == "").all()
    assert (linked / "land.gpkg").read_bytes() == before


def test_corridors_in_place_leave_other_layers_alone(run: Run, linked: Path) -> None:
    zones = gpd.read_file(linked / "land.gpkg", layer="zones")
    ended = run("corridors", linked, "--in-place", "--json", "--set", "alignment.kmh=50")
    told = json.loads(ended.out)
    assert ended.code == 0 and told["alignment"]["kmh"] == 50
    assert [row["id"] for row in told["corridors"]] == ["k", "l"]
    assert gpd.read_file(linked / "land.gpkg", layer="zones").equals(zones)
    assert "length_km" in gpd.read_file(linked / "land.gpkg", layer="corridors")
    assert run("validate", linked).code == 0


def test_corridors_are_a_layer_of_a_geopackage(run: Run, linked: Path) -> None:
    assert run("corridors", linked, "-o", linked / "found.csv").code == 2
    assert run("corridors", LINE).code == 2  # it has no such layer


def test_where_no_link_has_a_route_the_zone_is_named(run: Run, linked: Path) -> None:
    zones = gpd.read_file(linked / "land.gpkg", layer="zones").to_crs(32651)
    demand = gpd.read_file(linked / "demand.geojson").to_crs(32651)
    zones["geometry"] = (
        demand.geometry.iloc[0].buffer(2000).difference(demand.geometry.iloc[0].buffer(1000))
    )
    zones.to_file(linked / "land.gpkg", layer="zones")
    ended = run("corridors", linked, "--json")
    assert ended.code == 3
    told = json.loads(ended.out)["corridors"]
    assert told[0]["rejected"] == "no way around ecological redline"
    assert told[0]["rejected_by"] == zones["name"].iloc[0] and told[0]["cost"] is None
