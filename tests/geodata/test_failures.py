"""Failures from file and layers: what fails, who still gets where, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from optimizer.geodata.geography import Instance
from optimizer.problem import Pairs
from tests.geodata.little import (
    CRS,
    Break,
    Little,
    all_of,
    faults,
    line,
    put,
    read_little,
    square,
    text,
)

DRAW = 'policy.failures.draw=["{}"]'


def events(**columns: object) -> Break:
    """A layer of scenarios, a plain table."""

    def change(it: Little) -> None:
        it.layers["scenarios"] = pd.DataFrame(columns)
        it.set("[layers]", '[layers]\nscenarios = "scenarios.csv"')

    return change


def drawn(*shapes: object, **columns: object) -> Break:
    """A layer of scenarios with polygons."""

    def change(it: Little) -> None:
        it.layers["scenarios"] = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS)
        it.set("[layers]", '[layers]\nscenarios = "little.gpkg|scenarios"')

    return change


ASKED = "policy.failures.probability=0.1"


def failed(instance: Instance) -> dict[str, set[str]]:
    """Scenario -> ids of the sites that fail."""
    facts = instance.problem.scenarios
    assert facts is not None
    return {
        name: {instance.problem.sites.ids[j] for j in np.flatnonzero(row)}
        for name, row in zip(facts.ids, facts.failed, strict=True)
    }


def minutes(instance: Instance, scenario: str, level: int = 0) -> dict[str, float]:
    """Trips at a level in a scenario, that need no corridor."""
    facts = instance.problem.scenarios
    assert facts is not None
    return _told(instance, facts.trips[facts.ids.index(scenario)][level])


def _told(instance: Instance, pairs: Pairs) -> dict[str, float]:
    facts = instance.problem
    rows = zip(pairs.origin, pairs.site, pairs.minutes, pairs.needs, strict=True)
    return {facts.demand.ids[i] + facts.sites.ids[j]: m for i, j, m, needs in rows if needs < 0}


def test_nothing_fails_where_nothing_is_asked(tmp_path: Path) -> None:
    found = read_little(tmp_path, events(id=["flood"], sites=["s"]))
    assert found.problem.scenarios is None
    assert found.failures == ()


def test_what_is_named_fails(tmp_path: Path) -> None:
    change = events(
        id=["one", "two"],
        probability=[0.05, None],
        sites=["s;t", None],
        roads=[None, " b:a ; b:c"],
    )
    found = read_little(tmp_path, change, ASKED)
    facts = found.problem.scenarios
    assert facts is not None
    assert facts.ids == ("one", "two")
    assert facts.probability.tolist() == [0.05, 0.1]
    assert failed(found) == {"one": {"s", "t"}, "two": set()}
    usual = {"as": 0, "at": 11, "au": 27, "bs": 10, "bt": 1, "bu": 17, "cs": 25, "ct": 16, "cu": 2}
    assert minutes(found, "one") == usual  # those to failed sites may be among them
    assert minutes(found, "two") == {"as": 0, "bt": 1, "cu": 2}
    assert [level.unserved_minutes for level in found.problem.levels] == [40, 40, 60]
    assert facts.aid is None


def test_all_that_a_polygon_touches_fails(tmp_path: Path) -> None:
    change = all_of(
        drawn(square(5, 0), square(20, 0, 2), id=["road", "end"], sites=["u", None]),
    )
    found = read_little(tmp_path, change, ASKED)
    assert failed(found) == {"road": {"u"}, "end": {"u"}}
    assert minutes(found, "road") == {"as": 0, "bt": 1, "bu": 17, "ct": 16, "cu": 2}
    assert minutes(found, "end") == {"as": 0, "at": 11, "bs": 10, "bt": 1, "cu": 2}


def test_each_site_is_drawn(tmp_path: Path) -> None:
    found = read_little(tmp_path, lambda it: None, DRAW.format("sites"))
    assert failed(found) == {"site s": {"s"}, "site t": {"t"}, "site u": {"u"}}
    facts = found.problem.scenarios
    assert facts is not None
    assert facts.probability.tolist() == pytest.approx([0.1 / 3] * 3)


def test_each_road_is_drawn_and_a_slower_one_beside_it_is_left(tmp_path: Path) -> None:
    def beside(it: Little) -> None:
        it.add("roads", minutes=14.0)  # from a to b too

    found = read_little(tmp_path, beside, DRAW.format("roads"))
    facts = found.problem.scenarios
    assert facts is not None
    assert facts.ids == ("road a:b", "road b:c")  # the slower one is needed by nobody
    # but it is one of the three that may fail
    assert facts.probability.tolist() == pytest.approx([0.1 / 3] * 2)
    assert minutes(found, "road a:b")["at"] == 15


def test_each_corridor_is_drawn(tmp_path: Path) -> None:
    found = read_little(
        tmp_path, lambda it: None, DRAW.format("corridors"), "policy.corridors=true"
    )
    facts = found.problem.scenarios
    assert facts is not None
    assert facts.ids == ("corridor k",)
    assert all((pairs.needs < 0).all() for pairs in facts.trips[0])
    assert any((pairs.needs >= 0).any() for pairs in found.problem.trips)


def test_each_flood_zone_is_drawn(tmp_path: Path) -> None:
    def wet(it: Little) -> None:
        it.add("zones", kind="flood", name="河", geometry=square(10, 0))
        it.add("zones", kind="flood", name="河", geometry=square(0, 0))

    found = read_little(tmp_path, wet, DRAW.format("floods"))
    assert failed(found) == {"flood 河": {"t"}, "flood 河 (2)": {"s"}}
    assert minutes(found, "flood 河") == {"as": 0, "bt": 1, "cu": 2}
    assert set(found.geography.rejected["id"]) == set()  # a flood zone is no control line


def test_borders_are_open_where_there_is_aid(tmp_path: Path) -> None:
    bordered = text("cutoff = 40\nbackup", 'border = "city"\ncutoff = 40\nbackup')
    away = "services.{}.unmet={{minutes=90,allowed=false}}"
    sets = (DRAW.format("sites"), away.format("emergency"), away.format("medical"))
    alone = read_little(_folder(tmp_path, "alone"), bordered, *sets)
    helped = read_little(
        _folder(tmp_path, "helped"),
        bordered,
        *sets,
        "policy.failures.aid=city",
        "policy.failures.reserve=0.2",
    )
    usual = _told(alone, alone.problem.pairs[0])
    assert usual == {"as": 0, "bt": 1, "bu": 17, "ct": 16, "cu": 2}
    assert minutes(alone, "site s") == usual
    assert minutes(helped, "site s").keys() - usual.keys() == {"at", "au", "bs", "cs"}
    facts = helped.problem.scenarios
    assert facts is not None
    assert facts.aid is not None
    assert (facts.aid.tier, facts.aid.reserve) == ("city", 0.2)
    assert [level.unserved_minutes for level in helped.problem.levels] == [90, 90, 90]


def _folder(at: Path, name: str) -> Path:
    (at / name).mkdir()
    return at / name


FAULTS: dict[str, tuple[Break, tuple[str, ...], list[str]]] = {
    "nothing to fail": (
        lambda it: None,
        (ASKED,),
        [
            "instance.toml, policy.failures: nothing can fail. Write draw, such as "
            '["sites"], or name a layer of scenarios under [layers].'
        ],
    ),
    "an attack that is weighed": (
        lambda it: None,
        ("policy.failures.attack=1",),
        [
            "instance.toml, policy.failures.tail: an attack has no probability, so only the worst "
            "that can happen counts (is 1.0). Set tail to 0."
        ],
    ),
    "attacked without an attack": (
        lambda it: None,
        (DRAW.format("sites"), "policy.failures.attack_on=links"),
        [
            "instance.toml, policy.failures.attack_on: nobody attacks (is 'links'). Say how many "
            "at once: attack = 1, or leave it out."
        ],
    ),
    "unknown draw": (
        lambda it: None,
        (DRAW.format("site"),),
        [
            "instance.toml, policy.failures.draw: unknown (is 'site'). Did you mean 'sites'? "
            "known: sites, roads, corridors, floods."
        ],
    ),
    "corridors that are not decided": (
        lambda it: None,
        (DRAW.format("corridors"),),
        [
            "instance.toml, policy.failures.draw: no corridor is decided, so none can fail "
            "(is 'corridors'). Set policy.corridors to true, or draw something else."
        ],
    ),
    "no flood zone": (
        lambda it: None,
        (DRAW.format("floods"),),
        [
            "instance.toml, policy.failures.draw: no zone is of kind flood (is 'floods'). "
            "Add such zones, or draw something else."
        ],
    ),
    "unknown tier of aid": (
        lambda it: None,
        (DRAW.format("sites"), "policy.failures.aid=town"),
        [
            "instance.toml, policy.failures.aid: no jurisdiction is of this tier (is 'town'). "
            "Known: city, province."
        ],
    ),
    "a reserve without aid": (
        lambda it: None,
        (DRAW.format("sites"), "policy.failures.reserve=0.5"),
        [
            "instance.toml, policy.failures.reserve: there is no aid to keep it from (is 0.5). "
            "Name the tier whose jurisdictions help one another: aid."
        ],
    ),
    "a measure that failures do not have": (
        lambda it: None,
        (DRAW.format("sites"), "policy.equity=leximin", "policy.weight=1"),
        [
            "instance.toml, policy.equity: cannot be asked where something can fail "
            "(is 'leximin of minutes'). Choose an additive or monotone measure of minutes, or "
            "leave policy.failures out."
        ],
    ),
    "probabilities": (
        events(id=["x", "y"], sites=["s", "t"], probability=[0.7, 0.6]),
        (ASKED,),
        [
            "instance.toml, policy.failures.probability: the failures have a probability of 1.3 "
            "in all. No two happen at a time: lower them until they sum to 1 or less."
        ],
    ),
    "one probability": (
        events(id=["x"], sites=["s"], probability=[7]),
        (ASKED,),
        ["scenarios, row x, column probability: is above 1 (is 7.0). Write a share from 0 to 1."],
    ),
    "names of nothing": (
        events(id=["x", "x"], sites=["v", "s"], roads=["a:c", None], corridors=["K", None]),
        (),
        [
            "scenarios, row x, column sites: no such row in sites (is 'v'). Known: s, t, u.",
            "scenarios, row x, column corridors: no such row in corridors (is 'K'). Known: k.",
            "scenarios, row x, column roads: no such row in roads (is 'a:c'). "
            "Did you mean 'b:c'? known: a:b, b:a, b:c, c:b.",
            "scenarios, row x, column id: stands in more than one row (is 'x'). Keep one of them.",
        ],
    ),
    "an event without anything": (
        events(id=["x"], sites=[" ; "]),
        (),
        [
            "scenarios, row x: says nothing of what fails. "
            "Draw a polygon around it, or name it in sites, corridors or roads."
        ],
    ),
    "lines as polygons": (
        drawn(line(0, 5), id=["x"]),
        (),
        ["scenarios, row x, column geometry: wrong type (is 'LineString'). It must be a polygon."],
    ),
    "no id": (
        events(sites=["s"]),
        (),
        ["scenarios, column id: no such column. Known: sites."],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault(tmp_path: Path, case: str) -> None:
    broken, sets, told = FAULTS[case]
    assert faults(tmp_path, broken, *sets) == told


def test_too_many_pairs_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs on what is left of the roads: where only sites fail they are the same for all."""
    monkeypatch.setattr("optimizer.geodata.failures.MAX_PAIRS", 10)
    assert faults(tmp_path, put("sites", 0, "cost", 1.0), DRAW.format("roads")) == [
        "instance.toml, policy.failures: 2 failures leave more than 10 pairs to hold. "
        "Draw or list fewer, or lower the cut-offs."
    ]
    facts = read_little(tmp_path, put("sites", 0, "cost", 1.0), DRAW.format("sites")).problem
    assert facts.scenarios is not None and len(facts.scenarios.ids) == 3


def test_one_key_says_for_all_services_what_being_unserved_counts_as(tmp_path: Path) -> None:
    """Needs are not unmet by it where nothing fails; a level with minutes of its own keeps them."""
    asked = (DRAW.format("sites"), "policy.failures.unserved=90")
    plain = read_little(tmp_path, lambda it: None, *asked).problem
    assert [level.unserved_minutes for level in plain.levels] == [90, 90, 90]
    assert not any(level.may_be_unmet for level in plain.levels)
    own = "services.emergency.unmet.minutes=70"
    mixed = read_little(tmp_path, lambda it: None, *asked, own).problem
    assert [level.unserved_minutes for level in mixed.levels] == [70, 90, 90]
    assert [level.may_be_unmet for level in mixed.levels] == [True, False, False]
