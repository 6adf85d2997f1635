"""The check of written plans: what the writer writes passes, and each tampering is caught."""

from __future__ import annotations

import re
import sqlite3
import struct
from pathlib import Path

import pytest

from optimizer.foundation.language import VARIABLE, _
from optimizer.geodata.read import read
from optimizer.verification import EXIST
from optimizer.verification.file import check_file
from tests.plans import TINY, broken, edited, set_key, solved, tiny_plans


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return tiny_plans(tmp_path_factory.mktemp("plans"))


@pytest.mark.parametrize("name", ["line", "two-cities", "redline"])
def test_what_is_written_passes(plans: dict[str, Path], name: str) -> None:
    assert broken(plans[name], TINY / name) == {}


def test_policies_and_overrides_are_asked_again(tmp_path: Path) -> None:
    instance = read(TINY / "line", "equal", ["services.emergency.sizes.station.cost=6"])
    assert broken(solved(instance, tmp_path / "plan.gpkg")) == {}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Equal minutes within a guard, and a bound whose parameters are lists."""
    asked = (
        "policy.equity=range",
        "policy.guard=0.2",
        "policy.bounds.tail.measure=ordered_median",
        "policy.bounds.tail.parameters={shares=[0.1, 1.0], weights=[1.0, 1.0]}",
        "policy.bounds.tail.at_most=30",
    )
    folder = tmp_path_factory.mktemp("guarded")
    return solved(read(TINY / "line", overrides=asked), folder / "plan.gpkg")


def test_a_guard_and_lists_are_asked_again(guarded: Path) -> None:
    assert broken(guarded) == {}


def test_a_guard_is_kept_and_not_left_out(guarded: Path, tmp_path: Path) -> None:
    rule = "efficiency is within its guard"
    lower = edited(guarded, tmp_path, set_key("efficiency_guard", 1.0))
    assert broken(lower)[rule].endswith("at most 1")
    gone = edited(guarded, tmp_path, "DELETE FROM manifest WHERE key = 'efficiency_guard'")
    assert broken(gone)[rule] == "none is stated"
    endless = edited(guarded, tmp_path, set_key("efficiency_guard", 1e999))
    assert broken(endless)[rule] == "inf is stated"
    # The most efficient plan has 5 minutes in the mean: those now, less those that are lost.
    higher = edited(guarded, tmp_path, set_key("efficiency_guard", 6.5))
    told = "manifest: efficiency_guard is 6.5, in truth 6.0"
    assert broken(higher) == {"the guard is that of the minutes lost": told}


def test_who_is_worse_off_is_as_the_layer_says(guarded: Path, tmp_path: Path) -> None:
    """Equal minutes need stations at v2 and v5: v3, with one of its own before, loses 10."""
    rule = "who is worse off is true"
    moved = "UPDATE demand SET lost_emergency = 12 WHERE id = 'v3'"
    assert "mean is 10.0, in truth 12.0" in broken(edited(guarded, tmp_path, moved))[rule]
    told = {"persons": 4000, "share": 1 / 3, "mean": 10, "most": 10}
    for persons, found in ((4000, None), (3000, "valley is 3000, in truth 4000.0")):
        value = {"emergency": told | {"jurisdictions": {"valley": persons}}}
        copy = edited(guarded, tmp_path, set_key("worse_off", value))
        assert broken(copy).get(rule) == (found and f"worse off, emergency: {found}")


# In `line` stations stand at v3 and v5; the objective is 6.297754. In `two-cities` regional
# hospitals stand at w1 and e1, half of w2 goes 5 minutes to e1. In `redline` a station and a hub
# stand at n and a station at k; North spends 13 of 13, South 7 of 7.
TAMPERINGS: dict[str, tuple[str, list[str], str, str]] = {
    "a facility on another site": (
        "line",
        ["UPDATE facilities SET site = 'v4', id = 'v4:emergency' WHERE site = 'v3'"],
        "only open facilities serve",
        "v1 -> v3: no open facility offers it there",
    ),
    "a facility at a rejected site": (
        "redline",
        ["UPDATE facilities SET site = 'm' WHERE service = 'transport'"],
        EXIST,
        "built hub of transport cannot stand at m",
    ),
    "another size": (
        "two-cities",
        ["UPDATE facilities SET size = 'county hospital' WHERE site = 'e1'"],
        "only open facilities serve",
        "medical.regional, w2 -> e1: no open facility offers it there",
    ),
    "a size that is not offered": (
        "two-cities",
        ["UPDATE facilities SET size = 'giant' WHERE site = 'e1'"],
        EXIST,
        "built giant of medical cannot stand at e1",
    ),
    "a facility deleted": (
        "two-cities",
        ["DELETE FROM facilities WHERE site = 'w1'"],
        "only open facilities serve",
        "medical.county, w1 -> w1: no open facility offers it there",
    ),
    "a facility added": (
        "redline",
        [
            "INSERT INTO facilities (id, site, service, size, status) "
            "VALUES ('s:emergency', 's', 'emergency', 'station', 'built')"
        ],
        "budgets are kept",
        "beyond their budgets: south 7; the others may pass on 0",
    ),
    "a station that backs up deleted, its people moved": (
        "redline",
        [
            "DELETE FROM facilities WHERE id = 'k:emergency'",
            "UPDATE assignments SET site = 'n' WHERE level = 'emergency'",
        ],
        "floor of backup is met",
        "emergency, backed up: 0 of the persons, at least 0.6",
    ),
    "a share changed": (
        "line",
        ["UPDATE assignments SET share = 0.9 WHERE demand = 'v1'"],
        "everybody is served wholly",
        "emergency, v1: shares sum to 0.9",
    ),
    "an assignment deleted": (
        "line",
        ["DELETE FROM assignments WHERE demand = 'v2'"],
        "everybody is served wholly",
        "emergency, v2: shares sum to 0",
    ),
    "an assignment without a share": (
        "line",
        ["UPDATE assignments SET share = NULL WHERE demand = 'v1'"],
        EXIST,
        "assignments, v1 -> v3: no share",
    ),
    "people sent over the capacity": (
        "two-cities",
        [
            "DELETE FROM assignments WHERE level = 'medical.county' AND demand = 'w2' "
            "AND site = 'w1'",
            "UPDATE assignments SET share = 1 WHERE level = 'medical.county' AND demand = 'w2'",
        ],
        "capacities are kept",
        "medical.county at e1: 450000 persons, capacity 400000",
    ),
    "minutes shortened": (
        "line",
        ["UPDATE assignments SET minutes = 12 WHERE demand = 'v1'"],
        "minutes are true",
        "emergency, v1 -> v3: 12 minutes, in truth 20",
    ),
    "minutes shortened, told by the roads": (
        "line",
        ["UPDATE assignments SET minutes = 12 WHERE demand = 'v1'"],
        "minutes are those of the roads",
        "emergency, v1 -> v3: 12 minutes, on the roads more",
    ),
    "minutes lengthened, told by the roads": (
        "line",
        ["UPDATE assignments SET minutes = 21 WHERE demand = 'v1'"],
        "minutes are those of the roads",
        "emergency, v1 -> v3: 21 minutes, on the roads 20",
    ),
    "an assignment to a place that does not exist": (
        "line",
        ["UPDATE assignments SET site = 'v9' WHERE demand = 'v1'"],
        EXIST,
        "assignments: there is no site v9",
    ),
    "objective improved": (
        "line",
        [set_key("objective", 6.2), set_key("bound", 6.2)],
        "the objective is true",
        "objective 6.2 is stated, the plan's is 6.29775",
    ),
    "bound raised above": (
        "line",
        [set_key("bound", 6.5)],
        "the bound is below the objective",
        "bound 6.5 is above the objective 6.29775",
    ),
    "gap made smaller": (
        "line",
        [set_key("bound", 5.0)],
        "the gap is true",
        "gap 0 is stated, objective and bound give 0.206",
    ),
    "status said optimal": (
        "line",
        [
            set_key("bound", 0.0),
            set_key("gap", 1.0),
            set_key("asked_gap", 0.01),
        ],
        "the status is true",
        "optimal is stated, the gap 1 is above 0.01",
    ),
    "an easier policy stated": (
        "line",
        ["UPDATE manifest SET value = replace(value, '0.5', '0.4') WHERE key = 'policy'"],
        "the policy is the one asked",
        "weight is 0.4, in truth 0.5",
    ),
    "cost in the manifest": (
        "redline",
        [set_key("cost", 19)],
        "the manifest's numbers are true",
        "manifest: cost is 19, in truth 20.0",
    ),
    "terms in the manifest": (
        "line",
        [set_key("terms", [4, 7])],
        "the manifest's numbers are true",
        "manifest, terms: efficiency is 4, in truth 5.0",
    ),
    "demand minutes edited": (
        "line",
        ["UPDATE demand SET minutes_emergency = 5 WHERE id = 'v1'"],
        "the demand layer is true",
        "demand, v1: minutes_emergency is 5.0, in truth 20.0",
    ),
    "demand said covered": (
        "line",
        ["UPDATE demand SET covered_emergency = 1 WHERE id = 'v1'"],
        "the demand layer is true",
        "demand, v1: covered_emergency is 1.0, in truth 0.0",
    ),
    "demand said backed up": (
        "redline",
        ["UPDATE demand SET backed_up_emergency = 1 WHERE id = 's'"],
        "the demand layer is true",
        "demand, s: backed_up_emergency is 1.0, in truth 0.0",
    ),
    "another main site": (
        "two-cities",
        ["UPDATE demand SET site_medical_regional = 'w1' WHERE id = 'e2'"],
        "the demand layer is true",
        "demand, e2: site_medical_regional is w1",
    ),
    "persons added": (
        "line",
        ["UPDATE demand SET persons = 3000 WHERE id = 'v1'"],
        "the demand layer is true",
        "demand, v1: persons is 3000.0, in truth 2000.0",
    ),
    "a demand point deleted": (
        "line",
        ["DELETE FROM demand WHERE id = 'v1'"],
        "the demand layer is true",
        "demand: v1 is missing",
    ),
    "a facility's cost edited": (
        "line",
        ["UPDATE facilities SET cost = 1 WHERE site = 'v3'"],
        "the facilities layer is true",
        "facilities, v3:emergency: cost is 1.0, in truth 10.0",
    ),
    "a facility's load edited": (
        "two-cities",
        ["UPDATE facilities SET load_medical_county = 1 WHERE site = 'e1'"],
        "the facilities layer is true",
        "facilities, e1:medical: load_medical_county is 1.0, in truth 400000.0",
    ),
    "a limit on what has none": (
        "line",
        ["UPDATE facilities SET capacity_emergency = 9 WHERE site = 'v3'"],
        "the facilities layer is true",
        "facilities, v3:emergency: capacity_emergency is 9.0, in truth None",
    ),
    "an assignment's persons edited": (
        "two-cities",
        [
            "UPDATE assignments SET persons = 100000 "
            "WHERE level = 'medical.regional' AND demand = 'e2'"
        ],
        "the assignments layer is true",
        "assignments, medical.regional, e2 -> e1: persons is 100000.0, in truth 10000.0",
    ),
    "a jurisdiction's spending edited": (
        "redline",
        ["UPDATE jurisdictions SET spent = 10 WHERE id = 'north'"],
        "the jurisdictions layer is true",
        "jurisdictions, north: spent is 10.0, in truth 13.0",
    ),
    "a jurisdiction's mean edited": (
        "redline",
        ["UPDATE jurisdictions SET mean_transport = 1 WHERE id = 'lake'"],
        "the jurisdictions layer is true",
        "jurisdictions, lake: mean_transport is 1.0, in truth 16.66",
    ),
    "a jurisdiction twice": (
        "redline",
        ["UPDATE jurisdictions SET id = 'north' WHERE id = 'south'"],
        "the jurisdictions layer is true",
        "jurisdictions: north is there twice",
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_tampered_file_breaks_its_rule(
    plans: dict[str, Path], tmp_path: Path, tampering: str
) -> None:
    name, statements, rule, detail = TAMPERINGS[tampering]
    found = broken(edited(plans[name], tmp_path, *statements), TINY / name)
    assert detail in found.get(rule, ""), found


def test_a_facility_moved_on_the_map(plans: dict[str, Path], tmp_path: Path) -> None:
    copy = edited(plans["line"], tmp_path)
    with sqlite3.connect(copy) as database:
        query = "SELECT geom FROM facilities WHERE site = 'v3'"
        (shape,) = database.execute(query).fetchone()
        x, y = struct.unpack("<dd", shape[-16:])  # a point ends with its coordinates
        assert (x, y) == pytest.approx((120.1, 30.0))
        moved = shape[:-16] + struct.pack("<dd", 120.11, y)
        database.execute("UPDATE facilities SET geom = ? WHERE site = 'v3'", (moved,))
    database.close()
    found = broken(copy, TINY / "line")
    assert set(found) == {"everything is drawn where it is"}
    assert "facilities, v3:emergency: is at (120.11, 30.0)" in found.popitem()[1]


IN_CHINESE: dict[str, tuple[str, str, str, str]] = {
    "a layer's number": (
        "line",
        "UPDATE facilities SET cost = 1 WHERE site = 'v3'",
        "the facilities layer is true",
        "facilities, v3:emergency：cost 写为 1.0，应为 10.0",
    ),
    "a row of a layer": (
        "redline",
        "DELETE FROM rejected WHERE id = 'm'",
        "what is rejected is true",
        "rejected：缺少 sites 的 m",
    ),
    "a trip": (
        "line",
        "UPDATE assignments SET minutes = 25 WHERE demand = 'v1'",
        "minutes are those of the roads",
        "emergency, v1 -> v3：写为 25 分钟，沿路网为 20 分钟",
    ),
    "what cannot stand": (
        "redline",
        "UPDATE facilities SET site = 'm' WHERE service = 'transport'",
        EXIST,
        "transport 的 built hub 不能设在 m",
    ),
    "the manifest": (
        "line",
        set_key("seconds", -1),
        "the manifest is whole",
        "manifest：seconds 写为 -1",
    ),
}


@pytest.mark.parametrize("name", IN_CHINESE)
def test_a_breach_of_a_file_is_told_in_chinese(
    plans: dict[str, Path], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    instance, statement, rule, detail = IN_CHINESE[name]
    found = broken(edited(plans[instance], tmp_path, statement), TINY / instance)
    assert detail in found[rule]


def test_all_of_a_verdict_has_chinese(
    plans: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    han = re.compile("[一-鿿]")
    verdict = check_file(plans["redline"], TINY / "redline")
    assert not [rule.name for rule in verdict.rules if not han.search(_(rule.name))]
    assert all(han.search(sentence) for sentence in verdict.stated)
