"""Numbers in a unit that nobody means are told once, with the likely unit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from shapely import LineString

from tests.geodata.little import Break, Little, all_of, put, read_little, text


def times(layer: str, column: str, factor: float) -> Break:
    def change(it: Little) -> None:
        it.layers[layer][column] = it.layers[layer][column].astype(float) * factor

    return change


def persons(factor: float) -> Break:
    return all_of(times("demand", "persons", factor), times("demand", "persons_old", factor))


def limited(it: Little) -> None:
    """Stations have a limit too, of 500 persons."""
    it.set('name = "small"\n', 'name = "small"\ncapacity = 500\n')


#: The little roads go 10 km in 10 minutes and 10 in 15: 60 and 40 km/h.
STRANGE: dict[str, tuple[Break, str]] = {
    "hours": (
        times("roads", "minutes", 1 / 60),
        "roads: 2 of 2 rows faster than 150 km/h, a:b at 3,600 km/h; the column minutes holds "
        "minutes: are they hours?",
    ),
    "seconds": (
        times("roads", "minutes", 60),
        "roads: 2 of 2 rows slower than 4 km/h, b:c at 0.67 km/h; the column minutes holds "
        "minutes: are they seconds?",
    ),
    "metres": (
        times("roads", "minutes", 1000),
        "roads: 2 of 2 rows slower than 4 km/h, b:c at 0.04 km/h; the column minutes holds "
        "minutes: are they metres?",
    ),
    "one fast road": (
        put("roads", 0, "minutes", 2.0),
        "roads: 1 of 2 rows faster than 150 km/h, a:b at 300 km/h; the column minutes holds "
        "minutes: are they right?",
    ),
    "a road in no time": (
        put("roads", 0, "minutes", 0.0),
        "roads: 1 of 2 rows faster than 150 km/h, a:b in no time; the column minutes holds "
        "minutes: are they right?",
    ),
    "a corridor in hours": (
        times("corridors", "minutes", 1 / 60),
        "corridors: 1 of 1 row faster than 400 km/h, k at 6,000 km/h; the column minutes holds "
        "minutes: are they hours?",
    ),
    "persons in thousands": (
        persons(1 / 1000),
        "demand: 6 persons in the whole region: is the column persons in thousands or ten "
        "thousands (万)?",
    ),
    "access in seconds": (
        lambda it: it.layers["sites"].__setitem__("egress_minutes", [0.0, 80.0, 0.0]),
        "sites: egress_minutes is 80 in the middle: are they seconds?",
    ),
    "a standard in seconds": (
        all_of(text("standard = 12", "standard = 720"), lambda it: cutoff(it, 1200)),
        "emergency: the standard is 720 minutes: are they seconds?",
    ),
    "budgets in yuan": (
        times("jurisdictions", "budget", 1e6),
        "jurisdictions: all budgets together 1.5e+08 million are over 1,000 times what all that "
        "can be built costs, 152: are both in the same unit?",
    ),
    "budgets in billions": (
        times("jurisdictions", "budget", 1e-3),
        "jurisdictions: all budgets together 0.15 million pay for nothing, the cheapest option "
        "costs 9: "
        "are both in the same unit?",
    ),
    "a slow access": (
        text("[services.emergency]", "[network]\naccess_kmh = 0.5\n\n[services.emergency]"),
        "network.access_kmh: nobody goes to a road at 0.5 km/h",
    ),
    "a long detour": (
        text("[services.emergency]", "[network]\ndetour = 13\n\n[services.emergency]"),
        "network.detour: no way is 13 times as long as straight",
    ),
    "corridors in yuan": (
        times("corridors", "cost", 1e6),
        "costs: those of sites are 2 in the middle, those of corridors 7e+07: are both in the same "
        "unit?",
    ),
    "standing capacity in another unit": (
        times("facilities", "capacity_county", 1e3),
        "medical.county: what stands serves 4e+06 persons in the middle, what can be built 500 and "
        "more: are both in the same unit?",
    ),
    "kilometres": (
        lambda it: kilometres(it),
        "roads: all go 60 km/h: are the minutes kilometres?",
    ),
    "a cap in seconds": (
        text("[policies.fair]", "[policy]\nefficiency_bound = 1800\n\n[policies.fair]"),
        "policy.efficiency_bound: 1800 minutes are longer than any cut-off (60), so that it asks "
        "for nothing: are they seconds?",
    ),
    "a backup in seconds": (
        text("backup = { minutes = 30", "backup = { minutes = 1800"),
        "emergency: a backup within 1800 minutes: are they seconds?",
    ),
    "land in square metres": (
        times("sites", "land", 10_000),
        "sites: each site has land for 1,000 times the largest size, 10,000 and more, and that "
        "takes 3: are both in hectares?",
    ),
    "sizes in square metres": (
        times("sites", "land", 1e-4),
        "sites: no site has land for anything, 0.0005 at most, and the smallest size takes 0.5: "
        "are both in hectares?",
    ),
    "places of beds": (
        all_of(persons(1000), limited, lambda it: it.layers["facilities"].iloc[:0]),
        "emergency: all that can stand serves 1,500 of 6e+06 persons: is the capacity in persons, "
        "not in beds or thousands?",
    ),
}


def kilometres(it: Little) -> None:
    """Ten roads more, all of them at a kilometre a minute."""
    for n in range(10):
        far = LineString([(500_000, 3_500_000 + 100 * n), (503_000 + n, 3_500_000 + 100 * n)])
        it.add("roads", **{"from": f"x{n}", "to": f"y{n}"}, geometry=far)
    it.layers["roads"]["minutes"] = it.layers["roads"].length / 1000


def cutoff(it: Little, minutes: int) -> None:
    it.toml = it.toml.replace("cutoff = 40\nbackup", f"cutoff = {minutes}\nbackup")


def reach(it: Little) -> None:
    """Cut-offs that the slowest roads keep."""
    it.toml = re.sub(r"(cutoff|referral) = \d+", r"\1 = 90000", it.toml)


@pytest.mark.parametrize("case", STRANGE)
def test_warning(case: str, tmp_path: Path) -> None:
    changed, warning = STRANGE[case]
    far = case in ("seconds", "metres", "access in seconds")
    found = read_little(tmp_path, all_of(changed, reach) if far else changed)
    assert warning in found.geography.warnings
    assert sum(one.startswith(warning[:12]) for one in found.geography.warnings) == 1


@pytest.mark.parametrize(("kind", "speed"), [("rail", 350), ("ferry", 3), ("border", 3)])
def test_trains_are_fast_and_ships_are_slow(kind: str, speed: float, tmp_path: Path) -> None:
    def change(it: Little) -> None:
        it.layers["roads"]["class"] = kind
        it.layers["roads"]["minutes"] = 10 / speed * 60
        reach(it)

    assert read_little(tmp_path, change).geography.warnings == ()


def test_short_roads_have_no_speed(tmp_path: Path) -> None:
    """100 m in a minute that was rounded up, or down to nothing."""

    def change(it: Little) -> None:
        end = it.layers["roads"].geometry[0].coords[0]
        for minutes in (0.0, 2.0):
            short = LineString([end, (end[0] + 50 * minutes - 50, end[1] + 80)])
            it.add("roads", **{"from": "a", "to": f"x{minutes:g}"}, minutes=minutes, geometry=short)

    assert read_little(tmp_path, change).geography.warnings == ()
