"""Confusable names: ids that look the same and are not, so that one is taken for the other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

import numpy as np

from optimizer.foundation.faults import Fault
from optimizer.foundation.language import _, spoken, word
from optimizer.geodata.column_reader import Texts
from optimizer.geodata.tables import Tables

#: So many names are told in a sentence.
TOLD_NAMES = 3


def alike(tables: Tables, faults: list[Fault]) -> None:
    """Ids that differ only by the form or width of their letters, or by letters that are not seen.

    The nodes of the roads among them: a point whose id is nearly that of its node would hang on
    another place, and two roads would not meet.
    """
    known: dict[str, dict[str, str]] = {}
    for layer, names in _named(tables).items():
        for name in dict.fromkeys(names):
            known.setdefault(_seen(name), {}).setdefault(name, layer)
    pairs = [spelled for spelled in known.values() if len(spelled) > 1]
    if pairs:
        spellings = word("; ", spoken()).join(
            _(" and ").join(f"{name!a} ({layer})" for name, layer in spelled.items())
            for spelled in pairs[:TOLD_NAMES]
        )
        problem = (
            _("{n:,} ids look like another: {spellings}", n=len(pairs), spellings=spellings)
            if len(pairs) > 1
            else _("{n:,} id looks like another: {spellings}", n=1, spellings=spellings)
        )
        remedy = _("Write them with the same letters, or rename one")
        faults.append(Fault("ids", problem, remedy))


def zeros(tables: Tables) -> Iterator[str]:
    """Points that are no road node, but would be one with fewer or more zeros before their id."""
    nodes = dict.fromkeys((*tables.ways.start, *tables.ways.end))
    plain = {name.lstrip("0"): name for name in nodes}
    for layer, ids in (("demand", tables.points.ids), ("sites", tables.places.ids)):
        near = [(name, plain[bare]) for name in ids if (bare := name.lstrip("0")) in plain]
        near = [(name, node) for name, node in near if name not in nodes]
        if near:
            yield _(
                "{layer}: {n:,} ids are no road node, but for zeros before them: {ids}",
                layer=layer,
                n=len(near),
                ids=", ".join(f"{name} ({node})" for name, node in near[:TOLD_NAMES]),
            )


def _named(tables: Tables) -> Mapping[str, Texts]:
    """Layer -> the ids in it."""
    return {
        "jurisdictions": tables.areas.ids,
        "demand": tables.points.ids,
        "sites": tables.places.ids,
        "corridors": tables.corridors.ids,
        "roads": np.concatenate([tables.ways.start, tables.ways.end]),
    }


def _seen(name: str) -> str:
    """What the eye sees of a name: its form, width and invisible letters do not count."""
    if name.isascii() and name.isprintable():
        return " ".join(name.split())
    plain = unicodedata.normalize("NFKC", name)
    kept = (letter for letter in plain if unicodedata.category(letter) not in ("Cf", "Cc"))
    return " ".join("".join(kept).split())
