"""From the rows of a written plan back to a Plan and to what it claims."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import numpy as np

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.geodata.plan_file import PlanFile, Row
from optimizer.problem import BUILD, CLOSE, KEEP, UPGRADE, Floats, Problem
from optimizer.solution import Assignment, Plan, Result, Status
from optimizer.verification.file.cells import number, shown
from optimizer.verification.verdict import joined

#: What a plan file calls the kinds of options, and a facility that is kept.
KINDS = {"kept": KEEP, "built": BUILD, "upgraded": UPGRADE, "closed": CLOSE}
AS_IT_STANDS = "as it stands"


def unknown(problem: Problem, file: PlanFile) -> Iterator[str]:
    """Rows of the file that name what cannot be in any plan of this problem."""
    options = _options(problem)
    for row in file.layers["facilities"]:
        if _option_key(row) not in options:
            yield _(
                "facilities, {id}: {status} {size} of {service} cannot stand at {site}",
                id=row["id"],
                status=row["status"],
                size=row["size"],
                service=row["service"],
                site=row["site"],
            )
    roads = set() if problem.corridors is None else set(problem.corridors.ids)
    for road in sorted(_built(file) - roads):
        yield _("corridors, {id}: cannot be built", id=road)
    for road, text in _paid_by(file).items():
        paid = _amounts(text)
        if paid is None:
            yield _("corridors, {id}: paid_by is {paid_by}", id=road, paid_by=text)
        for area in sorted(set(paid or ()) - set(problem.jurisdictions.ids)):
            yield _("corridors, {id}: paid by {area}, which is no jurisdiction", id=road, area=area)
    facts = problem.scenarios
    scenarios = set() if facts is None else set(facts.ids)
    known: dict[str, set[str | None]] = {
        "level": {level.id for level in problem.levels},
        "demand": set(problem.demand.ids),
        "site": set(problem.sites.ids),
    }
    yield from _strange_trips("assignments", file, known)
    known |= {"site": {*problem.sites.ids, None}, "scenario": {*scenarios}}
    yield from _strange_trips("failover", file, known)
    written = {str(row["id"]) for row in file.layers.get("scenarios", ())}
    for name in sorted(written ^ scenarios):
        if name in written:
            yield _("scenarios: {id} is not one", id=name)
        else:
            yield _("scenarios: {id} is missing", id=name)


def _strange_trips(
    layer: str, file: PlanFile, known: Mapping[str, Collection[str | None]]
) -> Iterator[str]:
    """Trips from, to or in what there is not, and without numbers."""
    for row in file.layers.get(layer, ()):
        for column, ids in known.items():
            if row[column] not in ids:
                yield _(
                    "{layer}: there is no {column} {id}",
                    layer=layer,
                    column=column,
                    id=shown(row[column]),
                )
        for column in ("share", "minutes"):
            if not math.isfinite(number(row[column], math.nan)):
                who = f"{layer}, {shown(row['demand'])} -> {shown(row['site'])}"
                yield _no_number(who, column, row[column])


def _no_number(who: str, column: str, value: object) -> str:
    """A cell where a number should be."""
    if value is None:
        return _("{who}: no {column}", who=who, column=column)
    return _("{who}: {value} for {column}", who=who, value=shown(value), column=column)


def rebuild(problem: Problem, file: PlanFile) -> Plan:
    """The plan that the file says; nothing in it is `unknown`."""
    options = _options(problem)
    chosen = [options[_option_key(row)] for row in file.layers["facilities"]]
    assignments = tuple(
        _served(problem, [row for row in file.layers["assignments"] if row["level"] == level.id])
        for level in problem.levels
    )
    roads = () if problem.corridors is None else problem.corridors.ids
    built = [row for row, id in enumerate(roads) if id in _built(file)]
    return Plan(
        np.array(chosen, dtype=np.int64),
        assignments,
        np.array(built, dtype=np.int64),
        _failover(problem, file, assignments),
        _paid(problem, file, built),
    )


def _served(problem: Problem, rows: list[Row]) -> Assignment:
    """The trips of some rows; those without a site are of nobody."""
    demand = {id: row for row, id in enumerate(problem.demand.ids)}
    site = {id: row for row, id in enumerate(problem.sites.ids)}
    rows = [row for row in rows if row["site"] is not None]
    return Assignment(
        np.array([demand[row["demand"]] for row in rows], dtype=np.int64),
        np.array([site[row["site"]] for row in rows], dtype=np.int64),
        np.array([row["minutes"] for row in rows], dtype=float),
        np.array([row["share"] for row in rows], dtype=float),
    )


def _failover(
    problem: Problem, file: PlanFile, usual: tuple[Assignment, ...]
) -> tuple[tuple[Assignment, ...], ...]:
    """By scenario and level: the trips of the layer; who has none there travels as usual."""
    facts = problem.scenarios
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in file.layers.get("failover", ()):
        rows[row["scenario"], row["level"]].append(row)
    place = {id: row for row, id in enumerate(problem.demand.ids)}

    def then(name: str, level: str, before: Assignment) -> Assignment:
        trips = rows[name, level]
        new = _served(problem, trips)
        kept = before.only(~np.isin(before.demand, [place[row["demand"]] for row in trips]))
        return Assignment(
            np.concatenate([kept.demand, new.demand]),
            np.concatenate([kept.site, new.site]),
            np.concatenate([kept.minutes, new.minutes]),
            np.concatenate([kept.share, new.share]),
        )

    levels = [level.id for level in problem.levels]
    return tuple(
        tuple(then(name, level, before) for level, before in zip(levels, usual, strict=True))
        for name in (() if facts is None else facts.ids)
    )


def _paid(problem: Problem, file: PlanFile, built: list[int]) -> Floats | None:
    """(len(built), C) money that each pays; None where the file does not say."""
    paid_by, areas = _paid_by(file), problem.jurisdictions.ids
    if problem.corridors is None or len(paid_by) < len(built):
        return None
    amounts = [_amounts(paid_by[problem.corridors.ids[a]]) or {} for a in built]
    rows = [[of_road.get(area, 0.0) for area in areas] for of_road in amounts]
    return np.array(rows, dtype=float).reshape(len(built), len(areas))


def _paid_by(file: PlanFile) -> dict[str, str]:
    """Corridor that is built -> what its row says of who pays; absent where there is no column."""
    rows = file.layers.get("corridors", ())
    paid = [row for row in rows if row["status"] == "built" and "paid_by" in row]
    return {str(row["id"]): str(row["paid_by"] or "") for row in paid}


def _amounts(text: str) -> dict[str, float] | None:
    """Id -> money, of `id=money;id=money`; None where it is something else."""
    parts = [part.rpartition("=") for part in text.split(";") if part]
    try:
        return {area: float(money) for area, equals, money in parts}
    except ValueError:
        return None


def _built(file: PlanFile) -> set[str]:
    """Ids of the corridors that the file says are built."""
    rows = file.layers.get("corridors", ())
    return {str(row["id"]) for row in rows if row["status"] == "built"}


def claimed(file: PlanFile, plan: Plan) -> Result:
    """What the manifest claims of the plan. Raises InputError where it is no claim."""
    manifest = file.manifest
    if manifest["status"] not in list(Status):
        where, problem = f"{file.path.name}, manifest", _("unknown status")
        remedy = _("Known: {words}", words=joined(", ", Status))
        raise InputError([Fault(where, problem, remedy, "status", value=manifest["status"])])
    guard, nodes = manifest.get("efficiency_guard"), manifest.get("nodes")
    return Result(
        status=Status(manifest["status"]),
        plan=plan,
        objective=number(manifest.get("objective"), math.nan),
        bound=number(manifest.get("bound"), -math.inf),
        gap=number(manifest.get("gap"), math.inf),
        seconds=number(manifest.get("seconds"), math.nan),
        nodes=nodes if isinstance(nodes, int) else 0,
        algorithm=str(manifest.get("algorithm")),
        asked_gap=number(manifest.get("asked_gap"), math.inf),
        efficiency_guard=None if guard is None else number(guard, math.nan),
    )


def _options(problem: Problem) -> dict[tuple[object, ...], int]:
    """(service, site, status, size), as the file calls them -> row of the option."""
    table = problem.options
    status = {kind: word for word, kind in KINDS.items()}
    rows: dict[tuple[object, ...], int] = {}
    for k in range(len(table)):
        service, size = problem.services[int(table.service[k])], int(table.size[k])
        name = service.sizes[size].name if size >= 0 else AS_IT_STANDS
        site = problem.sites.ids[int(table.site[k])]
        rows[service.id, site, status[str(table.kind[k])], name] = k
    return rows


def _option_key(row: Row) -> tuple[object, ...]:
    return row["service"], row["site"], row["status"], row["size"]
