"""What the file and the layers mean together: faults that neither shows alone."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np

from optimizer.equity.comparison_units import GROUPS, PERSONS, POINTS
from optimizer.foundation.faults import Fault
from optimizer.foundation.language import _
from optimizer.foundation.tolerances import room
from optimizer.geodata.assemble import Parts, demand, jurisdictions
from optimizer.geodata.candidate_corridors import shares_of
from optimizer.geodata.classes import classes as classes_of
from optimizer.geodata.column_reader import Sheet
from optimizer.geodata.control_lines import Control
from optimizer.geodata.demand_table import DemandTable
from optimizer.geodata.failures import FLOODS
from optimizer.geodata.load import FILE
from optimizer.geodata.policy_of_file import equities, levels_of
from optimizer.geodata.services_of_file import PER_YEAR, SAY_HOW, Question, place
from optimizer.geodata.supply import limited, shorts
from optimizer.geodata.tables import (
    CLASS,
    EXISTING,
    FLOOD,
    GROUP,
    REQUIRED,
    Tables,
    capacity_columns,
    class_column,
    rows,
)
from optimizer.geodata.words import suggest
from optimizer.problem import SITE, Level
from optimizer.question import PLACES, Quota

Layers = Mapping[str, gpd.GeoDataFrame]


def entitlement(question: Question, tables: Tables, layers: Layers, faults: list[Fault]) -> bool:
    """Who is entitled is counted, is somebody, and is nowhere more than all. Whether it is so."""
    people, sheet = demand(tables), Sheet("demand", layers["demand"], faults)
    judged, before = set[tuple[str, ...]](), len(faults)
    for level in question.levels:
        at = f"{FILE}, {place(level.service, level.id)}.entitled"
        unknown = [name for name in level.entitled if name not in people.groups]
        for name in unknown:
            problem = _("demand counts no such group")
            remedy = (
                suggest(name, people.groups)
                if people.groups
                else _("Add a column {column} to it", column=f"{GROUP}{name}")
            )
            faults.append(Fault(at, problem, remedy, value=name))
        if unknown or not level.entitled or level.entitled in judged:
            continue
        judged.add(level.entitled)
        entitled, columns = people.entitled(level.entitled), [f"{GROUP}{g}" for g in level.entitled]
        if not entitled.any():
            problem, remedy = _("nobody is entitled"), _("Name a group that somebody belongs to")
            faults.append(Fault(at, problem, remedy, value=", ".join(level.entitled)))
        sheet.report(
            entitled > room(people.persons),
            columns[0] if len(columns) == 1 else None,
            _("more persons are entitled to {level} than live here", level=level.id),
            _("Correct persons, or {columns}", columns=_(" or ").join(columns)),
            entitled,
        )
    return len(faults) == before


def divisions(tables: Tables, faults: list[Fault]) -> None:
    """No class is called as a tier of jurisdictions, or as what else can be compared."""
    for name in {**classes_of(tables), **tables.areas.classes}:
        if name in (*tables.areas.tier, PERSONS, POINTS, GROUPS):
            problem = _("{name} is a class, and stands for something else too", name=name)
            remedy = _("Rename the column of the class, or the tier")
            faults.append(Fault("demand", problem, remedy, None, f"{CLASS}{name}"))


def tiers(question: Question, tables: Tables, faults: list[Fault]) -> None:
    """Every tier that the file names is that of a jurisdiction; some may name a class too.

    Floors any class, quotas one that jurisdictions have.
    """
    named = {"budget.tier": question.policy.budget.tier} if question.policy.budget else {}
    for level in question.levels:
        at, floor = place(level.service, level.id), question.policy.floors.get(level.id)
        if level.border is not None:
            named[f"{at}.border"] = level.border
        if level.backup is not None:
            named[f"{at}.backup.tier"] = level.backup.tier
        if floor is not None and floor.jurisdiction > 0:
            named[f"{at}.floors.tier"] = floor.tier
        if level.unmet is not None and level.unmet.jurisdiction < 1:
            named[f"{at}.unmet.tier"] = level.unmet.tier
    if question.failures is not None and question.failures.aid is not None:
        named["policy.failures.aid"] = question.failures.aid
    tiers = sorted(set(tables.areas.tier))
    more = {".backup.tier": [SITE], ".floors.tier": sorted(classes_of(tables))}
    for at, tier in named.items():
        known = [*tiers, *(one for end, some in more.items() if at.endswith(end) for one in some)]
        if tier not in known:
            problem, remedy = _("no jurisdiction is of this tier"), suggest(tier, known)
            faults.append(Fault(f"{FILE}, {at}", problem, remedy, value=tier))
    for name, quota in question.policy.quotas.items():
        _quota_tier(f"{FILE}, policy.quotas.{name}", quota, tables, faults)


def _quota_tier(at: str, quota: Quota, tables: Tables, faults: list[Fault]) -> None:
    """A tier, or a class that says of each site where it is; columns are of jurisdictions."""
    known = sorted({*tables.areas.tier, *tables.areas.classes})
    if quota.tier in tables.areas.classes:
        if quota.column is not None:
            problem = _("is by a class, and the column holds quotas of jurisdictions")
            remedy = _("Name a tier, or write at_most")
            faults.append(Fault(f"{at}.tier", problem, remedy, value=quota.tier))
    elif quota.tier in classes_of(tables):
        problem = _("is a class of demand points only, and sites have none")
        remedy = _("Give jurisdictions a column {column}", column=class_column(quota.tier))
        faults.append(Fault(f"{at}.tier", problem, remedy, value=quota.tier))
    elif quota.tier not in known:
        problem, remedy = _("no jurisdiction is of this tier"), suggest(quota.tier, known)
        faults.append(Fault(f"{at}.tier", problem, remedy, value=quota.tier))


def units(question: Question, tables: Tables, faults: list[Fault]) -> None:
    """Wherever justice is measured, somebody is there to be compared."""
    for at, equity in equities(question.policy).items():
        counted = levels_of(equity, question.policy.level_weights)
        some = [compared(tables, level) for level in question.levels if level.id in counted]
        known = [among for among in some[0] if all(count[among] > 0 for count in some)]
        if equity.among in known:
            continue
        where, remedy = f"{FILE}, {at}.among", suggest(equity.among, known)
        if equity.among == GROUPS:
            problem = _("demand counts nobody by group")
            remedy = _("Add columns persons_<group> to it")
        elif equity.among in tables.areas.tier:
            problem = _("nobody lives in a jurisdiction of this tier")
        elif equity.among in some[0]:
            problem = _("nobody is of this class")
        else:
            problem = _("unknown")
        faults.append(Fault(where, problem, remedy, value=equity.among))


def groups(question: Question, tables: Tables, faults: list[Fault]) -> None:
    """Where unmet needs of groups are capped, somebody is in one."""
    for level in question.levels:
        if level.unmet is None or level.unmet.group == 1:
            continue
        if compared(tables, level)[GROUPS] == 0:
            where = f"{FILE}, {place(level.service, level.id)}.unmet.group"
            problem, remedy = (
                _("demand counts nobody by group"),
                _("Add columns persons_<group> to it"),
            )
            faults.append(Fault(where, problem, remedy, value=level.unmet.group))


def floods(question: Question, tables: Tables, faults: list[Fault]) -> None:
    """Where floods are drawn, some zone may be flooded."""
    draws = question.failures is not None and FLOODS in question.failures.draw
    if draws and not (tables.zones[0] == FLOOD).any():
        problem = _("no zone is of kind {kind}", kind=FLOOD)
        remedy = _("Add such zones, or draw something else")
        faults.append(Fault(f"{FILE}, policy.failures.draw", problem, remedy, value=FLOODS))


def compared(tables: Tables, level: Level) -> dict[str, int]:
    """Among whom justice can be measured at a level -> how many units that are."""
    people, areas = demand(tables), jurisdictions(tables.areas)
    who = people.entitled(level.entitled) > 0
    lives_in = people.jurisdiction[who]
    count = dict.fromkeys((PERSONS, POINTS), len(lives_in))
    for tier in sorted(set(areas.tier)):
        at = areas.at(tier)[lives_in]
        count[tier] = len(np.unique(at[at >= 0]))
    for name, classes in people.classes.items():
        at = classes.of[who]
        count[name] = len(np.unique(at[at >= 0]))
    members = (people.entitled_of(level.entitled, name) for name in people.groups)
    count[GROUPS] = sum(bool(persons.any()) for persons in members)
    return count


def catchments(question: Question, parts: Parts, faults: list[Fault]) -> None:
    """Where places per person are counted, every facility has so many and no more."""
    rows_of = {level.id: row for row, level in enumerate(parts.levels)}
    for at, equity in equities(question.policy).items():
        if equity.of != "catchment":
            continue
        for level in levels_of(equity, question.policy.level_weights):
            if np.isinf(parts.options.capacity[:, rows_of[level]]).any():
                problem = _(
                    "facilities of {level} have no limit, so no places to count", level=level
                )
                remedy = _("Give its sizes a capacity, or set services to a level that has one")
                faults.append(Fault(f"{FILE}, {at}.of", problem, remedy, value=equity.of))


def quotas(question: Question, parts: Parts, layers: Layers, faults: list[Fault]) -> None:
    """Places are counted where all facilities have a limit, land where somebody has a quota."""
    levels, tiers = [level.id for level in parts.levels], np.array(parts.jurisdictions.tier)
    asked = {quota.tier for quota in question.policy.quotas.values()}
    for name in sorted(asked & {*parts.jurisdictions.classes}):
        _sites_of_no_class(name, parts, layers, faults)
    for name, quota in question.policy.quotas.items():
        at = f"{FILE}, policy.quotas.{name}"
        if quota.of == PLACES:
            capacity = parts.options.capacity[:, levels.index(str(quota.level))]
            if np.isinf(capacity).any():
                problem = _(
                    "facilities of {level} have no limit, so no places to count", level=quota.level
                )
                remedy = _("Give its sizes a capacity, or name a level that has one")
                faults.append(Fault(f"{at}.level", problem, remedy, value=quota.level))
        mine = tiers == quota.tier
        if quota.column is not None and np.isnan(parts.jurisdictions.land_quota[mine]).all():
            problem = _("no jurisdiction of tier {tier} has a quota", tier=quota.tier)
            remedy = _("Fill in the column, or write at_most in {file}", file=FILE)
            faults.append(Fault("jurisdictions", problem, remedy, None, quota.column))
        elif quota.column is not None and quota.at_least is not None:
            sheet = Sheet("jurisdictions", layers["jurisdictions"], faults)
            most = parts.jurisdictions.land_quota
            problem = _(
                "is below at_least of the quota {quota}, {least:g}",
                quota=name,
                least=quota.at_least,
            )
            remedy = _("Raise it, or lower at_least in {file}", file=FILE)
            sheet.report(mine & (most < quota.at_least), quota.column, problem, remedy, most)


def _sites_of_no_class(name: str, parts: Parts, layers: Layers, faults: list[Fault]) -> None:
    """Where demand points have a class of their own, so do sites: that of their jurisdiction."""
    sheet = Sheet("jurisdictions", layers["jurisdictions"], faults)
    empty = parts.jurisdictions.of_class(name) < 0
    lives = np.zeros(len(empty), dtype=bool)
    people = classes_of(parts.tables).get(name)
    if people is not None:
        lives[parts.demand_area[people.of >= 0]] = True
    stands = np.zeros(len(empty), dtype=bool)
    stands[parts.site_area[parts.options.site]] = True
    problem = _("is empty: demand points here have a class, sites have none")
    remedy = _("Fill in the column, or name a tier in policy.quotas")
    sheet.report(empty & lives & stands, class_column(name), problem, remedy)


def budgets(question: Question, tables: Tables, layers: Layers, faults: list[Fault]) -> None:
    """Each jurisdiction that pays has a budget, not all of them 0; each site has a payer."""
    if question.policy.budget is None:
        return
    areas, tier = tables.areas, question.policy.budget.tier
    pays = areas.tier == tier
    if not np.nansum(areas.budget[pays]) > 0:
        problem = _("all jurisdictions of tier {tier} together have no money", tier=tier)
        remedy = _(
            "Fill in the column, or leave [budget] out of {file} if money is no limit", file=FILE
        )
        faults.append(Fault("jurisdictions", problem, remedy, None, "budget"))
        return
    Sheet("jurisdictions", layers["jurisdictions"], faults).report(
        pays & np.isnan(areas.budget), "budget", _("is empty"), _("Write money, 0 or more")
    )
    payer = jurisdictions(areas).at(tier)[rows(tables.places.jurisdiction, areas.ids)]
    Sheet("sites", layers["sites"], faults).report(
        payer < 0,
        "jurisdiction",
        _("lies in no {tier}, so nobody pays for the site", tier=tier),
        _("Name a jurisdiction of tier {tier}, or one within it", tier=tier),
        tables.places.jurisdiction,
    )


def negotiators(question: Question, parts: Parts, layers: Layers, faults: list[Fault]) -> None:
    """Where shares are negotiated, somebody may pay for each corridor."""
    budget = question.policy.budget
    if budget is None or not budget.negotiated or not question.policy.corridors:
        return
    shares = shares_of(parts, np.arange(len(parts.tables.corridors.ids)))
    outside = jurisdictions(parts.tables.areas).at(budget.tier) < 0
    Sheet("corridors", layers["corridors"], faults).report(
        (shares[:, ~outside] == 0).all(axis=1),
        "cost_shares",
        _("no {tier} has a share, so nobody may pay for it", tier=budget.tier),
        _("Give a jurisdiction of tier {tier}, or one within it, a share", tier=budget.tier),
    )


def facilities(
    question: Question, tables: Tables, layers: Layers, forbidden: Control, faults: list[Fault]
) -> None:
    """What must be built can be; what stands where capacities count has one."""
    if "facilities" not in layers:
        return
    sheet, standing = Sheet("facilities", layers["facilities"], faults), tables.standing
    at = rows(standing.site, tables.places.ids)
    of = rows(standing.service, question.service_ids)
    required = standing.status == REQUIRED
    sheet.report(
        required & forbidden.forbids[at],
        "site",
        _("must be built inside a control line"),
        _("Move the site, change its status or the zone"),
        [
            _("{site}, {reason}", site=site, reason=_(reason))
            for site, reason in zip(standing.site, forbidden.reason[at], strict=True)
        ],
    )
    sheet.report(
        required & ~tables.places.allowed[at, of],
        "service",
        _("must be built where the site does not allow it"),
        _("Add it to the column `services` of the site, or change the status"),
        standing.service,
    )
    sizes = np.array([len(service.sizes) for service in question.services])
    sheet.report(
        required & (sizes[of] == 0),
        "service",
        _("must be built, but has no size"),
        _("Add a size to the service in {file}", file=FILE),
        standing.service,
    )
    if question.costs is None:
        runs = standing.running > 0
        sheet.report(runs, "running_cost", _(PER_YEAR), _(SAY_HOW), standing.running)
    columns = capacity_columns(shorts(question.services))
    for service in filter(limited, question.services):
        mine = (standing.status == EXISTING) & (standing.service == service.id)
        for column in columns[service.id]:
            if column in standing.capacity:
                mine &= np.isnan(standing.capacity[column])
        remedy = _("Write persons in {columns}", columns=_(" or ").join(columns[service.id]))
        sheet.report(mine, columns[service.id][0], _("has no capacity"), remedy)


def strata(table: DemandTable, tables: Tables, faults: list[Fault]) -> None:
    """Strata are groups of `demand` that share nobody; what is modelled is somewhere."""
    at, groups = f"{FILE}, demand", tables.points.groups
    for name in table.strata:
        if name not in groups:
            problem, remedy = _("demand counts no such group"), suggest(name, groups)
            faults.append(Fault(f"{at}.strata", problem, remedy, value=name))
    known = [groups[name] for name in dict.fromkeys(table.strata) if name in groups]
    persons = tables.points.persons
    if known and (np.sum(known, axis=0) > room(persons)).any():
        problem = _("have more persons together than live at a demand point")
        faults.append(Fault(f"{at}.strata", problem, _("Name groups that share nobody")))
    if table.modelled < 1 and not tables.points.modelled.any():
        problem = _("no demand point is modelled")
        remedy = _("Say so in the column {column} of demand, or leave it out", column="place")
        faults.append(Fault(f"{at}.modelled", problem, remedy, value=table.modelled))
