"""Tolerances have two homes, one of the program and one of its checks, and each has its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "optimizer"
HOMES = [PACKAGE / "foundation" / "tolerances.py", PACKAGE / "verification" / "tolerances.py"]
FILES = [file for file in sorted(PACKAGE.rglob("*.py")) if file not in HOMES]

#: A smaller number is no share, price or size that somebody chose, but a tolerance.
SMALL = 1e-4


def tolerances(source: str) -> Iterator[ast.Constant]:
    """Numbers as they are written that are nearly nothing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield from [node] * (0 < abs(node.value) < SMALL)


def test_such_numbers_are_found() -> None:
    source = "A = 1e-9\ndef f(x: float) -> bool:\n    return x > -1e-5 or x in (0.0, 0.1)"
    assert [node.value for node in tolerances(source)] == [1e-9, 1e-5]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_tolerance_stands_elsewhere(file: Path) -> None:
    found = tolerances(file.read_text("utf-8"))
    assert not [f"{node.value} in line {node.lineno}" for node in found]


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.parent.name)
def test_each_has_a_reason(home: Path) -> None:
    source = home.read_text("utf-8")
    lines = source.splitlines()
    found = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    numbers = [node for node in found if isinstance(node.value, ast.Constant)]
    assert numbers and all(lines[node.lineno - 2].startswith("#: ") for node in numbers)
