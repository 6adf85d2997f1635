"""The benchmarks run, and keep a record of what they found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.measures import questions
from benchmarks.record import table
from benchmarks.sweep import _carried
from optimizer.algorithms import solve
from optimizer.equity import INDICATORS, Measure
from optimizer.policy import Limits
from optimizer.sweep.task import Answer, Task
from tests.hand import policy, problem


def record(folder: Path, *words: str) -> str:
    """The text of the record that this benchmark keeps."""
    ended = CliRunner().invoke(app, [*words, "--records", str(folder)])
    assert ended.exit_code == 0, ended.output
    (file,) = folder.iterdir()
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d-{words[0]}\.md", file.name)
    text = file.read_text(encoding="utf-8")
    assert text in ended.stdout
    return text


def lines(text: str) -> list[list[str]]:
    """The cells of the table, without its head."""
    rows = [row.strip("| ").split(" | ") for row in text.splitlines() if row.startswith("|")]
    return rows[2:]


def test_the_sweep(tmp_path: Path):
    text = record(tmp_path, "sweep", "tiny/line", "--weights", "3")
    nothing, built, alone, beside = (float(row[1].replace(",", "")) for row in lines(text))
    assert min(nothing, built, alone) > 0
    assert beside > alone, "starting processes takes longer than so small a sweep"
    assert re.search(r"^\d of 3 weights needed a solve", text, re.MULTILINE)
    assert re.search(r"^Machine: \d+ cores .* GB of memory", text, re.MULTILINE)
    assert "highspy 1.15.1" in text


def test_the_measures(tmp_path: Path):
    rows = lines(record(tmp_path, "measures", "tiny/line", "--level", "emergency"))
    assert {row[0] for row in rows} == {
        name for name, kind in INDICATORS.items() if issubclass(kind, Measure)
    }
    assert len(rows) == len(list(questions()))
    # Stations at v3 and v5: 60 / 12 minutes in the mean, 20 from v1. At v2 and v5: 70 / 12 and 10,
    # which is fairer: 2e + 1 + 4e + e + 4 < 2e^2 + e + 4 + e + 4.
    of = {row[0]: row[2:4] for row in rows}
    assert of["mean"] == ["5.0", "20.0"]
    assert of["kolm_pollak"] == ["5.8", "10.0"]


def test_a_table_has_numbers_to_the_right():
    assert table([{"a": "x", "b": "1.5"}, {"a": "y", "b": "-"}]) == [
        "| a | b |",
        "| --- | --: |",
        "| x | 1.5 |",
        "| y | - |",
    ]


@pytest.mark.parametrize(("below", "proven"), [(0.005, True), (0.02, False)])
def test_what_was_known_before_is_told_from_what_was_solved(below: float, proven: bool):
    result = solve(problem(), policy(), Limits(gap=0))
    task = Task("weight=0.5", {}, policy(), result.plan, result.objective * (1 - below))
    assert _carried(problem(), Answer(task, result), gap=0.01) is proven
    assert not _carried(problem(), Answer(Task("weight=0.5", {}, policy()), result), gap=0.01)
