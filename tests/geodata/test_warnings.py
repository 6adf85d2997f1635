"""What is legal but strange is a warning, each with its words; a plain instance has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.geodata.little import Break, Little, all_of, at, line, put, read_little, text


def idle_road(it: Little) -> None:
    it.add("roads", **{"from": "x", "to": "y"}, geometry=line(30, 31))


def coarse(it: Little) -> None:
    it.layers["demand"]["coarse"] = [False, True, False]


def far(it: Little) -> None:
    """15 km x 1.3 at 30 km/h = 39 minutes from the node c."""
    it.put("sites", 2, "geometry", at(20, 15))


def mercator(it: Little) -> None:
    """At 31.6 degrees north, where the little instance lies, 1 / cos(31.6 degrees) = 1.17."""
    it.set('"EPSG:32650"', '"EPSG:3857"')


STRANGE: dict[str, tuple[Break, str]] = {
    "nobody at a point": (
        all_of(put("demand", 0, "persons", 0), put("demand", 0, "persons_old", 0)),
        "demand: nobody lives at 1 demand point",
    ),
    "coarse positions": (coarse, "demand: 33% of the persons live where the position is coarse"),
    "a group larger than all": (
        put("demand", 0, "persons_old", 2000),
        "demand: more old persons than persons at 1 demand point",
    ),
    "a gap of one": (
        text(
            "[policies.fair]",
            '[policy.bounds.gap]\nmeasure = "range"\namong = "groups"\nat_most = 5\n\n'
            "[policies.fair]",
        ),
        "policy.bounds.gap: there is one unit among groups, and none to compare it with",
    ),
    "a core without a seat": (
        lambda it: it.layers["jurisdictions"].insert(1, "seat", [None, None, "b"]),
        "jurisdictions: minutes to the nearest core leave out 1 core (P) without a seat",
    ),
    "standard is cut-off": (
        text("standard = 12", "standard = 40"),
        "emergency: the cut-off is the standard, so all who are served are covered",
    ),
    "a floor of 0": (
        text("floors = { jurisdiction = 0.5,", "floors = { jurisdiction = 0,"),
        "emergency: the floor jurisdiction is 0 and asks for nothing",
    ),
    "roads that nobody needs": (
        idle_road,
        "roads: 1 piece of 2 nodes in all lead to nobody",
    ),
    "roads that meet without touching": (
        put("roads", 1, "geometry", line(12, 20)),
        "roads: 1 node where roads meet without touching, node b by 2.0 km",
    ),
    "far from any road": (far, "sites: 1 point far from any road, u by 39 minutes"),
    "a CRS that stretches": (
        mercator,
        "crs: lengths in EPSG:3857 are wrong by up to 17% here: "
        "choose a zone that fits, such as that of UTM",
    ),
}


@pytest.mark.parametrize("case", STRANGE)
def test_warning(case: str, tmp_path: Path) -> None:
    changed, warning = STRANGE[case]
    assert read_little(tmp_path, changed).geography.warnings == (warning,)


def test_no_warning_without_reason(tmp_path: Path) -> None:
    assert read_little(tmp_path).geography.warnings == ()
