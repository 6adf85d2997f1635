"""All that a plan file says is derived once more: what stands or is removed, names, origin."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimizer.commands.main import app
from optimizer.geodata.read import read
from optimizer.verification.file import check_file
from tests.plans import FAILING, TINY, broken, crowded, edited, set_key, solved

STANDS = "what stands is what stood"
DRAWN = "everything is drawn where it is"
ORIGIN = "title, currency, sources and warnings are those of the instance"
KEPT = "names and own columns are those of the instance"
REJECTED = "what is rejected is true"
CORRIDORS = "the corridors layer is true"
FAILURES = "the layers of failures are true"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crowded(tmp_path_factory.mktemp("little"))


@pytest.fixture(scope="module")
def plan(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solved(read(folder, overrides=FAILING), tmp_path_factory.mktemp("plan") / "plan.gpkg")


@pytest.fixture(scope="module")
def redline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solved(read(TINY / "redline"), tmp_path_factory.mktemp("redline") / "plan.gpkg")


def first(plan: Path, query: str) -> str:
    with closing(sqlite3.connect(plan)) as database:
        return str(database.execute(query).fetchone()[0])


# A hospital stands at s, a station must be built at t; corridor `x` is built or not, as it pays.
CHANGES = {
    "what stands is gone": (
        ["DELETE FROM facilities WHERE service = 'medical' AND site = 's'"],
        STANDS,
        "medical at s: is existing and missing",
    ),
    "what was required is gone": (
        ["DELETE FROM facilities WHERE service = 'emergency' AND site = 't'"],
        STANDS,
        "emergency at t: is required and missing",
    ),
    "no trips": (
        ["DELETE FROM assignments"],
        "everybody is served wholly",
        "emergency, a: shares sum to 0",
    ),
    "the currency": ([set_key("currency", "yen")], ORIGIN, "currency is yen, in truth"),
    "a title": ([set_key("title", {"zh": "x"})], ORIGIN, "manifest: title is {'zh': 'x'}"),
    "a corridor that is not there": (
        ["UPDATE corridors SET id = 'y'"],
        CORRIDORS,
        "corridors, k: is missing; corridors, y: is there and should not be",
    ),
    "what fails": (["UPDATE scenarios SET sites = 'u'"], DRAWN, "sites is u, in truth"),
    "a rank": (["UPDATE scenarios SET rank = rank + 1"], FAILURES, "ranks are not 1 to"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_found(plan: Path, folder: Path, tmp_path: Path, what: str) -> None:
    statements, rule, detail = CHANGES[what]
    found = broken(edited(plan, tmp_path, *statements), folder)
    assert detail in found.get(rule, ""), found


REMOVED = {
    "left out": ("DELETE FROM rejected", "rejected: m of sites is missing"),
    "another reason": (
        "UPDATE rejected SET reason = 'inside water'",
        "rejected, m: reason is inside water, in truth inside ecological redline",
    ),
    "another zone": ("UPDATE rejected SET zone = 'elsewhere'", "rejected, m: zone is elsewhere"),
    "another site": ("UPDATE rejected SET id = 'n'", "rejected, n: is there and should not be"),
}


@pytest.mark.parametrize("what", REMOVED)
def test_what_is_removed_is_told_as_it_is(redline: Path, tmp_path: Path, what: str) -> None:
    statement, detail = REMOVED[what]
    assert detail in broken(edited(redline, tmp_path, statement))[REJECTED]


def test_a_corridor_that_is_not_built_is_a_candidate(
    plan: Path, folder: Path, tmp_path: Path
) -> None:
    status = first(plan, "SELECT status FROM corridors")
    other = "rejected" if status != "rejected" else "candidate"
    found = broken(edited(plan, tmp_path, f"UPDATE corridors SET status = '{other}'"), folder)
    assert f"status is {other}, in truth {status}" in found[CORRIDORS]


def test_a_guard_that_nobody_asked_for(redline: Path, tmp_path: Path) -> None:
    copy = edited(redline, tmp_path, set_key("efficiency_guard", 99))
    assert broken(copy)["efficiency is within its guard"] == "99 is stated, and none is asked"
    told = edited(redline, tmp_path, set_key("worse_off", {}))
    assert "nothing is compared" in broken(told)["who is worse off is true"]


def test_names_and_sources_are_those_of_the_instance(redline: Path, tmp_path: Path) -> None:
    name = "UPDATE jurisdictions SET name_en = 'X' WHERE id = 'north'"
    assert "jurisdictions, north: name_en is X" in broken(edited(redline, tmp_path, name))[KEPT]
    sources = [{"name": "Invented", "licence": "none", "attribution": "The equisite authors"}]
    told = broken(edited(redline, tmp_path, set_key("sources", sources)))[ORIGIN]
    assert told.startswith("manifest: sources is [{'name': 'Invented', 'licence': 'none'")
    copy = edited(redline, tmp_path)
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute("ALTER TABLE demand ADD COLUMN proven TEXT")
    assert broken(copy)[KEPT] == "demand: has a column proven, and should not"


def test_a_trip_that_is_there_twice(redline: Path, tmp_path: Path) -> None:
    columns = "level, demand, site, share, persons, minutes"
    twice = (
        f"INSERT INTO assignments ({columns}) SELECT {columns} FROM assignments WHERE demand = 'k'"
    )
    found = broken(edited(redline, tmp_path, twice))["the assignments layer is true"]
    assert "emergency, k -> k: is there twice" in found


def test_words_where_a_number_should_be(redline: Path, tmp_path: Path) -> None:
    copy = edited(redline, tmp_path, "UPDATE assignments SET share = 'all'")
    assert "all for share" in broken(copy)["everything in the plan exists"]
    for key, value in (("nodes", 1e999), ("seconds", True), ("version", "")):
        copy = edited(redline, tmp_path, set_key(key, value))
        assert f"manifest: {key} is " in broken(copy)["the manifest is whole"]
    copy = edited(redline, tmp_path, "UPDATE demand SET persons = 'many' WHERE id = 's'")
    assert "persons is many, in truth" in broken(copy)["the demand layer is true"]


def test_the_bound_is_as_stated_and_the_last_line_sums_up(redline: Path, tmp_path: Path) -> None:
    verdict = check_file(redline)
    assert float(verdict.stated[0].split()[1].rstrip(":")) == pytest.approx(15, rel=1e-12)
    assert verdict.stated[0].endswith("that no plan is better is as stated")
    run = CliRunner().invoke(app, ["check", str(redline)])
    assert run.exit_code == 0
    assert run.output.splitlines()[-1] == f"the plan holds: all {len(verdict.rules)} rules"
    copy = edited(redline, tmp_path, set_key("cost", 19))
    run = CliRunner().invoke(app, ["check", str(copy)])
    assert run.exit_code == 3
    rule = "the manifest's numbers are true"
    last = f"the plan is BROKEN, 1 of {len(verdict.rules)} rules: {rule}"
    assert run.output.splitlines()[-1] == last
    told = json.loads(CliRunner().invoke(app, ["check", str(copy), "--json"]).output)
    assert told["ok"] is False and told["stated"] == list(check_file(copy).stated)
