"""Remedies that point at the word that was probably meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from optimizer.foundation.faults import nearest
from optimizer.foundation.language import N_, _

#: The remedy where latitude comes first; said with `_`.
SWAPPED = N_("Its coordinates are swapped: longitude (or easting) comes first")
#: So many known words are still worth reading in a message, and so many worth searching.
READABLE_WORDS, SEARCHABLE_WORDS = 20, 5_000


def suggest(word: str, known: Collection[str]) -> str:
    """A remedy for an unknown word: the nearest known one; and all, if they are few."""
    if not known:
        return _("None is known here")
    if len(known) <= READABLE_WORDS:
        hint = nearest(word, known)
        return hint[0].upper() + hint[1:]
    if len(known) > SEARCHABLE_WORDS:
        return _("{n:,} are known", n=len(known))
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return _("Did you mean {word!r}?", word=close[0])
    return _("{n:,} are known, none is near", n=len(known))
