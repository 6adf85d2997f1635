"""The recipe on little inputs whose answers are worked out by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, Point

from instances.recipe.__main__ import main
from instances.recipe.access import access_minutes, cells
from instances.recipe.borders import checked, side_of
from instances.recipe.cities import budgets, provenance, rings, seats, size_classes
from instances.recipe.connect import connect
from instances.recipe.corrections import Corrections
from instances.recipe.corridors import candidates, corridors, ends_of
from instances.recipe.folder import write_layers
from instances.recipe.hubs import CIVIL_AIRPORTS, hubs
from instances.recipe.network import network
from instances.recipe.places import within_reach
from instances.recipe.roads import clip
from instances.recipe.settings import emergency_floors
from instances.recipe.ships import by_ship
from instances.recipe.sources import Pack, as_points, city_ids
from instances.recipe.supply import hospitals, merging, running_costs, stations, towns
from instances.recipe.units import off_the_water, utm
from instances.recipe.zones import frame, sea
from optimizer.geodata.instance_file import AlignmentTable, KindTable

METRIC = "EPSG:32650"

MEDICAL = {
    "workers_per_1000": 9.5,
    "regional_workers_per_1000": 2.5,
    "regional_surplus_workers": 1500,
}
ROADS = {
    "sea_km": 2,
    "shore_km": 1,
    "bridged": ["bridged"],
    "strait": {"wait_minutes": 60, "kmh": 25},
    "island": {"wait_minutes": 30, "kmh": 40},
    "island_nodes": 3,
}
NETWORK = {"access_kmh": 40, "detour": 1.3}


def units(rows: list[dict]) -> gpd.GeoDataFrame:
    """Units of a city 320500 in one place, unless a row says otherwise."""
    usual = {
        "city": "320500",
        "province_zh": "江苏省",
        "prefecture_zh": "苏州市",
        "coord_src": "osm",
        "lon": 120.6,
        "lat": 31.3,
    }
    return as_points(pd.DataFrame([usual | row for row in rows]))


def links(rows: list[tuple[str, str, float, list]]) -> gpd.GeoDataFrame:
    """Trunk roads: from, to, minutes, places in metres."""
    table = pd.DataFrame(rows, columns=["from", "to", "minutes", "geometry"])
    table["geometry"] = table["geometry"].map(LineString)
    return gpd.GeoDataFrame(table.assign(**{"class": "trunk", "access": ""}), crs=METRIC)


def places(rows: list[dict]) -> gpd.GeoDataFrame:
    """Places of a unit 1 of city A in metres, seats unless a row says otherwise."""
    usual = {"unit_id": "1", "city": "A", "place": "seat", "persons": 100, "coarse": False}
    return gpd.GeoDataFrame([usual | row for row in rows], geometry="geometry", crs=METRIC)


def test_city_ids() -> None:
    rows = [
        ("320505", "江苏省", "苏州市", "320500"),
        ("320583", "江苏省", "苏州市", "320500"),
        ("X0001", "江苏省", "苏州市", "320500"),  # a zone without a code: as its city
        ("441900", "广东省", "东莞市", "441900"),  # a city without districts
        ("429004", "湖北省", "仙桃市", "429004"),  # administered by the province
        ("500101", "重庆市", "重庆市", "500100"),  # a municipality, two series of codes
        ("500229", "重庆市", "重庆市", "500100"),
        ("810001", "香港特别行政区", "香港特别行政区", "810100"),
    ]
    table = pd.DataFrame(rows, columns=["unit_id", "province_zh", "prefecture_zh", "city"])
    assert city_ids(table).tolist() == table["city"].tolist()


def test_budgets() -> None:
    """60 CNY a year for each of 1.5 million persons, 90 million, and what runs in A: 10 million."""
    persons = pd.Series({"A": 1_500_000, "B": 1_500_000})
    assert budgets(persons, 60, pd.Series({"A": 10.0})).to_dict() == {"A": 100, "B": 90}


def test_hospitals_that_may_be_closed() -> None:
    """Those of districts without a regional part, where a city has several of districts."""
    rows = [
        ("1", "甲区", "A", 40_000, 0),
        ("2", "乙区", "A", 80_000, 5_000),  # regional
        ("3", "丙县", "A", 40_000, 0),  # a county's
        ("4", "丁区", "B", 40_000, 0),  # the only one
    ]
    table = units([{"unit_id": id, "name_zh": name, "city": city} for id, name, city, *_ in rows])
    standing = pd.DataFrame(
        [("S" + id, county, regional) for id, _, _, county, regional in rows],
        columns=["site", "capacity_county", "capacity_regional"],
    )
    rule = {"persons_per_bed": 200, "closing_cost": 0.1, "running_cost": 0.05}
    found = merging(standing, table, rule)
    assert found["closable"].tolist() == [True, False, False, False]
    # 200 beds
    assert found["closing_cost"].tolist() == [20, 0, 0, 0]
    assert running_costs(found, table).to_dict() == {"A": 10, "B": 0}


def test_size_classes() -> None:
    """Urban persons of the districts; where there is none, of the largest unit."""
    rows = [
        ("A", "甲区", 900_000),
        ("A", "乙区", 200_000),  # 1.1 million in districts
        ("A", "丙县", 5_000_000),
        ("B", "丁县", 400_000),
        ("B", "戊市", 600_000),  # the largest of a city without districts
        ("C", "己市", 499_999),
        ("D", "庚区", 10_000_000),
    ]
    table = pd.DataFrame(rows, columns=["city", "name_zh", "pop_urban"])
    least = {"small": 0, "medium": 500_000, "large": 1_000_000, "super": 10_000_000}
    classes = size_classes(table, {"least_urban_persons": least})
    assert classes.to_dict() == {"A": "large", "B": "medium", "C": "small", "D": "super"}


def test_seats_of_cities() -> None:
    """A is at the township nearest to its seat, modelled places apart; B's seat is put right; C's
    is no member, so that its most populous unit stands for it."""
    table = gpd.GeoDataFrame(
        {
            "id": ["a", "t", "p", "b", "c", "d"],
            "unit_id": ["a", "a", "a", "b", "c", "d"],
            "city": ["A", "A", "A", "B", "C", "C"],
            "place": ["seat", "town", "pseudo", "seat", "seat", "seat"],
            "persons": [9, 1, 1, 5, 2, 3],
        },
        geometry=[Point(x, 30) for x in (120, 120.05, 120.06, 121, 130, 131)],
        crs="EPSG:4326",
    )
    named = pd.DataFrame(
        {"city": ["A", "B", "C"], "city_zh": ["甲市", "乙市", "丙市"]}
        | {"seat_lon": [120.06, 150, 120], "seat_lat": 30}
    )
    moved = pd.DataFrame({"lon": [121.01], "lat": [30]}, index=["乙市"])
    found = seats(named, table, moved, {"seat_km": 15})
    assert found.to_dict() == {"A": "t", "B": "b", "C": "d"}


def test_rings() -> None:
    table = places([{"city": city, "geometry": Point(0, 0)} for city in "ABB"])
    assert rings(table, {"A"}, np.array([90, 60, 61]), 60).tolist() == ["core", "circle", "rest"]


def test_provenance() -> None:
    """Of 10 persons 4 at a modelled place, which is coarse too, and 1 at a coarse seat."""
    kinds = [("seat", 5, False), ("pseudo", 4, True), ("seat", 1, True)]
    table = places(
        [{"place": p, "persons": n, "coarse": c, "geometry": Point(0, 0)} for p, n, c in kinds]
    )
    assert provenance(table).loc["A"].to_dict() == {"pseudo_share": 0.4, "coarse_share": 0.1}


def test_a_modelled_place_out_of_reach_is_none() -> None:
    """Its persons live at the nearest real place of the unit."""
    groups = ["persons_urban", "persons_rural", "persons_0_14", "persons_60plus"]
    rows = [("s", "seat", 0), ("t", "town", 9_000), ("far", "pseudo", 8_000), ("near", "pseudo", 1)]
    table = places(
        [
            {"id": id, "place": place, "geometry": Point(x, 0)} | dict.fromkeys(groups, 50)
            for id, place, x in rows
        ]
    )
    kept = within_reach(table, np.array([0, 0, 61, 60]), 60).set_index("id")
    assert kept["persons"].to_dict() == {"s": 100, "t": 200, "near": 100}
    assert kept.loc["t", groups].tolist() == [100] * 4


def test_the_way_in_the_own_cell() -> None:
    """Three places in a row, 10 km apart, on a strip of land 10 km wide: cells of 100 km2."""
    points = gpd.GeoSeries([Point(500_000 + x, 3_400_000) for x in (0, 10_000, 20_000)], crs=METRIC)
    land = shapely.box(495_000, 3_395_000, 525_000, 3_405_000)
    dry = gpd.GeoSeries([land], crs=METRIC).to_crs("EPSG:4326").iloc[0]
    km2 = cells(points.to_crs("EPSG:4326"), dry, METRIC, 1)
    # The reach is 10 km: the strip's ends are 5 km away, the corners too. The cells are whole.
    assert km2 == pytest.approx([100, 100, 100], rel=0.001)
    rule = {"urban_per_km2": 6000, "detour": 1.3, "urban_kmh": 25, "kmh": 35}
    rule |= {"least_minutes": 1, "most_minutes": 20}
    persons = pd.DataFrame({"persons_urban": [600_000, 0, 6e9], "persons_rural": [0, 100, 0]})
    # Disc of 100 km2: radius 5.642 km, mean way 3.761 km; x 1.3 at 25 km/h 11.7, at 35 8.4 minutes.
    # The third one's persons would need a disc larger than the cell: they are in the cell.
    assert access_minutes(persons, km2, rule).tolist() == [11.7, 8.4, 11.7]


def test_hospitals() -> None:
    """County level: 7 workers per 1000; regional: 2.5 per 1000 persons, 15 % of them referred."""
    table = units(
        [
            # 3,630 workers and the zone's 70; 700 serve its own 100,000, the other 3,000 serve
            # 3,000 / 0.0025 = 1.2 M persons, that is 180,000 referred.
            {"unit_id": "1", "name_zh": "姑苏区", "pop2020": 90_000, "workers": 363},
            # No place of its own: counts at the city's largest unit.
            {"unit_id": "2", "name_zh": "园区", "pop2020": 10_000, "workers": 7}
            | {"coord_src": "city_seat_fallback"},
            # 350 / 0.007 = 50,000; a county has no regional hospital.
            {"unit_id": "3", "name_zh": "吴县", "pop2020": 60_000, "workers": 35},
            # Not counted: serves its own.
            {"unit_id": "4", "name_zh": "中西区", "pop2020": 40_000, "workers": np.nan}
            | {"province_zh": "香港特别行政区", "city": "810100"},
        ]
    ).rename(columns={"workers": "health_social_workers_longform"})
    standing = hospitals(table, 0.15, MEDICAL).set_index("site")
    assert standing["capacity_county"].to_dict() == {"S1": 100_000, "S3": 50_000, "S4": 40_000}
    assert standing["capacity_regional"].to_dict() == {"S1": 180_000, "S3": 0, "S4": 6_000}
    assert standing.loc["S4", "capacity_src"] == "assumed"


def test_emergency_stations_and_sites_at_townships() -> None:
    """Of 510,000 persons 10 ambulances, for 30,000 each; of 20,000 two."""
    table = units(
        [
            {"unit_id": "1", "name_zh": "甲县", "pop2020": 510_000},
            {"unit_id": "2", "name_zh": "乙县", "pop2020": 20_000},
        ]
    )
    rule = {"persons_per_ambulance_today": 50_000, "persons_per_ambulance": 30_000}
    assert stations(table, rule)["capacity"].tolist() == [300_000, 60_000]
    rows = [("a", "seat", 99, 0), ("b", "town", 60, 5), ("c", "town", 1, 60), ("d", "town", 1, 59)]
    town = places(
        [{"id": id, "place": p, "persons": n, "geometry": Point(0, 0)} for id, p, n, _ in rows]
    ).assign(name_zh="", name_en="")
    town = town.to_crs("EPSG:4326")
    asked = {"land": 4.5, "cost": 5, "hospital_persons": 60, "hospital_minutes": 60}
    minutes = np.array([minutes for *_, minutes in rows])
    found = towns(town, minutes, {"towns": asked, "egress": {"town": 2}})
    both, one = "emergency;medical", "emergency"
    assert dict(zip(found["id"], found["services"], strict=True)) == {
        "Sb": both,  # many live there
        "Sc": both,  # far from a seat
        "Sd": one,
    }


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


def test_sea_keeps_away_from_places() -> None:
    """Land west of 120 degrees; a place on the shore gets 2 km around it."""
    land = gpd.GeoDataFrame(geometry=[shapely.box(119, 30, 120, 32)], crs="EPSG:4326")
    region, shore = shapely.box(119.5, 30.5, 120.5, 31.5), gpd.GeoSeries([Point(120, 31)], crs=4326)
    (found,) = sea(land, region, shore, METRIC, 2000).geometry
    assert found.bounds == (120, 30.5, 120.5, 31.5)
    metric = gpd.GeoSeries([found, shore[0]], crs=4326).to_crs(METRIC)
    assert metric[0].distance(metric[1]) == pytest.approx(2000, rel=0.01)
    assert sea(land, shapely.box(119.2, 30.5, 119.8, 31), shore, METRIC, 2000).empty


def test_a_frame_is_a_square_round_all_places() -> None:
    """200 km by 50 km: half a side is 100 km and a tenth, and 20 km."""
    points = gpd.GeoSeries([Point(400_000, 3_400_000), Point(600_000, 3_450_000)], crs=METRIC)
    found = frame(points.to_crs("EPSG:4326"), METRIC, {"frame_share": 0.1, "frame_km": 20})
    bounds = gpd.GeoSeries([found], crs="EPSG:4326").to_crs(METRIC).total_bounds
    expected = [370_000, 3_295_000, 630_000, 3_555_000]
    assert np.allclose(bounds, expected, atol=300)


def test_emergency_floors() -> None:
    """0.6 of what a station at every site reaches, in steps of 0.05, at most so much."""
    people = pd.DataFrame(
        {"persons": [30, 50, 20], "access_minutes": [8, 8, 8], "jurisdiction": ["A", "B", "B"]}
        | {"persons_urban": [30, 0, 0], "persons_rural": [0, 50, 20]}
        | {"persons_0_14": [3, 5, 2], "persons_60plus": [3, 5, 2]}
    )
    # With 2 minutes to the door: in 30 minutes who is 20 away; in an hour who is 50 away.
    to_sites = np.array([[0, 50], [51, 0], [90, 21]], dtype=float)
    rule = {
        "egress": {"seat": 2},
        "services": {"emergency": {"standard": 30, "backup": {"minutes": 60}}},
        "floors": {"jurisdiction": 0.5, "group": 0.7, "backup": 0.5},
    }
    rule["floors"] |= {"part_of_reachable": 0.6, "step": 0.05}
    floors = emergency_floors(people, to_sites, np.array(["A", "B"]), rule)
    # In B 50 of 70 are covered: 0.6 x 0.714 = 0.43; of the rural the same 50 of 70. Backed up from
    # another city: the 30 of A, 0.6 x 0.3 = 0.18.
    assert floors == {"jurisdiction": 0.4, "group": 0.4, "backup": 0.15}
    rule["floors"]["backup"] = 0.1
    assert emergency_floors(people, to_sites, np.array(["A", "B"]), rule)["backup"] == 0.1


def test_off_the_water() -> None:
    """A point 100 m inside a lake's west bank ends 250 m beyond it; one on land stays."""
    lake = gpd.GeoSeries([shapely.box(500_000, 3_400_000, 510_000, 3_410_000)], crs=METRIC)
    points = gpd.GeoSeries([Point(500_100, 3_405_000), Point(499_000, 3_405_000)], crs=METRIC)
    table = gpd.GeoDataFrame(geometry=points.to_crs("EPSG:4326"))
    moved = off_the_water(table, gpd.GeoDataFrame(geometry=lake), METRIC, 250)
    assert moved["moved_m"].tolist() == [350, 0]
    ashore = moved.geometry.to_crs(METRIC)
    assert ashore.iloc[0].distance(Point(499_750, 3_405_000)) < 2
    assert moved.geometry.iloc[1] == table.geometry.iloc[1]


def test_utm() -> None:
    assert utm(gpd.GeoSeries([Point(119, 30), Point(121.9, 32)])) == "EPSG:32651"
    assert utm(gpd.GeoSeries([Point(118, 30), Point(121.9, 32)])) == "EPSG:32650"


def test_hubs() -> None:
    """Stations of the city stand, one of each unit is a candidate, all others are left out."""
    named = [
        *("苏州", "苏州北", "苏州站", "苏州南", "苏州新区", "苏州货场"),
        *("昆山南", "昆山", "吴江", "阳澄湖"),
    ]
    stations = pd.DataFrame({"name": named, "lon": 120.6, "lat": 31.3})
    place = {"province_zh": "江苏省", "prefecture_zh": "苏州市"}
    airports = pd.read_csv(CIVIL_AIRPORTS)[["icao"]]
    airports = airports.assign(lon=0.0, lat=0.0, province_zh="", prefecture_zh="")
    airports.loc[airports["icao"] == "ZSWX", ["province_zh", "prefecture_zh"]] = place.values()
    here = units(
        [
            {"unit_id": "320583", "name_zh": "昆山市", "name_en": "Kunshan"},
            {"unit_id": "320509", "name_zh": "吴江区", "name_en": "Wujiang"},
        ]
    )
    nothing = gpd.GeoDataFrame(geometry=[])
    tables = dict.fromkeys(("places", "edges", "land", "protected", "lakes", "old_lakes"), nothing)
    moved = pd.DataFrame({"lon": [120.43], "lat": [31.49]}, index=["ZSWX"])
    pack = Pack(
        units=here,
        members=here,
        agglomerations=here,
        stations=as_points(stations.assign(**place)),
        airports=airports,
        corrections=Corrections(moved, moved, {}),
        **tables,
    )
    cities = pd.DataFrame({"id": ["320500"], "name_zh": ["苏州市"], "name_en": ["Suzhou"]})
    rule = {
        "stations": {"most_per_city": 3, "land": 15, "cost": 40, "most_hubs_per_unit": 3},
        "airports": {"land": 40, "cost": 40},
        "egress": {"station": 5, "airport": 10},
    }
    found = hubs(pack, here, cities, rule)
    # Of Suzhou's three bare or directed names 苏州 comes once; 昆山 goes before 昆山南.
    assert found["name_zh"].tolist() == [
        *("苏南硕放国际机场", "吴江站", "昆山站", "苏州北站", "苏州南站", "苏州站")
    ]
    assert found["stands"].tolist() == [True, False, False, True, True, True]
    assert found["name_en"].tolist()[3:] == [
        *("Suzhou North station", "Suzhou South station", "Suzhou station")
    ]
    # The airport is where it was moved to.
    assert found.geometry.iloc[0].equals(Point(120.43, 31.49))
    # With room for five sites a candidate goes first.
    rule["stations"]["most_hubs_per_unit"] = 2.5
    assert hubs(pack, here, cities, rule)["stands"].tolist().count(False) == 1


def test_the_same_layers_give_the_same_bytes(tmp_path) -> None:
    table = gpd.GeoDataFrame({"id": ["a"]}, geometry=[Point(1, 2)], crs="EPSG:4326")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_layers(tmp_path / name / "x.gpkg", {"points": table, "plain": table[["id"]]})
    one, two = (tmp_path / name / "x.gpkg" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_no_source_folder(capsys) -> None:
    assert main([]) == 2
    assert "SOURCE_FOLDER" in capsys.readouterr().err
