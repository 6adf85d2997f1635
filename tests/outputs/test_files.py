"""Files are replaced whole, with all that belongs to them, and never while somebody has them."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from optimizer.foundation.drafts import PREFIX, draft_folder
from optimizer.foundation.faults import InputError
from optimizer.geodata.geopackage import InUseError, alone, companions, copied, stop_if_locked
from optimizer.outputs import targets
from optimizer.outputs.atomic import replacing


def noted(path: Path) -> list[str]:
    """The notes in a database."""
    with closing(sqlite3.connect(path)) as file:
        return [text for (text,) in file.execute("select text from note")]


def made(path: Path, *texts: str) -> Path:
    """A database with notes."""
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("create table note (text)")
        file.executemany("insert into note values (?)", [(text,) for text in texts])
    return path


@contextmanager
def opened(path: Path, *texts: str) -> Iterator[sqlite3.Connection]:
    """The database as a GIS has it open, with notes that are saved, but not in the file yet."""
    with closing(sqlite3.connect(path)) as viewer:
        viewer.execute("pragma journal_mode = wal")
        with viewer:
            viewer.executemany("insert into note values (?)", [(text,) for text in texts])
        yield viewer


def left_behind(path: Path, *texts: str) -> Path:
    """The database and its companions as a program leaves them that is killed."""
    aside = path.with_name("aside.gpkg")
    with opened(made(aside, "old"), *texts):
        for file, copy in zip(companions(aside), companions(path), strict=True):
            if file.exists():
                copy.write_bytes(file.read_bytes())
        path.write_bytes(aside.read_bytes())
    aside.unlink()
    return path


def replaced(path: Path, *texts: str) -> None:
    with replacing(path) as draft:
        made(draft, *texts)


def test_what_is_open_elsewhere_is_not_replaced(tmp_path: Path) -> None:
    plan = made(tmp_path / "plan.gpkg", "old")
    with opened(plan, "edit") as viewer:
        with pytest.raises(InputError, match=r"another program has it open .*Close it there"):
            replaced(plan, "new")
        viewer.execute("insert into note values ('more')")
        viewer.commit()
    assert noted(plan) == ["old", "edit", "more"]
    replaced(plan, "new")
    assert noted(plan) == ["new"]
    assert list(tmp_path.iterdir()) == [plan]


def test_companions_of_the_dead_are_never_read_into_a_new_file(tmp_path: Path) -> None:
    plan = left_behind(tmp_path / "plan.gpkg", "edit")
    assert companions(plan)[0].stat().st_size
    replaced(plan, "new")
    assert noted(plan) == ["new"]
    assert list(tmp_path.iterdir()) == [plan]


def test_companions_without_a_file_go_too(tmp_path: Path) -> None:
    plan = left_behind(tmp_path / "plan.gpkg", "edit")
    plan.unlink()
    replaced(plan, "new")
    assert noted(plan) == ["new"]
    assert list(tmp_path.iterdir()) == [plan]


def test_a_copy_has_what_is_not_in_the_file_yet(tmp_path: Path) -> None:
    plan, copy = made(tmp_path / "plan.gpkg", "old"), tmp_path / "copy.gpkg"
    with opened(plan, "edit"):
        copied(plan, copy)
    assert noted(copy) == ["old", "edit"]
    assert not any(file.exists() for file in companions(copy))
    (tmp_path / "words.gpkg").write_text("no database, and long enough to be read as one" * 99)
    with pytest.raises(OSError, match="cannot be read"):
        copied(tmp_path / "words.gpkg", tmp_path / "other.gpkg")


def test_alone_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    plan = made(tmp_path / "plan.gpkg", "old")
    with opened(plan, "edit"):
        pass
    before = plan.read_bytes()
    with alone(plan), pytest.raises(sqlite3.OperationalError, match="locked"):
        noted(plan)
    assert plan.read_bytes() == before
    with opened(plan), pytest.raises(InUseError), alone(plan):
        pass


def test_a_file_that_somebody_writes_to_is_not_read(tmp_path: Path) -> None:
    plan = made(tmp_path / "plan.gpkg", "old")
    with closing(sqlite3.connect(plan, isolation_level=None)) as writer:
        writer.execute("begin exclusive")
        with pytest.raises(InUseError):
            stop_if_locked(plan)
        writer.execute("commit")
        stop_if_locked(plan)
    with opened(plan, "edit"):
        stop_if_locked(plan)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_no_more_is_one_sentence(tmp_path: Path, code: int) -> None:
    plan = made(tmp_path / "plan.gpkg", "old")
    reason = f"cannot be written: {os.strerror(code)} "
    with pytest.raises(InputError, match=reason), replacing(plan) as draft:
        draft.write_bytes(b"half")
        raise OSError(code, os.strerror(code))
    assert noted(plan) == ["old"]
    assert list(tmp_path.iterdir()) == [plan]


def test_a_link_stays_one_and_the_mode_too(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    plan, link = made(tmp_path / "far" / "plan.gpkg", "old"), tmp_path / "link.gpkg"
    plan.chmod(0o640)
    link.symlink_to(plan)
    replaced(link, "new")
    assert link.is_symlink() and noted(plan) == ["new"]
    assert plan.stat().st_mode & 0o777 == 0o640


def test_drafts_of_the_dead_are_removed_and_those_of_the_living_are_not(tmp_path: Path) -> None:
    dead, mine, own = (tmp_path / name for name in (f"{PREFIX}dead_007", f"{PREFIX}notes", "own"))
    for folder in (dead, mine, own):
        folder.mkdir()
        (folder / "draft.gpkg").write_text("half")
    with draft_folder(tmp_path) as living:
        assert not dead.exists()
        with draft_folder(tmp_path) as another:
            assert set(tmp_path.iterdir()) == {mine, own, living, another}
    assert set(tmp_path.iterdir()) == {mine, own}


def test_a_draft_folder_that_was_swept_before_its_lock_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, swept = fcntl.flock, []

    def first_time_too_late(file: int, how: int) -> None:
        if not swept:
            (folder,) = tmp_path.iterdir()
            swept.append(folder)
            folder.rmdir()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", first_time_too_late)
    with draft_folder(tmp_path) as folder:
        assert swept and list(tmp_path.iterdir()) == [folder] != swept


@pytest.fixture
def inputs(tmp_path: Path) -> list[Path]:
    """A table, a Shapefile, and a folder that is a layer."""
    table, shape, database = (tmp_path / name for name in ("a.csv", "b.shp", "c.gdb"))
    table.write_text("id")
    shape.write_text("")
    database.mkdir()
    return [table, shape, database]


@pytest.mark.parametrize(
    "output", ["a.csv", "sub/../a.csv", "link.csv", "hard.csv", "b.png", "c.gdb/plan.gpkg"]
)
def test_an_output_is_no_input(tmp_path: Path, inputs: list[Path], output: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.csv").symlink_to(inputs[0])
    (tmp_path / "hard.csv").hardlink_to(inputs[0])
    with pytest.raises(InputError, match=r"output: is an input: .*Choose another file"):
        targets.judge([tmp_path / output], inputs)
    targets.judge([tmp_path / "own.csv"], inputs)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("folder", "Is a directory"),
        ("n" * 300 + ".csv", "File name too long"),
        ("null\0.csv", "null"),
        ("loop.csv", "loop|Symlink|levels of symbolic links"),
        ("pipe.csv", "it is no plain file"),
        ("none/plan.csv", "No such file or directory"),
        ("a.csv/plan.csv", "Not a directory"),
    ],
)
def test_what_cannot_be_written_is_known_before(
    tmp_path: Path, inputs: list[Path], name: str, reason: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match=f"cannot be written: .*({reason})"):
        targets.judge([tmp_path / name])
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "name", ["-o.csv", "$HOME.csv", "a\nb.csv", "镇\u202e.csv", "n" * 251 + ".csv"]
)
def test_odd_names_are_names(tmp_path: Path, name: str) -> None:
    targets.judge([tmp_path / name])
    with replacing(tmp_path / name) as draft:
        draft.write_text("new")
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_two_outputs_are_two_files(tmp_path: Path) -> None:
    one = tmp_path / "one.gpkg"
    with pytest.raises(InputError, match="two outputs are the same file"):
        targets.judge([one, tmp_path / "two.gpkg", tmp_path / "." / "one.gpkg"])
