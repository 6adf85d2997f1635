"""A sweep: its weights, its points, and which of them are worth having."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from optimizer.faults import InputError
from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read
from optimizer.outputs import frontier
from optimizer.policy import Limits
from optimizer.solution import Status
from optimizer.sweep import Point, mark_dominated, sweep, weights

ROOT = Path(__file__).parents[1]
EXACT = Limits(gap=0)


@pytest.fixture(scope="module")
def line() -> Instance:
    """Five villages, two stations; its README derives the numbers below."""
    return read(ROOT / "instances/tiny/line")


@pytest.fixture(scope="module")
def points(line: Instance) -> list[Point]:
    return sweep(line.problem, line.policy, EXACT, weights("0:1:0.5"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0:1:0.25", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("0:1:0.1", tuple(n / 10 for n in range(11))),  # 0.1 x 3 is 0.3
        ("0:1:0.3", (0.0, 0.3, 0.6, 0.9)),  # the last step would pass 1
        ("0.2:0.2:1", (0.2,)),
        ("0.5", (0.5,)),
    ],
)
def test_weights(text: str, meant: tuple[float, ...]) -> None:
    assert weights(text) == meant


@pytest.mark.parametrize("text", ["", "a:b:c", "0:1", "0:1:0", "1:0:0.1", "0:2:0.5", "0:1:nan"])
def test_weights_that_mean_nothing(text: str) -> None:
    with pytest.raises(ValueError):
        weights(text)


def test_points_are_those_derived_by_hand(points: list[Point]) -> None:
    # v3 v5 at weights below 0.581, then v2 v5.
    assert [point.weight for point in points] == [0, 0.5, 1]
    found = [point.indicators for point in points]
    assert [round(one.efficiency, 4) for one in found if one] == [5, 5, 5.8333]
    assert [round(one.equity, 4) for one in found if one] == [7.3697, 7.3697, 6.6297]
    assert not any(point.dominated for point in points)


def test_what_is_worse_in_one_and_better_in_none_is_dominated(points: list[Point]) -> None:
    first = points[0].indicators
    assert first is not None  # efficiency 5, equity 7.37
    variants = [first, replace(first, equity=9.0), replace(first, efficiency=4.0, equity=9.0), None]
    marked = mark_dominated([replace(points[0], indicators=one) for one in variants])
    assert [point.dominated for point in marked] == [False, True, False, False]


def test_a_bound_leaves_no_weight_to_sweep(line: Instance) -> None:
    policy = replace(line.policy, weight=0, equity_bound=20)
    with pytest.raises(InputError, match=r"policy, column equity_bound: .* goes with no bound"):
        sweep(line.problem, policy, EXACT, [0, 1])


def test_a_point_without_a_plan_is_a_row(line: Instance, points: list[Point]) -> None:
    gone = replace(points[0].result, status=Status.INFEASIBLE, plan=None)
    rows = frontier.records(line, [replace(points[0], result=gone, indicators=None)])
    assert [row["status"] for row in rows] == ["infeasible"]
    assert rows[0]["efficiency"] is rows[0]["dominated"] is rows[0]["worst_jurisdiction"] is None


def test_a_point_that_the_user_stops_is_the_last(
    line: Instance, points: list[Point], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped_by(user: bool) -> None:
        result = replace(points[0].result, status=Status.STOPPED, interrupted=user)
        monkeypatch.setattr(sys.modules["optimizer.sweep"], "solve", lambda *_, **__: result)

    stopped_by(user=True)
    assert len(sweep(line.problem, line.policy, Limits(), [0, 0.5, 1])) == 1
    stopped_by(user=False)
    assert len(sweep(line.problem, line.policy, Limits(), [0, 0.5, 1])) == 3


def test_written_as_rows(line: Instance, points: list[Point], tmp_path: Path) -> None:
    frontier.write(line, points, tmp_path / "line.csv")
    with (tmp_path / "line.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == frontier.COLUMNS
    assert [row["weight"] for row in rows] == ["0.0", "0.5", "1.0"]
    assert {row["worst_jurisdiction"] for row in rows} == {"valley"}
    assert float(rows[2]["objective"]) == pytest.approx(6.994385, abs=1e-6)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_drawn(line: Instance, points: list[Point], language: str) -> None:
    """The two plans are two marks; the weights that share one are named together."""
    axes = frontier.plot(line, points, language).axes[0]
    assert [text.get_text() for text in axes.texts] == ["0 - 0.5", "1"]
    assert axes.get_title(loc="left") == line.geography.title[language]


@pytest.mark.parametrize("name", ["line.png", "line.svg"])
def test_drawn_to_a_file(line: Instance, points: list[Point], name: str, tmp_path: Path) -> None:
    frontier.write(line, points, tmp_path / name, "en")
    assert (tmp_path / name).stat().st_size > 5000
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("line.xlsx", "no sweep has this suffix"),
        ("nowhere/line.csv", "its folder does not exist"),
    ],
)
def test_not_written(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        frontier.check_suffixes([tmp_path / name])
