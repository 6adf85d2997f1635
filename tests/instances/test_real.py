"""The committed instances of real agglomerations: complete, honest, and read without a fault."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pyproj import Geod

from optimizer.geodata.control_lines import control_lines
from optimizer.geodata.read import read
from tests.parts import parts

HOME = Path(__file__).parents[2] / "instances"

#: Persons of all members, added up from the census of 2020 (Hong Kong and Macao: 2021).
PERSONS = {
    "beibu-gulf": 44_009_566,
    "central-plains": 164_576_876,
    "cheng-yu": 97_649_287,
    "dian-zhong": 21_953_810,
    "greater-bay-area": 86_042_687,
    "guanzhong": 39_249_691,
    "ha-chang": 42_646_868,
    "haixi": 93_648_231,
    "hu-bao-e-yu": 11_933_866,
    "jing-jin-ji": 110_369_339,
    "lan-xi": 12_478_282,
    "liao-zhong-nan": 30_744_787,
    "middle-yangtze": 126_523_204,
    "ningxia-yellow-river": 6_060_512,
    "qian-zhong": 18_677_418,
    "shandong-peninsula": 101_527_453,
    "shanxi-central": 16_090_163,
    "tianshan-north": 8_072_597,
    "yangtze-delta": 174_658_469,
}

REQUIRED = {
    "jurisdictions": {"id", "name_zh", "name_en", "parent", "tier", "role", "budget"},
    "demand": {
        *{"id", "jurisdiction", "name_zh", "name_en", "persons", "access_minutes", "coarse"},
        *{"persons_urban", "persons_rural", "persons_0_14", "persons_60plus", "coord_src", "ages"},
    },
    "sites": {"id", "jurisdiction", "name_zh", "name_en", "services", "cost", "land", "kind"},
    "facilities": {"site", "service", "status", "capacity_county", "capacity_regional"},
    "roads": {"from", "to", "minutes", "class"},
    "corridors": {
        *{"id", "from", "to", "minutes", "cost", "cost_shares", "kind", "road_minutes"},
        *{"length_km", "crosses", "rejected", "rejected_by"},
    },
    "zones": {"id", "kind", "name"},
}

each = pytest.mark.parametrize("slug", sorted(PERSONS))


@cache
def layer(slug: str, name: str) -> pd.DataFrame:
    return pyogrio.read_dataframe(HOME / slug / "instance.gpkg", layer=name)


@cache
def settings(slug: str) -> dict:
    return tomllib.loads((HOME / slug / "instance.toml").read_text(encoding="utf-8"))


def test_all_nineteen_are_here_and_small() -> None:
    folders = {file.parent.name for file in HOME.glob("*/instance.toml")}
    assert folders - {"upper-rhine"} == set(PERSONS)
    size = sum(file.stat().st_size for slug in PERSONS for file in (HOME / slug).iterdir())
    assert size < 40e6


@each
def test_layers_have_their_columns_and_valid_shapes(slug: str) -> None:
    assert set(settings(slug)["layers"]) == set(REQUIRED)
    for name, columns in REQUIRED.items():
        table = layer(slug, name)
        assert columns <= set(table.columns), name
        if name in ("jurisdictions", "facilities"):
            continue
        assert isinstance(table, gpd.GeoDataFrame)
        assert table.crs.to_epsg() == 4326
        assert table.geometry.is_valid.all() and not table.geometry.is_empty.any(), name


@each
def test_the_census_adds_up(slug: str) -> None:
    people = layer(slug, "demand")
    assert people["persons"].sum() == PERSONS[slug]
    assert (people["persons_urban"] + people["persons_rural"] == people["persons"]).all()
    young_and_old = people["persons_0_14"] + people["persons_60plus"]
    assert (young_and_old < people["persons"]).all()
    assert ((young_and_old == 0) == (people["ages"] == "missing")).all()


@each
def test_uncertain_positions_are_flagged(slug: str) -> None:
    people = layer(slug, "demand")
    coarse = people["coord_src"].isin(["dr5hn", "city_seat_fallback"])
    assert (people["coarse"].astype(bool) == coarse).all()
    assert coarse.any() and not coarse.all()


@each
def test_ids_are_unique_and_refer(slug: str) -> None:
    areas, people, sites = (layer(slug, name) for name in ("jurisdictions", "demand", "sites"))
    for table in (areas, people, sites, layer(slug, "corridors"), layer(slug, "zones")):
        assert table["id"].is_unique
    cities = areas[areas["tier"] == "city"]
    provinces = areas[areas["tier"] == "province"]
    assert set(cities["parent"]) == set(provinces["id"])
    assert set(people["jurisdiction"]) == set(cities["id"])
    assert set(sites["jurisdiction"]) <= set(cities["id"])
    standing = layer(slug, "facilities")
    assert set(standing["site"]) <= set(sites["id"])
    assert not standing.duplicated(["site", "service"]).any()


@each
def test_every_city_has_a_role_and_money(slug: str) -> None:
    areas = layer(slug, "jurisdictions")
    cities = areas[areas["tier"] == "city"]
    assert set(cities["role"]) == {"core", "member"}
    persons = layer(slug, "demand").groupby("jurisdiction")["persons"].sum()
    per_person = 1e6 * cities.set_index("id")["budget"] / persons
    # Own money 300 or 1.25 x 300; grants of 3000 reach at most those who lack all workers.
    assert per_person.between(299, 375 + 3000).all()


@each
def test_the_roads_are_one_piece_and_everybody_hangs_on_them(slug: str) -> None:
    roads = layer(slug, "roads")
    graph = nx.from_pandas_edgelist(roads, "from", "to")
    assert nx.is_connected(graph)
    assert not roads.duplicated(["from", "to"]).any()
    assert (roads["minutes"] > 0).all()
    places = pd.concat([layer(slug, "demand"), layer(slug, "sites")])[["id", "geometry"]]
    on_node = places["id"].isin(list(graph))
    at_a_node = set(places.loc[on_node, "geometry"].to_wkb())
    assert places.loc[~on_node, "geometry"].to_wkb().isin(at_a_node).all()


@each
def test_corridors_join_demand_points_and_are_paid(slug: str) -> None:
    corridors, people = layer(slug, "corridors"), layer(slug, "demand").set_index("id")
    assert 20 <= len(corridors) <= 40
    found = corridors[corridors["rejected"] == ""]
    assert (found["minutes"] < found["road_minutes"]).all()
    # 120 or 180 a km, 0.9 times that beside a road, ten times over water
    per_km = found["cost"] / found["length_km"]
    assert per_km.between(0.89 * 120, 10 * 180).all() and 100 < per_km.median() < 260
    for row in corridors.itertuples(index=False):
        ends = row[corridors.columns.get_loc("from")], row[corridors.columns.get_loc("to")]
        shares = dict(part.split("=") for part in row.cost_shares.split(";"))
        assert set(shares) == {people.loc[end, "jurisdiction"] for end in ends}
        assert sum(map(float, shares.values())) == pytest.approx(1)


@each
def test_no_corridor_with_a_route_meets_a_control_line(slug: str) -> None:
    """And each that has none does, whose zone is named."""
    lines, zones = layer(slug, "corridors"), layer(slug, "zones")
    crs = settings(slug)["crs"]
    shapes = [table.geometry.to_crs(crs) for table in (lines, zones)]
    name = zones["name"].where(zones["name"].notna(), zones["id"]).to_numpy(dtype=object)
    control = control_lines(*shapes, zones["kind"].to_numpy(dtype=object), name)
    assert (control.forbids == (lines["rejected"] != "").to_numpy()).all()
    closed = set(name[zones["kind"] == "ecological"])
    assert set(lines["rejected_by"]) - {""} <= closed
    ends = layer(slug, "demand").set_index("id").geometry.to_crs(crs)
    for end, place in (("from", 0), ("to", -1)):
        at = gpd.GeoSeries([shapely.Point(line.coords[place]) for line in shapes[0]], crs=crs)
        assert at.distance(ends[lines[end]], align=False).max() < 0.2


@each
def test_hospitals_stand_for_most_of_the_need(slug: str) -> None:
    standing = layer(slug, "facilities")
    hospitals = standing[standing["service"] == "medical"]
    # The country's mean is 9.5 workers per 1000; regions have 7.5 to 14.4.
    per_need = hospitals["capacity_county"].sum() / PERSONS[slug]
    assert 7.5 / 9.5 < per_need < 14.4 / 9.5
    assert (hospitals["capacity_regional"] > 0).any()
    assert not (standing["service"] == "emergency").any()


@each
def test_sources_and_licence_are_named(slug: str) -> None:
    licences = {source["licence"] for source in settings(slug)["sources"]}
    assert "ODbL-1.0" in licences
    attributions = " ".join(source["attribution"] for source in settings(slug)["sources"])
    assert "OpenStreetMap contributors" in attributions
    readme = (HOME / slug / "README.md").read_text(encoding="utf-8")
    for word in ("ODbL 1.0", f"{PERSONS[slug]:,}", "coarse", "assumed", "measured"):
        assert word in readme


@pytest.mark.parametrize("slug", parts(sorted(PERSONS), usual=4))
def test_reads_without_a_fault(slug: str) -> None:
    instance = read(HOME / slug)
    assert [level.id for level in instance.problem.levels] == [
        "emergency",
        "medical.county",
        "medical.regional",
        "transport",
    ]
    assert instance.problem.demand.persons.sum() == PERSONS[slug]
    assert set(instance.problem.demand.groups) == {"urban", "rural", "0_14", "60plus"}


@pytest.mark.parametrize("policy", ["efficient", "equal", "worst-first", "own-money"])
def test_named_policies_are_understood(policy: str) -> None:
    asked = read(HOME / "ningxia-yellow-river", policy).policy
    assert asked.weight == {"efficient": 0, "equal": 1}.get(policy, 0.5)
    assert asked.equity.measure == ("maximum" if policy == "worst-first" else "kolm_pollak")
    assert asked.budget.pooled == (0 if policy == "own-money" else 0.5)


def test_the_ferry_across_the_qiongzhou_strait() -> None:
    roads = layer("beibu-gulf", "roads")
    ferry = roads[roads["class"] == "ferry"]
    assert len(ferry) == 1
    (line,) = ferry.geometry
    assert sorted(np.round([y for _, y in line.coords])) == [20, 20]
    km = Geod(ellps="WGS84").geometry_length(line) / 1000
    assert 18 < km < 35
    # An hour for loading, then 25 km/h; the metric CRS stretches lengths by less than 1 %.
    assert ferry["minutes"].item() == pytest.approx(60 + 60 * km / 25, rel=0.01)
    without = nx.from_pandas_edgelist(roads.drop(ferry.index), "from", "to")
    pieces = sorted(nx.connected_components(without), key=len)
    hainan = {unit for unit in layer("beibu-gulf", "demand")["id"] if unit.startswith("46")}
    assert len(pieces) == 2 and hainan <= pieces[0]


@pytest.mark.parametrize(
    ("slug", "island"),
    [("yangtze-delta", "330921"), ("yangtze-delta", "330922"), ("liao-zhong-nan", "210224")],
)
def test_island_counties_are_reached_by_ship(slug: str, island: str) -> None:
    roads = layer(slug, "roads")
    assert (roads.loc[roads["from"] == island, "class"] == "ferry").all()
    assert (roads["from"] == island).any()


def test_hong_kong_and_macao_say_what_is_missing() -> None:
    people = layer("greater-bay-area", "demand").set_index("id")
    special = people.index.str.startswith(("81", "82"))
    assert ((people["ages"] == "missing") == special).all()
    hospitals = layer("greater-bay-area", "facilities").set_index("site")
    assumed = hospitals[hospitals["capacity_src"] == "assumed"].index.str.removeprefix("S")
    assert set(assumed) == set(people.index[special])


def test_a_unit_of_the_province_is_its_own_city() -> None:
    areas = layer("middle-yangtze", "jurisdictions").set_index("id")
    assert areas.loc["429004", ["tier", "parent", "name_zh"]].tolist() == [
        "city",
        "420000",
        "仙桃市",
    ]


def test_a_city_in_two_agglomerations_is_the_same_in_both() -> None:
    def wenzhou(slug: str) -> pd.DataFrame:
        people = layer(slug, "demand").set_index("id")
        columns = ["name_zh", "persons", "persons_60plus", "geometry"]
        return people.loc[people["jurisdiction"] == "330300", columns]

    assert len(wenzhou("haixi")) > 5
    pd.testing.assert_frame_equal(wenzhou("haixi"), wenzhou("yangtze-delta"))


def test_only_the_counties_that_a_plan_names() -> None:
    """The Guanzhong plan takes just Xifeng district of Qingyang (621000)."""
    people = layer("guanzhong", "demand")
    assert people.loc[people["jurisdiction"] == "621000", "name_zh"].tolist() == ["西峰区"]
