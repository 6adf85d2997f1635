"""The manifest: numbers of the whole, who loses, where all is from, and what cannot be known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from optimizer.foundation.language import english
from optimizer.problem import ROUNDING
from optimizer.verification.access import total
from optimizer.verification.caps import efficiency, money
from optimizer.verification.claims import allowed
from optimizer.verification.efficiencies import efficiency_scale
from optimizer.verification.equity import measured
from optimizer.verification.file.cells import agree, difference, number, shown
from optimizer.verification.file.written import Written, suffix
from optimizer.verification.nearest import asked, disperses
from optimizer.verification.verdict import at_most
from optimizer.verification.weighing import equity_scale, level_weights

#: Keys that are judged in this file and by the claims of the result, or told as they are stated.
JUDGED = {"policy_name", "overrides", "policy", "inputs", "instance", "status", "objective", "gap"}
JUDGED |= {"efficiency", "equity", "terms", "cost", "efficiency_guard", "worse_off"}
JUDGED |= {"title", "currency", "sources", "warnings", "bound", "asked_gap"}
STATED = ("version", "created", "seconds", "nodes", "algorithm")


def numbers(written: Written) -> Iterator[str]:
    """Efficiency, equity, terms and cost of the whole."""
    case, told = written.case, written.file.manifest
    value, term = measured(case, case.policy.equity)
    fast = efficiency(case)
    for key, truth in {"efficiency": fast, "equity": value, "cost": money(case)}.items():
        yield from difference("manifest", key, told.get(key), truth)
    terms = told.get("terms")
    terms = terms if isinstance(terms, list) and len(terms) == 2 else [None, None]
    truths = {
        "efficiency": fast / efficiency_scale(case.problem, case.policy),
        "equity": term / equity_scale(case.policy.equity),
    }
    for (name, truth), stated in zip(truths.items(), terms, strict=True):
        yield from difference("manifest, terms", name, stated, truth)


def origin(written: Written) -> Iterator[str]:
    """Title, currency, sources with their licences, and warnings are those of the instance."""
    geography, told = written.instance.geography, written.file.manifest
    sources = [
        {"name": one.name, "licence": one.licence, "attribution": one.attribution}
        for one in geography.sources
    ]
    truths = {
        "title": dict(geography.title),
        "currency": geography.currency,
        "sources": sources,
        "warnings": list(map(english, geography.warnings)),
    }
    for key, truth in truths.items():
        if told.get(key) != truth:
            yield f"manifest: {key} is {shown(told.get(key))}, in truth {shown(truth)}"


def sane(written: Written) -> Iterator[str]:
    """Keys that are missing, and values that are not what they should be at all."""
    told = written.file.manifest
    for key in sorted(JUDGED.union(STATED) - told.keys()):
        yield f"manifest: has no key {key}"
    for key, least, below in (("seconds", 0.0, math.inf), ("asked_gap", 0.0, 1.0)):
        if not least <= number(told.get(key), math.nan) < below:
            yield f"manifest: {key} is {shown(told.get(key))}"
    nodes = told.get("nodes")
    if not isinstance(nodes, int) or not 0 <= number(nodes, math.nan) < math.inf:
        yield f"manifest: nodes is {shown(nodes)}"
    for key in ("version", "algorithm", "created", "instance"):
        if not isinstance(told.get(key), str) or not told[key]:
            yield f"manifest: {key} is {shown(told.get(key))}"
    try:
        datetime.fromisoformat(str(told.get("created")))
    except ValueError:
        yield f"manifest: created is {shown(told.get('created'))}, which is no time"


def losses(written: Written) -> Iterator[str]:
    """By level, who loses minutes against the most efficient plan, summed up from the layer."""
    problem, told = written.instance.problem, written.file.manifest.get("worse_off")
    needed = written.instance.policy.guard is not None
    needed = needed or any(map(disperses, asked(written.case)))
    rows = {row["id"]: row for row in written.file.layers["demand"]}
    if (told is not None) != needed:
        yield f"worse off: is {'missing' if needed else 'told, and nothing is compared'}"
    for level in problem.levels:
        column, minutes = f"lost_{suffix(level)}", f"minutes_{suffix(level)}"
        lost = [number(rows.get(i, {}).get(column), math.nan) for i in problem.demand.ids]
        for name, more in zip(problem.demand.ids, lost, strict=True):
            now = number(rows.get(name, {}).get(minutes), math.nan)
            if column not in written.file.columns["demand"]:
                break
            if not (at_most(more, now) and at_most(now - more, level.cutoff)):
                told_more = shown(rows.get(name, {}).get(column))
                yield f"demand, {name}: {column} is {told_more}, it has {now:g} minutes"
        truth = _lost(written, lost)
        said = told.get(level.id) if isinstance(told, dict) else None
        if not needed:
            if column in written.file.columns["demand"]:
                yield f"demand: has a column {column}, and nothing is compared"
            continue
        said = said if isinstance(said, dict) else {}
        areas = said.get("jurisdictions")
        areas = areas if isinstance(areas, dict) else {}
        for key, value in truth.items():
            if isinstance(value, float):
                yield from difference(f"worse off, {level.id}", key, said.get(key), value)
        lose = truth["jurisdictions"]
        for name in dict.fromkeys([*lose, *areas]):
            told_here, truth_here = areas.get(name), lose.get(name)
            if not agree(told_here, truth_here):
                told_here, truth_here = shown(told_here), shown(truth_here)
                who = f"worse off, {level.id}: {shown(name)}"
                yield f"{who} is {told_here}, in truth {truth_here}"


def guard(written: Written) -> Iterator[str]:
    """The cap on the efficiency is that of the minutes which the most efficient plan has.

    Where minutes are the efficiency, and the layer says at every level who loses how many of them.
    """
    case, cap = written.case, written.file.manifest.get("efficiency_guard")
    share, persons = allowed(case), case.problem.demand.persons.tolist()
    if share is None or case.policy.efficiency != "mean_minutes" or len(case.states) > 1:
        return
    rows, truth = {row["id"]: row for row in written.file.layers["demand"]}, 0.0
    weights = level_weights(case.problem, case.policy)
    for level, weight in zip(case.problem.levels, weights, strict=True):
        columns = f"minutes_{suffix(level)}", f"lost_{suffix(level)}"
        if weight > 0:
            cells = [
                [number(rows.get(i, {}).get(column), math.nan) for column in columns]
                for i in case.problem.demand.ids
            ]
            before = total(persons, [now - lost for now, lost in cells]) / sum(persons)
            truth += weight * before
    if math.isfinite(truth):
        yield from difference("manifest", "efficiency_guard", cap, (1 + share) * truth)


def _lost(written: Written, lost: list[float]) -> dict[str, Any]:
    """How many lose, their share, what they lose in the mean and at most, and where they live."""
    demand, areas = written.instance.problem.demand, written.instance.problem.jurisdictions
    persons = demand.persons.tolist()
    lose = {i: more for i, more in enumerate(lost) if more > ROUNDING and persons[i] > 0}
    many = float(sum(persons[i] for i in lose))
    where: dict[str, float] = {}
    for i in lose:
        area = int(demand.jurisdiction[i])
        while area >= 0:
            where[areas.ids[area]] = where.get(areas.ids[area], 0.0) + persons[i]
            area = int(areas.parent[area])
    minutes = sum(persons[i] * more for i, more in lose.items())
    return {
        "persons": many,
        "share": many / sum(persons),
        "mean": minutes / many if many else 0.0,
        "most": max(lose.values(), default=0.0),
        "jurisdictions": where,
    }


def stated(written: Written) -> Iterator[str]:
    """What the file says and nobody can know from it: told as it is stated, not as what holds."""
    told = written.file.manifest
    yield (
        f"bound {shown(told.get('bound'))}: no certificate is written with it, so that no plan is "
        f"better is as stated"
    )
    if told.get("efficiency_guard") is not None or told.get("worse_off") is not None:
        yield (
            "the most efficient plan: it is not in the file, so the guard "
            f"({shown(told.get('efficiency_guard'))}) and minutes lost against it are as stated"
        )
    yield f"gap that was asked for: {shown(told.get('asked_gap'))}"
    yield f"how it was solved: {'; '.join(f'{key} {shown(told.get(key))}' for key in STATED)}"
    geography = written.instance.geography
    if (geography.jurisdictions.geom_type != "Polygon").any():
        yield "areas drawn around demand points: only that their own points lie in them is judged"
    if strange := sorted(told.keys() - JUDGED.union(STATED)):
        yield f"keys of the manifest that are not known here: {shown('; '.join(strange))}"
