"""The check of written plans: what the writer writes passes, and each tampering is caught."""

from __future__ import annotations

import json
import shutil
import sqlite3
import struct
from pathlib import Path

import pytest

from optimizer.algorithms import solve
from optimizer.check import EXIST
from optimizer.check_file import check_file
from optimizer.evaluate import evaluate
from optimizer.faults import InputError
from optimizer.geodata.read import read
from optimizer.outputs import Study, write
from optimizer.policy import Limits

TINY = Path(__file__).parents[1] / "instances" / "tiny"


def written(folder: Path, name: str, policy: str | None = None, *overrides: str) -> Path:
    """A tiny instance, solved and written."""
    instance = read(TINY / name, policy, overrides)
    result = solve(instance.problem, instance.policy, Limits(gap=0))
    assert result.plan is not None
    indicators = evaluate(instance.problem, instance.policy, result.plan)
    path = folder / f"{name}-{policy}.gpkg"
    write(Study(instance, result, indicators), path)
    return path


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One plan of each tiny instance; the hospitals' is the one with a split village."""
    folder = tmp_path_factory.mktemp("plans")
    return {
        "line": written(folder, "line"),
        "two-cities": written(folder, "two-cities", "open-border"),
        "redline": written(folder, "redline"),
    }


def edited(plan: Path, folder: Path, *statements: str) -> Path:
    """A copy of a plan with SQL statements done to it."""
    copy = Path(shutil.copy(plan, folder / "edited.gpkg"))
    with sqlite3.connect(copy) as database:
        # The triggers of the spatial index call functions that SQLite alone does not have.
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (trigger,) in database.execute(query).fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        for statement in statements:
            assert database.execute(statement).rowcount > 0, statement
    database.close()
    return copy


def broken(path: Path, folder: Path | None = None) -> dict[str, str]:
    """The rules that a written plan breaks, and how."""
    return {rule.name: rule.detail for rule in check_file(path, folder).broken}


@pytest.mark.parametrize("name", ["line", "two-cities", "redline"])
def test_what_is_written_passes(plans: dict[str, Path], name: str) -> None:
    assert broken(plans[name], TINY / name) == {}


def test_policies_and_overrides_are_asked_again(tmp_path: Path) -> None:
    path = written(tmp_path, "line", "equal", "services.emergency.sizes.station.cost=6")
    assert broken(path) == {}


def set_key(key: str, value: object) -> str:
    return f"UPDATE manifest SET value = '{json.dumps(value)}' WHERE key = '{key}'"


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
            "INSERT INTO manifest (key, value) VALUES ('asked_gap', '0.01')",
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
    assert set(found) == {"the facilities layer is true"}
    assert "facilities, v3:emergency: is at (120.11, 30.0)" in found["the facilities layer is true"]


def test_changed_inputs_are_named(plans: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(TINY / "line", tmp_path / "line")
    roads = folder / "roads.geojson"
    text = roads.read_text(encoding="utf-8")
    roads.write_text(text.replace('"minutes": 10', '"minutes": 11'), encoding="utf-8")
    found = broken(plans["line"], folder)
    assert found["the inputs are unchanged"].startswith("roads.geojson has changed since")
    assert "in truth 22" in found["minutes are true"]


def test_the_instance_is_found_beside_the_plan(plans: dict[str, Path], tmp_path: Path) -> None:
    beside = shutil.copytree(TINY / "line", tmp_path / "line")
    (beside / "instance.toml").open("a", encoding="utf-8").write("# a note\n")
    copy = shutil.copy(plans["line"], tmp_path / "plan.gpkg")
    assert set(broken(Path(copy))) == {"the inputs are unchanged"}


def test_an_instance_that_is_nowhere(plans: dict[str, Path], tmp_path: Path) -> None:
    copy = edited(plans["line"], tmp_path, set_key("instance", "atlantis"))
    with pytest.raises(InputError, match=r"no such instance.*atlantis.*--instance"):
        check_file(copy)


NOT_A_PLAN: dict[str, tuple[list[str], str]] = {
    "a layer is missing": (
        ["DELETE FROM gpkg_contents WHERE table_name = 'facilities'"],
        "has no layer facilities",
    ),
    "a key is missing": (
        ["DELETE FROM manifest WHERE key = 'policy'"],
        "manifest: has no key policy",
    ),
    "a value is no JSON": (
        ["UPDATE manifest SET value = 'high' WHERE key = 'gap'"],
        "manifest, row gap: is not JSON",
    ),
    "the status is no status": ([set_key("status", "great")], "unknown status.*great"),
    "the overrides are no list": ([set_key("overrides", 3)], "says no policy"),
    "a column is missing": (
        ["UPDATE manifest SET value = value", "ALTER TABLE assignments DROP COLUMN share"],
        "assignments: has no column share",
    ),
}


@pytest.mark.parametrize("name", NOT_A_PLAN)
def test_a_file_that_is_no_plan(plans: dict[str, Path], tmp_path: Path, name: str) -> None:
    statements, message = NOT_A_PLAN[name]
    copy = Path(shutil.copy(plans["line"], tmp_path / "edited.gpkg"))
    with sqlite3.connect(copy) as database:
        for statement in statements:
            database.execute(statement)
    database.close()
    with pytest.raises(InputError, match=message):
        check_file(copy)


def test_a_file_that_is_no_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    with pytest.raises(InputError, match="no such file"):
        check_file(path)
    path.write_text("minutes\n", encoding="utf-8")
    with pytest.raises(InputError, match="is no GeoPackage"):
        check_file(path)
