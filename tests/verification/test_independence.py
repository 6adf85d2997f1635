"""The check shares nothing with what it judges: no definition, no model, no evaluation."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.test_imports import PACKAGE, imports

#: Plain data: the facts (and who attacks), the question, the answer.
DATA = ("optimizer.problem", "optimizer.question", "optimizer.solution")
FILES = sorted((PACKAGE / "verification").glob("*.py"))

#: What evaluates plans, and what makes them.
JUDGED = {"algorithms", "assessment", "case", "efficiency", "equity", "location", "model"}
JUDGED |= {"outputs", "rules", "solver", "sweep"}


def ours(file: Path) -> set[str]:
    """The modules of ours that a file imports, dotted."""
    names = imports(ast.parse(file.read_text(encoding="utf-8")))
    return {name for name in names if name.split(".")[0] == "optimizer"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_check_sees_plain_data_only(file: Path) -> None:
    own = {name for name in ours(file) if name.startswith("optimizer.verification")}
    assert not any(name.startswith("optimizer.verification.file") for name in own)
    # What stands in these packages beside the data evaluates plans.
    plain = {*DATA, "optimizer.problem.adversary", "optimizer.problem.valid"}
    assert ours(file) - own <= {*plain, "optimizer.foundation.language"}


def test_the_check_of_a_file_reads_and_never_evaluates() -> None:
    for file in (PACKAGE / "verification" / "file").rglob("*.py"):
        assert not {name.split(".")[1] for name in ours(file)} & JUDGED, file
        assert "optimizer.solution.accessibility" not in ours(file)
