"""Words and sentences: in both languages, each used, each once."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from optimizer.foundation import language as said
from optimizer.foundation.language import LANGUAGES
from tests.catalogues import as_text, compiled, path, read, updated, used


def entries(language: str) -> dict[str, str]:
    return {entry.id: entry.string for entry in read(language) if entry.id}


def values(text: str) -> list[str]:
    """What is put into a text: names, or places."""
    fields = [name for _, name, *_ in Formatter().parse(text) if name is not None]
    return sorted(re.split(r"[.\[]", name)[0] for name in fields)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_the_code_says_is_there_and_nothing_else(language: str) -> None:
    needed, there = {m.id for m in updated(language) if m.id}, entries(language).keys()
    assert not needed - there, "`make words` adds these"
    assert not there - needed, "no longer used: `make words` takes them out"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_without_words(language: str) -> None:
    assert not [key for key, text in entries(language).items() if not text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_program_reads_is_made_from_what_people_edit(language: str) -> None:
    assert path(language).read_bytes() == as_text(read(language)), "`make words`"
    assert path(language, ".mo").read_bytes() == compiled(read(language)), "`make words`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_stands_twice(language: str) -> None:
    """A key twice in the file would hide one of its meanings."""
    text = path(language).read_text("utf-8")
    assert text.count("\nmsgid ") == len(entries(language))


def test_no_key_is_a_sentence_too() -> None:
    """A sentence that is a key of other words in English would be lost behind those."""
    english = entries("en")
    assert all(english[one] == one for one in used().sentences & english.keys())


def test_both_languages_put_in_the_same_values() -> None:
    chinese, english = entries("zh"), entries("en")
    for key, text in chinese.items():
        assert values(text) == values(english.get(key, key)), key


def test_a_sentence_is_said_in_the_language_that_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = sorted(used().sentences)[0]
    monkeypatch.setenv(said.VARIABLE, "zh")
    assert said._(sentence) == entries("zh")[sentence]
    monkeypatch.setenv(said.VARIABLE, "tlh")
    assert said._(sentence) == sentence
