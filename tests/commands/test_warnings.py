"""What is odd about an instance is told by every command that reads it, and kept in the plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimizer.commands.main import app

SLOW = ("--set", "network.access_kmh=0.5")
TOLD = "network.access_kmh: nobody goes to a road at 0.5 km/h"


def run(*words: str) -> str:
    done = CliRunner().invoke(app, [*words])
    assert done.exit_code in (0, 3, 4), done.output
    return done.stdout if "--json" in words else done.output


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("warned") / "plan.gpkg"
    assert f"warning: {TOLD}" in run("solve", "tiny/line", *SLOW, "-o", str(path))
    return path


def test_commands_that_read_an_instance_tell_it(tmp_path: Path) -> None:
    journal = ("--journal", str(tmp_path))
    for words in (
        ["validate", "tiny/line", *SLOW],
        ["solve", "tiny/line", *SLOW, "--set", "policy.equity_bound=0.1"],
        ["sweep", "tiny/line", *SLOW, "--weights", "0:1:1", *journal],
    ):
        assert f"warning: {TOLD}" in run(*words), words
        assert TOLD in json.loads(run(*words, "--json"))["warnings"], words


def test_commands_that_read_a_plan_tell_it(plan: Path) -> None:
    for words in (["check", str(plan)], ["stress", str(plan)]):
        assert f"warning: {TOLD}" in run(*words)
