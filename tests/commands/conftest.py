"""The program run in this process, and a plan that it wrote."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from optimizer.commands import main
from optimizer.foundation import language
from tests.commands.running import LINE, Ended, Run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program in this process, in English unless told; it ends with an exit code."""

    def run(*arguments: object) -> Ended:
        for variable in (language.VARIABLE, *language.LOCALES):
            monkeypatch.setenv(variable, "en")  # and as it was, when the test ends
        monkeypatch.setattr(sys, "argv", ["equisite", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, *capsys.readouterr())

    return run


@pytest.fixture
def plan(run: Run, tmp_path: Path) -> Path:
    """A plan of tiny/line as a file."""
    file = tmp_path / "line.gpkg"
    assert run("solve", LINE, "-o", file, "--quiet").code == 0
    return file
