"""The import table of ARCHITECTURE.md holds: nothing imports what its row does not name."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "optimizer"
FILES = sorted(PACKAGE.rglob("*.py"))


@cache
def table() -> dict[str, set[str]]:
    """Module -> what it may import, from the rows `| `module` | `a`, `b` | ... |`."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = text.split("## Who may import whom", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| `")]
    return {
        name.strip().strip("`"): {
            word.strip().strip("`") for cell in may for word in cell.split(",") if word.strip()
        }
        for name, *may in rows
    }


def module_of(file: Path) -> str:
    """The row of the table that a file belongs to: its package or module below `optimizer`."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names of everything imported when the program runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "optimizer":
                yield from (f"optimizer.{alias.name}" for alias in node.names)
            else:
                yield str(node.module)
        else:
            yield from imports(node)


def arrow(name: str) -> str | None:
    """What an import means in the table: a module of ours, a library, or nothing to say."""
    parts = name.split(".")
    if parts[0] == "optimizer":
        return parts[1]
    return None if parts[0] in sys.stdlib_module_names else parts[0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_only_what_the_table_allows(file: Path) -> None:
    module = module_of(file)
    found = {arrow(name) for name in imports(ast.parse(file.read_text(encoding="utf-8")))}
    extra = found - table().get(module, set()) - {None, module}
    assert not extra, f"ARCHITECTURE.md has no arrow {module} -> {', '.join(map(str, extra))}"


def test_every_row_is_a_module_and_every_arrow_is_used() -> None:
    used: dict[str, set[str | None]] = {module_of(file): set() for file in FILES}
    for file in FILES:
        names = imports(ast.parse(file.read_text(encoding="utf-8")))
        used[module_of(file)] |= {arrow(name) for name in names}
    assert set(table()) == set(used)
    unused = {module: may - used[module] for module, may in table().items()}
    assert not any(unused.values()), {module: extra for module, extra in unused.items() if extra}


def test_no_arrow_comes_back() -> None:
    """Following arrows never leads back to where one started."""
    ours = {module: may & set(table()) for module, may in table().items()}
    while ours:
        free = {module for module, may in ours.items() if not may}
        assert free, f"a cycle among {', '.join(sorted(ours))}"
        ours = {module: may - free for module, may in ours.items() if module not in free}
