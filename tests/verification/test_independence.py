"""The check shares nothing with what it judges: no definition, no model, no evaluation."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.test_imports import PACKAGE, imports

#: Plain data: the facts, the question, the answer, and who attacks.
DATA = {"adversary", "policy", "problem", "solution"}
FILES = sorted((PACKAGE / "check").rglob("*.py"))

#: What evaluates plans, and what makes them.
JUDGED = {"access", "algorithms", "endured", "equity", "evaluate", "justice", "location", "model"}
JUDGED |= {"outputs", "pool", "rules", "scaling", "scenarios", "solver", "units", "worse_off"}
JUDGED |= {"assess", "case", "efficiency"}


def ours(file: Path) -> set[str]:
    """The modules of ours that a file imports."""
    names = [name.split(".") for name in imports(ast.parse(file.read_text(encoding="utf-8")))]
    return {name[1] for name in names if name[0] == "optimizer"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_check_sees_plain_data_only(file: Path) -> None:
    assert ours(file) <= DATA | {"check"}


def test_the_check_of_a_file_reads_and_never_evaluates() -> None:
    for file in (PACKAGE / "check_file").rglob("*.py"):
        assert not ours(file) & JUDGED, file
