"""An instance before any plan: what it holds and what it asks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from rich.console import Console

from optimizer.foundation.figures import many, setting, share
from optimizer.geodata.geography import Instance
from optimizer.outputs.manifest import plain
from optimizer.outputs.rows import as_table
from optimizer.outputs.summary import counts, removed
from optimizer.outputs.words import name
from optimizer.problem import KEEP
from optimizer.question import keys

#: Keys of the policy that have a sentence of their own.
SHOWN_ELSEWHERE = ("efficiency", "weight", "corridors")


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
                "sites": len(problem.sites.ids),
                "roads": len(geography.roads),
                "corridors": _candidates(instance),
                "failures": _failures(instance),
                "removed": removed(instance),
                "levels": list(_levels(instance)),
                "sizes": list(_sizes(instance)),
                "budget": float(np.nansum(instance.case.budgets)),
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
    for key in ("jurisdictions", "groups"):
        console.print(f"{key}: {counts(facts[key]) or 'none'}")
    console.print(
        f"{many(facts['demand_points'], 'demand point')} with {facts['persons']:,.0f} persons, "
        f"{many(facts['sites'], 'site')}, {many(facts['roads'], 'road')}; "
        f"computed in {facts['crs']}"
    )
    for key in ("levels", "sizes"):
        rows = [{**row, "name": name(row["name"], "", language)} for row in facts[key]]
        if rows:
            console.print(as_table(rows, language))
    _show_question(facts, console)
    for policy, overrides in facts["policies"].items():
        console.print(f"--policy {policy}: {json.dumps(overrides, ensure_ascii=False)}")
    if facts["removed"]:
        console.print(f"removed by control lines: {counts(facts['removed'])}")
    for source in facts["sources"]:
        console.print(f"source: {source['name']} ({source['licence']}) {source['attribution']}")
    for warning in facts["warnings"]:
        console.print(f"warning: {warning}")


def _show_question(facts: Mapping[str, Any], console: Console) -> None:
    policy = facts["policy"]
    console.print(
        f"policy: minimise {1 - policy['weight']:g} x {policy['efficiency']} + "
        f"{policy['weight']:g} x {_equity(policy['equity'])}"
    )
    for key in keys():
        if key not in SHOWN_ELSEWHERE and policy[key] is not None:
            value = policy[key]
            said = f"{value:g}" if isinstance(value, float | int) else json.dumps(value)
            console.print(f"{key}: {said}")
    for key, bound in policy["bounds"].items():
        console.print(f"bound {key}: {_equity(bound['equity'])} at most {bound['at_most']:g}")
    if policy["budget"]:
        console.print(
            f"budget: {facts['budget']:,.1f} {facts['currency']} of each {policy['budget']['tier']}"
            f" together, {setting(policy['budget']['pooled'])} of it pooled"
            + (", shares of corridors negotiated" if policy["budget"]["negotiated"] else "")
        )
    if policy["corridors"]:
        console.print(f"corridors: decided too, {many(facts['corridors'], 'candidate')}")
    if facts["failures"]:
        _show_failures(facts["failures"], console)
    for level, floor in policy["floors"].items():
        shares = {key: value for key, value in floor.items() if key != "tier" and value > 0}
        told = ", ".join(f"{key} {setting(value)}" for key, value in shares.items())
        console.print(f"floors of {level}: {told or 'none'}, by {floor['tier']}")


def _show_failures(failures: Mapping[str, Any], console: Console) -> None:
    aid = f", aid between those of tier {failures['aid']}" if failures["aid"] else ""
    reserve = f", {setting(failures['reserve'])} of capacity kept" if failures["reserve"] else ""
    probability = share(failures["probability"])
    console.print(
        f"failures: {failures['scenarios']} that change something, {probability} in all; the mean "
        f"over the worst {setting(failures['tail'])} counts{aid}{reserve}"
    )


def _equity(equity: Mapping[str, Any]) -> str:
    """What is measured, how, of what, among whom, over which services."""
    how = ", ".join(f"{key} = {value}" for key, value in equity["parameters"].items())
    return (
        f"{equity['measure']} ({how or 'as by default'}) of {equity['of']} "
        f"among {equity['among']}, services {equity['services']}"
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
                "land": size.land,
                "capacity": "; ".join(
                    f"{level.removeprefix(f'{service.id}.')} "
                    + (f"{persons:,.0f}" if np.isfinite(persons) else "no limit")
                    for level, persons in size.capacity.items()
                ),
            }
