"""What `list presets` tells."""

from __future__ import annotations

import json

import pytest

from optimizer.geodata.presets import presets
from tests.commands.running import Run


def test_list_presets_in_one_line_each(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.commands.console.OUT.width", 200)
    ended = run("list", "presets")
    lines = [line.split() for line in ended.out.splitlines() if line.strip()]
    assert ended.code == 0
    assert [words[0] for words in lines[2:]] == list(presets())
    fire = next(words for words in lines if words[0] == "fire-2017")
    assert fire[-3:] == ["2", "4", "fire"]  # the five minutes and the efficiency, of four figures


def test_a_preset_is_told_figure_by_figure(run: Run) -> None:
    out = run("list", "presets", "emergency-2020", "--language", "en").out
    for words in (
        "sets standard = 12 of emergency.urban",
        "at 25 km/h (assumed",
        "second-hand: press report",
        "cannot be set: a level has one standard",
        "sets policy.efficiency = uncovered",
    ):
        assert words in out
    assert "made for" not in out
    assert "made for: shandong-peninsula" in run("list", "presets", "stage-grow").out


def test_a_preset_in_chinese(run: Run) -> None:
    out = run("list", "presets", "fire-2017", "--language", "zh").out
    assert "无法设置：" in out and "转引：" in out and "接到出动指令后5分钟内" in out


def test_presets_as_json(run: Run) -> None:
    every = json.loads(run("list", "presets", "--json").out)["presets"]
    assert [one["preset"] for one in every] == list(presets())
    (one,) = json.loads(run("list", "presets", "fire-2017", "--json").out)["presets"]
    assert one in every
    assert one["figures"][0]["levels"] == ["fire"] and one["figures"][0]["value"] == 5
    assert {figure["known"] for figure in one["figures"]} == {"secondary", "assumed"}


def test_what_cannot_be_listed(run: Run) -> None:
    ended = run("list", "presets", "fire-2071")
    assert ended.code == 2 and "Did you mean 'fire-2017'?" in ended.err
    assert run("list", "instances", "fire-2017").code == 2
    assert run("list", "plans").code == 2
