"""Sanitised text: the user's words without control signs that change what else is shown."""

from __future__ import annotations

import re

#: Control characters (a terminal obeys them, XML has no room for them), signs that turn the
#: direction of writing or break a line unseen, and what is no character at all.
_ACTIVE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)


def harmless(text: str, keep: str = "") -> str:
    r"""The text with the number of such signs in their place, but for those to keep.

    >>> print(harmless("north\u202e\x1b[31m"))
    north\u202e\u001b[31m
    """

    def name(found: re.Match[str]) -> str:
        return found[0] if found[0] in keep else f"\\u{ord(found[0]):04x}"

    return _ACTIVE.sub(name, text)
