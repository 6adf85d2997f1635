"""Remedies for unknown words: what is still worth saying depends on how many are known."""

from __future__ import annotations

from optimizer.geodata.words import suggest


def test_few_words_are_all_told() -> None:
    assert suggest("hospitl", ["hospital", "hub"]) == (
        "Did you mean 'hospital'? known: hospital, hub"
    )
    assert suggest("xyz", ["hospital", "hub"]) == "Known: hospital, hub"


def test_of_many_words_only_the_nearest_is_told() -> None:
    known = [f"{number}" for number in range(330100, 330200)]
    assert suggest("330150x", known) == "Did you mean '330150'?"
    assert suggest("Hangzhou", known) == "100 are known, none is near"


def test_a_great_many_words_are_only_counted() -> None:
    assert suggest("1", [str(number) for number in range(10_000)]) == "10,000 are known"


def test_no_words() -> None:
    assert suggest("anything", []) == "None is known here"
