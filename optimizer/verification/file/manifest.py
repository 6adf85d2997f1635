"""The manifest: numbers of the whole, who loses, where all is from, and what cannot be known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from optimizer.foundation.language import _, english
from optimizer.geodata.presets import Applied
from optimizer.verification.access import total, unmet
from optimizer.verification.caps import efficiency, money, unmet_money
from optimizer.verification.claims import allowed
from optimizer.verification.efficiencies import efficiency_scale
from optimizer.verification.equity import measured
from optimizer.verification.file.cells import agree, difference, number, shown
from optimizer.verification.file.numbers import payments_apart, worst_served
from optimizer.verification.file.written import Written, suffix
from optimizer.verification.nearest import asked, disperses
from optimizer.verification.people import entitled_of, may_use
from optimizer.verification.tolerances import NO_MINUTES
from optimizer.verification.verdict import at_most, joined
from optimizer.verification.weighing import equity_scale, level_weights

#: Keys that are judged in this file and by the claims of the result, or told as they are stated.
JUDGED = {"policy_name", "overrides", "policy", "inputs", "instance", "status", "objective", "gap"}
JUDGED |= {"efficiency", "equity", "terms", "cost", "efficiency_guard", "worse_off"}
JUDGED |= {"title", "currency", "sources", "warnings", "bound", "asked_gap"}
#: Keys of a plan of an instance with [costs].
APART = ("costs", "paid_once", "per_year")
#: The key of a plan whose policy is a preset.
PRESET = "preset"
#: Keys that are there where needs may be unmet.
UNMET = {"unmet", "unmet_money"}
#: Keys that are there where there is such a way, where persons are at uncertain places, and where
#: demand points are aggregated.
HOMES = {"own_cell", "homes", "aggregation"}
STATED = ("version", "created", "seconds", "nodes", "algorithm")


def numbers(written: Written) -> Iterator[str]:
    """Efficiency, equity, terms and cost of the whole, and unmet needs."""
    case, manifest = written.case, written.file.manifest
    value, term = measured(case, case.policy.equity)
    fast = efficiency(case)
    for key, truth in {"efficiency": fast, "equity": value, "cost": money(case)}.items():
        yield from difference("manifest", key, manifest.get(key), truth)
    terms = manifest.get("terms")
    terms = terms if isinstance(terms, list) and len(terms) == 2 else [None, None]
    truths = {
        "efficiency": fast / efficiency_scale(case.problem, case.policy),
        "equity": term / equity_scale(case.policy.equity),
    }
    for (name, truth), stated in zip(truths.items(), terms, strict=True):
        yield from difference("manifest, terms", name, stated, truth)
    yield from _unmet_needs(written)


def _unmet_needs(written: Written) -> Iterator[str]:
    """By level: persons whose need is unmet, of all and of each group; what they count as."""
    case, manifest = written.case, written.file.manifest
    rows = _left_out(written)
    if not rows:
        return
    yield from difference("manifest", "unmet_money", manifest.get("unmet_money"), unmet_money(case))
    demand, stated = case.problem.demand, manifest.get("unmet")
    truth = {}
    for row in rows:
        shares, level = unmet(case, row), case.problem.levels[row]
        persons = may_use(case.problem, row)
        told = _left(persons, shares, level.share)
        of_groups = {name: entitled_of(demand, level.entitled, name) for name in demand.groups}
        some = {name: one for name, one in of_groups.items() if any(one)}
        groups = {name: _left(one, shares, level.share) for name, one in some.items()}
        lived_in = {i for i, here in enumerate(persons) if here > 0}
        worst = worst_served(case, row, lived_in)
        truth[level.id] = told | {"worst_served": worst, "groups": groups}
    yield from within("unmet", stated, truth)


def _left(persons: Sequence[float], shares: list[float], need: float) -> dict[str, Any]:
    """Of these persons, how many have an unmet need, and their share of all who need it."""
    left = total(persons, shares)
    return {"persons": left * need, "share": left / sum(persons)}


def within(who: str, stated: Any, truth: Mapping[str, Any]) -> Iterator[str]:
    """A table of the manifest, table in table: what is missing, too many or not true."""
    if not isinstance(stated, dict):
        yield from difference("manifest", who, stated, dict(truth))
        return
    for key in dict.fromkeys([*truth, *stated]):
        if isinstance(truth.get(key), dict):
            yield from within(f"{who}, {key}", stated.get(key), truth[key])
        else:
            yield from difference(f"manifest, {who}", shown(key), stated.get(key), truth.get(key))


def _left_out(written: Written) -> list[int]:
    """Levels (rows) at which needs may be unmet."""
    return [row for row, minutes in enumerate(written.case.unserved) if minutes is not None]


def apart(written: Written) -> Iterator[str]:
    """Where all money is per year: how, and what of it is paid once and what per year."""
    settings, manifest = written.settings, written.file.manifest
    truth: dict[str, Any] = dict.fromkeys(APART)
    if settings.costs is not None:
        every = list(payments_apart(written))
        years = {name: one.years or settings.costs.years for name, one in settings.services.items()}
        costs = {"rate": settings.costs.rate, "years": settings.costs.years, "services": years}
        once, running = (sum(payment[n] for payment in every) for n in (1, 2))
        truth = {"costs": costs, "paid_once": once, "per_year": running}
        if manifest.get("costs") != costs:
            stated = shown(manifest.get("costs"))
            yield _("manifest: costs is {stated}, in truth {truth}", stated=stated, truth=costs)
        del truth["costs"]
    for key, value in truth.items():
        yield from difference("manifest", key, manifest.get(key), value)


def origin(written: Written) -> Iterator[str]:
    """Title, currency, sources, warnings and a preset's figures are those of the instance."""
    geography, manifest = written.instance.geography, written.file.manifest
    sources = [
        {"name": one.name, "licence": one.licence, "attribution": one.attribution}
        for one in geography.sources
    ]
    truths = {
        "title": dict(geography.title),
        "currency": geography.currency,
        "sources": sources,
        "warnings": list(map(english, geography.warnings)),
        PRESET: None if geography.preset is None else _sourced(geography.preset),
    }
    for key, truth in truths.items():
        if manifest.get(key) != truth:
            yield _(
                "manifest: {key} is {stated}, in truth {truth}",
                key=key,
                stated=shown(manifest.get(key)),
                truth=shown(truth),
            )


def _sourced(preset: Applied) -> dict[str, Any]:
    """The document of a preset, and each figure with its source."""
    figures = [
        {
            "key": one.key,
            "value": one.value,
            "says": dict(one.says),
            "known": one.known,
            "source": dict(one.source),
        }
        for one in preset.figures
    ]
    return {"document": dict(preset.document), "figures": figures}


def sane(written: Written) -> Iterator[str]:
    """Keys that are missing, and values that are not what they should be at all."""
    manifest = written.file.manifest
    needed = JUDGED.union(STATED) | (UNMET if _left_out(written) else set())
    for key in sorted(needed - manifest.keys()):
        yield _("manifest: has no key {key}", key=key)
    for key, least, below in (("seconds", 0.0, math.inf), ("asked_gap", 0.0, 1.0)):
        if not least <= number(manifest.get(key), math.nan) < below:
            yield _is(key, manifest.get(key))
    nodes = manifest.get("nodes")
    if not isinstance(nodes, int) or not 0 <= number(nodes, math.nan) < math.inf:
        yield _is("nodes", nodes)
    for key in ("version", "algorithm", "created", "instance"):
        if not isinstance(manifest.get(key), str) or not manifest[key]:
            yield _is(key, manifest.get(key))
    try:
        datetime.fromisoformat(str(manifest.get("created")))
    except ValueError:
        created = shown(manifest.get("created"))
        yield _("manifest: created is {created}, which is no time", created=created)


def _is(key: str, value: Any) -> str:
    """A value that is none of those that a key may have."""
    return _("manifest: {key} is {value}", key=key, value=shown(value))


def losses(written: Written) -> Iterator[str]:
    """By level, who loses minutes against the most efficient plan, summed up from the layer."""
    problem, worse_off = written.instance.problem, written.file.manifest.get("worse_off")
    needed = written.instance.policy.guard is not None
    needed = needed or any(map(disperses, asked(written.case)))
    rows = {row["id"]: row for row in written.file.layers["demand"]}
    if (worse_off is not None) != needed:
        yield (
            _("worse off: is missing")
            if needed
            else _("worse off: is told, and nothing is compared")
        )
    for n, (level, away) in enumerate(zip(problem.levels, written.case.unserved, strict=True)):
        column, minutes = f"lost_{suffix(level)}", f"minutes_{suffix(level)}"
        lost = [number(rows.get(i, {}).get(column), math.nan) for i in problem.demand.ids]
        for name, more in zip(problem.demand.ids, lost, strict=True):
            now = number(rows.get(name, {}).get(minutes), math.nan)
            if column not in written.file.columns["demand"]:
                break
            longest = level.cutoff if away is None else away
            if not (at_most(more, now) and at_most(now - more, longest)):
                yield _(
                    "demand, {point}: {column} is {stated}, it has {minutes:g} minutes",
                    point=name,
                    column=column,
                    stated=shown(rows.get(name, {}).get(column)),
                    minutes=now,
                )
        truth = _lost(written, lost, may_use(problem, n))
        said = worse_off.get(level.id) if isinstance(worse_off, dict) else None
        if not needed:
            if column in written.file.columns["demand"]:
                yield _("demand: has a column {column}, and nothing is compared", column=column)
            continue
        said = said if isinstance(said, dict) else {}
        areas = said.get("jurisdictions")
        areas = areas if isinstance(areas, dict) else {}
        for key, value in truth.items():
            if isinstance(value, float):
                who = _("worse off, {level}", level=level.id)
                yield from difference(who, key, said.get(key), value)
        lose = truth["jurisdictions"]
        for name in dict.fromkeys([*lose, *areas]):
            if not agree(areas.get(name), lose.get(name)):
                yield _(
                    "worse off, {level}: {area} is {stated}, in truth {truth}",
                    level=level.id,
                    area=shown(name),
                    stated=shown(areas.get(name)),
                    truth=shown(lose.get(name)),
                )


def guard(written: Written) -> Iterator[str]:
    """The cap on the efficiency is that of the minutes which the most efficient plan has.

    Where minutes are the efficiency, and the layer says at every level who loses how many of them.
    """
    case, cap = written.case, written.file.manifest.get("efficiency_guard")
    share = allowed(case)
    if share is None or case.policy.efficiency != "mean_minutes" or len(case.states) > 1:
        return
    rows, truth = {row["id"]: row for row in written.file.layers["demand"]}, 0.0
    weights = level_weights(case.problem, case.policy)
    for n, (level, weight) in enumerate(zip(case.problem.levels, weights, strict=True)):
        columns = f"minutes_{suffix(level)}", f"lost_{suffix(level)}"
        if weight > 0:
            cells = [
                [number(rows.get(i, {}).get(column), math.nan) for column in columns]
                for i in case.problem.demand.ids
            ]
            persons = may_use(case.problem, n)
            before = total(persons, [now - lost for now, lost in cells]) / sum(persons)
            truth += weight * before
    if math.isfinite(truth):
        yield from difference("manifest", "efficiency_guard", cap, (1 + share) * truth)


def _lost(written: Written, lost: list[float], persons: Sequence[float]) -> dict[str, Any]:
    """How many lose, their share, what they lose in the mean and at most, and where they live.

    persons: of each demand point, who may use the level.
    """
    demand, areas = written.instance.problem.demand, written.instance.problem.jurisdictions
    lose = {i: more for i, more in enumerate(lost) if more > NO_MINUTES and persons[i] > 0}
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
    manifest = written.file.manifest
    yield _(
        "bound {bound}: no certificate is written with it, so that no plan is better is as stated",
        bound=shown(manifest.get("bound")),
    )
    if manifest.get("efficiency_guard") is not None or manifest.get("worse_off") is not None:
        yield _(
            "the most efficient plan: it is not in the file, so the guard ({guard}) and minutes "
            "lost against it are as stated",
            guard=shown(manifest.get("efficiency_guard")),
        )
    if manifest.get("aggregation") is not None:
        yield _("how far the coarse objective is off: it is as stated")
    yield _("gap that was asked for: {gap}", gap=shown(manifest.get("asked_gap")))
    run = joined("; ", (f"{key} {shown(manifest.get(key))}" for key in STATED))
    yield _("how it was solved: {run}", run=run)
    geography = written.instance.geography
    if (geography.jurisdictions.geom_type != "Polygon").any():
        yield _(
            "areas drawn around demand points: only that their own points lie in them is judged"
        )
    judged = JUDGED | (UNMET if _left_out(written) else set())
    if unknown := sorted(manifest.keys() - judged.union(STATED, APART, HOMES, (PRESET,))):
        keys = shown(joined("; ", unknown))
        yield _("keys of the manifest that are not known here: {keys}", keys=keys)
