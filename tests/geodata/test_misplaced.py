"""What lies where the region is not is a fault, with its distance; a little off is a warning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import LineString, Point, transform

from optimizer.foundation.faults import InputError
from optimizer.geodata.routing.corridor_layer import corridors
from tests.geodata.little import (
    CRS,
    EAST,
    NORTH,
    Break,
    Little,
    all_of,
    at,
    declare,
    faults,
    line,
    little,
    put,
    read_little,
    square,
    text,
)


def layer(name: str, change: Any) -> Break:
    """Every coordinate of a layer is changed."""

    def broken(it: Little) -> None:
        table = it.layers[name]
        it.layers[name] = table.set_geometry([transform(one, change) for one in table.geometry])

    return broken


def every(change: Any, *but: str) -> Break:
    names = ("demand", "sites", "roads", "corridors", "zones")
    return all_of(*(layer(name, change) for name in names if name not in but))


def in_degrees(*names: str) -> Break:
    """Layers in longitude and latitude."""

    def broken(it: Little) -> None:
        for name in names:
            it.layers[name] = it.layers[name].to_crs("EPSG:4326")

    return broken


def drawn_jurisdictions(north: float = 0.0, crs: str = CRS) -> Break:
    """P is 12 km wide around a, Q 16 km around c; both are as many kilometres north."""

    def broken(it: Little) -> None:
        both = [None, square(0, north, 6), square(17, north, 11)]
        it.layers["jurisdictions"] = gpd.GeoDataFrame(
            it.layers["jurisdictions"], geometry=both, crs=CRS
        ).set_crs(crs, allow_override=True)
        it.set('"jurisdictions.csv"', '"little.gpkg|jurisdictions"')

    return broken


def scenario(shape: Any, sites: str | None) -> Break:
    def broken(it: Little) -> None:
        named = {"id": ["flood"], "sites": [sites]}
        it.layers["scenarios"] = gpd.GeoDataFrame(named, geometry=[shape], crs=CRS)
        it.set("[layers]", '[layers]\nscenarios = "little.gpkg|scenarios"')

    return broken


def declare_moved(name: str, km: float) -> Break:
    """A layer so many kilometres west, but for a road so far that all is one region."""
    far = layer(name, lambda xy: xy - [1000 * km, 0])
    return all_of(
        far, lambda it: it.add("roads", **{"from": "a", "to": "x"}, geometry=line(0, -km))
    )


turned = lambda xy: xy[:, ::-1]  # noqa: E731
NEXT_ZONE = "EPSG:32651"  # its middle is 6 degrees, 570 km at this latitude, farther east
SWAPPED = "Its coordinates are swapped: longitude (or easting) comes first."
CRS_REMEDY = "Assign the CRS that its coordinates are really in; none is guessed."

FAULTS: dict[str, tuple[Break, list[str]]] = {
    "zones of another CRS": (
        declare("zones", NEXT_ZONE),
        [f"zones: touches nothing of the region: the nearest lies 554 km away. {CRS_REMEDY}"],
    ),
    "zones of another region": (
        put("zones", 0, "geometry", square(5, 50)),
        [f"zones: touches nothing of the region: the nearest lies 49 km away. {CRS_REMEDY}"],
    ),
    "corridors of another CRS": (
        declare("corridors", NEXT_ZONE),
        [f"corridors: touches nothing of the region: the nearest lies 550 km away. {CRS_REMEDY}"],
    ),
    "roads of another CRS": (
        declare("roads", NEXT_ZONE),
        [f"roads: lies 550 km from everybody of demand. {CRS_REMEDY}"],
    ),
    "one demand point with swapped coordinates": (
        lambda it: it.add("demand", id="v", geometry=Point(NORTH, EAST)),
        ["demand, row v, column geometry: lies 4,229 km from all roads. " + SWAPPED],
    ),
    "a point at 0, 0": (
        all_of(in_degrees("demand"), put("demand", 1, "geometry", Point(0, 0))),
        [
            "demand, row b, column geometry: stands at 0, 0, 12,557 km from the others. "
            "Give it its place, or remove it."
        ],
    ),
    "far from the node of its id": (
        put("demand", 2, "geometry", at(20, 298)),
        [
            "demand, row c, column geometry: stands 298 km from the road node of the same id, on "
            "which it would hang. Move the one or the other, or give the point an id that no node "
            "has."
        ],
    ),
    "a CRS for elsewhere": (
        text('"EPSG:32650"', '"EPSG:32643"'),
        [
            "instance.toml, crs: demand lies 3,679 km outside the area of EPSG:32643 (72 to 78 "
            "degrees east, 0 to 84 north). Name the zone that the region is in, or put its "
            "coordinates right."
        ],
    ),
    "a scenario that touches nothing": (
        scenario(square(5, 5), None),
        [
            "scenarios, row flood, column geometry: touches no site, road or corridor: the nearest "
            "is 4 km away, and nothing in it fails. Draw it around what fails, or remove it."
        ],
    ),
    "points outside their jurisdiction": (
        all_of(
            drawn_jurisdictions(),
            lambda it: it.add("demand", id="v", jurisdiction="P", geometry=at(20, 1)),
        ),
        [
            "demand, row v, column jurisdiction: stands 14 km outside the polygon of the "
            "jurisdiction that it names (is 'P'). Move it, or name the jurisdiction that it stands "
            "in."
        ],
    ),
    "corridors of a CRS near by": (
        declare_moved("corridors", 60),
        [
            "corridors, row k, column from: ends 60 km from what it names (is 'a'). Draw it from "
            "there to there, and see that the layer is in the CRS that it says."
        ],
    ),
    "a layer that hangs on nodes elsewhere": (
        every(lambda xy: xy - [0, 40_000], "roads", "zones"),
        [
            "roads: 3 of 3 points of demand and sites stand up to 40 km from the road node of the "
            "same id, on which they would hang. See that all three are in the CRS that they say, "
            "or give the points other ids."
        ],
    ),
    "jurisdictions of another CRS": (
        drawn_jurisdictions(crs=NEXT_ZONE),
        [
            "jurisdictions: 6 of 6 demand points and sites lie outside the polygon of their "
            f"jurisdiction, by 565 km. {CRS_REMEDY}"
        ],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault(case: str, tmp_path: Path) -> None:
    broken, told = FAULTS[case]
    assert faults(tmp_path, broken) == told


@pytest.mark.parametrize("name", ["sites", "roads", "zones", "demand"])
def test_swapped_coordinates_are_named(name: str, tmp_path: Path) -> None:
    """Of a region at 40 degrees east and 37 north: both ways round it is on the Earth."""

    def broken(it: Little) -> None:
        it.set('"EPSG:32650"', '"EPSG:32637"')
        for one in ("demand", "sites", "roads", "corridors", "zones"):
            moved = it.layers[one].set_crs("EPSG:32637", allow_override=True)
            it.layers[one] = moved.to_crs("EPSG:4326")
        layer(name, turned)(it)

    (told,) = faults(tmp_path, broken)
    assert told.startswith(f"{name}: ") and told.endswith(SWAPPED)


def test_swapped_coordinates_off_the_earth_are_told_once(tmp_path: Path) -> None:
    """At 117 degrees east nothing is 117 degrees north."""
    broken = all_of(in_degrees("demand"), layer("demand", turned))
    assert faults(tmp_path, broken) == [f"demand: lies outside the Earth in EPSG:4326. {SWAPPED}"]


def test_where_nothing_is_wrong_nothing_is_told(tmp_path: Path) -> None:
    assert read_little(tmp_path, drawn_jurisdictions()).geography.warnings == ()


def test_a_region_beside_its_zone_is_no_fault(tmp_path: Path) -> None:
    """45 km west of it; lengths are right to a part in 500."""
    instance = read_little(tmp_path, every(lambda xy: xy - [330_000, 0]))
    assert instance.geography.warnings == ()


WARNINGS: dict[str, tuple[Break, str]] = {
    "a little outside the jurisdiction": (
        all_of(drawn_jurisdictions(), lambda it: it.add("demand", id="v", geometry=at(9))),
        "demand: 1 point outside the polygon of the jurisdiction, v by 3.0 km",
    ),
    "away from the node of its id": (
        put("demand", 2, "geometry", at(20, 2)),
        "demand: 1 point away from the road node of the same id, c by 2.0 km, and the way there "
        "takes no time",
    ),
    "a polygon that touches nothing beside what is named": (
        scenario(square(5, 5), "s"),
        "scenarios: 1 polygon touch nothing, flood by 4.0 km: only what they name fails",
    ),
    "one kind of zone elsewhere": (
        lambda it: it.add("zones", kind="water", name="海", geometry=square(5, 80)),
        "zones: 1 of 1 of kind water touch nothing of the region, 海 lies 79 km off: "
        "is the CRS right?",
    ),
    "all at one place": (
        lambda it: it.layers["sites"].__setitem__("geometry", [at(3)] * 3),
        "sites: all 3 points are at one place",
    ),
    "counted twice": (
        lambda it: it.add("demand", id="v"),
        "demand: 1 point where another is, with as many persons, such as v: are they counted "
        "twice?",
    ),
    "a corridor that ends elsewhere": (
        put("corridors", 0, "geometry", line(12, 20)),
        "corridors: 1 end away from what it names, k by 12 km from a",
    ),
    "a road that ends on another": (
        lambda it: it.add("roads", **{"from": "x", "to": "y"}, geometry=line_to(15, 5)),
        "roads: 1 end on another road without a node there, of x:y on b:c: nobody turns off there, "
        "cut the road in two where they meet",
    ),
    "roads that cross": (
        lambda it: it.add("roads", **{"from": "x", "to": "y"}, geometry=line_to(15, 5, -5)),
        "roads: 1 pair cross without a node, such as b:c and x:y: unless it is a bridge, cut both "
        "where they meet",
    ),
    "nodes at one place": (
        lambda it: it.add("roads", **{"from": "x", "to": "y"}, geometry=line_to(10, 0, 5)),
        "roads: 1 node where another one is, such as b and x: they are not joined; if they are "
        "one, give them one id",
    ),
    "facilities drawn elsewhere": (
        lambda it: drawn_facilities(it),
        "facilities: 1 row away from the site, at t by 4.0 km: the site counts",
    ),
    "one way": (
        lambda it: it.layers["roads"].__setitem__("oneway", ["yes", "no"]),
        "roads: oneway is set in 1 row and not obeyed: roads go both ways",
    ),
    "other minutes back": (
        lambda it: it.add(
            "roads", **{"from": "b", "to": "a"}, minutes=30.0, geometry=line(10, 0)
        ),
        "roads: 1 pair of nodes with other minutes there than back, such as a:b: roads go both "
        "ways, the fastest counts",
    ),
}  # fmt: skip


def drawn_facilities(it: Little) -> None:
    """The station of t is drawn 4 km beside it."""
    places = [at(0), at(10, 4)]
    it.layers["facilities"] = gpd.GeoDataFrame(it.layers["facilities"], geometry=places, crs=CRS)
    it.set('"facilities.csv"', '"little.gpkg|facilities"')


def line_to(km: float, north: float, south: float = 0.0) -> Any:
    """A road that comes from the north."""
    return LineString([at(km, north), at(km, south)])


@pytest.mark.parametrize("case", WARNINGS)
def test_warning(case: str, tmp_path: Path) -> None:
    changed, warning = WARNINGS[case]
    told = read_little(tmp_path, changed).geography.warnings
    assert [one for one in told if not one.startswith("roads: 1 piece of")] == [warning]


def test_routes_are_not_drawn_around_zones_of_another_region(tmp_path: Path) -> None:
    one = little()
    declare("zones", NEXT_ZONE)(one)
    with pytest.raises(InputError, match="zones: touches nothing of the region"):
        corridors(one.write(tmp_path))
