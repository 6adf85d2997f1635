"""The recipe on little inputs whose answers are worked out by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, Point

from instances.recipe.__main__ import main
from instances.recipe.cities import budgets
from instances.recipe.connect import connect
from instances.recipe.corridors import candidates, corridors
from instances.recipe.folder import write_layers
from instances.recipe.hubs import CIVIL_AIRPORTS, hubs
from instances.recipe.roads import clip, minutes_between
from instances.recipe.settings import backup_floor
from instances.recipe.sources import Pack, as_points, city_ids
from instances.recipe.supply import hospitals
from instances.recipe.units import off_the_water, utm
from instances.recipe.zones import sea
from optimizer.geodata.instance_file import AlignmentTable, KindTable

METRIC = "EPSG:32650"

MEDICAL = {
    "workers_per_1000": 9.5,
    "regional_workers_per_1000": 2.5,
    "regional_surplus_workers": 1500,
}
ROADS = {
    "junction_km": 0.5,
    "reached_by_ship": ["isle"],
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
    return gpd.GeoDataFrame(table.assign(**{"class": "trunk"}), crs=METRIC)


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
    """1 M persons, 8,550 workers: at 9.5 per 1000 these serve 900,000, so 100,000 are short."""
    table = units(
        [
            {"pop2020": 600_000, "health_social_workers_longform": 855},
            {"pop2020": 400_000, "health_social_workers_longform": 0},
        ]
    )
    money = {"own_per_person": 300, "core_factor": 1.25, "grant_per_person_short": 3000}
    rule = {"medical": MEDICAL, "money": money}
    # Member: 300 x 1 M + 3000 x 0.1 M = 600 M; core: 375 x 1 M + 300 M = 675 M.
    assert budgets(table, pd.Series({"320500": "member"}), rule)["320500"] == 600
    assert budgets(table, pd.Series({"320500": "core"}), rule)["320500"] == 675


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


def test_connect_splits_the_road_where_the_point_meets_it() -> None:
    road = links([("a", "b", 6.0, [(0, 0), (10_000, 0)])])
    points = gpd.GeoSeries(
        {
            "middle": Point(4_000, 1_000),
            "end": Point(300, 2_000),  # nearer than 500 m to the junction a
            "on": Point(7_000, 0),
            "isle": Point(8_000, 20_000),
        },
        crs=METRIC,
    )
    table = connect(road, points, ROADS, NETWORK).set_index(["from", "to"])
    # Of the road's 6 minutes: 4, 3, 1 and 2 km of 10. Connectors: 1.3 x km at 40 km/h is
    # 1.95 minutes per km; the one to the junction is sqrt(0.3^2 + 2^2) = 2.022 km. The ship:
    # 30 + 60 x 20 / 40.
    assert table["minutes"].to_dict() == {
        ("a", "xmiddle"): 2.4,
        ("xmiddle", "on"): 1.8,
        ("on", "xisle"): 0.6,
        ("xisle", "b"): 1.2,
        ("middle", "xmiddle"): 1.95,
        ("end", "a"): 3.94,
        ("isle", "xisle"): 60.0,
    }
    assert table.loc[("isle", "xisle"), "class"] == "ferry"
    between = minutes_between(table.reset_index(), ["middle", "on"])
    assert between[0, 1] == pytest.approx(1.95 + 1.8)


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
    kept = clip(table, region, ["a", "b"], ROADS, 10)
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
    kept = clip(table, shapely.box(-1, -1, 9_000, 1), ["a", "c"], ROADS, 10)
    assert kept["to"].tolist() == ["b", "c"]


def test_corridors() -> None:
    """A square of about 100 km and its middle: only the west side's road is slow."""
    # 0.9 degree of latitude is 100 km near enough; at 31 N 1.05 degree of longitude is too.
    places = {"1": (120, 31), "2": (121.05, 31), "3": (120, 31.9), "4": (121.05, 31.9)}
    people = gpd.GeoDataFrame(
        {
            "id": list(places),
            "jurisdiction": ["A", "B", "A", "B"],
            "name_zh": list("甲乙丙丁"),
            "name_en": list("abcd"),
            "persons": 1000,
        },
        geometry=[Point(place) for place in places.values()],
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
    seats = {"1": ("甲市", "City A"), "2": ("乙市", "City B")}
    links = candidates(people, seats, minutes, land, METRIC, rule, asked)
    # Expressway: 100 x 1.15 km at 100 km/h is 69 minutes: 120 is 1.7 times that, 70 is not 1.5
    # times. Railway: 100 x 1.1 km at 200 km/h is 33 minutes, 70 is not 2.5 times that.
    assert list(links["id"]) == ["E1-3"]
    # With a slower road between the seats the railway is a candidate too.
    minutes[0, 1] = minutes[1, 0] = 90.0
    links = candidates(people, seats, minutes, land, METRIC, rule, asked)
    assert list(links["id"]) == ["E1-3", "R1-2"] and links["name_zh"][1] == "甲市—乙市"
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
    assert len(candidates(people, seats, minutes, cut, METRIC, rule, asked)) == 2
    sound = shapely.box(119, 31.4, 120.5, 31.8)
    cut = land.difference(sound).to_frame("geometry")
    assert list(candidates(people, seats, minutes, cut, METRIC, rule, asked)["id"]) == ["R1-2"]


def test_sea_keeps_away_from_places() -> None:
    """Land west of 120 degrees; a place on the shore gets 2 km around it."""
    land = gpd.GeoDataFrame(geometry=[shapely.box(119, 30, 120, 32)], crs="EPSG:4326")
    region, shore = shapely.box(119.5, 30.5, 120.5, 31.5), gpd.GeoSeries([Point(120, 31)], crs=4326)
    (found,) = sea(land, region, shore, METRIC, 2000).geometry
    assert found.bounds == (120, 30.5, 120.5, 31.5)
    metric = gpd.GeoSeries([found, shore[0]], crs=4326).to_crs(METRIC)
    assert metric[0].distance(metric[1]) == pytest.approx(2000, rel=0.01)
    assert sea(land, shapely.box(119.2, 30.5, 119.8, 31), shore, METRIC, 2000).empty


def test_backup_floor() -> None:
    """Three tenths of the persons reach another city's seat within an hour: 0.6 x 0.3 = 0.18."""
    people = pd.DataFrame(
        {"persons": [30, 50, 20], "access_minutes": [8, 11, 8], "jurisdiction": ["A", "B", "B"]}
    )
    # With 2 minutes to the door: unit 1 needs 50 + 8 + 2 = 60 to city B; unit 2 needs 63 to A.
    between = np.array([[0, 50, 90], [50, 0, 10], [90, 10, 0]], dtype=float)
    rule = {
        "egress": {"seat": 2},
        "services": {"emergency": {"backup": {"minutes": 60}}},
        "backup": {"part_of_reachable": 0.6, "step": 0.05, "most": 0.5},
    }
    assert backup_floor(people, between, rule) == 0.15
    rule["backup"]["most"] = 0.1
    assert backup_floor(people, between, rule) == 0.1


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
    tables = dict.fromkeys(("edges", "land", "protected", "lakes", "old_lakes"), nothing)
    pack = Pack(
        units=here,
        members=here,
        agglomerations=here,
        stations=as_points(stations.assign(**place)),
        airports=airports,
        **tables,
    )
    cities = pd.DataFrame({"id": ["320500"], "name_zh": ["苏州市"], "name_en": ["Suzhou"]})
    rule = {
        "stations": {"most_per_city": 3, "land": 15, "cost": 40},
        "airports": {"land": 40, "cost": 40},
        "egress": {"station": 5, "airport": 10},
    }
    found = hubs(pack, here, cities, rule, most=6)
    # Of Suzhou's three bare or directed names 苏州 comes once; 昆山 goes before 昆山南.
    assert found["name_zh"].tolist() == [
        *("苏南硕放国际机场", "吴江站", "昆山站", "苏州北站", "苏州南站", "苏州站")
    ]
    assert found["stands"].tolist() == [True, False, False, True, True, True]
    assert found["name_en"].tolist()[3:] == [
        *("Suzhou North station", "Suzhou South station", "Suzhou station")
    ]
    # With room for five sites a candidate goes first.
    assert hubs(pack, here, cities, rule, most=5)["stands"].tolist().count(False) == 1


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
