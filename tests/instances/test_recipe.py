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
from instances.recipe.cities import budgets, provenance, rings, seats, size_classes
from instances.recipe.corrections import Corrections
from instances.recipe.folder import write_layers
from instances.recipe.hubs import CIVIL_AIRPORTS, hubs
from instances.recipe.places import within_reach
from instances.recipe.settings import emergency_floors
from instances.recipe.sources import Pack, as_points, city_ids
from instances.recipe.supply import hospitals, merging, running_costs, stations, towns
from instances.recipe.units import off_the_water, utm
from instances.recipe.zones import frame, sea

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
