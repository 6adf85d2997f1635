"""`solve`, and what is done with a plan: `check`, `stress` and `table`."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest

from optimizer.commands import main, solve, stress
from optimizer.solution import Result, Status
from tests.commands.running import LINE, Ended, Run


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
    whole = solve.solve

    def stopped(*arguments: object) -> Result:
        result = whole(*arguments)
        return replace(result, status=Status.STOPPED, bound=result.objective * 0.9, gap=0.1)

    monkeypatch.setattr(solve, "solve", stopped)
    ended = run("solve", LINE, "-o", tmp_path / "plan.gpkg")
    assert ended.code == 4
    assert "stopped: objective 6.2978" in ended.out
    assert "gap 10.000%" in ended.out
    assert (tmp_path / "plan.gpkg").is_file()


def test_an_internal_error_is_one_clear_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.delenv("EQUISITE_DEBUG", raising=False)
    monkeypatch.setattr(solve, "read_instance", broken)
    ended = run("solve", "tiny/line")
    assert ended.code == 1
    assert ended.err.startswith("internal error: ZeroDivisionError: division by zero\n")
    assert "Traceback" not in ended.err
    monkeypatch.setenv("EQUISITE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main()


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


def test_a_check_is_told_in_chinese_and_rules_keep_their_names(run: Run, plan: Path) -> None:
    ended = run("check", plan, "--instance", LINE, "--language", "zh")
    assert ended.code == 0
    assert "各预算均未超支" in ended.out
    assert ended.out.splitlines()[-1].startswith("方案成立：全部 ")
    told = json.loads(run("check", plan, "--instance", LINE, "--language", "zh", "--json").out)
    assert "budgets are kept" in [rule["name"] for rule in told["rules"]]


def test_stress(run: Run, plan: Path, tmp_path: Path) -> None:
    """Stations in v3 and v5; the roads at either end, v1 - v2 and v4 - v5, are dead ends."""
    ended = run("stress", plan, "--attack", 1, "-o", tmp_path / "stress.gpkg", "--language", "zh")
    assert ended.code == 0
    assert "关键设施点" in ended.out and "1 个设施点的最坏攻击" in ended.out
    assert f"已写出：{tmp_path / 'stress.gpkg'}" in ended.out
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

    monkeypatch.setattr(stress, "stress_file", stop)
    ended = run("stress", plan)
    assert ended.code == 4 and ended.err.strip() == "stopped: nothing written"


def test_table(run: Run, tmp_path: Path) -> None:
    ended = run("table", "tiny/line", "tiny/redline", "--gap", "0", "-o", tmp_path / "table.csv")
    assert ended.code == 0
    lines = (tmp_path / "table.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["instance", "line", "redline"]
    assert [line.split(",")[-1] for line in lines] == ["check", "holds", "holds"]
