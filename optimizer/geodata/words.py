"""Remedies that point at the word that was probably meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from optimizer.foundation.faults import nearest

#: The remedy where latitude comes first.
SWAPPED = "Its coordinates are swapped: longitude (or easting) comes first"
#: So many known words are still worth reading in a message, and so many worth searching.
READABLE_WORDS, SEARCHABLE_WORDS = 20, 5_000


def suggest(word: str, known: Collection[str]) -> str:
    """A remedy for an unknown word: the nearest known one; and all, if they are few."""
    if not known:
        return "None is known here"
    if len(known) <= READABLE_WORDS:
        hint = nearest(word, known)
        return hint[0].upper() + hint[1:]
    if len(known) > SEARCHABLE_WORDS:
        return f"{len(known):,} are known"
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"Did you mean {close[0]!r}?" if close else f"{len(known):,} are known, none is near"
