"""An instance before any plan: what it holds and what it asks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from rich.console import Console

from optimizer.efficiency import EFFICIENCIES
from optimizer.equity import INDICATORS
from optimizer.equity.aggregation import OF, WEIGHTED, WORST
from optimizer.equity.comparison_units import PERSONS
from optimizer.foundation.figures import many, setting, share
from optimizer.foundation.language import N_, _, spoken, word
from optimizer.geodata.geography import Instance
from optimizer.outputs.manifest import costs, plain
from optimizer.outputs.reported_equity import MINUTES
from optimizer.outputs.rows import as_table
from optimizer.outputs.summary import removed
from optimizer.outputs.tables import counts
from optimizer.outputs.words import listed, name, term
from optimizer.problem import KEEP
from optimizer.question import keys

#: Keys of the policy that have a sentence of their own.
SHOWN_ELSEWHERE = ("efficiency", "weight", "corridors")

#: What is measured, among whom, and how services are made one -> key of the word that says it.
UNITS = {of: f"of {of}" for of in OF if of != MINUTES}
AMONG = {PERSONS: "persons after a number"}
SERVICES = {WEIGHTED: "all services", WORST: "worst service"}


def describe(instance: Instance, policies: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that `show` prints, as one object for JSON.

    policies: name -> overrides, the policies that the instance names.
    """
    problem, geography = instance.problem, instance.geography
    tiers = problem.jurisdictions.tier
    return dict(
        plain(
            {
                "instance": geography.name,
                "title": geography.title,
                "crs": geography.crs,
                "currency": geography.currency,
                "jurisdictions": {tier: tiers.count(tier) for tier in dict.fromkeys(tiers)},
                "demand_points": len(problem.demand.ids),
                "persons": float(problem.demand.persons.sum()),
                "groups": {key: float(p.sum()) for key, p in problem.demand.groups.items()},
                "classes": {key: list(one.labels) for key, one in problem.demand.classes.items()},
                "sites": len(problem.sites.ids),
                "roads": len(geography.roads),
                "corridors": _candidates(instance),
                "failures": _failures(instance),
                "removed": removed(instance),
                "levels": list(_levels(instance)),
                "sizes": list(_sizes(instance)),
                "budget": float(np.nansum(instance.case.budgets)),
                "costs": costs(problem),
                "policy": instance.policy,
                "policies": policies,
                "sources": geography.sources,
                "warnings": geography.warnings,
            }
        )
    )


def show(facts: Mapping[str, Any], console: Console, language: str) -> None:
    """Print what `describe` gave."""
    console.print(name(facts["title"], facts["instance"], language), style="bold")
    areas, groups = (counts(facts[key], language) for key in ("jurisdictions", "groups"))
    console.print(_("jurisdictions: {counts}", counts=areas))
    console.print(_("groups: {counts}", counts=groups))
    for key, labels in facts["classes"].items():
        words = listed((term(label, language) for label in labels), language)
        console.print(_("class {name}: {labels}", name=term(key, language), labels=words))
    console.print(
        _(
            "{points} with {persons:,.0f} persons, {sites}, {roads}; computed in {crs}",
            points=many(facts["demand_points"], "demand point"),
            persons=facts["persons"],
            sites=many(facts["sites"], "site"),
            roads=many(facts["roads"], "road"),
            crs=facts["crs"],
        )
    )
    for key in ("levels", "sizes"):
        rows = [_in_words(row, language) for row in facts[key]]
        if rows:
            console.print(as_table(rows, language))
    for sentence in _question(facts, language):
        console.print(sentence)
    for policy, overrides in facts["policies"].items():
        console.print(f"--policy {policy}: {json.dumps(overrides, ensure_ascii=False)}")
    if facts["removed"]:
        removed_rows = counts(facts["removed"], language)
        console.print(_("removed by control lines: {counts}", counts=removed_rows))
    for source in facts["sources"]:
        console.print(_("source: {name} ({licence}) {attribution}", **source))
    for warning in facts["warnings"]:
        console.print(_("warning: {warning}", warning=warning))


def _in_words(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A row of levels or sizes with what ids stand for."""
    words = {"name": name(row["name"], "", language)}
    if row.get("border"):
        words["border"] = term(row["border"], language)
    return {**row, **words}


def _question(facts: Mapping[str, Any], language: str) -> Iterator[str]:
    """What is asked: the objective, caps, money, corridors, failures, floors."""
    policy = facts["policy"]
    yield _(
        "policy: minimise {efficiency_weight:g} x {efficiency} + {equity_weight:g} x {equity}",
        efficiency_weight=1 - policy["weight"],
        efficiency=term(policy["efficiency"], language, EFFICIENCIES[policy["efficiency"]].title),
        equity_weight=policy["weight"],
        equity=_equity(policy["equity"], language),
    )
    for key in keys():
        if key not in SHOWN_ELSEWHERE and policy[key] is not None:
            value = policy[key]
            yield f"{key}: {value:g}" if isinstance(value, float | int) else f"{key}: {value}"
    for key, bound in policy["bounds"].items():
        yield _(
            "bound {name}: {equity} at most {most:g}",
            name=key,
            equity=_equity(bound["equity"], language),
            most=bound["at_most"],
        )
    if policy["budget"]:
        yield _budget(facts, policy["budget"], language)
    if facts["costs"]:
        yield _(
            "money: per year; what is paid once over {years} years at {rate}: {services}",
            years=facts["costs"]["years"],
            rate=share(facts["costs"]["rate"]),
            services=listed(
                (f"{name} {years}" for name, years in facts["costs"]["services"].items()), language
            ),
        )
    for key, quota in policy["quotas"].items():
        yield _quota(key, quota, language)
    if policy["corridors"]:
        candidates = many(facts["corridors"], "candidate")
        yield _("corridors: decided too, {candidates}", candidates=candidates)
    if facts["failures"]:
        yield _made_for(facts["failures"], language)
    for level, floor in policy["floors"].items():
        shares = {key: value for key, value in floor.items() if key != "tier" and value > 0}
        floors = (f"{term(key, language)} {setting(value)}" for key, value in shares.items())
        yield _(
            "floors of {level}: {floors}, by {tier}",
            level=level,
            floors=listed(floors, language),
            tier=term(floor["tier"], language),
        )


def _quota(name: str, quota: Mapping[str, Any], language: str) -> str:
    """What each jurisdiction may have, or must."""
    limits = [
        f"{term(key, language)} {quota[key]:g}"
        for key in ("at_least", "at_most")
        if quota[key] is not None
    ]
    if quota["column"] is not None:
        limits.append(f"{term('at_most', language)} {quota['column']}")
    what = N_("quota {name}: hectares of new land by {tier}: {limits}")
    if quota["level"] is not None:
        what = N_("quota {name}: places of {level} per thousand persons by {tier}: {limits}")
    return _(
        what,
        name=name,
        level=quota["level"],
        tier=term(quota["tier"], language),
        limits=listed(limits, language),
    )


def _budget(facts: Mapping[str, Any], budget: Mapping[str, Any], language: str) -> str:
    """Whose money there is, and how much of it is shared."""
    own = N_("budget: {amount:,.1f} {currency} of each {tier} together, {pooled} of it pooled")
    negotiated = N_(
        "budget: {amount:,.1f} {currency} of each {tier} together, {pooled} of it pooled, "
        "shares of corridors negotiated"
    )
    return _(
        negotiated if budget["negotiated"] else own,
        amount=facts["budget"],
        currency=facts["currency"],
        tier=term(budget["tier"], language),
        pooled=setting(budget["pooled"]),
    )


def _made_for(failures: Mapping[str, Any], language: str) -> str:
    """What plans are made for, and how that counts."""
    alone = N_(
        "failures: {count} that change something, {probability} in all; "
        "the mean over the worst {tail} counts"
    )
    aid = N_(
        "failures: {count} that change something, {probability} in all; "
        "the mean over the worst {tail} counts, aid between those of tier {tier}"
    )
    reserve = N_(
        "failures: {count} that change something, {probability} in all; "
        "the mean over the worst {tail} counts, aid between those of tier {tier}, "
        "{reserve} of capacity kept"
    )
    sentence = (reserve if failures["reserve"] else aid) if failures["aid"] else alone
    return _(
        sentence,
        count=failures["scenarios"],
        probability=share(failures["probability"]),
        tail=setting(failures["tail"]),
        tier=term(failures["aid"] or "", language),
        reserve=setting(failures["reserve"]),
    )


def _equity(equity: Mapping[str, Any], language: str) -> str:
    """What is measured, how, of what, among whom, over which services."""
    parameters = (f"{key} = {value}" for key, value in equity["parameters"].items())
    return _(
        "{measure} ({how}) of {of} among {among}, services {services}",
        measure=term(equity["measure"], language, INDICATORS[equity["measure"]].title),
        how=word(", ", language).join(parameters) or _("as by default"),
        of=term(equity["of"], language, UNITS.get(equity["of"], "")),
        among=term(equity["among"], language, AMONG.get(equity["among"], "")),
        services=term(equity["services"], language, SERVICES.get(equity["services"], "")),
    )


def _failures(instance: Instance) -> dict[str, Any] | None:
    """What plans are made for; None where nothing ever fails."""
    facts = instance.problem.scenarios
    if facts is None:
        return None
    return {
        "scenarios": len(facts.ids),
        "probability": float(facts.probability.sum()),
        "tail": instance.policy.tail,
        "aid": None if facts.aid is None else facts.aid.tier,
        "reserve": 0.0 if facts.aid is None else facts.aid.reserve,
    }


def _candidates(instance: Instance) -> int:
    """How many corridors no control line removed."""
    lines = instance.geography.corridors
    return 0 if lines is None else len(lines) - removed(instance).get("corridors", 0)


def _levels(instance: Instance) -> Iterator[dict[str, Any]]:
    """One row per level: its rules, what stands, where it may be built."""
    problem, options = instance.problem, instance.problem.options
    weights = instance.case.level_weights
    for row, (level, weight) in enumerate(zip(problem.levels, weights, strict=True)):
        offered = options.capacity[:, row] > 0
        stands = offered & (options.kind == KEEP)
        yield {
            "level": level.id,
            "name": dict(instance.geography.names.get(level.id, {})),
            "weight": float(weight),
            "share": level.share,
            "entitled": "; ".join(level.entitled) or None,
            "standard": level.standard,
            "cutoff": level.cutoff,
            "border": level.border,
            "backup": level.backup.minutes if level.backup else None,
            "referral": level.referral,
            "standing": int(stands.sum()),
            "possible_sites": len(np.unique(options.site[offered])),
            "pairs": len(problem.pairs[row]),
        }


def _sizes(instance: Instance) -> Iterator[dict[str, Any]]:
    """One row per size that can be built, with its capacity at each level of its service."""
    for service in instance.problem.services:
        for size in service.sizes:
            yield {
                "service": service.id,
                "name": dict(instance.geography.names.get(service.id, {})),
                "size": size.name,
                "cost": size.cost,
                "upgrade_cost": size.upgrade_cost,
                **({} if instance.problem.costs is None else {"running_cost": size.running_cost}),
                "land": size.land,
                "capacity": word("; ", spoken()).join(
                    f"{level.removeprefix(f'{service.id}.')} "
                    + (f"{persons:,.0f}" if np.isfinite(persons) else word("no limit", spoken()))
                    for level, persons in size.capacity.items()
                ),
            }
