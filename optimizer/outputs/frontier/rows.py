"""A sweep as rows: one per point, for a file and for a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from optimizer.assessment.indicators import Indicators
from optimizer.assessment.losers import losers
from optimizer.foundation.language import word
from optimizer.geodata.geography import Instance
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.frontier.places import most_efficient, numbered
from optimizer.outputs.names import jurisdiction_name
from optimizer.outputs.reported_equity import fared, over_levels
from optimizer.sweep.task import Frontier, Point

#: What a point without a result has for a status.
FAILED = "failed"

#: The columns of every sweep; between `point` and `status` stands what was asked.
COLUMNS = (
    *("point", "status", "efficiency", "equity", "price_of_fairness"),
    *("objective", "bound", "gap", "seconds", "dominated", "knee"),
    *("worst_jurisdiction", "worst_minutes", "worse_off", "cost", "reason"),
)


def records(instance: Instance, frontiers: Sequence[Frontier]) -> list[dict[str, Any]]:
    """One row per point; None for what a point without a plan has no value for.

    worst_jurisdiction, worst_minutes: where people fare worst, over the levels by their weights.
    worse_off: persons who travel longer, over the levels by their weights, than in the most
    efficient point of the same frontier.
    """
    varied = _varied(frontiers)
    columns = (COLUMNS[0], *varied, *COLUMNS[1:])
    rows = []
    for number, frontier, point in numbered(frontiers):
        known: dict[str, Any] = {"point": number, "cost_bound": frontier.cost_bound}
        known |= dict(point.answer.task.asked) | _outcome(point)
        known |= _people(instance, frontier, point)
        rows.append({column: _value(known.get(column)) for column in columns})
    return rows


def printed(
    instance: Instance, frontiers: Sequence[Frontier], language: str
) -> list[dict[str, Any]]:
    """The rows of a terminal's table: what matters of `records`, with names and in percent."""
    ids = instance.problem.jurisdictions.ids
    rows = []
    for row in records(instance, frontiers):
        worst = row["worst_jurisdiction"]
        mark = "knee" if row["knee"] else "dominated" if row["dominated"] else ""
        rows.append(
            {
                "point": row["point"],
                **{column: row[column] for column in _varied(frontiers)},
                "status": word(f"status {row['status']}", language),
                "efficiency": row["efficiency"],
                "equity": row["equity"],
                "price_percent": _percent(row["price_of_fairness"]),
                "gap_percent": _percent(row["gap"]),
                "worst_jurisdiction": worst
                and jurisdiction_name(instance, ids.index(worst), language),
                "worst_minutes": row["worst_minutes"],
                "worse_off": row["worse_off"],
                "note": row["reason"] or word(mark, language),
            }
        )
    return rows


def worst(instance: Instance, indicators: Indicators) -> tuple[str, float]:
    """Id of the jurisdiction whose people fare worst, and how they fare, in minutes."""
    problem, policy, tier = instance.problem, instance.policy, focus_tier(instance)
    some = dict.fromkeys(c for level in indicators.levels for c in level.jurisdictions)
    areas = [c for c in some if problem.jurisdictions.tier[c] == tier]
    minutes = {
        c: over_levels(
            instance,
            {
                row: fared(policy, level.jurisdictions[c]) if c in level.jurisdictions else 0.0
                for row, level in enumerate(indicators.levels)
            },
        )
        for c in areas
    }
    first = max(areas, key=lambda c: float(minutes[c]))
    return problem.jurisdictions.ids[first], float(minutes[first])


def _varied(frontiers: Sequence[Frontier]) -> list[str]:
    """What makes the points different: columns, in the order in which they occur."""
    keys = [key for _, _, point in numbered(frontiers) for key in point.answer.task.asked]
    if any(frontier.cost_bound is not None for frontier in frontiers):
        keys.append("cost_bound")
    return list(dict.fromkeys(keys))


def _outcome(point: Point) -> dict[str, Any]:
    """What the solver said, and what the frontier makes of it."""
    result = point.answer.result
    if result is None:
        return {"status": FAILED, "reason": point.answer.failure}
    outcome = {
        "status": str(result.status),
        "seconds": round(result.seconds, 3),
        "bound": result.bound,
        "reason": "; ".join(result.reasons),
    }
    if point.indicators is None:
        return outcome
    return outcome | {
        "efficiency": point.indicators.efficiency,
        "equity": point.indicators.equity,
        "price_of_fairness": point.price,
        "objective": result.objective,
        "gap": result.gap,
        "dominated": point.dominated,
        "knee": point.knee,
        "cost": point.indicators.cost,
    }


def _people(instance: Instance, frontier: Frontier, point: Point) -> dict[str, Any]:
    """Who fares worst, and how many are worse off than in the most efficient point."""
    indicators, first = point.indicators, most_efficient(frontier)
    if indicators is None or first is None or first.indicators is None:
        return {}
    area, minutes = worst(instance, indicators)
    more = (indicators.minutes - first.indicators.minutes).T
    needed = [np.where(instance.problem.entitled(row) > 0, one, 0) for row, one in enumerate(more)]
    lost = over_levels(instance, dict(enumerate(needed)))
    return {
        "worst_jurisdiction": area,
        "worst_minutes": minutes,
        "worse_off": round(losers(instance.problem, lost).persons),
    }


def _value(value: Any) -> Any:
    """A number that is not finite, and an empty text, is no value."""
    if value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
