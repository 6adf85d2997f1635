"""The benchmarks of agglomerations go on where they stopped, and tell how far plans are apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from benchmarks import apart, assumptions, child
from benchmarks.__main__ import app
from benchmarks.journal import Journal
from benchmarks.region import Question
from benchmarks.regions import Inquiry, apart_share, elsewhere
from docs import instances_page
from optimizer.question import Limits
from tests.test_benchmarks import columns, record


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve here: a process of its own for each would take seconds to start."""

    def run(task: apart.Task, seconds: float, memory: float) -> apart.Ended:
        answer: dict[str, object] = {}
        child.do(task, lambda line: answer.update(json.loads(json.dumps(line))))
        return apart.Ended(answer)

    monkeypatch.setattr(apart, "run", run)


def agglomerations(at: Path, *words: str) -> Result:
    page = at / "page.md"
    page.write_text("<!-- plans -->\n<!-- end plans -->\n", encoding="utf-8")
    asked = ["--seconds", "60", "--records", str(at / "records"), "--page", str(page)]
    return CliRunner().invoke(app, ["agglomerations", *words, *asked])


def test_the_record_of_agglomerations(tmp_path: Path, in_process: None):
    ended = agglomerations(tmp_path, "tiny/line", "--fine", "0.001", "--weights", "3")
    assert ended.exit_code == 0, ended.output
    rows = instances_page.rows_of(tmp_path / "records/agglomerations.csv")
    of = {row["question"]: row for row in rows}
    assert list(of) == ["default", "fine", "again", "efficient", "equal", "frontier"]
    assert {row["status"] for row in rows} == {"optimal"}
    assert of["default"]["check"] == of["fine"]["check"] == of["equal"]["check"] == "holds"
    # Stations at v3 and v5 or, fairer, at v2 and v5: one of three options is in both plans.
    assert of["efficient"]["mean_minutes"] == "5.0"
    assert of["equal"]["mean_minutes"] == "5.833"
    assert float(of["equal"]["options_apart"]) == pytest.approx(2 / 3, abs=1e-4)
    assert of["equal"]["emergency_build"] == "2"
    assert (of["frontier"]["weights_asked"], of["frontier"]["frontier_points"]) == ("3", "2")


def test_the_record_of_agglomerations_goes_on_and_keeps_the_others(
    tmp_path: Path, in_process: None, monkeypatch: pytest.MonkeyPatch
):
    assert agglomerations(tmp_path, "tiny/line", "--weights", "0").exit_code == 0
    file = tmp_path / "records/agglomerations.csv"
    file.write_text(file.read_text("utf-8").replace("tiny/line,default", "a,default"), "utf-8")
    first, asked = apart.run, []

    def listening(task: apart.Task, seconds: float, memory: float) -> apart.Ended:
        asked.append(task["question"]["weights"])
        return first(task, seconds, memory)

    monkeypatch.setattr(apart, "run", listening)
    ended = agglomerations(tmp_path, "tiny/line", "--weights", "3")
    assert ended.exit_code == 0, ended.output
    assert asked == [(0.0, 0.5, 1.0)], "what is answered is not asked again"
    rows = instances_page.rows_of(file)
    assert [row["instance"] for row in rows] == ["a"] + ["tiny/line"] * 5


def test_what_was_killed_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    troubles = iter(["no memory", "failed: it said nothing", "> 90 s", ""])
    monkeypatch.setattr(apart, "run", lambda *_: apart.Ended(trouble=next(troubles)))
    inquiry = Inquiry(Journal(tmp_path / "a.jsonl", {}), 8)
    question = Question("tiny/line", limits=Limits(60))
    assert [inquiry.ask("default", question)["trouble"] for _ in range(4)] == [
        "no memory",
        "failed: it said nothing",
        "> 90 s",
        "> 90 s",
    ]


def test_how_far_two_plans_are_apart():
    one = {
        "done": [["a", "x", "build", 0], ["a", "y", "upgrade", 1]],
        "weights": [1, 3],
        "needs": [10, 4],
        "served": [[[0, 5, 6], [1, 5, 4]], [[0, -1, 4]]],
    }
    other = one | {
        "done": [["a", "x", "build", 1], ["a", "y", "upgrade", 1]],
        "served": [[[0, 5, 3], [0, 6, 3], [1, 5, 4]], [[0, 5, 1], [0, -1, 3]]],
    }
    assert apart_share(one, one) == 0
    assert apart_share(one, other) == pytest.approx(1 - 1 / 3), "another size is another option"
    assert elsewhere(one, one) == 0
    assert elsewhere(one, other) == pytest.approx((1 * 0.3 + 3 * 0.25) / 4)


def test_other_assumptions(tmp_path: Path, in_process: None, monkeypatch: pytest.MonkeyPatch):
    twice = {assumptions.AS_IT_IS: (), "twice the money": ("budget.scale=2",)}
    monkeypatch.setattr(assumptions, "VARIATIONS", twice)
    rows = columns(record(tmp_path, "assumptions", "tiny/two-cities"))
    assert [row["assumed"] for row in rows] == [
        assumptions.AS_IT_IS,
        assumptions.AGAIN,
        "twice the money",
    ]
    assert rows[0]["options"] == rows[1]["options"] == "0%"


def test_aversions(tmp_path: Path, in_process: None):
    rows = {row["plan"]: row for row in columns(record(tmp_path, "aversion", "tiny/line"))}
    assert rows["efficient"]["mean"] == rows["aversion 0.5"]["mean"] == "5.00"
    assert rows["aversion 4"]["worst"] == "10"
