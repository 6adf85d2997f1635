"""Persons moved away from modelled places, from the layer as it was: every part keeps its sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from optimizer.foundation.language import _
from optimizer.verification.file.aggregated import parts_of
from optimizer.verification.file.cells import difference, shown
from optimizer.verification.file.homes import MODELLED
from optimizer.verification.file.written import Written
from optimizer.verification.verdict import at_most, same


def moved_persons(written: Written) -> Iterator[str]:
    """By part and column of persons: the same sum; at modelled places the share that stays.

    A part without known places where somebody lives keeps all of its own.
    """
    geography, how = written.instance.geography, written.settings.demand
    given, kept = geography.demand_given, written.instance.aggregation
    if given is None:
        if how.modelled < 1:
            yield _("demand: nobody was moved from modelled places")
        return
    now = kept.demand if kept is not None else geography.demand
    part = parts_of(written, given, how.within)
    modelled = [str(word).strip() in MODELLED for word in given["place"]]
    lived_in = defaultdict[Any, float](float)
    for key, away, persons in zip(part, modelled, given["persons"], strict=True):
        lived_in[key] += 0.0 if away else float(persons)
    columns = [name for name in map(str, given.columns) if name.startswith("persons_")]
    for column in ["persons", *columns]:
        before, after = defaultdict[Any, float](float), defaultdict[Any, float](float)
        rows = zip(given.index, part, modelled, given[column], now[column], strict=True)
        for name, key, away, was, has in rows:
            before[key] += float(was)
            after[key] += float(has)
            stays = how.modelled if lived_in[key] > 0 else 1.0
            if away:
                yield from difference(f"demand, {name}", column, float(has), stays * float(was))
            elif not at_most(float(was), float(has)):
                yield from difference(f"demand, {name}", column, float(has), float(was))
        for key, persons in before.items():
            if not same(after[key], persons):
                who = f"demand, {shown(key)}"
                yield from difference(who, column, after[key], persons)
