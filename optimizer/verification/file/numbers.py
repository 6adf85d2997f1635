"""The numbers written in the layers, against those of the check's own plain code."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np

from optimizer.foundation.language import _
from optimizer.geodata.plan_file import Row
from optimizer.problem import BUILD
from optimizer.verification.access import backed_up, covered, loads, mean_minutes, total, unmet
from optimizer.verification.file.cells import difference, differences
from optimizer.verification.file.classes import CROSSING, classes_of_points, crossing, name_of
from optimizer.verification.file.paid import per_year
from optimizer.verification.file.shapes import moved
from optimizer.verification.file.written import Written, suffix
from optimizer.verification.measures import Unit
from optimizer.verification.people import may_use
from optimizer.verification.quotas import Used, used
from optimizer.verification.siting import money_at, paid_for_corridors
from optimizer.verification.tolerances import TRACE
from optimizer.verification.verdict import NOBODY, PlainPlan, same
from optimizer.verification.weighing import budgets, level_weights, measure_of

#: Columns of unmet needs: persons, and their share of the need.
UNMET = ("unmet", "unmet_share")


def facilities(written: Written) -> Iterator[str]:
    """Site, cost, land, capacity and load of each facility."""
    case, problem = written.case, written.instance.problem
    table, truth = problem.options, dict[str, Row]()
    served = [loads(case, row, trips) for row, trips in enumerate(case.trips)]
    for k in case.chosen:
        site = int(table.site[k])
        service, where = problem.services[int(table.service[k])].id, problem.sites.ids[site]
        row: Row = {
            "cost": float(table.cost[k]),
            "land": float(table.land[k]),
            "jurisdiction": problem.jurisdictions.ids[int(problem.sites.jurisdiction[site])],
        }
        for n, level in enumerate(problem.levels):
            own = level.service == service
            row[f"capacity_{suffix(level)}"] = _finite(float(table.capacity[k, n]))
            row[f"load_{suffix(level)}"] = served[n].get(site, 0.0) if own else 0.0
        truth[f"{where}:{service}"] = row
    yield from differences("facilities", written.file.layers["facilities"], truth)


def demand(written: Written) -> Iterator[str]:
    """Persons, classes, minutes, coverage, backup, unmet needs and main site of each point."""
    case, problem = written.case, written.instance.problem
    areas = problem.jurisdictions.ids
    truth: dict[str, Row] = {
        name: {"jurisdiction": areas[area], "persons": persons}
        for name, area, persons in zip(
            problem.demand.ids,
            problem.demand.jurisdiction.tolist(),
            problem.demand.persons.tolist(),
            strict=True,
        )
    }
    for column, words in classes_of_points(written).items():
        for row, word in zip(truth.values(), words, strict=True):
            row[column] = word
    if problem.demand.core_minutes is not None:
        for row, away in zip(truth.values(), problem.demand.core_minutes.tolist(), strict=True):
            row["core_minutes"] = _finite(away)
    for n, level in enumerate(problem.levels):
        columns = {"minutes": mean_minutes(case, n), "covered": covered(case, n)}
        if level.entitled:
            columns["entitled"] = list(may_use(problem, n))
        if level.backup is not None:
            columns["backed_up"] = backed_up(case, n)
        if case.unserved[n] is not None:
            needs = np.array(may_use(problem, n)) * level.share
            columns["unmet"] = (needs * np.array(unmet(case, n))).tolist()
        for what, values in columns.items():
            for row, value in zip(truth.values(), values, strict=True):
                row[f"{what}_{suffix(level)}"] = value
    yield from differences("demand", written.file.layers["demand"], truth)
    yield from _main_sites(written)


def _main_sites(written: Written) -> Iterator[str]:
    """Demand points whose main site is not one that serves most of them."""
    case, problem = written.case, written.instance.problem
    for level, trips in zip(problem.levels, case.trips, strict=True):
        shares: dict[str, dict[str, float]] = defaultdict(dict)
        for trip in trips:
            if trip.site == NOBODY:
                continue
            here = shares[problem.demand.ids[trip.demand]]
            name = problem.sites.ids[trip.site]
            here[name] = here.get(name, 0.0) + trip.share
        for row in written.file.layers["demand"]:
            main, here = row.get(f"site_{suffix(level)}"), shares.get(str(row["id"]), {})
            if here and not same(here.get(str(main), 0.0), max(here.values())):
                yield from difference(f"demand, {row['id']}", f"site_{suffix(level)}", main, here)
            if not here and main is not None:
                yield from difference(f"demand, {row['id']}", f"site_{suffix(level)}", main, None)


def assignments(written: Written) -> Iterator[str]:
    """Persons on each assignment: persons x need x share; no trip is there twice."""
    yield from _trips(written, "assignments", ("level", "demand", "site"))


def _trips(written: Written, layer: str, keys: tuple[str, ...]) -> Iterator[str]:
    """Trips that are there twice, or whose persons are not persons x need x share."""
    problem, seen = written.instance.problem, set[tuple[object, ...]]()
    need = {
        level.id: dict(zip(problem.demand.ids, may_use(problem, n), strict=True))
        for n, level in enumerate(problem.levels)
    }
    share = {level.id: level.share for level in problem.levels}
    for row in written.file.layers.get(layer, ()):
        level = row["level"]
        truth = need[level][row["demand"]] * share[level] * row["share"]
        who = f"{layer}, {row['level']}, {row['demand']} -> {row['site']}"
        yield from difference(who, "persons", row.get("persons"), truth)
        key = tuple(row[key] for key in keys)
        if key in seen:
            yield _("{who}: is there twice", who=who)
        seen.add(key)


def jurisdictions(written: Written) -> Iterator[str]:
    """Persons, money, access and equity of each jurisdiction."""
    case, facts = written.case, written.instance.problem.jurisdictions
    own, spent, members = budgets(case.problem, case.policy), _spent(case), _members(case)
    once, running = apart(written)
    quotas = {
        name: used(case, quota)
        for name, quota in case.policy.quotas.items()
        if quota.tier in facts.tier
    }
    cores = crossing(case)
    truth: dict[str, Row] = {}
    for c, name in enumerate(facts.ids):
        row: Row = {
            "tier": facts.tier[c],
            "role": facts.role[c],
            "budget": own.get(c, math.nan),
            "spent": spent[c],
            "persons": sum(members[c].values()),
        }
        if written.settings.costs is not None:
            row |= {"paid_once": once[c], "per_year": running[c]}
        for quota, by_area in quotas.items():
            row |= _quota(quota, by_area.get(name))
        for n, level in enumerate(case.problem.levels):
            may, here = may_use(case.problem, n), members[c]
            who = {i: may[i] for i in here if may[i] > 0}
            for what, value in _had(case, n, who).items():
                row[f"{what}_{suffix(level)}"] = value
            row |= {f"{what}_{suffix(level)}": cores[n].get(c, {}).get(what) for what in CROSSING}
        truth[name] = row
    yield from differences("jurisdictions", written.file.layers["jurisdictions"], truth)


def classes(written: Written) -> Iterator[str]:
    """Persons, minutes to a core, access and equity of each class and label."""
    case, problem = written.case, written.instance.problem
    persons, away = problem.demand.persons.tolist(), problem.demand.core_minutes
    quotas = {
        name: (quota.tier, used(case, quota))
        for name, quota in case.policy.quotas.items()
        if quota.tier not in problem.jurisdictions.tier
    }
    truth: dict[str, Row] = {}
    for column, words in classes_of_points(written).items():
        name = name_of(column)
        for label in sorted({*words} - {""}):
            inside = [i for i, word in enumerate(words) if word == label]
            everybody = sum(persons[i] for i in inside)
            row: Row = {"class": name, "label": label, "persons": everybody}
            if away is not None:
                minutes = sum(persons[i] * float(away[i]) for i in inside if persons[i] > 0)
                mean = minutes / everybody if everybody else math.nan
                row["core_minutes"] = mean if math.isfinite(mean) else None
            for n, level in enumerate(problem.levels):
                may = may_use(problem, n)
                who = {i: may[i] for i in inside if may[i] > 0}
                for what, value in _had(case, n, who).items():
                    row[f"{what}_{suffix(level)}"] = value
            for quota, (of_class, by_label) in quotas.items():
                row |= _quota(quota, by_label.get(label) if of_class == name else None)
            truth[f"{name}:{label}"] = row
    there = written.file.layers.get("classes", [])
    yield from differences("classes", there, truth)
    for one in there:
        yield from moved("classes", one["id"], one, None)


def _quota(name: str, one: Used | None) -> Row:
    """What a jurisdiction or class has of a quota; nothing where it has none."""
    value, margin = (math.nan, math.nan) if one is None else (one.value, one.margin)
    return {f"quota_{name}": value, f"margin_{name}": margin}


def _members(case: PlainPlan) -> list[dict[int, float]]:
    """Of each jurisdiction: demand point in it, or below it, where somebody lives -> persons."""
    members: list[dict[int, float]] = [{} for area in case.problem.jurisdictions.ids]
    demand = case.problem.demand
    for i, (area, persons) in enumerate(zip(demand.jurisdiction, demand.persons, strict=True)):
        for c in _upwards(case, int(area)):
            if persons > 0:
                members[c][i] = float(persons)
    return members


def _spent(case: PlainPlan) -> list[float]:
    """By jurisdiction: money for sites in it or below it, and paid for corridors by those."""
    spent = [0.0] * len(case.problem.jurisdictions.ids)
    for site, money in money_at(case).items():
        for c in _upwards(case, int(case.problem.sites.jurisdiction[site])):
            spent[c] += money
    for area, money in paid_for_corridors(case).items():
        for c in _upwards(case, area):
            spent[c] += money
    return spent


def apart(written: Written) -> tuple[list[float], list[float]]:
    """By jurisdiction, with all below it: money that is paid once, and per year."""
    case, areas = written.case, written.case.problem.jurisdictions.ids
    once, running = [0.0] * len(areas), [0.0] * len(areas)
    for area, at_once, a_year in payments_apart(written):
        for c in _upwards(case, area):
            once[c] += at_once
            running[c] += a_year
    return once, running


def payments_apart(written: Written) -> Iterator[tuple[int, float, float]]:
    """(jurisdiction, money paid once, money per year) of each facility, site and corridor.

    What facilities cost, the sites that something is built at, and parts of corridors.
    """
    case, problem = written.case, written.case.problem
    table, counted = problem.options, per_year(written.settings)
    area = problem.sites.jurisdiction.tolist()
    for k in case.chosen:
        yield area[int(table.site[k])], float(table.once[k]), float(table.running[k])
    for site in {int(table.site[k]) for k in case.chosen if table.kind[k] == BUILD}:
        yield area[site], float(problem.sites.cost[site]) / counted, 0.0
    for payer, money in paid_for_corridors(case).items():
        yield payer, money / counted, 0.0


def _upwards(case: PlainPlan, area: int) -> Iterator[int]:
    """A jurisdiction, the one above it, and so on to the top."""
    while area >= 0:
        yield area
        area = int(case.problem.jurisdictions.parent[area])


def _had(case: PlainPlan, row: int, persons: dict[int, float]) -> Row:
    """What these persons (by demand point) have at a level; nothing where there are none."""
    left_out = case.unserved[row] is not None
    if not persons:
        names = "mean", "worst", "coverage", "equity", *UNMET[: 2 * left_out]
        return dict.fromkeys(names)
    minutes, near, everybody = mean_minutes(case, row), covered(case, row), sum(persons.values())
    measure, equity = measure_of(case.policy.equity), case.policy.equity
    people: dict[int, list[tuple[float, float]]] = {i: [] for i in persons}
    for trip in case.trips[row]:
        if trip.demand in people and trip.share > 0:  # less is told as what it is
            people[trip.demand].append((trip.minutes, trip.share))
    if not all(people.values()):
        fairness = math.nan
    elif measure.of_persons:
        each = [(t, persons[i] * n) for i, parts in people.items() for t, n in parts]
        values, counts = np.array(each).T
        fairness = measure.among(values, counts, case.levels[row], equity.parameters)
    else:
        units = [Unit(persons[i], *np.array(parts).T) for i, parts in people.items()]
        fairness = measure.of(units, case.levels[row], equity.parameters)
    had: Row = {
        "mean": sum(n * minutes[i] for i, n in persons.items()) / everybody,
        "worst": max(minutes[i] for i in persons),
        "coverage": sum(n * near[i] for i, n in persons.items()) / everybody,
        "equity": _finite(fairness),
    }
    if left_out:
        had["worst"] = worst_served(case, row, persons)
        had["equity"] = had["worst"] if equity.measure == "maximum" else had["equity"]
        shares = unmet(case, row)
        left = sum(n * shares[i] for i, n in persons.items())
        had |= dict(zip(UNMET, (left * case.levels[row].share, left / everybody), strict=True))
    return had


def worst_served(case: PlainPlan, row: int, points: Collection[int]) -> float | None:
    """The longest mean minutes of those who are served, of these points; None where nobody is."""
    served, travelled = dict.fromkeys(points, 0.0), dict.fromkeys(points, 0.0)
    for trip in case.trips[row]:
        if trip.site != NOBODY and trip.demand in served:
            served[trip.demand] += trip.share
            travelled[trip.demand] += trip.share * trip.minutes
    means = [travelled[i] / share for i, share in served.items() if share > TRACE]
    return max(means, default=None)


def failures(written: Written) -> Iterator[str]:
    """Rank, probability, minutes, coverage and who is cut off, by scenario; who goes elsewhere."""
    facts, case = written.instance.problem.scenarios, written.case
    if facts is None:
        return
    weights = level_weights(case.problem, case.policy)
    calm = sum(w * _endured(case, n)["mean"] for n, w in enumerate(weights))
    truth: dict[str, Row] = {}
    for state, name, probability in zip(
        case.states[1:], facts.ids, facts.probability.tolist(), strict=True
    ):
        levels = [_endured(state, n) for n in range(len(weights))]
        mean = sum(w * one["mean"] for w, one in zip(weights, levels, strict=True))
        row: Row = {"probability": probability, "mean": mean, "lost": mean - calm}
        for level, served in zip(case.problem.levels, levels, strict=True):
            row |= {f"{what}_{suffix(level)}": value for what, value in served.items()}
        truth[name] = row
    rows = written.file.layers.get("scenarios", [])
    yield from differences("scenarios", rows, truth)
    yield from _ranks(written, {name: row["lost"] for name, row in truth.items()})
    yield from _trips(written, "failover", ("scenario", "level", "demand", "site"))
    ids = [level.id for level in case.problem.levels]
    unserved = dict(zip(ids, case.states[-1].unserved, strict=True))
    for one in written.file.layers.get("failover", ()):
        if one["site"] is None:
            who = f"failover, {one['level']}, {one['demand']}"
            yield from difference(who, "minutes", one["minutes"], unserved[one["level"]])


def _endured(case: PlainPlan, row: int) -> dict[str, float]:
    """What people have at a level in a state."""
    persons, minutes = may_use(case.problem, row), mean_minutes(case, row)
    everybody, need = sum(persons), case.problem.levels[row].share
    lost = sum(trip.share * persons[trip.demand] for trip in case.trips[row] if trip.site == NOBODY)
    return {
        "mean": total(persons, minutes) / everybody,
        "worst": max(away for n, away in zip(persons, minutes, strict=True) if n > 0),
        "coverage": total(persons, covered(case, row)) / everybody,
        "cut_off": lost * need,
    }


def _ranks(written: Written, lost: dict[str, float]) -> Iterator[str]:
    """The worst scenario is the first; each row that goes elsewhere has the rank of its own."""
    rows = written.file.layers.get("scenarios", [])
    ranks = {row["id"]: row.get("rank") for row in rows}
    if sorted(map(str, ranks.values())) != sorted(map(str, range(1, len(lost) + 1))):
        yield _("scenarios: ranks are not 1 to {n}", n=len(lost))
        return
    worst_first = sorted(
        (name for name in ranks if name in lost), key=lambda name: int(str(ranks[name]))
    )
    for below, above in zip(worst_first[1:], worst_first, strict=False):
        if lost[below] > lost[above] and not same(lost[below], lost[above]):
            yield _(
                "scenarios: {below} takes more than {above} and is ranked below it",
                below=below,
                above=above,
            )
    for row in written.file.layers.get("failover", ()):
        who = f"failover, {row['scenario']}, {row['demand']}"
        yield from difference(who, "rank", row.get("rank"), ranks.get(row["scenario"]))


def _finite(value: float) -> float | None:
    """A number as the file has it: what is not finite is an empty cell."""
    return value if math.isfinite(value) else None
