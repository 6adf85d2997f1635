"""The commands: what they print, what they write, and how they exit."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pytest
from shapely import LineString

import cli
from optimizer.algorithms.session import Session
from optimizer.solution import Result, Status

ROOT = Path(__file__).parents[1]
LINE = ROOT / "instances/tiny/line"
COMMANDS = (
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


class Ended(NamedTuple):
    """An exit code, and what was printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program in this process; it always ends with an exit code."""

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["equisite", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, *capsys.readouterr())

    return run


@pytest.fixture
def plan(run: Run, tmp_path: Path) -> Path:
    """A plan of tiny/line as a file."""
    file = tmp_path / "line.gpkg"
    assert run("solve", LINE, "-o", file, "--quiet").code == 0
    return file


def edited(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of tiny/line with one thing changed."""
    copy = Path(shutil.copytree(LINE, folder / "edited"))
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    return copy


def test_help_is_there_for_all(run: Run) -> None:
    ended = run("--help")
    assert ended.code == 0
    assert "Exit codes" in ended.out
    for command in COMMANDS:
        assert command in ended.out
        assert run(command, "--help").code == 0


def test_list_tells_every_instance_in_one_line(run: Run) -> None:
    ended = run("list")
    lines = [line.split() for line in ended.out.splitlines()]
    assert ended.code == 0
    # five villages, one city, 2 + 1 + 4 + 1 + 4 thousand persons, five sites
    line = next(words for words in lines if words and words[0] == "tiny/line")
    assert line[1] == "一线五村"
    assert line[-4:] == ["5", "1", "12,000", "5"]
    assert "Yangtze River Delta" in ended.out


def test_list_survives_a_broken_instance(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited(tmp_path / "instances", "instance.toml", "title = ", "titel = ")
    monkeypatch.chdir(tmp_path)
    rows = {row["instance"]: row for row in json.loads(run("list", "--json").out)["instances"]}
    assert rows["edited"]["units"] is None
    assert rows["tiny/line"]["units"] == 5


def test_describe(run: Run) -> None:
    ended = run("describe", "tiny/two-cities", "--language", "en")
    assert ended.code == 0
    for words in ("600,000 persons", "Regional level", "regional hospital", "own-money", "50%"):
        assert words in ended.out


def test_describe_tells_rules_and_what_they_remove(run: Run) -> None:
    """Emergency stations need a second one within 25 minutes; m lies in the reserve."""
    ended = run("describe", "tiny/redline", "--language", "en")
    assert "floors of emergency: backup 60%, by city" in ended.out
    assert "removed by control lines: 1 sites" in ended.out


def test_describe_as_json(run: Run) -> None:
    facts = json.loads(run("describe", "tiny/two-cities", "--json").out)
    assert facts["budget"] == 60
    assert [row["level"] for row in facts["levels"]] == ["medical.county", "medical.regional"]
    assert list(facts["policies"]) == ["own-money", "open-border"]


def test_validate(run: Run) -> None:
    ended = run("validate", "tiny/line")
    assert ended.code == 0
    assert ended.out.endswith("tiny/line: valid\n")


def test_solve_prints_what_was_derived_by_hand(run: Run) -> None:
    ended = run("solve", "tiny/line", "--gap", "0", "--language", "en")
    assert ended.code == 0
    assert "optimal: objective 6.2978, bound 6.2978, gap 0.000%" in ended.out
    assert "weighs as much as 1 minute of efficiency; terms 5.0000 and 7.5955" in ended.out
    assert "Valley City" in ended.out


def test_solve_in_chinese(run: Run) -> None:
    ended = run("solve", "tiny/two-cities", "--language", "zh")
    assert "西江市" in ended.out
    assert "统筹" in ended.out


@pytest.mark.parametrize(
    ("arguments", "objective"),
    [
        (["--policy", "efficient"], 5.0),
        (["--policy", "equal"], 6.994385),
        (["--set", "policy.weight=0"], 5.0),
        (["--policy", "efficient", "--set", "policy.weight=1"], 6.994385),
    ],
)
def test_policies_and_overrides(run: Run, arguments: list[str], objective: float) -> None:
    ended = run("solve", "tiny/line", "--gap", "0", "--json", *arguments)
    assert json.loads(ended.out)["objective"] == pytest.approx(objective, abs=1e-6)


def test_json_is_one_object(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "line.json"
    ended = run("solve", LINE, "--json", "-o", file)
    told = json.loads(ended.out)
    keys = {"status", "objective", "bound", "gap", "seconds", "nodes", "algorithm"}
    keys |= {"efficiency", "equity", "services", "jurisdictions", "cost", "files"}
    assert keys <= set(told)
    assert told["files"] == [str(file)]
    assert told["jurisdictions"]["valley"]["spent"] == 20


def test_quiet_prints_nothing(run: Run) -> None:
    assert run("solve", "tiny/line", "--quiet") == Ended(0, "", "")


def test_every_file_is_written(run: Run, tmp_path: Path) -> None:
    files = [
        tmp_path / f"line{suffix}" for suffix in (".gpkg", ".geojson", ".json", ".png", ".svg")
    ]
    ended = run("solve", LINE, *(word for file in files for word in ("-o", file)))
    assert ended.code == 0
    assert sorted(tmp_path.iterdir()) == sorted(files)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["solve", "tiny/lime"],
            "no such folder or name (is 'tiny/lime'). Did you mean 'tiny/line'?",
        ),
        (["solve", "tiny/line", "--policy", "equall"], "Did you mean 'equal'?"),
        (["solve", "tiny/line", "--set", "policy.wieght=1"], "Did you mean 'weight'?"),
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


@pytest.mark.parametrize("as_json", [False, True])
def test_infeasible(run: Run, tmp_path: Path, as_json: bool) -> None:
    """West needs a hospital for 10 and both cities together have 6."""
    file = tmp_path / "plan.gpkg"
    arguments = ["solve", "tiny/two-cities", "--set", "budget.scale=0.1", "-o", file]
    ended = run(*arguments, *(["--json"] if as_json else []))
    assert ended.code == 3
    assert "budget" in (ended.out if as_json else ended.err)
    assert not list(tmp_path.iterdir())
    if as_json:
        told = json.loads(ended.out)
        assert told["status"] == "infeasible"
        assert told["objective"] is None


def test_stopped_with_a_plan(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cli.optimizer.solve

    def stopped(*arguments: object) -> Result:
        result = whole(*arguments)
        return replace(result, status=Status.STOPPED, bound=result.objective * 0.9, gap=0.1)

    monkeypatch.setattr(cli.optimizer, "solve", stopped)
    ended = run("solve", LINE, "-o", tmp_path / "plan.gpkg")
    assert ended.code == 4
    assert "stopped: objective 6.2978" in ended.out
    assert "gap 10.000%" in ended.out
    assert (tmp_path / "plan.gpkg").is_file()


def test_an_internal_error_is_one_clear_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.delenv("EQUISITE_DEBUG", raising=False)
    monkeypatch.setattr(cli.optimizer, "read", broken)
    ended = run("solve", "tiny/line")
    assert ended.code == 1
    assert ended.err.startswith("internal error: ZeroDivisionError: division by zero\n")
    assert "Traceback" not in ended.err
    monkeypatch.setenv("EQUISITE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_check_of_a_plan(run: Run, plan: Path) -> None:
    ended = run("check", plan, "--instance", LINE)
    assert ended.code == 0
    assert "BROKEN" not in ended.out
    assert "holds   budgets are kept" in ended.out


def test_check_of_a_plan_that_was_changed(run: Run, plan: Path) -> None:
    with sqlite3.connect(plan) as layers:
        layers.execute("UPDATE manifest SET value = '5.9' WHERE key = 'objective'")
    layers.close()
    ended = run("check", plan, "--instance", LINE)
    assert ended.code == 3
    assert "BROKEN  the objective is true" in ended.out
    told = json.loads(run("check", plan, "--instance", LINE, "--json").out)
    assert not told["ok"]


def test_stress(run: Run, plan: Path, tmp_path: Path) -> None:
    """Stations in v3 and v5; the roads at either end, v1 - v2 and v4 - v5, are dead ends."""
    ended = run("stress", plan, "--attack", 1, "-o", tmp_path / "stress.gpkg", "--language", "zh")
    assert ended.code == 0
    assert "关键设施点" in ended.out and "1 个设施点的最坏攻击" in ended.out
    assert f"written: {tmp_path / 'stress.gpkg'}" in ended.out
    assert len(gpd.read_file(tmp_path / "stress.gpkg", layer="critical_sites")) == 2
    told = json.loads(run("stress", plan, "--attack", 2, "--on", "links", "--json").out)
    assert set(told["attack"]["elements"]) <= {"v2 - v3", "v3 - v4"}
    assert told["attack"]["bound"] == told["attack"]["after"]
    assert run("stress", plan, "--quiet").out == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.gpkg"], "no such file"),
        (["solutions/sample.gpkg", "-o", "stress.csv"], "is not .gpkg"),
        (["solutions/sample.gpkg", "--attack", "0"], "greater than or equal to 1"),
        (["solutions/sample.gpkg", "--on", "people"], "is not one of"),
    ],
)
def test_stress_of_bad_input(run: Run, arguments: list[str], message: str) -> None:
    ended = run("stress", *arguments)
    assert ended.code == 2 and message in " ".join(ended.err.split())


def test_stress_that_is_stopped(run: Run, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "stress_file", stop)
    ended = run("stress", plan)
    assert ended.code == 4 and ended.err.strip() == "stopped: nothing written"


@pytest.fixture
def sweep(run: Run, tmp_path: Path) -> Run:
    """Run `sweep` with its journal in a folder of the test."""
    return lambda *arguments: run("sweep", *arguments, "--journal", tmp_path / "kept")


def test_sweep(sweep: Run, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("line.csv", "line.png", "line-people.png")]
    outputs = ["-o", files[0], "-o", files[1]]
    ended = sweep(LINE, "--gap", "0", "--weights", "0:1:0.5", "--language", "en", *outputs)
    assert ended.code == 0
    assert len(files[0].read_text(encoding="utf-8").splitlines()) == 4
    for words in ("5.83333", "6.62965", "Valley City", f"written: {files[2]}", "hypervolume"):
        assert words in ended.out
    (kept,) = (tmp_path / "kept").iterdir()
    assert f"finished points are kept in {kept}" in ended.out
    assert sorted(tmp_path.iterdir()) == sorted([*files, tmp_path / "kept"])
    assert "weight 0.5: optimal, gap 0.000%" in ended.err
    assert ended.err.endswith("(3 of 3 points, gaps up to 0.000%)\n")


def test_sweep_as_json(sweep: Run, tmp_path: Path) -> None:
    told = json.loads(sweep(LINE, "--weights", "0:1:1", "--quiet", "--json").out)
    assert [point["weight"] for point in told["points"]] == [0, 1]
    assert [frontier["cost_bound"] for frontier in told["frontiers"]] == [None]
    assert told["files"] == []
    assert Path(told["journal"]).parent == tmp_path / "kept"


def test_sweep_asked_again_solves_nothing(sweep: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sweep(LINE, "--weights", "0:1:0.5", "--json")
    monkeypatch.setattr(Session, "solve", None)
    assert sweep(LINE, "--weights", "0:1:0.5", "--json").out == first.out


@pytest.mark.parametrize("mode", [["--weights", "0:1:1"], ["--bounds", "50:90:40"], ["--frontier"]])
def test_sweep_of_what_is_infeasible(sweep: Run, mode: list[str]) -> None:
    """West needs a hospital for 10 and both cities together have 6."""
    ended = sweep("tiny/two-cities", "--set", "budget.scale=0.1", "--json", *mode)
    assert ended.code == 3
    points = json.loads(ended.out)["points"]
    assert {point["status"] for point in points} == {"infeasible"}
    assert "budget" in points[0]["reason"]


def test_sweep_of_the_whole_frontier(sweep: Run) -> None:
    """The README of tiny/line derives it: v3 v5, and v2 v5."""
    told = json.loads(sweep(LINE, "--frontier", "--resolution", "0", "--json").out)
    found = [(round(point["efficiency"], 4), round(point["equity"], 4)) for point in told["points"]]
    assert found == [(5, 7.3697), (5.8333, 6.6297)]
    assert told["frontiers"][0]["resolution"] < 1e-4


def test_sweep_over_caps_on_equity(sweep: Run) -> None:
    told = json.loads(sweep(LINE, "--bounds", "6:7.5:0.75", "--json").out)
    found = {point["equity_bound"]: point["efficiency"] for point in told["points"]}
    assert found == {7.5: 5, 6.75: pytest.approx(5.8333, abs=1e-4), 6: None}


def test_sweep_under_caps_on_money(sweep: Run) -> None:
    """A village station costs 10, and two of them 20."""
    ended = sweep(LINE, "--weights", "0:1:1", "--costs", "0:20:20", "--json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert [frontier["cost_bound"] for frontier in told["frontiers"]] == [0, 20]
    found = [(point["cost_bound"], point["status"]) for point in told["points"]]
    assert found == [(0, "infeasible")] * 2 + [(20, "optimal")] * 2


def test_sweep_with_a_point_that_fails(sweep: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Result:
        raise MemoryError("no room")

    monkeypatch.setattr(Session, "solve", broken)
    ended = sweep(LINE, "--weights", "0:1:1", "--json")
    assert ended.code == 1
    points = json.loads(ended.out)["points"]
    assert [point["reason"] for point in points] == ["MemoryError: no room"] * 2


def test_sweep_with_a_point_at_its_limit(sweep: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Session.solve

    def stopped(session: Session, *arguments: Any, **more: Any) -> Result:
        return replace(whole(session, *arguments, **more), status=Status.STOPPED, gap=0.1)

    monkeypatch.setattr(Session, "solve", stopped)
    ended = sweep(LINE, "--weights", "0:1:1")
    assert ended.code == 4
    assert "stopped" in ended.out


def test_sweep_stopped_before_there_is_a_point(
    sweep: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object, **__: object) -> Result:
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "solve", interrupted)
    ended = sweep(LINE, "-o", tmp_path / "line.csv")
    assert ended.code == 4
    assert ended.err == "stopped before a point was finished: nothing written\n"
    assert not (tmp_path / "line.csv").exists()


def test_table(run: Run, tmp_path: Path) -> None:
    ended = run("table", "tiny/line", "tiny/redline", "--gap", "0", "-o", tmp_path / "table.csv")
    assert ended.code == 0
    lines = (tmp_path / "table.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["instance", "line", "redline"]
    assert [line.split(",")[-1] for line in lines] == ["check", "holds", "holds"]


def test_cli_is_the_same_program() -> None:
    command = [sys.executable, "cli.py", "validate", "tiny/line"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "tiny/line: valid\n", "")


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A copy of tiny/redline with two links in one file with the zones: n to m, and back."""
    copy = Path(shutil.copytree(ROOT / "instances/tiny/redline", tmp_path / "linked"))
    demand = gpd.read_file(copy / "demand.geojson")
    zones = gpd.read_file(copy / "zones.geojson")
    first, last = demand["id"].iloc[[0, -1]]
    line = LineString(demand.geometry.iloc[[0, -1]].tolist())
    links = {"id": ["k", "l"], "from": [first, last], "to": [last, first], "own": ["甲", "乙"]}
    zones.to_file(copy / "land.gpkg", layer="zones")
    gpd.GeoDataFrame(links, geometry=[line, line], crs=demand.crs).to_file(
        copy / "land.gpkg", layer="corridors"
    )
    text = (copy / "instance.toml").read_text(encoding="utf-8")
    text = text.replace('"zones.geojson"', '"land.gpkg|zones"\ncorridors = "land.gpkg|corridors"')
    (copy / "instance.toml").write_text(text, encoding="utf-8")
    return copy


def test_corridors_are_told_and_written(run: Run, linked: Path) -> None:
    before = (linked / "land.gpkg").read_bytes()
    ended = run("corridors", linked, "-o", linked / "found.gpkg")
    assert ended.code == 0
    assert "2 of 2 links have a route" in ended.out and "cost_per_km 120 (default)" in ended.out
    found = gpd.read_file(linked / "found.gpkg", layer="corridors")
    assert found["own"].tolist() == ["甲", "乙"]
    assert (found["cost"] > 0).all() and (found["rejected"] == "").all()
    assert (linked / "land.gpkg").read_bytes() == before


def test_corridors_in_place_leave_other_layers_alone(run: Run, linked: Path) -> None:
    zones = gpd.read_file(linked / "land.gpkg", layer="zones")
    ended = run("corridors", linked, "--in-place", "--json", "--set", "alignment.kmh=50")
    told = json.loads(ended.out)
    assert ended.code == 0 and told["alignment"]["kmh"] == 50
    assert [row["id"] for row in told["corridors"]] == ["k", "l"]
    assert gpd.read_file(linked / "land.gpkg", layer="zones").equals(zones)
    assert "length_km" in gpd.read_file(linked / "land.gpkg", layer="corridors")
    assert run("validate", linked).code == 0


def test_corridors_are_a_layer_of_a_geopackage(run: Run, linked: Path) -> None:
    assert run("corridors", linked, "-o", linked / "found.csv").code == 2
    assert run("corridors", LINE).code == 2  # it has no such layer


def test_where_no_link_has_a_route_the_zone_is_named(run: Run, linked: Path) -> None:
    zones = gpd.read_file(linked / "land.gpkg", layer="zones").to_crs(32651)
    demand = gpd.read_file(linked / "demand.geojson").to_crs(32651)
    zones["geometry"] = (
        demand.geometry.iloc[0].buffer(2000).difference(demand.geometry.iloc[0].buffer(1000))
    )
    zones.to_file(linked / "land.gpkg", layer="zones")
    ended = run("corridors", linked, "--json")
    assert ended.code == 3
    told = json.loads(ended.out)["corridors"]
    assert told[0]["rejected"] == "no way around ecological redline"
    assert told[0]["rejected_by"] == zones["name"].iloc[0] and told[0]["cost"] is None
