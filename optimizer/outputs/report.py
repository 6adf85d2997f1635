"""JSON: the numbers of a plan as one object, for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.assessment.exchange import Exchange, core_minutes
from optimizer.assessment.quotas import quotas_used
from optimizer.assessment.scenarios import FailureSummary
from optimizer.outputs.layers import STATUS, paid_by
from optimizer.outputs.manifest import manifest, plain
from optimizer.outputs.scenarios import broken
from optimizer.outputs.solved_instance import SolvedInstance


def write(study: SolvedInstance, path: Path, language: str) -> None:
    """Write the object; no word in it depends on the language."""
    text = json.dumps(report(study), ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def report(study: SolvedInstance) -> dict[str, Any]:
    """The manifest, and by level: the region, each jurisdiction and group, the facilities.

    services: level -> {region, groups, classes, exchange, facilities, capacity, load};
    core_minutes: minutes to the nearest core over the region and by class; null where no core has
    a seat;
    jurisdictions: id -> {tier, spent, levels: level -> summary}, where all money is per year also
    {paid_once, per_year};
    quotas: name -> id of a jurisdiction, or label, with one -> {used, at_most, at_least, margin};
    corridors: id -> cost of those that are built; null where none is decided;
    failures: mean minutes where nothing fails, expected and over the policy's tail, and by scenario
    what fails and what that means; null where plans are not made for failures;
    paid: id -> jurisdiction -> money that it pays for the corridor.
    """
    facts, indicators = study.instance.problem.jurisdictions, study.indicators
    services = {
        level.level: {
            "region": level.region,
            "groups": level.groups,
            "classes": level.classes,
            "exchange": None if level.exchange is None else _exchange(study, level.exchange),
            "facilities": {STATUS[kind]: count for kind, count in level.facilities.items()},
            "capacity": level.capacity,
            "load": level.load,
        }
        for level in indicators.levels
    }
    jurisdictions = {
        id: {
            "tier": facts.tier[row],
            "spent": indicators.spent[row],
            **(
                {}
                if study.instance.problem.costs is None
                else {"paid_once": indicators.once[row], "per_year": indicators.running[row]}
            ),
            "levels": {
                level.level: level.jurisdictions[row]
                for level in indicators.levels
                if row in level.jurisdictions
            },
        }
        for row, id in enumerate(facts.ids)
    }
    corridors, built = study.instance.problem.corridors, study.plan.corridors
    return manifest(study) | {
        "services": plain(services),
        "jurisdictions": plain(jurisdictions),
        "core_minutes": plain(_core_minutes(study)),
        "corridors": None
        if corridors is None
        else {corridors.ids[a]: float(corridors.cost[a]) for a in built.tolist()},
        "failures": None
        if study.failure_summary is None
        else plain(_failures(study, study.failure_summary)),
        "quotas": plain(_quotas(study)),
        "paid": None if corridors is None else paid_by(study.instance.problem, study.plan),
    }


def _quotas(study: SolvedInstance) -> dict[str, Any]:
    """What each jurisdiction or class has of each quota."""
    return {
        name: {
            quota.names[c]: {
                "used": quota.used[c],
                "at_most": quota.at_most[c],
                "at_least": quota.at_least[c],
                "margin": quota.margin[c],
            }
            for c in np.flatnonzero(~np.isnan(quota.used)).tolist()
        }
        for name, quota in quotas_used(study.instance.case, study.plan).items()
    }


def _exchange(study: SolvedInstance, crossing: Exchange) -> dict[str, Any]:
    """Who crosses between cores and members, and in which core."""
    ids = study.instance.problem.jurisdictions.ids
    cores = {ids[row]: one for row, one in crossing.cores.items()}
    return {"in_cores": crossing.in_cores, "in_members": crossing.in_members, "cores": cores}


def _core_minutes(study: SolvedInstance) -> dict[str, Any] | None:
    """Minutes to the nearest core, over the region and by class."""
    demand = study.instance.problem.demand
    away, persons = demand.core_minutes, demand.persons
    if away is None:
        return None
    by_class = {
        name: {
            label: core_minutes(away[classes.of == row], persons[classes.of == row])
            for row, label in enumerate(classes.labels)
        }
        for name, classes in demand.classes.items()
    }
    return {"region": core_minutes(away, persons), "classes": by_class}


def _failures(study: SolvedInstance, failure_summary: FailureSummary) -> dict[str, Any]:
    """Every scenario, the worst first."""
    levels = [level.level for level in study.indicators.levels]
    scenarios = {}
    for row in failure_summary.ranked:
        one = failure_summary.scenarios[row]
        scenarios[one.id] = {
            "probability": one.probability,
            "mean": one.mean,
            "lost": one.lost,
            "levels": dict(zip(levels, one.levels, strict=True)),
            **broken(study.instance, study.instance.failures[row]),
        }
    means = {
        "calm": failure_summary.calm,
        "expected": failure_summary.expected,
        "tail": failure_summary.tail,
    }
    return means | {"scenarios": scenarios}
