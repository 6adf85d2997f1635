"""The pages for planners name what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.equity import INDICATORS

PAGE = (Path(__file__).parents[1] / "docs/measures.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", INDICATORS)
def test_the_page_says_when_to_take_each_measure(name: str) -> None:
    assert f"`{name}`" in PAGE
