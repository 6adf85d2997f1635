"""Aggregated demand points, from the layer as it was: nobody is lost, all are in their parts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from optimizer.foundation.language import _
from optimizer.verification.file.cells import difference, number
from optimizer.verification.file.written import Written
from optimizer.verification.verdict import at_most, same


def aggregated(written: Written) -> Iterator[str]:
    """Each point has the persons of its part, by group; what is stated of it is possible."""
    kept, stated = written.instance.aggregation, written.file.manifest.get("aggregation")
    if kept is None:
        if stated is not None:
            yield _("manifest: aggregation is told, and nothing is aggregated")
        return
    stated = stated if isinstance(stated, dict) else {}
    demand = written.instance.problem.demand
    truth = {
        "into": written.settings.demand.aggregate,
        "points": len(demand.ids),
        "of_points": len(kept.demand),
    }
    for key, value in truth.items():
        yield from difference("manifest, aggregation", key, stated.get(key), value)
    lower, upper = (number(stated.get(key), math.nan) for key in ("lower", "upper"))
    if lower == lower and upper == upper and not at_most(lower, upper):
        yield _("manifest, aggregation: lower is {lower}, upper {upper}", lower=lower, upper=upper)
    yield from _sums(written, kept.demand)


def _sums(written: Written, table: Any) -> Iterator[str]:
    """Persons of each part, in all and by group, against those of the point in it."""
    demand, part = (
        written.instance.problem.demand,
        parts_of(written, table, written.settings.demand.aggregate),
    )
    here = dict(zip(table.index, part, strict=True))
    stands = [here.get(name) for name in demand.ids]
    if None in stands or len({*stands}) < len(stands) or {*stands} != {*part}:
        yield _("demand: not one point for each part")
        return
    counted = {"persons": demand.persons} | {f"persons_{g}": n for g, n in demand.groups.items()}
    for column, persons in counted.items():
        sums = defaultdict[Any, float](float)
        for key, value in zip(part, table[column].tolist(), strict=True):
            sums[key] += float(value)
        for name, key, value in zip(demand.ids, stands, persons.tolist(), strict=True):
            if not same(value, sums[key]):
                yield from difference(f"demand, {name}", column, value, sums[key])


def parts_of(written: Written, table: Any, division: str | None) -> list[Any]:
    """Of each demand point as it was, the part that it is in; one without any is its own.

    division: a tier, or a name for a column; None: the jurisdictions that points are in.
    """
    divisions, areas = written.settings.demand.divisions, written.instance.parts.tables.areas
    parent = dict(zip(areas.ids, areas.parent, strict=True))
    tier = dict(zip(areas.ids, areas.tier, strict=True))
    rows, kept = written.instance.problem.jurisdictions.ids, written.instance.aggregation
    demand = written.instance.problem.demand if kept is None else kept.case.problem.demand
    parts: list[Any] = []
    for n, name in enumerate(table.index):
        area = rows[int(demand.jurisdiction[n])]
        if division is None:
            parts.append((area,))
            continue
        if division in divisions:
            word = table[divisions[division]].iloc[n]
            none = word is None or word != word or str(word).strip() == ""
            parts.append(name if none else (area, str(word).strip()))
            continue
        while area and tier[area] != division:
            area = parent[area]
        parts.append((area,) if area else name)
    return parts
