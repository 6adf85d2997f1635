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
#: Seats of all cities: those of the source, put right where a correction is sure.
SEATS = Path(__file__).with_name("seats.csv")

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

#: Stage of each in the 14th five-year plan; the other nine are nurtured.
STAGES = {
    "optimise": {
        *{"jing-jin-ji", "yangtze-delta", "greater-bay-area", "cheng-yu", "middle-yangtze"},
    },
    "grow": {"shandong-peninsula", "haixi", "central-plains", "guanzhong", "beibu-gulf"},
}
#: Money a year for a person, CNY, by stage.
PER_PERSON = {"optimise": 72, "grow": 60, "nurture": 48}
SIZE_CLASSES = {"small", "medium", "large II", "large I", "very large", "super"}
MODELLED = ["pseudo", "pseudo-urban"]

REQUIRED = {
    "jurisdictions": {
        *{"id", "name_zh", "name_en", "parent", "tier", "role", "stage", "size_class", "seat"},
        *{"budget", "pseudo_share", "coarse_share"},
    },
    "demand": {
        *{"id", "jurisdiction", "name_zh", "name_en", "persons", "access_minutes", "coarse"},
        *{"persons_urban", "persons_rural", "persons_0_14", "persons_60plus", "ages"},
        *{"unit", "place", "kind", "match_quality", "ring", "moved_m"},
    },
    "sites": {"id", "jurisdiction", "name_zh", "name_en", "services", "cost", "land", "kind"},
    "facilities": {"site", "service", "status", "capacity", "capacity_county", "capacity_regional"},
    "roads": {"from", "to", "minutes", "class", "access"},
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
    assert size < 25e6


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
    place, coarse = people["place"], people["coarse"].astype(bool)
    assert set(place) <= {"seat", "town", *MODELLED}
    assert coarse[place.isin(MODELLED)].all() and not coarse[place == "town"].any()
    assert (people["match_quality"].isin(["A", "B", "C"]) == (place == "town")).all()
    assert (people.loc[place == "seat", "id"] == people.loc[place == "seat", "unit"]).all()


@each
def test_the_share_of_persons_at_uncertain_places_is_told_by_city(slug: str) -> None:
    people, areas = layer(slug, "demand"), layer(slug, "jurisdictions").set_index("id")
    areas = areas[areas["tier"] == "city"]
    modelled = people["place"].isin(MODELLED)
    coarse = people["coarse"].astype(bool) & ~modelled
    readme = (HOME / slug / "README.md").read_text(encoding="utf-8")
    for column, kind in (("pseudo_share", modelled), ("coarse_share", coarse)):
        persons = people["persons"].where(kind, 0).groupby(people["jurisdiction"]).sum()
        share = persons / people.groupby("jurisdiction")["persons"].sum()
        assert (areas[column] - share[areas.index]).abs().max() < 0.001
        assert f"{persons.sum() / PERSONS[slug]:.0%} " in readme


@each
def test_nobody_lives_in_the_water(slug: str) -> None:
    people, zones = layer(slug, "demand"), layer(slug, "zones")
    water = zones[zones["kind"] == "water"].union_all()
    assert not people.within(water).any()


@each
def test_the_way_in_the_own_cell_is_bounded(slug: str) -> None:
    people = layer(slug, "demand")
    assert people["access_minutes"].between(1, 20).all()
    mean = np.average(people["access_minutes"], weights=people["persons"])
    assert 4 < mean < 11  # less where many live in towns


@each
def test_cities_stand_at_their_seats(slug: str) -> None:
    """No label farther than 15 km from the seat that the source has, or that was put right.

    Of Tacheng and Ili only the far east is a member, without the seat.
    """
    people = layer(slug, "demand").set_index("id")
    cities = layer(slug, "jurisdictions")
    cities = cities[cities["tier"] == "city"].set_index("id")
    places = people.loc[cities["seat"]]
    assert (places["jurisdiction"].to_numpy() == cities.index).all()
    assert places["place"].isin(["seat", "town"]).all()
    known = pd.read_csv(SEATS, dtype={"city": str}).set_index("city")
    known = known.loc[cities.index]
    metres = Geod(ellps="WGS84").inv(
        known["lon"], known["lat"], places.geometry.x, places.geometry.y
    )[2]
    far = set(cities.index[metres > 15_000])
    assert far == ({"654000", "654200"} if slug == "tianshan-north" else set())


@each
def test_classes_of_cities_and_rings(slug: str) -> None:
    cities, people = layer(slug, "jurisdictions"), layer(slug, "demand")
    cities = cities[cities["tier"] == "city"].set_index("id")
    named = [stage for stage, some in STAGES.items() if slug in some]
    assert set(cities["stage"]) == set(named or ["nurture"])
    assert set(cities["size_class"]) <= SIZE_CLASSES
    core = cities.loc[people["jurisdiction"], "role"].to_numpy() == "core"
    assert ((people["ring"] == "core") == core).all()
    assert set(people["ring"]) <= {"core", "circle", "rest"}


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
def test_every_city_has_a_role_and_the_same_money_a_head(slug: str) -> None:
    areas = layer(slug, "jurisdictions")
    cities = areas[areas["tier"] == "city"].set_index("id")
    assert set(cities["role"]) == {"core", "member"}
    persons = layer(slug, "demand").groupby("jurisdiction")["persons"].sum()
    city = layer(slug, "sites").set_index("id")["jurisdiction"]
    standing = layer(slug, "facilities")
    runs = standing["running_cost"].groupby(city.loc[standing["site"]].to_numpy()).sum()
    own = cities["stage"].map(PER_PERSON) * persons[cities.index] / 1e6
    budget = own + runs.reindex(cities.index, fill_value=0)
    assert (cities["budget"] - budget).abs().max() <= 0.05 + 1e-9  # as it is rounded


@each
def test_the_roads_are_one_piece_and_everybody_hangs_on_them(slug: str) -> None:
    roads = layer(slug, "roads")
    graph = nx.from_pandas_edgelist(roads, "from", "to")
    assert nx.is_connected(graph)
    assert not roads.duplicated(["from", "to"]).any()
    assert (roads["minutes"] > 0).all()


@each
def test_who_lives_where_a_facility_may_stand_need_not_go_to_a_road(slug: str) -> None:
    """Each seat and township is at a node, to 3 m as both are rounded, and so is the site there."""
    people, sites, roads = (layer(slug, name) for name in ("demand", "sites", "roads"))
    crs = settings(slug)["crs"]
    lines = roads.geometry.to_crs(crs).to_numpy()
    nodes = [shapely.get_point(lines, end) for end in (0, -1)]
    real = people[~people["place"].isin(MODELLED)]
    points = real.geometry.to_crs(crs).to_numpy()
    assert shapely.STRtree(np.concatenate(nodes)).query_nearest(
        points, max_distance=3.0, all_matches=False
    ).shape[1] == len(points)
    at = sites[sites["kind"].isin(["seat", "town"])].set_index("id").geometry
    own = real.set_index("S" + real["id"]).geometry
    assert at.geom_equals(own.loc[at.index]).all()


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


@each
def test_what_may_be_closed_costs_something_and_the_rest_stays(slug: str) -> None:
    standing = layer(slug, "facilities")
    may = standing["closable"].astype(bool)
    assert (standing.loc[may, "service"] == "medical").all()
    assert (standing.loc[may, "capacity_regional"] == 0).all()
    assert (standing.loc[may, ["closing_cost", "running_cost"]] > 0).all(axis=None)
    assert (standing.loc[~may, ["closing_cost", "running_cost"]] == 0).all(axis=None)


@each
def test_an_emergency_station_stands_at_each_seat(slug: str) -> None:
    """Ambulances for three fifths of the persons: 1 for 50,000 each, of 1 for 30,000."""
    standing, sites = layer(slug, "facilities"), layer(slug, "sites")
    stations = standing[standing["service"] == "emergency"]
    assert set(stations["site"]) == set(sites.loc[sites["kind"] == "seat", "id"])
    assert 0.59 < stations["capacity"].sum() / PERSONS[slug] < 0.66


@each
def test_what_may_be_built_where(slug: str) -> None:
    sites = layer(slug, "sites")
    services = sites["services"].groupby(sites["kind"]).agg(set)
    assert services["seat"] == {"emergency;medical;transport"}
    assert services["town"] <= {"emergency", "emergency;medical"}
    assert services["station"] == {"transport"}
    hub = sites[sites["kind"].isin(["station", "airport"])]
    assert len(hub) <= 0.5 * (layer(slug, "demand")["place"] == "seat").sum()


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
