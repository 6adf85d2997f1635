"""The program itself: what it loads, its version, its traceback, its completion."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

import optimizer
from optimizer import commands
from optimizer.commands import solve
from optimizer.commands.main import COMMANDS
from tests.commands.running import Run

#: Run with what the help, and a command that reads, must not load.
LOADED = """
import sys
sys.argv = ["equisite", *sys.argv[1:]]
from optimizer.commands import main
try:
    main()
except SystemExit:
    pass
print(*(name for name in {names} if name in sys.modules), file=sys.stderr)
"""
HEAVY = ("numpy", "scipy", "pandas", "geopandas", "pyomo", "highspy", "matplotlib")


def loaded(*arguments: str) -> list[str]:
    """Which of the heavy libraries a run loads."""
    script = LOADED.format(names=HEAVY)
    command = [sys.executable, "-c", script, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return ended.stderr.splitlines()[-1].split()


def test_the_help_loads_nothing() -> None:
    assert loaded("--help") == []
    assert loaded("--version") == []


def test_reading_loads_no_model_and_no_picture() -> None:
    assert not {"pyomo", "highspy", "matplotlib"} & set(loaded("validate", "tiny/line"))
    assert not {"pyomo", "highspy", "matplotlib", "scipy"} & set(loaded("list"))


def test_the_version(run: Run) -> None:
    ended = run("--version")
    assert ended.code == 0 and ended.out == f"equisite {optimizer.__version__}\n"


def test_debug_shows_where_an_error_is(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setenv("EQUISITE_DEBUG", "")
    monkeypatch.setattr(solve, "read_instance", broken)
    monkeypatch.setattr(sys, "argv", ["equisite", "--debug", "solve", "tiny/line"])
    with pytest.raises(ZeroDivisionError):
        commands.main()


@pytest.mark.parametrize(
    ("typed", "offered"), [("equisite sol", "solve"), ("equisite solve --alg", "--algorithm")]
)
def test_a_shell_completes_commands_and_options(typed: str, offered: str) -> None:
    words = typed.split()
    asked = {
        "_EQUISITE_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - 1),
    }
    script = "import sys; sys.argv = ['equisite']; from optimizer.commands import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", script], env=asked, capture_output=True, text=True, check=False
    )
    assert offered in ended.stdout.split()


def test_every_command_is_a_file_with_its_help() -> None:
    own = {"console", "exits", "main", "options", "trial", "usage"}
    files = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    assert files - own == set(COMMANDS.values())
    for module in COMMANDS.values():
        assert import_module(f"optimizer.commands.{module}").__doc__


def test_no_public_name_is_a_module() -> None:
    modules = {module.name for module in pkgutil.iter_modules(optimizer.__path__)}
    assert not modules & set(optimizer.__all__)
    for name in optimizer.__all__:
        assert getattr(optimizer, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = optimizer.nothing
