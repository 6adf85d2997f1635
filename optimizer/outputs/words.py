"""Names that an instance gives, in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optimizer.foundation.language import in_order, word


def name(names: Mapping[str, str], fallback: str, language: str) -> str:
    """A name that an instance gives as {zh, en}: in the language, else in the other one."""
    given = (names.get(one) for one in in_order(language))
    return next(filter(None, given), fallback)


def term(id: str, language: str, key: str = "") -> str:
    """What an id of instance.toml stands for: in English it says so itself, else its word does.

    key: of the word, where that is not the id.
    """
    return id if language == "en" else word(key or id, language)


def listed(parts: Iterable[str], language: str) -> str:
    """One after the other; "none" where there is nothing."""
    return word(", ", language).join(parts) or word("none", language)
