"""Where persons live, from the columns of `demand` alone: way in the own cell, what is modelled."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from optimizer.problem import Demand
from optimizer.verification.access import mean_minutes, total, unmet
from optimizer.verification.file.cells import difference, number
from optimizer.verification.file.manifest import within
from optimizer.verification.file.written import Written
from optimizer.verification.people import may_use
from optimizer.verification.weighing import level_weights

#: What `place` says where no place is known, and how yes is written.
MODELLED, YES = {"modelled", "pseudo", "pseudo-urban"}, {"true", "yes", "1"}


def homes(written: Written) -> Iterator[str]:
    """Minutes in the own cell; persons at modelled and coarse places, by jurisdiction too."""
    stated = written.file.manifest
    yield from _stated("own_cell", stated.get("own_cell"), _own_cell(written))
    uncertain = persons_at(written)
    truth: dict[str, Any] = {}
    if uncertain:
        everybody = _by_area(written, [1.0] * len(_as_it_was(written)[0]))
        told = {
            name: _told(persons, *(by[name] for by in uncertain.values()))
            for name, persons in everybody.items()
            if persons > 0
        }
        truth = told.pop("") | {"jurisdictions": told}
    yield from _stated("homes", stated.get("homes"), truth)
    for row in written.file.layers["jurisdictions"]:
        for what, by in uncertain.items():
            column = f"persons_{what}"
            who = f"jurisdictions, {row['id']}"
            yield from difference(who, column, row.get(column), by.get(str(row["id"]), 0.0))


def _stated(key: str, stated: Any, truth: dict[str, Any]) -> Iterator[str]:
    """A table of the manifest, which is not there where it has nothing to tell."""
    if truth or stated is not None:
        yield from within(key, stated, truth)


def persons_at(written: Written) -> dict[str, dict[str, float]]:
    """modelled, coarse -> jurisdiction ("": all) -> persons at such places; empty: nobody is."""
    table, _people = _as_it_was(written)
    none = [""] * len(table)
    place = [str(cell) for cell in table["place"]] if "place" in table.columns else none
    coarse = [str(cell).lower() for cell in table["coarse"]] if "coarse" in table.columns else none
    modelled = [float(word.strip() in MODELLED) for word in place]
    unsure = [
        float(word.strip() in YES and not here) for word, here in zip(coarse, modelled, strict=True)
    ]
    found = {"modelled": _by_area(written, modelled), "coarse": _by_area(written, unsure)}
    return found if any(by[""] > 0 for by in found.values()) else {}


def _as_it_was(written: Written) -> tuple[Any, Demand]:
    """The layer `demand`, and its persons, before anything was aggregated."""
    kept = written.instance.aggregation
    if kept is not None:
        return kept.demand, kept.case.problem.demand
    return written.instance.geography.demand, written.instance.problem.demand


def _by_area(written: Written, counted: list[float]) -> dict[str, float]:
    """Jurisdiction, with all below it -> persons of the points that count; "": all of them."""
    facts, (_table, demand) = written.instance.problem.jurisdictions, _as_it_was(written)
    sums = dict.fromkeys(["", *facts.ids], 0.0)
    for area, persons, part in zip(demand.jurisdiction, demand.persons, counted, strict=True):
        here = int(area)
        sums[""] += float(persons) * part
        while here >= 0:
            sums[facts.ids[here]] += float(persons) * part
            here = int(facts.parent[here])
    return sums


def _told(everybody: float, modelled: float, coarse: float) -> dict[str, Any]:
    return {
        "persons": everybody,
        "at_modelled": modelled,
        "at_coarse": coarse,
        "modelled_share": modelled / everybody,
        "coarse_share": coarse / everybody,
    }


def _own_cell(written: Written) -> dict[str, Any]:
    """Of the mean minutes of each level, the way from home to the point of those who are served."""
    case, table = written.case, written.instance.geography.demand
    if "access_minutes" not in table.columns:
        return {}
    own = [number(minutes, 0.0) for minutes in table["access_minutes"].tolist()]
    if not any(own):
        return {}
    weights = level_weights(case.problem, case.policy)
    levels, whole, all_minutes = dict[str, Any](), 0.0, 0.0
    for n, (level, weight) in enumerate(zip(case.problem.levels, weights, strict=True)):
        persons = may_use(case.problem, n)
        served = [1 - left for left in unmet(case, n)]
        minutes = total(persons, [a * s for a, s in zip(own, served, strict=True)]) / sum(persons)
        mean = total(persons, mean_minutes(case, n)) / sum(persons)
        levels[level.id] = _part(minutes, mean)
        if weight > 0:
            whole, all_minutes = whole + weight * minutes, all_minutes + weight * mean
    return _part(whole, all_minutes) | {"levels": levels}


def _part(minutes: float, mean: float) -> dict[str, Any]:
    share = minutes / mean if mean > 0 else 0.0
    return {"minutes": minutes, "share": share if math.isfinite(share) else None}
