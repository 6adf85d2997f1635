"""The pages for planners name what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.model_page import PAGE as MODEL_PAGE
from docs.model_page import page
from optimizer.equity import INDICATORS

PAGE = (Path(__file__).parents[1] / "docs/measures.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", INDICATORS)
def test_the_page_says_when_to_take_each_measure(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_page_of_the_model_is_that_of_the_code() -> None:
    assert MODEL_PAGE.read_text("utf-8") == page(), "write it anew: python docs/model_page.py"


def test_the_page_of_the_model_leaves_nothing_unsaid() -> None:
    sections = page().split("\n### ")[1:]
    assert [section for section in sections if len(section.split()) < 8] == []
