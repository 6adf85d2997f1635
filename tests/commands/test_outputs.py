"""Where commands write: never over an input, and told before anything is solved."""

from __future__ import annotations

import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from optimizer.commands import corridors, solve, stress, sweep, table
from optimizer.foundation.faults import Fault, InputError
from tests.commands.running import LINE, Run


@pytest.fixture
def folder(tmp_path: Path, plan: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance x, a GeoPackage in it that is no layer, and a plan; nothing may be solved."""
    shutil.copytree(LINE, tmp_path / "x")
    shutil.copy(plan, tmp_path / "p.gpkg")
    shutil.copy(plan, tmp_path / "x/instance.gpkg")
    text = (tmp_path / "x/instance.toml").read_text(encoding="utf-8")
    text = text.replace('"roads.geojson"', '"instance.gpkg|assignments"')
    (tmp_path / "x/instance.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    searches = {solve: "solve", sweep: "solve_each", table: "trial", stress: "stress_file"}
    for module, name in (searches | {corridors: "find_routes"}).items():
        monkeypatch.setattr(module, name, None)
    return tmp_path


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("solve x -o x/instance.gpkg", "is an input: x/instance.gpkg"),
        ("solve x -o x/demand.geojson", "is an input: x/demand.geojson"),
        ("solve x -o here.json -o ./here.json", "two outputs are the same file"),
        ("stress p.gpkg --instance x -o p.gpkg", "is an input: p.gpkg"),
        ("stress p.gpkg --instance x -o x/instance.gpkg", "is an input: x/instance.gpkg"),
        ("sweep x -o x/instance.gpkg", "is an input"),
        ("sweep x -o a.png -o a-people.png", "two outputs are the same file"),
        ("corridors x -o x/instance.gpkg", "is an input"),
        ("table x -o folder.csv", "Is a directory"),
    ],
)
def test_refused_before_anything_is_solved(
    run: Run, folder: Path, command: str, reason: str
) -> None:
    (folder / "folder.csv").mkdir()
    before = contents(folder)
    ended = run(*command.split())
    assert (ended.code, ended.out) == (2, "")
    assert reason in ended.err and "Traceback" not in ended.err
    assert contents(folder) == before


def test_a_table_over_a_table_of_the_instance(run: Run, folder: Path) -> None:
    file = folder / "x/instance.toml"
    text = file.read_text(encoding="utf-8").replace("jurisdictions.geojson", "jurisdictions.csv")
    file.write_text(text, encoding="utf-8")
    (folder / "x/jurisdictions.csv").write_text("id\n", encoding="utf-8")
    ended = run("table", "x", "-o", "x/jurisdictions.csv")
    assert ended.code == 2 and "is an input" in ended.err
    assert (folder / "x/jurisdictions.csv").read_text(encoding="utf-8") == "id\n"


def test_what_is_open_elsewhere_is_told_before(run: Run, folder: Path) -> None:
    with closing(sqlite3.connect("p.gpkg")) as viewer:
        viewer.execute("pragma journal_mode = wal")
        viewer.execute("create table note (text)")
        ended = run("solve", "x", "-o", "p.gpkg")
        assert ended.code == 2 and "another program has it open" in ended.err


@pytest.fixture
def little_room() -> Iterator[None]:
    """No file may grow beyond 40 kB, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("little_room")
def test_a_disk_that_fills_up_while_writing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fits is written, what does not is told, and the old file stays."""
    files = [tmp_path / name for name in ("plan.gpkg", "plan.png", "plan.json")]
    for file in files:
        file.write_text("old")
    ended = run("solve", LINE, *(word for file in files for word in ("-o", file)))
    assert ended.code == 2
    told = [line for line in ended.err.splitlines() if "cannot be written: File too" in line]
    assert len(told) == 2 and all(
        str(file) in line for file, line in zip(files, told, strict=False)
    )
    assert "internal error" not in ended.err and f"written: {files[2]}" in ended.out
    assert [file.read_bytes()[:3] for file in files] == [b"old", b"old", b"{\n "]
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_table_keeps_its_rows_when_it_is_stopped(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, seen = table.trial, []

    def stopped(folder: Path, *more: object) -> dict[str, object]:
        seen.append(folder)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return whole(folder, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(table, "trial", stopped)
    ended = run("table", LINE, LINE, LINE, "-o", tmp_path / "rows.csv")
    assert ended.code == 4 and "1 of 3 instances" in ended.err
    assert len((tmp_path / "rows.csv").read_text(encoding="utf-8").splitlines()) == 2
    seen.append(LINE)
    ended = run("table", LINE, "-o", tmp_path / "rows.csv")
    assert ended.code == 0


def test_table_keeps_its_rows_when_an_instance_is_bad(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = table.trial

    def bad(folder: Path, *more: object) -> dict[str, object]:
        if folder.name == "bad":
            raise InputError([Fault("demand", "is bad", "Mend it")])
        return whole(folder, *more)  # type: ignore[arg-type]

    shutil.copytree(LINE, tmp_path / "bad")
    monkeypatch.setattr(table, "trial", bad)
    ended = run("table", tmp_path / "bad", LINE, "-o", tmp_path / "rows.csv")
    assert ended.code == 2 and "demand: is bad" in ended.err and "line" in ended.out
    assert (tmp_path / "rows.csv").is_file()


def test_a_journal_that_cannot_be_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", full)
    ended = run("sweep", LINE, "--weights", "0:1:1", "--journal", tmp_path)
    assert ended.code == 2 and "journal: cannot be written: No space left" in ended.err
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["lock"]


def full(file: int) -> None:
    raise OSError(28, "No space left on device")
