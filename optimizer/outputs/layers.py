"""The layers of a plan: what every format writes.

Geometry and the user's own columns come from the Geography, numbers from the plan and its
indicators; they meet here, by id. CRS: that of the demand layer. An absent value is empty: an
empty `capacity_<level>` is no limit (0: the level is not offered).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from optimizer.assessment.exchange import core_minutes
from optimizer.assessment.money import payments
from optimizer.assessment.quotas import quotas_used
from optimizer.foundation.tolerances import TRACE
from optimizer.geodata.columns import class_columns
from optimizer.geodata.geography import Instance
from optimizer.geodata.tables import class_column
from optimizer.outputs import homes
from optimizer.outputs.areas import areas, upwards
from optimizer.outputs.columns import assembled, of_level, own
from optimizer.outputs.scenarios import failover, scenarios
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.trips import along, trips
from optimizer.problem import BUILD, CLOSE, KEEP, UPGRADE, Floats, Problem
from optimizer.solution import Assignment, Plan

#: What the plan does with a facility, by the kind of its option.
STATUS = {KEEP: "kept", BUILD: "built", UPGRADE: "upgraded", CLOSE: "closed"}
AS_IT_STANDS = "as it stands"


def statuses(problem: Problem) -> tuple[str, ...]:
    """The kinds that a plan may have: nothing is closed where nothing may be."""
    usual = (KEEP, UPGRADE, BUILD)
    return (*usual, CLOSE) if problem.options.closed.any() else usual


def layers(study: SolvedInstance) -> dict[str, gpd.GeoDataFrame]:
    """Name -> layer, from the lowest to the highest on a map.

    `corridors` is there where the instance has that layer, `failover` and `scenarios` where the
    plan is made for failures, `classes` where demand points have some; all others always are.
    """
    by_name = {"jurisdictions": jurisdictions(study)}
    if study.instance.geography.corridors is not None:
        by_name["corridors"] = corridors(study.instance, study.plan)
    by_name["rejected"] = rejected(study.instance)
    by_name["assignments"] = assignments(study)
    if study.failure_summary is not None:
        by_name["failover"] = failover(study)
    by_name["demand"] = demand(study)
    if study.failure_summary is not None:
        by_name["scenarios"] = scenarios(study)
    by_name["facilities"] = facilities(study)
    if study.instance.problem.demand.classes:
        by_name["classes"] = classes(study)
    return by_name


def facilities(study: SolvedInstance) -> gpd.GeoDataFrame:
    """One point per facility that stands in the plan or is closed, with the columns of its site.

    Where all money is per year, `cost` is, and `paid_once` and `per_year` say what it is made of.
    Where it stood before, with those of the instance's facilities layer too.
    """
    problem, geography = study.instance.problem, study.instance.geography
    options, chosen = problem.options, study.plan.options
    service = [problem.services[row] for row in options.service[chosen]]
    site = _names(problem.sites.ids, options.site[chosen])
    ours: dict[str, Any] = {
        "id": [f"{place}:{what.id}" for place, what in zip(site, service, strict=True)],
        "site": site,
        "service": [what.id for what in service],
        "size": [
            AS_IT_STANDS if size < 0 else what.sizes[size].name
            for size, what in zip(options.size[chosen], service, strict=True)
        ],
        "status": [STATUS[kind] for kind in options.kind[chosen]],
        "cost": options.cost[chosen],
        **_apart(problem, options.once[chosen], options.running[chosen]),
        "land": options.land[chosen],
        "jurisdiction": _names(
            problem.jurisdictions.ids, problem.sites.jurisdiction[options.site[chosen]]
        ),
    }
    for row, level in enumerate(problem.levels):
        ours[of_level("capacity", level)] = _finite(options.capacity[chosen, row])
        ours[of_level("load", level)] = study.indicators.load[:, row]
    theirs = geography.sites.loc[site]
    kept = own(theirs, ours, same=("id", "jurisdiction")).reset_index(drop=True)
    if geography.facilities is not None:
        standing = geography.facilities.reindex(ours["id"])
        theirs_too = own(standing, [*ours, *kept.columns], same=("site", "service"))
        kept = pd.concat([kept, theirs_too.reset_index(drop=True)], axis="columns")
    return assembled(study.instance, ours, kept, theirs.geometry)


def demand(study: SolvedInstance) -> gpd.GeoDataFrame:
    """One point per demand point: its classes; who is served where, in how many minutes, how well.

    Where needs may be unmet: persons whose need is, who count as travelling `unmet.minutes`. Where
    somebody is worse off than in the most efficient plan: minutes lost against it.
    """
    problem, geography = study.instance.problem, study.instance.geography
    indicators = study.indicators
    ours: dict[str, Any] = {
        "id": problem.demand.ids,
        "jurisdiction": _names(problem.jurisdictions.ids, problem.demand.jurisdiction),
        "persons": problem.demand.persons,
    }
    for name, of_class in problem.demand.classes.items():
        ours[class_column(name)] = _names((*of_class.labels, None), of_class.of)
    if problem.demand.core_minutes is not None:
        ours["core_minutes"] = _finite(problem.demand.core_minutes)
    for row, level in enumerate(problem.levels):
        if level.entitled:
            ours[of_level("entitled", level)] = problem.entitled(row)
        ours[of_level("minutes", level)] = indicators.minutes[:, row]
        ours[of_level("covered", level)] = indicators.covered[:, row]
        ours[of_level("site", level)] = _main_site(problem, study.plan.assignments[row])
        if level.backup is not None:
            ours[of_level("backed_up", level)] = indicators.backed_up[:, row]
        if level.may_be_unmet:
            ours[of_level("unmet", level)] = problem.need(row) * indicators.unmet[:, row]
    for row, lost in enumerate(study.losers):
        if lost.persons > 0:
            ours[of_level("lost", problem.levels[row])] = lost.minutes
    told = ("id", "jurisdiction", "persons", *class_columns(geography.demand))
    kept = own(geography.demand, ours, same=told)
    return assembled(study.instance, ours, kept, geography.demand.geometry)


def classes(study: SolvedInstance) -> gpd.GeoDataFrame:
    """One row per class and label, without geometry: people, access, equity and quotas."""
    problem, measure = study.instance.problem, study.instance.policy.equity.measure
    facts, away = problem.demand, problem.demand.core_minutes
    parts = [
        (name, label, of_class.of == row)
        for name, of_class in facts.classes.items()
        for row, label in enumerate(of_class.labels)
    ]
    ours: dict[str, Any] = {
        "id": [f"{name}:{label}" for name, label, _ in parts],
        "class": [name for name, _, _ in parts],
        "label": [label for _, label, _ in parts],
        "persons": [float(facts.persons[inside].sum()) for *_, inside in parts],
    }
    if away is not None:
        means = [core_minutes(away[inside], facts.persons[inside]).mean for *_, inside in parts]
        ours["core_minutes"] = _finite(np.array(means))
    for level, found in zip(problem.levels, study.indicators.levels, strict=True):
        some = [found.classes[name].get(label) for name, label, _ in parts]
        for what in ("mean", "worst", "coverage"):
            ours[of_level(what, level)] = [getattr(one, what) if one else np.nan for one in some]
        equity = [one.equity[measure] if one else np.nan for one in some]
        ours[of_level("equity", level)] = _finite(np.array(equity))
        for what in ("unmet", "unmet_share") if level.may_be_unmet else ():
            ours[of_level(what, level)] = [getattr(one, what) if one else np.nan for one in some]
    for name, quota in quotas_used(study.instance.case, study.plan).items():
        of_class = study.instance.policy.quotas[name].tier
        if of_class not in problem.jurisdictions.tier:
            rows = [quota.names.index(label) if one == of_class else -1 for one, label, _ in parts]
            ours[f"quota_{name}"] = np.append(quota.used, np.nan)[rows]
            ours[f"margin_{name}"] = np.append(quota.margin, np.nan)[rows]
    nothing = np.full(len(parts), None, dtype=object)
    return assembled(study.instance, ours, pd.DataFrame(index=range(len(parts))), nothing)


def assignments(study: SolvedInstance) -> gpd.GeoDataFrame:
    """One line per level, demand point and site."""
    served = enumerate(study.plan.assignments)
    parts = [trips(study.instance.problem, row, one) for row, one in served]
    return along(study.instance, pd.concat(parts, ignore_index=True))


def jurisdictions(study: SolvedInstance) -> gpd.GeoDataFrame:
    """One area per jurisdiction of every tier: people, money, quotas, access and equity.

    quota_NAME: what it has of a quota; margin_NAME: how far that is within the nearer limit.
    persons_modelled, persons_coarse: where somebody lives at an uncertain place.
    gives, draws: of a core, persons of members who are served in it, and its own who are served in
    members.
    """
    instance = study.instance
    problem, policy, facts = instance.problem, instance.policy, instance.problem.jurisdictions
    shapes, kind = areas(instance)
    ours: dict[str, Any] = {
        "id": facts.ids,
        "tier": facts.tier,
        "role": facts.role,
        "persons": persons_by_jurisdiction(problem),
        **homes.columns(instance),
        "budget": instance.case.budgets,
        "spent": study.indicators.spent,
        **_apart(problem, study.indicators.once, study.indicators.running),
    }
    for name, quota in quotas_used(instance.case, study.plan).items():
        if policy.quotas[name].tier in facts.tier:
            ours[f"quota_{name}"], ours[f"margin_{name}"] = quota.used, quota.margin
    for level, indicators in zip(problem.levels, study.indicators.levels, strict=True):
        for what in ("mean", "worst", "coverage"):
            values = {row: getattr(one, what) for row, one in indicators.jurisdictions.items()}
            ours[of_level(what, level)] = _column(values, len(facts.ids))
        equity = {
            row: one.equity[policy.equity.measure] for row, one in indicators.jurisdictions.items()
        }
        ours[of_level("equity", level)] = _finite(_column(equity, len(facts.ids)))
        for what in ("unmet", "unmet_share") if level.may_be_unmet else ():
            values = {row: getattr(one, what) for row, one in indicators.jurisdictions.items()}
            ours[of_level(what, level)] = _column(values, len(facts.ids))
        if indicators.exchange is not None:
            for what in ("gives", "draws"):
                cores = {row: getattr(one, what) for row, one in indicators.exchange.cores.items()}
                ours[of_level(what, level)] = _column(cores, len(facts.ids))
    ours["area"] = kind
    kept = own(instance.geography.jurisdictions, ours, same=("id", "tier", "role"))
    return assembled(instance, ours, kept, shapes)


def corridors(instance: Instance, plan: Plan | None = None) -> gpd.GeoDataFrame:
    """The instance's corridors: rejected, a candidate, or built in the plan, and who pays then.

    paid_by: money, `id=money;id=money`; where corridors are decided.
    """
    geography, facts = instance.geography, instance.problem.corridors
    assert geography.corridors is not None
    gone = geography.rejected.loc[geography.rejected["layer"] == "corridors", "id"].astype(str)
    ids = geography.corridors.index.astype(str)
    status = np.where(ids.isin(gone), "rejected", "candidate").astype(object)
    if facts is not None and plan is not None:
        status[ids.isin(_names(facts.ids, plan.corridors))] = "built"
    ours = {"id": ids, "status": status}
    if facts is not None and plan is not None:
        who = {
            road: ";".join(f"{area}={money:.9g}" for area, money in paid.items())
            for road, paid in paid_by(instance.problem, plan).items()
        }
        ours["paid_by"] = [who.get(id, "") for id in ids]
    kept = own(geography.corridors, ours, same=("id",))
    return assembled(instance, ours, kept, geography.corridors.geometry)


def paid_by(problem: Problem, plan: Plan) -> dict[str, dict[str, float]]:
    """Corridor that is built -> jurisdiction -> money, of those that pay anything."""
    if problem.corridors is None:
        return {}
    areas = problem.jurisdictions.ids
    return {
        problem.corridors.ids[a]: {
            areas[c]: float(row[c]) for c in np.flatnonzero(row > TRACE).tolist()
        }
        for a, row in zip(plan.corridors.tolist(), payments(problem, plan), strict=True)
    }


def rejected(instance: Instance) -> gpd.GeoDataFrame:
    """Every site and corridor that a control line removed, with the reason."""
    table = instance.geography.rejected
    ours = {name: list(table[name]) for name in ("layer", "id", "reason", "zone")}
    return assembled(instance, ours, pd.DataFrame(index=table.index), table.geometry)


def persons_by_jurisdiction(problem: Problem) -> Floats:
    """(C,) persons who live in each jurisdiction or in one below it."""
    facts = problem.jurisdictions
    total = np.zeros(len(facts.ids))
    for rows in upwards(facts, problem.demand.jurisdiction):
        inside = rows >= 0
        np.add.at(total, rows[inside], problem.demand.persons[inside])
    return total


def _apart(problem: Problem, once: Floats, running: Floats) -> dict[str, Floats]:
    """Columns of what is paid once and per year; none where all is paid once."""
    return {} if problem.costs is None else {"paid_once": once, "per_year": running}


def _names(ids: Sequence[Any], rows: Any) -> list[Any]:
    return [ids[row] for row in rows]


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def _column(values: Mapping[int, float], n: int) -> Floats:
    """(n,) values by row; NaN for rows without one."""
    column = np.full(n, np.nan)
    column[list(values.keys())] = list(values.values())
    return column


def _main_site(problem: Problem, served: Assignment) -> list[str | None]:
    """(I,) id of the site that serves most of each demand point; the nearer of equal ones."""
    main: list[str | None] = [None] * len(problem.demand.ids)
    for row in np.lexsort((served.site, served.minutes, -served.share))[::-1]:
        main[served.demand[row]] = problem.sites.ids[served.site[row]]
    return main
