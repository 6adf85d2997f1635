"""The check shares nothing with what it judges: no definition, no model, no evaluation."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.test_imports import PACKAGE, imports

#: Plain data: the facts, the question, the answer, and who attacks.
DATA = {"adversary", "policy", "problem", "solution"}
FILES = sorted((PACKAGE / "check").rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_check_sees_plain_data_only(file: Path) -> None:
    names = [name.split(".") for name in imports(ast.parse(file.read_text(encoding="utf-8")))]
    ours = {name[1] for name in names if name[0] == "optimizer"}
    assert ours <= DATA | {"check"}
