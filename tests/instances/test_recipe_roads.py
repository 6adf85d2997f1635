"""The recipe's roads and corridors, on small places."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, Point

from instances.recipe.borders import checked, side_of
from instances.recipe.connect import connect
from instances.recipe.corridors import candidates, corridors, ends_of
from instances.recipe.network import network
from instances.recipe.roads import clip
from instances.recipe.ships import by_ship
from optimizer.geodata.instance_file import AlignmentTable, KindTable
from tests.instances.test_recipe import METRIC, NETWORK, ROADS, links, places, units


def test_connect_splits_the_road_where_the_point_meets_it() -> None:
    road = links([("a", "b", 6.0, [(0, 0), (10_000, 0)])])
    points = gpd.GeoSeries(
        {
            "middle": Point(4_000, 1_000),
            "end": Point(300, 2_000),  # nearer than 500 m to the junction a
            "on": Point(7_000, 0),
            "there": Point(10_000, 0),
        },
        crs=METRIC,
    )
    joined = connect(road, points, 0.5, NETWORK)
    table = joined.set_index(["from", "to"])["minutes"].round(2)
    # Of the road's 6 minutes: 4, 3 and 3 km of 10. Connectors: 1.3 x km at 40 km/h is 1.95 minutes
    # per km; the one to the junction is sqrt(0.3^2 + 2^2) = 2.022 km.
    assert table.to_dict() == {
        ("a", "xmiddle"): 2.4,
        ("xmiddle", "on"): 1.8,
        ("on", "b"): 1.8,
        ("middle", "xmiddle"): 1.95,
        ("end", "a"): 3.94,
    }
    travel = network(joined, points, NETWORK)
    assert travel.minutes(["middle"], ["on", "middle"])[0] == pytest.approx([3.75, 0])
    nearest = travel.to_nearest(["middle", "end", "on"], ["on", "end"])
    assert nearest == pytest.approx([3.75, 0, 0], abs=0.01)


def test_a_motorway_is_entered_at_its_junctions() -> None:
    road = links([("a", "b", 6.0, [(0, 0), (10_000, 0)])]).assign(**{"class": "motorway"})
    points = gpd.GeoSeries({"p": Point(4_000, 1_000)}, crs=METRIC)
    joined = connect(road, points, 0.5, NETWORK)
    assert joined["to"].tolist() == ["b", "a"]
    # sqrt(4^2 + 1^2) = 4.123 km x 1.95
    assert joined["minutes"].iloc[1] == pytest.approx(8.04, abs=0.01)


def test_islands_are_reached_by_ship() -> None:
    """An island 10 km off has a port, at its seat, and a way to it; a bay is no island."""
    road = links([("a", "b", 6.0, [(0, 0), (10_000, 0)])])
    land = gpd.GeoSeries(
        [
            shapely.box(-1_000, -5_000, 11_000, 1_000),
            shapely.box(-30_000, -5_000, -1_000, 20_000),  # the same coast, beyond a bay
            shapely.box(9_000, 11_000, 16_000, 15_000),
        ],
        crs=METRIC,
    ).union_all()
    rows = [
        {"id": "port", "unit_id": "port", "geometry": Point(10_000, 12_000)},
        {"id": "inland", "place": "town", "geometry": Point(14_000, 12_000)},
        {"id": "bay", "place": "town", "geometry": Point(-5_000, 15_000)},
        {"id": "unseen", "place": "town", "geometry": Point(5_000, 30_000)},
        {"id": "bridge", "unit_id": "bridged", "geometry": Point(11_000, 12_000)},
    ]
    parts = gpd.GeoSeries(shapely.get_parts(land), crs=METRIC)
    table = by_ship(road, places(rows), parts, ROADS, NETWORK).set_index(["from", "to"])
    # 30 + 12 km at 40 km/h: 18 minutes; 4 km of land x 1.95; unseen: 30.4 km.
    assert table["minutes"].round(1).to_dict() == {
        ("a", "b"): 6.0,
        ("port", "b"): 48.0,
        ("inland", "port"): 7.8,
        ("unseen", "a"): 75.6,
    }
    assert table["class"].tolist() == ["trunk", "ferry", "local", "ferry"]


def test_roads_across_a_checked_border_take_longer() -> None:
    """From outside in, and from one region into the other, which is checked twice."""
    lines = {"in": (0.5, 1.5), "through": (1.5, 2.5), "out": (3.5, 4.5)}
    table = gpd.GeoDataFrame(
        {"from": list(lines), "minutes": 10.0, "class": "trunk", "access": ""},
        geometry=[LineString([(a, 0.5), (b, 0.5)]) for a, b in lines.values()],
        crs="EPSG:4326",
    ).to_crs(METRIC)
    one, two = ([[x, 0], [x + 1, 0], [x + 1, 1], [x, 1]] for x in (1, 2))
    rule = {"minutes": 45, "outlines": {"one": one, "two": two}, "provinces": ["81", "82"]}
    found = checked(table, rule)
    assert found["side"].tolist() == [-1, -1, 0]
    assert side_of(pd.Series(["440300", "810001", "820101"]), rule).tolist() == [0, 1, 2]
    assert found["minutes"].tolist() == [55, 100, 10]
    assert found["class"].tolist() == ["border", "border", "trunk"]
    assert found["access"].tolist() == ["no", "no", ""]


def test_clip_keeps_fastest_paths_and_joins_islands() -> None:
    """Two anchors 10 km apart: the straight road takes 30 minutes, the way round by c 10."""
    table = links(
        [
            ("a", "b", 30.0, [(0, 0), (10_000, 0)]),
            ("a", "c", 5.0, [(0, 0), (5_000, 50_000)]),
            ("c", "b", 5.0, [(5_000, 50_000), (10_000, 0)]),
            ("c", "far", 5.0, [(5_000, 50_000), (5_000, 90_000)]),
            ("s", "t", 1.0, [(0, -3_000), (1_000, -3_000)]),  # two nodes: a gap of the source
            ("i", "j", 1.0, [(20_000, 0), (22_000, 0)]),  # three nodes: an island
            ("j", "k", 1.0, [(22_000, 0), (24_000, 0)]),
        ]
    )
    region = shapely.box(-5_000, -5_000, 25_000, 5_000)
    kept = clip(table, region, np.array([(0, 0), (10_000, 0)]), ROADS, 10)
    # The ferry runs from b to i, 10 km: 60 + 60 x 10 / 25 minutes.
    assert set(zip(kept["from"], kept["to"], kept["minutes"], kept["class"], strict=True)) == {
        ("a", "b", 30.0, "trunk"),
        ("a", "c", 5.0, "trunk"),
        ("c", "b", 5.0, "trunk"),
        ("i", "j", 1.0, "trunk"),
        ("j", "k", 1.0, "trunk"),
        ("b", "i", 84.0, "ferry"),
    }


def test_a_path_beyond_the_region_that_no_unit_needs_is_left_out() -> None:
    table = links(
        [
            ("a", "b", 5.0, [(0, 0), (10_000, 0)]),
            ("b", "c", 5.0, [(10_000, 0), (20_000, 0)]),
            ("c", "d", 5.0, [(20_000, 0), (30_000, 0)]),
        ]
    )
    anchors = np.array([(0, 0), (20_000, 0)])
    kept = clip(table, shapely.box(-1, -1, 9_000, 1), anchors, ROADS, 10)
    assert kept["to"].tolist() == ["b", "c"]


def test_corridors() -> None:
    """A square of about 100 km and its middle: only the west side's road is slow."""
    # 0.9 degree of latitude is 100 km near enough; at 31 N 1.05 degree of longitude is too.
    corners = {"1": (120, 31), "2": (121.05, 31), "3": (120, 31.9), "4": (121.05, 31.9)}
    people = gpd.GeoDataFrame(
        {
            "id": list(corners),
            "jurisdiction": ["A", "B", "A", "B"],
            "name_zh": list("甲乙丙丁"),
            "name_en": list("abcd"),
            "persons": 1000,
            "city": [True, True, False, False],
        },
        geometry=[Point(place) for place in corners.values()],
        crs="EPSG:4326",
    )
    minutes = np.full((4, 4), 70.0)
    minutes[0, 2] = minutes[2, 0] = 120.0
    rule = {
        "least_km": 15,
        "most_km": 250,
        "road_least_ratio": 1.5,
        "rail_least_ratio": 2.5,
        "most": 40,
        "most_sea_km": 40,
    }
    asked = AlignmentTable(detour=1.15, kinds={"railway": KindTable(kmh=200, detour=1.1)})
    land = gpd.GeoDataFrame(geometry=[shapely.box(119, 30, 123, 33)], crs="EPSG:4326")
    links = candidates(people, minutes, land, METRIC, rule, asked)
    # Expressway: 100 x 1.15 km at 100 km/h is 69 minutes: 120 is 1.7 times that, 70 is not 1.5
    # times. Railway: 100 x 1.1 km at 200 km/h is 33 minutes, 70 is not 2.5 times that.
    assert list(links["id"]) == ["E1-3"]
    # With a slower road between the seats the railway is a candidate too.
    minutes[0, 1] = minutes[1, 0] = 90.0
    links = candidates(people, minutes, land, METRIC, rule, asked)
    assert list(links["id"]) == ["E1-3", "R1-2"] and links["name_zh"][1] == "甲—乙"
    # Routed: E1-3 crosses a lake that is 0.02 degree, 2.2 km, wide; each city pays half of R1-2.
    lake = gpd.GeoDataFrame(
        {"id": ["Z"], "kind": ["water"], "name": [None]},
        geometry=[shapely.box(118, 31.4, 124, 31.42)],
        crs="EPSG:4326",
    )
    aside = shapely.LineString([(121.3, 31.3), (121.3, 31.6)])  # no route comes by
    roads = gpd.GeoDataFrame(geometry=[aside], crs="EPSG:4326")
    areas = pd.DataFrame(
        {"id": ["A", "B"], "parent": "", "tier": "city", "role": "", "budget": 1.0}
    )
    layers = {"jurisdictions": areas, "demand": people, "roads": roads, "zones": lake}
    found = corridors(links, layers, METRIC, asked, "city").set_index("id")
    row = found.loc["E1-3"]
    assert row["minutes"] == pytest.approx(69, abs=0.5)
    assert row["cost"] == pytest.approx(1.15 * 120 * (97.8 + 10 * 2.2), rel=0.01)
    assert found["cost_shares"].tolist() == ["A=1", "A=0.5;B=0.5"]
    # One that is no faster than the road, here a minute, is left out.
    slow = links.assign(road_minutes=[1.0, 90.0])
    assert list(corridors(slow, layers, METRIC, asked, "city")["id"]) == ["R1-2"]
    # A strait of 0.2 degree, 22.2 km, in the way of E1-3 can be crossed, one of 0.4 cannot.
    strait = shapely.box(119, 31.4, 120.5, 31.6)
    cut = land.difference(strait).to_frame("geometry")
    assert len(candidates(people, minutes, cut, METRIC, rule, asked)) == 2
    sound = shapely.box(119, 31.4, 120.5, 31.8)
    cut = land.difference(sound).to_frame("geometry")
    assert list(candidates(people, minutes, cut, METRIC, rule, asked)["id"]) == ["R1-2"]


def test_ends_of_corridors() -> None:
    """A unit near the seat of its city counts there; the others are ends of their own."""
    table = units(
        [
            {"unit_id": "1", "city": "A", "name_zh": "甲区", "pop2020": 10},
            {"unit_id": "2", "city": "A", "name_zh": "乙区", "pop2020": 20, "lon": 120.7},
            {"unit_id": "3", "city": "A", "name_zh": "丙县", "pop2020": 30, "lon": 121.6},
        ]
    ).assign(name_en="")
    town = gpd.GeoDataFrame({"id": ["t"]}, geometry=[Point(120.65, 31.3)], crs="EPSG:4326")
    cities = pd.DataFrame({"id": ["A"], "seat": ["t"], "name_zh": ["甲市"], "name_en": ["A"]})
    ends = ends_of(table, town, cities, METRIC, 15).set_index("id")
    assert ends[["name_zh", "persons", "city"]].to_dict("index") == {
        "3": {"name_zh": "丙县", "persons": 30, "city": False},
        "t": {"name_zh": "甲市", "persons": 30, "city": True},
    }
