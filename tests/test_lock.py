"""requirements.lock pins all that pyproject.toml asks for, in versions that it allows."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ASKED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
LINES = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
PINNED = dict(line.split("==") for line in LINES if not line.startswith("#"))


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_is_pinned(asked: str) -> None:
    requirement = Requirement(asked)
    assert requirement.specifier.contains(PINNED[requirement.name])


def test_the_solver_is_the_release_that_passes_the_false_optimum_cases() -> None:
    assert PINNED["highspy"] == "1.15.1"
    assert "highspy==1.15.1" in ASKED
