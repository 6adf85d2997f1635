"""What docs/presets.md shows is what the program does and says."""

from __future__ import annotations

import re

import pytest

from optimizer.commands.console import WIDTH
from optimizer.geodata.presets import presets
from tests.commands.running import ROOT, Run

PAGE = (ROOT / "docs/presets.md").read_text(encoding="utf-8")
#: Instances that take long; smaller ones are asked in every run.
LARGE = ("beibu-gulf", "cheng-yu", "lan-xi")


def shown() -> list[tuple[list[str], list[str]]]:
    """Commands, and the lines that they are shown to print: each block, and the next one."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    pairs = zip(blocks, [*blocks[1:], ("", "")], strict=True)
    return [
        (text.splitlines(), after.splitlines() if then == "text" else [])
        for (kind, text), (then, after) in pairs
        if kind == "sh"
    ]


RUNS = [
    pytest.param(
        command,
        # Of several commands each has a line of its own.
        lines if len(commands) == 1 else lines[n : n + 1],
        id=command,
        marks=[pytest.mark.slow] if any(name in command for name in LARGE) else [],
    )
    for commands, lines in shown()
    for n, command in enumerate(commands)
]


@pytest.mark.parametrize(("command", "lines"), RUNS)
def test_what_is_shown(
    command: str, lines: list[str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("optimizer.commands.console.OUT.width", WIDTH)  # as in a file
    ended = run(*command.split()[1:], "--language", "en")
    assert ended.code == 0, ended.err
    told = " ".join(ended.out.split())
    assert [line for line in lines if " ".join(line.split()) not in told] == []


def test_each_preset_is_run_and_named() -> None:
    run = {name for name in presets() if f"--policy {name} " in PAGE}
    assert run == set(presets())
    assert all(f"`{name}`" in PAGE for name in presets())
