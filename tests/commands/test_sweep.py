"""`sweep`: what it prints, what it writes, and how it exits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from optimizer.algorithms.session import Session
from optimizer.solution import Result, Status
from tests.commands.running import LINE, Run


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
        result = whole(session, *arguments, **more)
        return replace(result, status=Status.STOPPED, bound=result.objective * 0.9, gap=0.1)

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
