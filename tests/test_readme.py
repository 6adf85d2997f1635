"""What the README tells people to type works as it stands there."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from optimizer.commands import main
from optimizer.commands.exits import BAD_INPUT, EXIT, INTERNAL_ERROR
from optimizer.commands.main import EPILOG
from tests.parts import parts

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def fenced(language: str) -> list[str]:
    """The blocks of this language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


COMMANDS = [line for block in fenced("sh") for line in block.splitlines()]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like a clone, where what is written does not stay."""
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    (tmp_path / "solutions").mkdir()
    shutil.copy(ROOT / "solutions/sample.gpkg", tmp_path / "solutions")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a command line of equisite in this process."""
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def recipe(target: str) -> list[str]:
    """The commands of a target of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{target}: env\n((?:\t.*\n)+)", text, re.MULTILINE)
    assert found, f"the Makefile has no target {target}"
    return [line.strip().removeprefix(".venv/bin/") for line in found[1].splitlines()]


def test_the_readme_has_commands() -> None:
    assert {line.split()[0] for line in COMMANDS} == {"make", "equisite"}


@pytest.mark.parametrize("workers", parts([1, 2], usual=1))
def test_commands(workers: int, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, in one folder: `check` reads what `solve` wrote.

    With 2 workers, which is as they stand; with 1, and without the one that takes a third of all.
    """
    assert any("--workers 2" in command for command in COMMANDS)
    for line in COMMANDS:
        command = line.replace("--workers 2", f"--workers {workers}")
        if workers == 1 and "lan-xi --set policy.corridors=true" in command:
            continue
        if command.startswith("equisite"):
            assert run(command, monkeypatch) == 0, command
            written = re.findall(r"-o (\S+)", command)
            assert all(Path(file).is_file() for file in written), command


def test_every_command_is_shown() -> None:
    shown = {command.split()[1] for command in COMMANDS if command.startswith("equisite")}
    assert shown == {
        "new",
        "list",
        "describe",
        "validate",
        "corridors",
        "solve",
        "check",
        "stress",
        "sweep",
        "table",
    }


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("make")])
def test_make_targets_are_there(command: str) -> None:
    assert recipe(command.removeprefix("make "))


def test_make_run(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands in the Makefile: a plan of a real agglomeration, proven to 1 %."""
    (command,) = recipe("run")
    assert run(command, monkeypatch) == 0
    names = {file.name for file in (clone / "solutions").iterdir()} - {"sample.gpkg"}
    assert names == {"lan-xi.gpkg", "lan-xi.png"}
    for name in names:
        assert f"solutions/{name}" in README


def test_make_test_is_what_ci_runs() -> None:
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == "exec make test"
    tools = [line.split()[0] for line in recipe("test")]
    assert tools == ["ruff", "ruff", "mypy", "pytest"]


@pytest.mark.parametrize("villages", parts([60, 300], usual=1))
def test_python(villages: int, clone: Path) -> None:
    """As it stands with 300 villages, and with fewer."""
    blocks = fenced("python")
    assert any("random((300, 2))" in block for block in blocks)
    for block in blocks:
        exec(compile(re.sub(r"\b300\b", str(villages), block), "README.md", "exec"), {})
    assert (clone / "solutions/hospitals.gpkg").is_file()


def test_exit_codes_are_those_of_the_program() -> None:
    table = dict(re.findall(r"^\| (\d) \| (.*) \|$", README, re.MULTILINE))
    assert set(map(int, table)) == {0, INTERNAL_ERROR, BAD_INPUT, *EXIT.values()}
    for code, meaning in table.items():
        assert re.search(rf"\b{code} {meaning.split(',')[0].split(';')[0]}", EPILOG), code


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists()
