"""Control lines: what they remove, what they spare, and what is said about it."""

from __future__ import annotations

from pathlib import Path

from shapely import LineString

from optimizer.geodata.geography import Instance
from tests.geodata.little import Break, Little, all_of, at, put, read_little, square


def zone(kind: str, name: str | None, shape: object) -> Break:
    return lambda it: it.add(
        "zones", id=len(it.layers["zones"]) + 1, kind=kind, name=name, geometry=shape
    )


def free(it: Little) -> None:
    """Nothing has to be built."""
    it.put("facilities", 1, "status", "existing")


def removed(instance: Instance) -> list[tuple[str, ...]]:
    table = instance.geography.rejected
    return list(zip(table["layer"], table["id"], table["reason"], table["zone"], strict=True))


def test_a_site_in_a_forbidden_zone_goes(tmp_path: Path) -> None:
    instance = read_little(tmp_path, zone("ecological", "湖", square(20, 0)))
    assert instance.problem.sites.ids == ("s", "t")
    # the corridor from a to c crosses the lake too
    assert removed(instance) == [
        ("sites", "u", "inside ecological redline", "湖"),
        ("corridors", "k", "crosses ecological redline", "湖"),
    ]
    assert instance.geography.sites.index.tolist() == ["s", "t", "u"]


def test_a_zone_without_a_name_is_called_by_its_id(tmp_path: Path) -> None:
    instance = read_little(tmp_path, zone("farmland", None, square(20, 1)))
    assert removed(instance)[0] == ("sites", "u", "inside permanent farmland", "2")


def test_the_edge_belongs_to_the_zone(tmp_path: Path) -> None:
    edge = read_little(tmp_path, zone("farmland", "field", square(21, 0)))
    assert [row[1] for row in removed(edge)] == ["u", "k"]


def test_of_two_zones_the_ecological_one_is_the_reason(tmp_path: Path) -> None:
    both = all_of(
        zone("farmland", "field", square(20, 0)), zone("ecological", "lake", square(20, 0))
    )
    assert removed(read_little(tmp_path, both))[0][2:] == ("inside ecological redline", "lake")


def test_where_there_are_development_zones_all_else_is_outside(tmp_path: Path) -> None:
    changed = all_of(zone("development", "town", square(10, 0)), free)
    instance = read_little(tmp_path, changed)
    assert removed(instance) == [("sites", "u", "outside all development zones", "")]
    # s lies outside as well, but a hospital stands there: it stays, and nothing is added to it
    options = instance.problem.options
    at_s = options.site == instance.problem.sites.ids.index("s")
    assert options.kind[at_s].tolist() == ["keep"]
    assert instance.geography.warnings == (
        "sites: what stands at s stays as it is, outside all development zones",
    )


def test_a_closed_facility_does_not_hold_a_site(tmp_path: Path) -> None:
    def close(it: Little) -> None:
        it.layers["facilities"].loc[2, ["site", "service", "status"]] = "u", "emergency", "closed"

    changed = all_of(zone("ecological", "湖", square(20, 0)), close)
    assert removed(read_little(tmp_path, changed))[0][:2] == ("sites", "u")


def test_only_a_corridor_through_a_zone_goes(tmp_path: Path) -> None:
    lake = zone("ecological", "湖", square(15, 2))
    assert removed(read_little(tmp_path, lake)) == []
    through = put("corridors", 0, "geometry", LineString([at(10), at(15, 2), at(20)]))
    assert removed(read_little(tmp_path, all_of(lake, through))) == [
        ("corridors", "k", "crosses ecological redline", "湖")
    ]


def test_zones_in_another_crs_are_the_same_zones(tmp_path: Path) -> None:
    def degrees(it: Little) -> None:
        it.layers["zones"] = it.layers["zones"].to_crs(4326)

    changed = all_of(zone("ecological", "湖", square(20, 0)), degrees)
    instance = read_little(tmp_path, changed)
    assert [row[1] for row in removed(instance)] == ["u", "k"]
    assert instance.geography.rejected.crs == instance.geography.demand.crs
    assert instance.geography.rejected.geometry.iloc[0].equals_exact(at(20), 1e-6)
