"""The table of words in ARCHITECTURE.md: each term once, each with a meaning of its own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")


def table() -> list[tuple[str, str]]:
    """Terms and meaning of each row."""
    section = TEXT.split("## Words", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("|")]
    return [(terms.strip(), means.strip()) for terms, means in rows[2:]]


def test_each_term_is_there_once() -> None:
    terms = Counter(term.strip() for terms, _ in table() for term in terms.split(","))
    assert [term for term, count in terms.items() if count > 1] == []
    assert len(terms) > 50


def test_no_two_rows_mean_the_same() -> None:
    meanings = Counter(means for _, means in table())
    assert [means for means, count in meanings.items() if count > 1 or not means] == []
