"""`equisite new`: a copy of an example, in a folder that is new or empty, or nothing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from optimizer.commands import new
from optimizer.foundation.drafts import PREFIX
from optimizer.geodata.catalogue import EXAMPLES
from tests.commands.running import ROOT, Run
from tests.parts import parts


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with no instances, in which the program is called."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("optimizer.commands.console.OUT.width", 200)
    return tmp_path


@pytest.mark.parametrize("name", parts(EXAMPLES, usual=1))
def test_an_example_is_copied_read_solved_and_judged(run: Run, name: str) -> None:
    """As the program says to go on; the check finds the instance around the plan."""
    ended = run("new", "my region", "--example", name)
    assert ended.code == 0
    assert "equisite solve 'my region' -o 'my region/plan.gpkg'" in ended.out
    assert "OpenStreetMap contributors" in ended.out or "GeoNames.org" in ended.out
    for file in (ROOT / "instances" / name).iterdir():
        assert Path("my region", file.name).read_bytes() == file.read_bytes()
    assert run("validate", "my region").out.endswith("my region: valid\n")
    assert run("solve", "my region", "-o", "my region/plan.gpkg").code == 0
    ended = run("check", "my region/plan.gpkg")
    assert ended.code == 0 and "the plan holds" in ended.out


def test_without_a_name_the_first_is_copied(run: Run) -> None:
    assert "a copy of upper-rhine" in run("new", "region", "--example").out
    assert Path("region/LICENSE").is_file()


def test_an_empty_folder_will_do(run: Run, here: Path) -> None:
    """Even the one that one is in, where a dead run has left something."""
    left = here / f"{PREFIX}abcdefgh"
    left.mkdir()
    (left / "demand.geojson").touch()
    ended = run("new", ".", "--example", "--quiet")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert {file.name for file in here.iterdir()} == set(os.listdir(ROOT / "instances/upper-rhine"))


def test_a_folder_with_something_in_it_is_refused(run: Run, here: Path) -> None:
    (here / "region").mkdir()
    (here / "region/mine.txt").write_text("mine")
    ended = run("new", "region", "--example")
    assert (ended.code, ended.out) == (2, "")
    (message,) = ended.err.splitlines()
    assert message.startswith("error: folder: is not empty (is 'region'). Name a folder")
    assert os.listdir(here / "region") == ["mine.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["region"], "Invalid value for --example: say what is to be in it"),
        (["region", "upper-rhine"], "Invalid value for --example: say what is to be in it"),
        (
            ["region", "--example", "uper-rhine"],
            "Did you mean 'upper-rhine'? known: upper-rhine, ningxia-yellow-river",
        ),
        (["region", "--example", "tiny/line"], "none has this name (is 'tiny/line')"),
        (["nowhere/region", "--example"], "cannot be written: No such file or directory"),
        (["file", "--example"], "cannot be written: File exists"),
    ],
)
def test_what_cannot_be_done_is_told(
    run: Run, here: Path, arguments: list[str], message: str
) -> None:
    (here / "file").touch()
    ended = run("new", *arguments)
    assert ended.code == 2 and not ended.out
    assert message in " ".join(ended.err.replace("│", " ").split())
    assert os.listdir(here) == ["file"]


@pytest.mark.parametrize("before", [[], ["region"]])
def test_nothing_is_left_of_a_copy_that_fails(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch, before: list[str]
) -> None:
    copy = new.shutil.copyfile

    def full(source: Path, target: Path) -> None:
        if source.name == "roads.geojson":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        copy(source, target)

    for name in before:
        (here / name).mkdir()
    monkeypatch.setattr(new.shutil, "copyfile", full)
    ended = run("new", "region", "--example")
    assert ended.code == 2 and "cannot be written: No space left on device" in ended.err
    assert os.listdir(here) == before
    assert not before or os.listdir(here / "region") == []
