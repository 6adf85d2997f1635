"""The manifest: from what, by what and how a plan was made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from optimizer.assessment.money import all_apart
from optimizer.foundation.language import english
from optimizer.geodata.geography import Instance
from optimizer.geodata.presets import Applied
from optimizer.outputs import aggregation, homes
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.problem import Problem


def manifest(study: SolvedInstance) -> dict[str, Any]:
    """Key -> value, ready for JSON. Names of files only, no folder of this machine.

    worse_off: level -> who is worse off than in the most efficient plan; None where that plan is
    not known. unmet: level at which needs may be unmet -> persons whose need is, their share of the
    need, of each group, and the longest minutes of those who are served; unmet_money: what that
    counts as in an efficiency of money; both only where there is such a level. own_cell,
    homes: where persons live (`outputs/homes.py`). aggregation: where demand points are aggregated
    (`outputs/aggregation.py`). Two writings of one study differ in `created` alone.
    """
    result, indicators = study.result, study.indicators
    answer = {
        "status": result.status,
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "asked_gap": result.asked_gap,
        "seconds": result.seconds,
        "nodes": result.nodes,
        "algorithm": result.algorithm,
        "efficiency": indicators.efficiency,
        "equity": indicators.equity,
        "terms": indicators.terms,
        "cost": indicators.cost,
        "efficiency_guard": result.efficiency_guard,
        "worse_off": _worse_off(study) if study.losers else None,
        **_apart(study),
    }
    more = (
        _unmet(study) | homes.stated(study) | aggregation.stated(study.instance, study.aggregation)
    )
    return provenance(study.instance) | dict(plain(answer | more))


def _apart(study: SolvedInstance) -> dict[str, Any]:
    """Where all money is per year: how, and what of it is paid once and what per year."""
    problem = study.instance.problem
    if problem.costs is None:
        return {}
    once, running = all_apart(problem, study.plan)
    return {"costs": costs(problem), "paid_once": once, "per_year": running}


def costs(problem: Problem) -> dict[str, Any] | None:
    """How what is paid once counts per year; None where all money is paid once."""
    if problem.costs is None:
        return None
    both = zip(problem.services, problem.costs.services, strict=True)
    return {
        "rate": problem.costs.rate,
        "years": problem.costs.years,
        "services": {service.id: years for service, years in both},
    }


def provenance(instance: Instance) -> dict[str, Any]:
    """What an answer is to: the instance, its files, its policy; and when it was written.

    preset: only where the policy is one.
    """
    geography = instance.geography
    values: dict[str, Any] = plain(
        {
            "version": version("equisite"),
            "instance": geography.name,
            "title": geography.title,
            "policy_name": geography.policy_name,
            "overrides": geography.overrides,
            **({} if geography.preset is None else {"preset": _preset(geography.preset)}),
            "policy": instance.policy,
            "inputs": geography.inputs,
            "currency": geography.currency,
            "sources": geography.sources,
            "warnings": list(map(english, geography.warnings)),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    )
    return values


def _preset(applied: Applied) -> dict[str, Any]:
    """The document of a preset, and where each figure is from that it set."""
    return {"document": applied.document, "figures": applied.figures}


def _unmet(study: SolvedInstance) -> dict[str, Any]:
    """What is told of unmet needs."""
    levels = zip(study.instance.problem.levels, study.indicators.levels, strict=True)
    found = {level.id: one for level, one in levels if level.may_be_unmet}
    if not found:
        return {}
    unmet = {
        name: {
            "persons": one.region.unmet,
            "share": one.region.unmet_share,
            "worst_served": one.region.worst,
            "groups": {
                group: {"persons": people.unmet, "share": people.unmet_share}
                for group, people in one.groups.items()
            },
        }
        for name, one in found.items()
    }
    return {"unmet": unmet, "unmet_money": study.indicators.unmet_money}


def _worse_off(study: SolvedInstance) -> dict[str, Any]:
    """Level -> persons who lose minutes, their share, what they lose, persons by jurisdiction."""
    problem = study.instance.problem
    return {
        level.id: {
            "persons": lost.persons,
            "share": lost.share,
            "mean": lost.mean,
            "most": lost.most,
            "jurisdictions": {
                problem.jurisdictions.ids[row]: persons
                for row, persons in lost.jurisdictions.items()
            },
        }
        for level, lost in zip(problem.levels, study.losers, strict=True)
    }


def plain(value: Any) -> Any:
    """The value made of what JSON has; a number that is not finite becomes None."""
    if is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, str) else value
