"""The numbers written beside a plan, against the indicators recomputed from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizer.check.verdict import same
from optimizer.check_file.rebuild import number
from optimizer.endured import endured
from optimizer.evaluate import Indicators
from optimizer.geodata.geography import Instance
from optimizer.geodata.plan_file import AT, PlanFile, Row
from optimizer.problem import Level
from optimizer.scaling import budgets
from optimizer.solution import Plan
from optimizer.worse_off import losers

#: How near two coordinates must be, relative to their size: a reprojection, not a move.
MOVED = 1e-9


@dataclass(frozen=True, eq=False)
class Written:
    """A file, and what should stand in it."""

    file: PlanFile
    instance: Instance
    plan: Plan
    indicators: Indicators


def facilities(written: Written) -> Iterator[str]:
    """Site, cost, land, capacity and load of each facility."""
    problem, found = written.instance.problem, written.indicators
    truth: dict[str, Row] = {}
    for n, k in enumerate(written.plan.options.tolist()):
        site, table = int(problem.options.site[k]), problem.options
        service, where = problem.services[int(table.service[k])].id, problem.sites.ids[site]
        row: Row = {
            "cost": float(table.cost[k]),
            "land": float(table.land[k]),
            "jurisdiction": problem.jurisdictions.ids[int(problem.sites.jurisdiction[site])],
        }
        for level, name in enumerate(map(_suffix, problem.levels)):
            row[f"capacity_{name}"] = _finite(float(table.capacity[k, level]))
            row[f"load_{name}"] = float(found.load[n, level])
        truth[f"{where}:{service}"] = row
    yield from _differences("facilities", written.file, truth)
    yield from _moved("facilities", "site", written.file, written.instance.geography.sites)


def demand(written: Written) -> Iterator[str]:
    """Persons, minutes, coverage, backup and main site of each demand point."""
    problem, found = written.instance.problem, written.indicators
    truth: dict[str, Row] = {}
    for i, name in enumerate(problem.demand.ids):
        row: Row = {
            "jurisdiction": problem.jurisdictions.ids[int(problem.demand.jurisdiction[i])],
            "persons": float(problem.demand.persons[i]),
        }
        for n, level in enumerate(problem.levels):
            row[f"minutes_{_suffix(level)}"] = float(found.minutes[i, n])
            row[f"covered_{_suffix(level)}"] = float(found.covered[i, n])
            if level.backup is not None:
                row[f"backed_up_{_suffix(level)}"] = float(found.backed_up[i, n])
        truth[name] = row
    yield from _differences("demand", written.file, truth)
    yield from _main_sites(written)
    yield from _moved("demand", "id", written.file, written.instance.geography.demand)


def _main_sites(written: Written) -> Iterator[str]:
    """Demand points whose main site is not one that serves most of them."""
    problem = written.instance.problem
    for level, served in zip(problem.levels, written.plan.assignments, strict=True):
        shares: dict[str, dict[str, float]] = {}
        for i, j, share in zip(served.demand, served.site, served.share, strict=True):
            shares.setdefault(problem.demand.ids[i], {})[problem.sites.ids[j]] = float(share)
        for row in written.file.layers["demand"]:
            here = shares.get(row["id"], {})
            main = str(row.get(f"site_{_suffix(level)}"))
            if here and not same(here.get(main, 0.0), max(here.values())):
                yield f"demand, {row['id']}: site_{_suffix(level)} is {main}"


def assignments(written: Written) -> Iterator[str]:
    """Persons on each assignment: persons x need x share."""
    yield from _persons(written, "assignments")


def _persons(written: Written, layer: str) -> Iterator[str]:
    """Trips whose persons are not persons x need x share."""
    problem = written.instance.problem
    persons = dict(zip(problem.demand.ids, problem.demand.persons.tolist(), strict=True))
    need = {level.id: level.share for level in problem.levels}
    for row in written.file.layers.get(layer, ()):
        truth = persons[row["demand"]] * need[row["level"]] * row["share"]
        who = f"{layer}, {row['level']}, {row['demand']} -> {row['site']}"
        yield from _difference(who, "persons", row.get("persons"), truth)


def failures(written: Written) -> Iterator[str]:
    """Probability, minutes, coverage and who is cut off, by scenario; persons who go elsewhere."""
    problem, policy = written.instance.problem, written.instance.policy
    found = endured(problem, policy, written.plan)
    if problem.scenarios is None or found is None:
        return
    truth: dict[str, Row] = {}
    for one in found.scenarios:
        row: Row = {"probability": one.probability, "mean": one.mean, "lost": one.lost}
        for level, served in zip(problem.levels, one.levels, strict=True):
            for what in ("mean", "worst", "coverage", "cut_off"):
                row[f"{what}_{_suffix(level)}"] = getattr(served, what)
        truth[one.id] = row
    yield from _differences("scenarios", written.file, truth)
    yield from _persons(written, "failover")
    unserved = dict(
        zip((level.id for level in problem.levels), problem.scenarios.unserved, strict=True)
    )
    for row in written.file.layers.get("failover", ()):
        if row["site"] is None:
            who = f"failover, {row['level']}, {row['demand']}"
            truth_minutes = float(unserved[row["level"]])
            yield from _difference(who, "minutes", row["minutes"], truth_minutes)


def jurisdictions(written: Written) -> Iterator[str]:
    """Persons, money, access and equity of each jurisdiction."""
    problem, policy = written.instance.problem, written.instance.policy
    facts, own = problem.jurisdictions, budgets(problem, policy)
    truth: dict[str, Row] = {}
    for c, name in enumerate(facts.ids):
        row: Row = {
            "tier": facts.tier[c],
            "role": facts.role[c],
            "budget": float(own[c]),
            "spent": float(written.indicators.spent[c]),
            "persons": 0.0,
        }
        for level, found in zip(problem.levels, written.indicators.levels, strict=True):
            here = found.jurisdictions.get(c)
            if here is None:
                continue
            row["persons"] = here.persons
            row[f"mean_{_suffix(level)}"] = here.mean
            row[f"worst_{_suffix(level)}"] = here.worst
            row[f"coverage_{_suffix(level)}"] = here.coverage
            row[f"equity_{_suffix(level)}"] = _finite(here.equity[policy.equity.measure])
        truth[name] = row
    yield from _differences("jurisdictions", written.file, truth)


def manifest(written: Written) -> Iterator[str]:
    """Efficiency, equity, terms and cost of the whole."""
    found, told = written.indicators, written.file.manifest
    truth = {"efficiency": found.efficiency, "equity": found.equity, "cost": found.cost}
    for key, value in truth.items():
        yield from _difference("manifest", key, told.get(key), value)
    terms = told.get("terms")
    terms = terms if isinstance(terms, list) and len(terms) == 2 else [None, None]
    for name, value, term in zip(("efficiency", "equity"), terms, found.terms, strict=True):
        yield from _difference("manifest, terms", name, value, term)


def losses(written: Written) -> Iterator[str]:
    """By level, who loses minutes against the most efficient plan, summed up from the layer."""
    problem, told = written.instance.problem, written.file.manifest.get("worse_off")
    rows = {row["id"]: row for row in written.file.layers["demand"]}
    for level in problem.levels if isinstance(told, dict) else ():
        column, who = f"lost_{_suffix(level)}", f"worse off, {level.id}"
        cells = [rows.get(name, {}).get(column) for name in problem.demand.ids]
        found = losers(problem, np.array([number(cell, 0.0) for cell in cells]))
        said = _keys(_keys(told).get(level.id))
        for key in ("persons", "share", "mean", "most"):
            yield from _difference(who, key, said.get(key), getattr(found, key))
        areas = {problem.jurisdictions.ids[c]: n for c, n in found.jurisdictions.items()}
        told_areas = _keys(said.get("jurisdictions"))
        for name in dict.fromkeys([*areas, *told_areas]):
            yield from _difference(who, name, told_areas.get(name), areas.get(name))


#: Rule -> what breaks it.
NUMBERS: dict[str, Callable[[Written], Iterator[str]]] = {
    "the facilities layer is true": facilities,
    "the demand layer is true": demand,
    "the assignments layer is true": assignments,
    "the jurisdictions layer is true": jurisdictions,
    "the layers of failures are true": failures,
    "the manifest's numbers are true": manifest,
    "who is worse off is true": losses,
}


def _suffix(level: Level) -> str:
    """The level as it ends the name of a column."""
    return level.id.replace(".", "_")


def _keys(value: Any) -> dict[str, Any]:
    """A table of the manifest; empty where it is none."""
    return value if isinstance(value, dict) else {}


def _finite(value: float) -> float | None:
    """A number as the file has it: what is not finite is an empty cell."""
    return value if math.isfinite(value) else None


def _differences(layer: str, file: PlanFile, truth: Mapping[str, Row]) -> Iterator[str]:
    """Rows that are missing, too many or twice, and cells that are not true."""
    seen: set[str] = set()
    for row in file.layers.get(layer, ()):
        name = row["id"]
        if name in seen or name not in truth:
            yield f"{layer}: {name} is there {'twice' if name in seen else 'and should not be'}"
            continue
        seen.add(name)
        for column, value in truth[name].items():
            yield from _difference(f"{layer}, {name}", column, row.get(column), value)
    for name in truth.keys() - seen:
        yield f"{layer}: {name} is missing"


def _difference(who: str, column: str, told: Any, truth: Any) -> Iterator[str]:
    """A cell that is not true. Empty stands for nothing, NaN and an empty word."""
    if isinstance(truth, float):
        agree = (number(told, math.nan) != number(told, math.nan)) == (truth != truth)
        agree = agree and (truth != truth or same(number(told, math.nan), truth))
    else:
        agree = (told or None) == (truth or None)
    if not agree:
        yield f"{who}: {column} is {told}, in truth {truth}"


def _moved(layer: str, column: str, file: PlanFile, places: Any) -> Iterator[str]:
    """Points that are not where the instance has them. column: id of the instance's row."""
    points = places.geometry.to_crs(file.crs)
    for row in file.layers[layer]:
        truth, told = points.at[row[column]], row[AT]
        if told is None or not all(
            math.isclose(a, b, rel_tol=MOVED) for a, b in zip(told, (truth.x, truth.y), strict=True)
        ):
            yield f"{layer}, {row['id']}: is at {told}, in truth at ({truth.x}, {truth.y})"
