"""Corridors on little surfaces: around walls, through gaps, over bridges, paid by whom they cross.

a stands at 0 km, b at 10 and c at 20, the wall at 5 km. What is paid is told by hand; a route is
as near to that as cells of 250 m let it be.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, box

from optimizer.foundation.faults import InputError
from optimizer.geodata.read import read
from optimizer.geodata.routing.corridor_layer import corridors
from tests.geodata.little import CRS, EAST, NORTH, Break, all_of, little, put

PRICES = """
[alignment]
cost_per_km = 100
kmh = 60
cell_m = 250
factors = { water = 4, built_up = 3, roads = 1 }
"""

CROSSING = '[alignment.crossings.ecological]\nby = "tunnel"\ncost_per_km = 1000\nkmh = 30\n'


def wall(low: float, high: float, kind: str = "ecological", name: str | None = "红线") -> Break:
    """A zone 1 km wide across the line from a to b, so many km south and north of it."""
    shape = box(EAST + 4500, NORTH + 1000 * low, EAST + 5500, NORTH + 1000 * high)
    return lambda it: it.add("zones", id=99, kind=kind, name=name, geometry=shape)


def routed(folder: Path, *changed: Break, more: str = "", to: str = "b") -> gpd.GeoDataFrame:
    """The layer of the little instance with one link, from a."""
    one = little()
    all_of(put("corridors", 0, "to", to), *changed)(one)
    one.toml += PRICES + more
    return corridors(one.write(folder))[1]


def test_on_open_land_it_is_straight(tmp_path: Path) -> None:
    row = routed(tmp_path).iloc[0]
    assert (row["length_km"], row["minutes"], row["cost"]) == (10, 10, 1000)
    assert (row["crosses"], row["rejected"], row["cost_shares"]) == ("", "", "P=0.5;Q=0.5")
    assert len(row["geometry"].coords) == 2


def test_a_jurisdiction_as_an_end_stands_at_its_seat(tmp_path: Path) -> None:
    """c has most persons of Q, at 20 km; its seat is b, at 10."""
    for seat, km in ((None, 20), ("b", 10)):
        named: Break = lambda it, seat=seat: it.layers["jurisdictions"].insert(  # noqa: E731
            1, "seat", [None, None, seat]
        )
        (tmp_path / str(km)).mkdir()
        assert routed(tmp_path / str(km), named, to="Q").iloc[0]["length_km"] == km


def test_it_goes_through_the_gap(tmp_path: Path) -> None:
    """Two walls leave 1 km between 2 and 3 km north: sqrt(4.5^2 + 2^2) twice, and 1 km beside."""
    found = routed(tmp_path, wall(-40, 2, name="south"), wall(3, 40, name="north"))
    row = found.iloc[0]
    assert row["rejected"] == ""
    assert 10.85 <= row["length_km"] < 11.3
    spot = row["geometry"].intersection(box(EAST + 4500, NORTH, EAST + 5500, NORTH + 9000))
    assert spot.bounds[1] > NORTH + 2000 and spot.bounds[3] < NORTH + 3000
    assert row["cost"] == pytest.approx(100 * row["length_km"], abs=5)


@pytest.mark.parametrize(
    ("kind", "name", "what"),
    [
        ("ecological", "大青山红线", "ecological redline"),
        ("farmland", "North field", "permanent farmland"),
    ],
)
def test_a_closed_wall_stops_it_by_name(tmp_path: Path, kind: str, name: str, what: str) -> None:
    row = routed(tmp_path, wall(-400, 400, kind, name)).iloc[0]
    assert (row["rejected"], row["rejected_by"]) == (f"no way around {what}", name)
    assert len(row["geometry"].coords) == 2


def test_what_is_stopped_is_stopped_for_the_reader(tmp_path: Path) -> None:
    found = routed(tmp_path, wall(-400, 400))
    found.to_file(tmp_path / "little.gpkg", layer="corridors")
    gone = read(tmp_path).geography.rejected
    assert gone[["id", "zone"]].to_numpy().tolist() == [["k", "红线"]]


def test_what_is_routed_passes_the_reader(tmp_path: Path) -> None:
    found = routed(tmp_path, wall(-40, 2))
    assert found["rejected"].tolist() == [""]
    found.to_file(tmp_path / "little.gpkg", layer="corridors")
    assert read(tmp_path).geography.rejected.empty


def test_a_tunnel_is_paid(tmp_path: Path) -> None:
    """9 km at 100 and 60 km/h, 1 km at 1000 and 30 km/h; the reader lets it pass."""
    found = routed(tmp_path, wall(-400, 400), more=CROSSING)
    row = found.iloc[0]
    assert (row["length_km"], row["minutes"]) == (10, 9 + 2)
    assert row["cost"] == pytest.approx(9 * 100 + 1000, rel=0.005)
    assert row["crosses"] == "tunnel ecological 红线 1.0 km"
    found.to_file(tmp_path / "little.gpkg", layer="corridors")
    assert read(tmp_path).geography.rejected.empty


def test_what_may_be_passed_is_not_passed_where_going_around_is_cheaper(tmp_path: Path) -> None:
    row = routed(tmp_path, wall(-40, 1), more=CROSSING).iloc[0]
    assert row["crosses"] == "" and row["cost"] < 1100


def test_other_kinds_of_control_line_stay_closed(tmp_path: Path) -> None:
    row = routed(tmp_path, wall(-400, 400, "farmland"), more=CROSSING).iloc[0]
    assert row["rejected"] == "no way around permanent farmland"


def test_water_and_built_up_land_have_prices(tmp_path: Path) -> None:
    """1 km of water at 4, and 1 km of town under part of it at 3: the dearer counts."""
    changed = wall(-400, 400, "water", "river"), wall(-400, 400, "built_up", "town")
    row = routed(tmp_path, *changed).iloc[0]
    assert row["cost"] == pytest.approx(9 * 100 + 400, rel=0.005)
    assert row["crosses"] == "water 1.0 km"


def test_beside_a_road_it_is_cheaper(tmp_path: Path) -> None:
    """The road from a to b lies on the straight line: all of it costs half."""
    one = little()
    one.put("corridors", 0, "to", "b")
    one.toml += PRICES.replace("roads = 1", "roads = 0.5")
    assert corridors(one.write(tmp_path))[1]["cost"].tolist() == [500]


def test_jurisdictions_pay_for_what_lies_in_them(tmp_path: Path) -> None:
    """P reaches to 4 km, of the 10 km of which 1 km is water, all of it in Q: 400 of 1300."""
    one = little()
    one.put("corridors", 0, "to", "b")
    wall(-400, 400, "water", "river")(one)
    areas = one.layers["jurisdictions"]
    west, east = (
        box(EAST - 9000, NORTH - 9000, EAST + 4000, NORTH + 9000),
        box(EAST + 4000, NORTH - 9000, EAST + 90_000, NORTH + 9000),
    )
    one.layers["jurisdictions"] = gpd.GeoDataFrame(
        areas, geometry=[west.union(east), west, east], crs=CRS
    )
    one.set('"jurisdictions.csv"', '"little.gpkg|jurisdictions"')
    one.toml += PRICES
    row = corridors(one.write(tmp_path))[1].iloc[0]
    assert row["cost_shares"] == "P=0.3077;Q=0.6923"


def test_a_jurisdiction_stands_where_most_of_its_persons_do(tmp_path: Path) -> None:
    """Most of Q live at c, 20 km from a."""
    assert routed(tmp_path, to="Q").iloc[0]["length_km"] == 20


def test_kinds_of_corridor_have_their_own_prices(tmp_path: Path) -> None:
    more = "[alignment.kinds.railway]\ncost_per_km = 200\nkmh = 120\ndetour = 1.1\n"
    one = little()
    one.layers["corridors"] = one.layers["corridors"].assign(to="b", kind="railway")
    one.toml += PRICES + more
    row = corridors(one.write(tmp_path))[1].iloc[0]
    assert (row["length_km"], row["minutes"], row["cost"]) == (11, 5.5, 2200)


def test_levels_of_one_link_are_priced_as_their_kinds(tmp_path: Path) -> None:
    one = little()
    one.layers["corridors"] = pd.DataFrame(
        {"id": ["x", "y"], "from": "a", "to": "b", "link": "k", "kind": ["widened", ""]}
    )
    one.set('"little.gpkg|corridors"', '"corridors.csv"')
    one.toml += PRICES + "[alignment.kinds.widened]\ncost_per_km = 20\nkmh = 40\n"
    found = corridors(one.write(tmp_path))[1]
    assert found["link"].tolist() == ["k", "k"]
    assert found["cost"].tolist() == [200, 1000]
    assert found["minutes"].tolist() == [15, 10]


def test_a_plain_table_of_links_is_enough(tmp_path: Path) -> None:
    one = little()
    one.layers["corridors"] = pd.DataFrame({"id": ["x"], "from": ["a"], "to": ["b"], "own": [7]})
    one.set('"little.gpkg|corridors"', '"corridors.csv"')
    found = corridors(one.write(tmp_path))[1]
    assert found.crs == CRS and found["own"].tolist() == ["7"]
    assert found.geometry.iloc[0].equals_exact(
        LineString([(EAST, NORTH), (EAST + 10_000, NORTH)]), 1e-6
    )


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (put("corridors", 0, "to", "zz"), "no such row in demand or jurisdictions with persons"),
        (put("corridors", 0, "to", "a"), "is where it begins"),
        (put("corridors", 0, "id", ""), "is empty"),
    ],
)
def test_links_to_nowhere_are_faults(tmp_path: Path, changed: Break, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        routed(tmp_path, changed)
