"""The pages for planners name what there is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from docs import instances_page
from docs.model_page import PAGE as MODEL_PAGE
from docs.model_page import page
from optimizer.equity import INDICATORS

PAGE = (Path(__file__).parents[1] / "docs/measures.md").read_text(encoding="utf-8")
ARCHITECTURE = (Path(__file__).parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", INDICATORS)
def test_the_page_says_when_to_take_each_measure(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_page_of_the_model_is_that_of_the_code() -> None:
    assert MODEL_PAGE.read_text("utf-8") == page(), "write it anew: python docs/model_page.py"


def test_the_page_of_the_model_leaves_nothing_unsaid() -> None:
    sections = page().split("\n### ")[1:]
    assert [section for section in sections if len(section.split()) < 8] == []


def test_the_page_of_the_instances_has_what_layers_and_record_say() -> None:
    text = instances_page.PAGE.read_text("utf-8")
    assert text == instances_page.filled(text), "write it anew: python docs/instances_page.py"
    assert len(instances_page.folders()) == 19
    assert all(f"<!-- end {name} -->" in text for name in instances_page.TABLES)


def words() -> list[tuple[str, str]]:
    """Terms and meaning of each row."""
    section = ARCHITECTURE.split("## Words", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("|")]
    return [(terms.strip(), means.strip()) for terms, means in rows[2:]]


def test_each_term_is_there_once() -> None:
    terms = Counter(term.strip() for terms, _ in words() for term in terms.split(","))
    assert [term for term, count in terms.items() if count > 1] == []
    assert len(terms) > 50


def test_no_two_rows_mean_the_same() -> None:
    meanings = Counter(means for _, means in words())
    assert [means for means, count in meanings.items() if count > 1 or not means] == []
