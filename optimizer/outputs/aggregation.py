"""What a plan for aggregated demand points tells of itself: that it is a coarse look."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from optimizer.foundation.figures import number
from optimizer.foundation.language import _
from optimizer.geodata.geography import Instance
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.words import term
from optimizer.solution.aggregation_bound import AggregationBound


def stated(instance: Instance, bound: AggregationBound | None) -> dict[str, Any]:
    """Key of the manifest `aggregation`, where demand points are aggregated.

    into: the division; points of of_points. lower, upper: between these lies the optimum of the
    question itself; off: by how much the objective is off at most; at_sites: what the sites of the
    plan are worth in that question. error_below, error_above: aggregation error, of any sites.
    """
    kept = instance.aggregation
    if kept is None:
        return {}
    told: dict[str, Any] = {
        "into": kept.into,
        "points": len(instance.problem.demand.ids),
        "of_points": len(kept.of),
    }
    if bound is not None:
        told |= {
            "lower": bound.lower,
            "upper": bound.upper,
            "off": bound.off,
            "at_sites": bound.at_sites,
            "error_below": bound.below,
            "error_above": bound.above,
            "reasons": list(bound.reasons),
            "reasons_at_sites": list(bound.reasons_above),
        }
    return {"aggregation": told}


def sentences(study: SolvedInstance, language: str) -> Iterator[str]:
    """That it is a coarse look, and by how much its objective can be off."""
    kept, bound = study.instance.aggregation, study.aggregation
    if kept is None:
        return
    yield _(
        "a coarse look, no plan of the question itself: {points} demand points, one for each "
        "{into}, stand for {fine}",
        points=len(study.instance.problem.demand.ids),
        into=term(kept.into, language),
        fine=len(kept.of),
    )
    if bound is None:
        return
    yield from _between(bound)
    if math.isfinite(bound.at_sites):
        yield _(
            "its sites are worth {value} in the question itself", value=number(bound.at_sites, 4)
        )
    for reason in bound.reasons_above:
        yield _("its sites are no answer to the question itself: {reason}", reason=reason)
    if bound.reasons:
        yield _(
            "no bound of the aggregation error alone holds: {reasons}",
            reasons="; ".join(bound.reasons),
        )
    else:
        yield _(
            "aggregation error of any sites: the question itself is at most {below} below, and "
            "{above} above",
            below=number(bound.below, 4),
            above=number(bound.above, 4),
        )


def _between(bound: AggregationBound) -> Iterator[str]:
    """Where the optimum of the question itself is known to be."""
    values = {"lower": number(bound.lower, 4), "upper": number(bound.upper, 4)}
    if bound.known:
        yield _(
            "the optimum of the question itself is between {lower} and {upper}: the objective here "
            "is off by {off} at most",
            off=number(bound.off, 4),
            **values,
        )
    elif math.isfinite(bound.lower):
        yield _(
            "the optimum of the question itself is {lower} or more; how much is not known", **values
        )
    elif math.isfinite(bound.upper):
        yield _(
            "the optimum of the question itself is {upper} or less; how much is not known", **values
        )
    else:
        yield _("how far the objective is off is not known")
