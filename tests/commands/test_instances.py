"""What the commands tell of an instance, and of what is asked wrongly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyogrio
import pytest

from tests.commands.running import ROOT, Run, edited

COMMANDS = (
    "new",
    "list",
    "describe",
    "validate",
    "corridors",
    "solve",
    "check",
    "stress",
    "sweep",
    "table",
)


def test_help_is_there_for_all(run: Run) -> None:
    ended = run("--help")
    assert ended.code == 0
    assert "Exit codes" in ended.out
    for command in COMMANDS:
        assert command in ended.out
        assert run(command, "--help").code == 0


def test_list_tells_every_instance_in_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "optimizer.commands.console.OUT.width", 200
    )  # narrower ones break lines between words
    ended = run("list")
    lines = [line.split() for line in ended.out.splitlines()]
    assert ended.code == 0
    # five villages, one city, 2 + 1 + 4 + 1 + 4 thousand persons, five sites
    line = next(words for words in lines if words and words[0] == "tiny/line")
    assert line[1] == "一线五村"
    assert line[-4:] == ["5", "1", "12,000", "5"]
    assert "Yangtze River Delta" in ended.out


@pytest.mark.usefixtures("few")
def test_list_survives_a_broken_instance(run: Run, tmp_path: Path) -> None:
    edited(tmp_path / "instances", "instance.toml", "title = ", "titel = ")
    rows = {row["instance"]: row for row in json.loads(run("list", "--json").out)["instances"]}
    assert rows["edited"]["units"] is None
    assert rows["line"]["units"] == 5


def test_list_and_table_without_any_instance(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.geodata.catalogue.HOMES", ())
    ended = run("list")
    assert ended.code == 0 and "no instance is here" in ended.out
    assert json.loads(run("list", "--json").out) == {"instances": []}
    ended = run("table")
    assert ended.code == 2 and "no instance is here" in ended.err


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(("language", "heading"), [("en", "persons"), ("zh", "人口")])
def test_persons_are_no_losers(run: Run, language: str, heading: str) -> None:
    out = run("list", "--language", language).out
    assert heading in out and "who lose" not in out and "受损" not in out


def test_describe(run: Run) -> None:
    ended = run("describe", "tiny/two-cities", "--language", "en")
    assert ended.code == 0
    for words in ("600,000 persons", "Regional level", "regional hospital", "own-money", "50%"):
        assert words in ended.out


def test_describe_tells_rules_and_what_they_remove(run: Run) -> None:
    """Emergency stations need a second one within 25 minutes; m lies in the reserve."""
    ended = run("describe", "tiny/redline", "--language", "en")
    assert "floors of emergency: backup 60%, by city" in ended.out
    assert "removed by control lines: sites (1)" in ended.out


def test_describe_as_json(run: Run) -> None:
    facts = json.loads(run("describe", "tiny/two-cities", "--json").out)
    assert facts["budget"] == 60
    assert [row["level"] for row in facts["levels"]] == ["medical.county", "medical.regional"]
    assert list(facts["policies"]) == ["own-money", "open-border"]


def test_validate(run: Run) -> None:
    ended = run("validate", "tiny/line")
    assert ended.code == 0
    assert ended.out.endswith("tiny/line: valid\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["solve", "tiny/lime"],
            "no such folder or name (is 'tiny/lime'). Did you mean 'tiny/line'?",
        ),
        (["solve", "tiny/line", "--policy", "equall"], "Did you mean 'equal'?"),
        (["solve", "tiny/line", "--set", "policy.wieght=1"], "Did you mean 'weight'?"),
        (
            ["validate", "tiny/line", "--set", "policy.parameters={aversion=1000}"],
            "At most 9 works",
        ),
        (["solve", "tiny/line", "--set", "weight"], "is not path=value"),
        (["solve", "tiny/line", "-o", "plan.shp"], "no format has this suffix"),
        (["solve", "tiny/line", "-o", "nowhere/plan.gpkg"], "its folder does not exist"),
        (["solve", "tiny/line", "--gap", "2"], "limits.gap: must be in [0, 1)"),
        (["solve", "tiny/line", "--gap", "small"], "Input should be a valid number"),
        (["solve", "tiny/line", "--time-limit", "0"], "limits.seconds: must be above 0"),
        (["solve", "tiny/line", "--threads", "0"], "limits.threads: must be 1 or more"),
        (["solve", "tiny/line", "--algorithm", "ful"], "did you mean 'full'?"),
        (["solve", "tiny/redline", "--algorithm", "median"], "there are several levels"),
        (["solve"], "Missing argument 'INSTANCE'"),
        (["sweep", "tiny/line", "--weights", "0:2:1"], "a weight must be in [0, 1]"),
        (["sweep", "tiny/line", "--bounds", "9:8:1"], "expected first <= last and a step above 0"),
        (["sweep", "tiny/line", "--bounds", "8:9:1", "--frontier"], "one of --weights, --bounds"),
        (["sweep", "tiny/line", "--resolution", "0.1"], "--resolution goes with --frontier only"),
        (["sweep", "tiny/line", "--workers", "0"], "should be greater than or equal to 1"),
        (
            ["sweep", "tiny/line", "--workers", "2", "--cluster", "tcp://host:1"],
            "--workers are those of this machine: not with --cluster",
        ),
        (["sweep", "tiny/line", "-o", "points.xlsx"], "no sweep has this suffix"),
        (["table", "tiny/line", "-o", "table.xlsx"], "is not .csv"),
        (["table", "tiny/line", "-o", "nowhere/table.csv"], "its folder does not exist"),
        (["check", "nothing.gpkg"], "no such file"),
        (["solv"], "No such command 'solv'"),
    ],
)
def test_bad_input_and_usage(run: Run, arguments: list[str], message: str) -> None:
    ended = run(*arguments)
    said = " ".join(ended.err.replace("│", " ").split())
    assert ended.code == 2
    assert message in said
    assert "Traceback" not in ended.err
    assert not ended.out


def test_every_fault_of_an_instance_is_told(run: Run, tmp_path: Path) -> None:
    broken = edited(tmp_path, "demand.geojson", '"persons": 1000', '"persons": -1000')
    told = run("validate", broken, "--json")
    faults = json.loads(told.out)["faults"]
    assert told.code == 2
    assert len(faults) == 2  # v2 and v4 have 1,000 persons
    for command in ("validate", "solve", "describe", "sweep", "table"):
        ended = run(command, broken)
        assert (ended.code, ended.out) == (2, "")
        assert [line.removeprefix("error: ") for line in ended.err.splitlines()] == faults


def test_cli_is_the_same_program() -> None:
    command = [sys.executable, "cli.py", "validate", "tiny/line"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "tiny/line: valid\n", "")


def test_what_is_strange_is_told_by_every_command(run: Run, tmp_path: Path) -> None:
    strange = edited(tmp_path, "demand.geojson", '"persons"', '"PERSONS"')
    said, plan = "warning: demand: the column PERSONS is read as persons", tmp_path / "plan.gpkg"
    for command in (
        ("validate", strange),
        ("describe", strange),
        ("solve", strange, "-o", plan),
        ("check", plan, "--instance", strange),
        ("stress", plan, "--instance", strange),
        ("sweep", strange, "--weights", "0:1:1", "--journal", tmp_path / "journal"),
        ("table", strange),
    ):
        ended = run(*map(str, command))
        assert (ended.out + ended.err).count(said) == 1, command
    kept = pyogrio.read_dataframe(plan, layer="manifest").set_index("key")["value"]["warnings"]
    assert "the column PERSONS is read as persons" in kept
    ended = run("check", str(plan), "--instance", str(strange), "--quiet")
    assert ended.out + ended.err == ""
