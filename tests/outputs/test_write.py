"""Which file is written how, and that it appears whole or not at all."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import optimizer.outputs as outputs
from optimizer.foundation.faults import InputError
from optimizer.outputs.formats import FORMATS, check_suffixes, write
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.solution import Status


@pytest.mark.parametrize("suffix", [*FORMATS, ".GPKG"])
def test_the_suffix_chooses_the_format(study: SolvedInstance, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"plan{suffix}"
    write(study, path, "en")
    start = {
        ".gpkg": b"SQLite format 3",
        ".geojson": b'{"type": "FeatureCollection"',
        ".json": b"{",
        ".png": b"\x89PNG",
        ".svg": b"<?xml",
    }[suffix.lower()]
    assert path.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [path]


def test_unknown_suffix_and_missing_folder_are_told_together(tmp_path: Path) -> None:
    missing = tmp_path / "none" / "plan.gpkg"
    with pytest.raises(InputError) as caught:
        check_suffixes(["plan.gpk", "plan", missing, tmp_path / "plan.svg"], "en")
    known = "known: .gpkg, .geojson, .json, .png, .svg"
    assert str(caught.value).splitlines() == [
        f"output: no format has this suffix (is 'plan.gpk'). did you mean '.gpkg'? {known}.",
        f"output: no format has this suffix (is 'plan'). {known}.",
        f"output: its folder does not exist (is '{missing}'). make the folder.",
    ]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_writing_leaves_the_old_plan_and_nothing_else(
    study: SolvedInstance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
) -> None:
    path = tmp_path / "plan.json"
    path.write_text("the old plan")

    def fail(study: SolvedInstance, path: Path, language: str) -> None:
        path.write_text("half a")
        raise error

    monkeypatch.setitem(FORMATS, ".json", fail)
    with pytest.raises(error):
        write(study, path)
    assert path.read_text() == "the old plan"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_is_bad_input(study: SolvedInstance, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.mkdir()
    with pytest.raises(InputError, match=r"output: cannot be written: Is a directory"):
        write(study, path)
    assert list(tmp_path.iterdir()) == [path]


def test_auto_is_chinese_only_where_a_font_has_it(
    study: SolvedInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []
    monkeypatch.setitem(FORMATS, ".json", lambda study, path, language: heard.append(language))
    monkeypatch.setattr(outputs.atomic.os, "replace", lambda draft, path: None)
    for font in (None, object()):
        monkeypatch.setattr(outputs.map.fonts, "find", lambda language, font=font: font)
        write(study, tmp_path / "plan.json", "auto")
    assert heard == ["en", "zh"]


def test_chinese_was_asked_for_but_no_font_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs.map.fonts, "find", lambda language: None)
    check_suffixes([tmp_path / "plan.gpkg"], "zh")  # needs no font: the GIS has its own
    with pytest.raises(InputError, match="no font of this machine can draw Chinese"):
        check_suffixes([tmp_path / "plan.png"], "zh")


def test_a_study_needs_a_plan(study: SolvedInstance) -> None:
    nothing = dataclasses.replace(study.result, status=Status.INFEASIBLE, plan=None)
    with pytest.raises(ValueError, match="infeasible"):
        SolvedInstance(study.instance, nothing, study.indicators)
