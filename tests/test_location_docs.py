"""The pages of docs/location: their examples run, and the index names every family."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/location"
INDEX = FOLDER / "README.md"
PAGES = sorted(FOLDER.glob("*.md"))
FAMILIES = {file.parent.name for file in (ROOT / "optimizer/location").glob("*/__init__.py")}


def examples(page: Path) -> list[str]:
    """The ```python blocks of a page."""
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_do_what_the_page_says(page: Path) -> None:
    """What one defines the next may use; each prints what it says, or asserts it."""
    names: dict[str, object] = {}
    for block in examples(page):
        assert ">>> " in block or "assert " in block, "an example that says nothing"
        if ">>> " not in block:
            exec(block, names)
            continue
        test = doctest.DocTestParser().get_doctest(block, names, page.name, str(page), 0)
        report: list[str] = []
        failed, _ = doctest.DocTestRunner(verbose=False).run(
            test, out=report.append, clear_globs=False
        )
        names.update(test.globs)
        assert not failed, "".join(report)
    assert names, "no example"


def test_the_index_links_a_page_of_each_family() -> None:
    links = re.findall(r"\]\((\w+)\.md\)", INDEX.read_text(encoding="utf-8"))
    assert sorted(links) == sorted(FAMILIES)


def test_every_page_is_of_a_family() -> None:
    assert {page.stem for page in PAGES if page != INDEX} == FAMILIES
