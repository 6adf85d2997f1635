"""Points hang on the nearest road, which is cut there: by hand on the little instance.

Its road goes 10 minutes from a to b, and 15 from b to c, 10 km each; links take 2.6 minutes for
each kilometre (1.3 times straight at 30 km/h). Site s stands at a, t 1 minute from b, u 2 from c.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shapely import LineString, MultiLineString

from optimizer.geodata.geography import Instance
from tests.geodata.little import Break, Little, all_of, at, line, put, read_little, square

LINK = 2.6  # minutes for each kilometre


def village(km: float, north: float = 0.0, **more: object) -> Break:
    """One demand point more, v, so many kilometres east and north of a."""
    return lambda it: it.add("demand", id="v", geometry=at(km, north), **more)


def minutes(instance: Instance, point: str = "v") -> dict[str, float]:
    """Site -> minutes from this demand point."""
    demand, sites = (getattr(instance.parts.tables, name).ids for name in ("points", "places"))
    pairs = instance.parts.everywhere
    rows = zip(demand[pairs.origin], sites[pairs.site], pairs.minutes, strict=True)
    return {site: float(found) for one, site, found in rows if one == point}


def classed(*words: str, access: tuple[str | None, ...] | None = None) -> Break:
    def change(it: Little) -> None:
        it.layers["roads"]["class"] = list(words)
        if access is not None:
            it.layers["roads"]["access"] = list(access)

    return change


ROADS = {
    "on the road": (village(4), {"s": 4, "t": 6 + 1, "u": 6 + 15 + 2}),
    "beside the road": (
        village(14, 2),
        {"s": 10 + 6 + 2 * LINK, "t": 6 + 1 + 2 * LINK, "u": 9 + 2 + 2 * LINK},
    ),
    "beyond its end": (village(22), {"s": 25 + 2 * LINK, "t": 16 + 2 * LINK, "u": 2 + 2 * LINK}),
    "within two metres of a node": (
        village(10.001),
        {"s": 10 + 0.001 * LINK, "t": 1 + 0.001 * LINK, "u": 17 + 0.001 * LINK},
    ),
    "beside a motorway": (
        all_of(village(14, 2), classed("road", "Motorway")),
        {"s": 10 + 20**0.5 * LINK, "t": 1 + 20**0.5 * LINK, "u": 17 + 20**0.5 * LINK},
    ),
    "beside one with access": (
        all_of(village(14, 2), classed("road", "motorway", access=(None, "yes"))),
        {"s": 16 + 2 * LINK, "t": 7 + 2 * LINK, "u": 11 + 2 * LINK},
    ),
    "beside a road without": (
        all_of(village(14, 2), classed("road", "road", access=(None, "no"))),
        {"s": 10 + 20**0.5 * LINK, "t": 1 + 20**0.5 * LINK, "u": 17 + 20**0.5 * LINK},
    ),
    "on a road without": (
        all_of(village(14), classed("road", "road", access=(None, "no"))),
        {"s": 10 + 4 * LINK, "t": 1 + 4 * LINK, "u": 17 + 4 * LINK},
    ),
    "on a road with a bend": (  # 6 km north and back, 15 minutes for 6 + 10 + 6 km
        all_of(
            village(10, 6),
            put("roads", 1, "geometry", LineString([at(10), at(10, 6), at(20, 6), at(20)])),
        ),
        {"s": 10 + 15 * 6 / 22, "t": 1 + 15 * 6 / 22, "u": 2 + 15 * 16 / 22},
    ),
    "on a road in two parts": (  # 4 and 5 km drawn: the second begins after 4 of 9
        all_of(
            village(15),
            put("roads", 1, "geometry", MultiLineString([line(10, 14), line(15, 20)])),
        ),
        {"s": 10 + 15 * 4 / 9, "t": 1 + 15 * 4 / 9, "u": 2 + 15 * 5 / 9},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ROADS)
def test_minutes_by_hand(case: str, tmp_path: Path) -> None:
    change, truth = ROADS[case]
    assert minutes(read_little(tmp_path, change)) == pytest.approx(truth)


def test_who_stands_on_a_motorway_enters_it_there_and_that_is_told(tmp_path: Path) -> None:
    instance = read_little(tmp_path, all_of(village(14), classed("road", "motorway")))
    assert minutes(instance) == pytest.approx({"s": 16, "t": 7, "u": 11})
    told = [text for text in instance.geography.warnings if "access" in text]
    assert told == [
        "demand: 1 point on a road of a class without access between its junctions, v on b:c; "
        "it enters there: if it cannot, write no in the column access of the road"
    ]


def test_two_on_one_road_need_not_go_over_its_ends(tmp_path: Path) -> None:
    """A site 2 km from a village on the same road is 2 minutes away."""
    instance = read_little(tmp_path, all_of(village(4), put("sites", 0, "geometry", at(6))))
    assert minutes(instance)["s"] == pytest.approx(2)


def test_a_corridor_meets_the_road_where_it_ends(tmp_path: Path) -> None:
    """From halfway between a and b to the city Q, where its line ends halfway to c."""

    def change(it: Little) -> None:
        village(25)(it)
        it.put("corridors", 0, "from", "v")
        it.put("corridors", 0, "geometry", line(5, 15))
        it.put("corridors", 0, "minutes", 3.0)
        it.toml += "\n[policy]\ncorridors = true\n"

    instance = read_little(tmp_path, change)
    faster = instance.problem.corridors
    assert faster is not None
    pairs = faster.faster[0]
    at_u = {
        int(i): m for i, j, m in zip(pairs.origin, pairs.site, pairs.minutes, strict=True) if j == 2
    }
    # a: 5 to the corridor, 3, 7.5 to c, 2 to the door
    assert at_u[0] == pytest.approx(17.5)


def test_a_road_that_is_closed_keeps_those_who_live_on_it(tmp_path: Path) -> None:
    instance = read_little(tmp_path, village(4), 'policy.failures.draw=["roads"]')
    facts = instance.problem.scenarios
    assert facts is not None
    assert facts.ids == ("road a:b", "road b:c")
    ids = instance.problem.demand.ids
    left = [{ids[n] for n in trips[0].origin.tolist()} for trips in facts.trips]
    assert left == [{"a", "b", "c"}, {"a", "b", "c", "v"}]


def test_a_road_that_is_cut_is_one_link_to_attack(tmp_path: Path) -> None:
    adversary = read_little(
        tmp_path,
        village(4),
        "policy.failures={ attack = 1, attack_on = 'links', tail = 0 }",
        "services.medical.levels.county.weight=0",
        "services.medical.levels.regional.weight=0",
    ).problem.adversary
    assert adversary is not None and adversary.streets is not None
    assert adversary.streets.names == ("a:b", "b:c", "k")
    assert sorted(adversary.streets.ground.link.tolist()) == [0, 0, 1, 2]
    left, _ = adversary.streets.left(np.array([0]))
    assert set(left[0].origin.tolist()) == {0, 1, 2}


LAKE = square(14, 1, 0.5)


@pytest.mark.parametrize("layer", ["demand", "sites"])
def test_a_link_over_water_is_told(layer: str, tmp_path: Path) -> None:
    """2 km to the road, of which 1 km is a lake."""

    def change(it: Little) -> None:
        it.add(layer, id="v", geometry=at(14, 2))
        it.add("zones", kind="water", geometry=LAKE)

    assert read_little(tmp_path, change).geography.warnings == (
        f"{layer}: the straight way to the road crosses water at 1 point, v over 1.0 km: "
        "draw the road that leads there",
    )


def test_a_lake_beside_the_link_is_not_told(tmp_path: Path) -> None:
    def change(it: Little) -> None:
        it.add("demand", id="v", geometry=at(14, 2))
        it.add("zones", kind="water", geometry=square(16, 1, 0.5))

    assert read_little(tmp_path, change).geography.warnings == ()
