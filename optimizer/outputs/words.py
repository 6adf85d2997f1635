"""Names that an instance gives, in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.foundation.language import in_order


def name(names: Mapping[str, str], fallback: str, language: str) -> str:
    """A name that an instance gives as {zh, en}: in the language, else in the other one."""
    given = (names.get(one) for one in in_order(language))
    return next(filter(None, given), fallback)
