"""LANGUAGE: what people read, in theirs, from the catalogues in `optimizer/locale` (gettext).

A sentence stands in the code in English, `_("no column {name!r}", name=...)`, and in the catalogue
in Chinese. A word of tables and maps has a key, `word("gap", language)`, and its words in both
catalogues, because what is short means different things at different places. `make words` adds what
is new; tests/test_words.py says what is missing, unused or the same twice.
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")

#: Where the catalogues are; the libraries that read the command line have this domain too.
CATALOGUES, DOMAIN = Path(__file__).parents[1] / "locale", "messages"

#: The variable that says in which language sentences are, to the processes of a sweep as well.
VARIABLE = "EQUISITE_LANGUAGE"


#: What says the language of a user, the first that is set, as gettext reads them.
LOCALES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def of_user(choice: str = "auto") -> str:
    """The language of this name; for "auto" that of the user's locale, English if neither.

    A locale counts even where the system does not have it installed.
    """
    if choice != "auto":
        return choice
    names = [*filter(None, map(os.environ.get, LOCALES)), locale.getlocale()[0] or ""]
    return "zh" if names[0].lower().startswith(("zh", "chinese")) else "en"


def speak(language: str) -> None:
    """Say all sentences in this language from now on, those of the libraries too."""
    os.environ[VARIABLE] = os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, CATALOGUES)


def spoken() -> str:
    """The language of sentences: English until `speak` says another."""
    language = os.environ.get(VARIABLE)
    return language if language in LANGUAGES else "en"


class Sentence(str):
    """A sentence in another language than English, which it knows too."""

    english: str


def _(sentence: str, /, **values: object) -> str:
    """The sentence in the language that is spoken, with its values."""
    translated = _catalogue(spoken()).gettext(sentence) if sentence else sentence
    if translated == sentence:
        return _filled(sentence, values)
    said = Sentence(_filled(translated, values))
    said.english = _filled(
        sentence,
        {
            name: english(value) if isinstance(value, str) else value
            for name, value in values.items()
        },
    )
    return said


def _filled(sentence: str, values: Mapping[str, object]) -> str:
    return sentence.format(**values) if values else sentence


def english(text: str) -> str:
    """What `_` said, as files keep it that mean the same in every language: in English."""
    return text.english if isinstance(text, Sentence) else text


def N_(sentence: str) -> str:  # noqa: N802  the name that gettext's tools look for
    """The sentence itself, marked for the catalogue: `_` says it later."""
    return sentence


def word(key: str, language: str) -> str:
    """The word in the language; a key that has none (a name that data give) stands for itself."""
    return _catalogue(language).gettext(key) if key else key


def in_order(language: str) -> list[str]:
    """The languages, this one first."""
    return sorted(LANGUAGES, key=lambda one: one != language)


def alphabet(language: str) -> Iterable[str]:
    """Every word of the language; only words are in the English catalogue."""
    return [word(key, language) for key in vars(_catalogue("en"))["_catalog"]]


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, CATALOGUES, [language])
