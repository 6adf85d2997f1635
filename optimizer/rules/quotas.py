"""Quotas on land and places of jurisdictions and classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.case.quotas import QuotaLimits
from optimizer.foundation.figures import apart, significant
from optimizer.foundation.language import N_, _
from optimizer.foundation.tolerances import ROUNDING
from optimizer.problem import Floats
from optimizer.rules.rule import SitingRule


class Quotas(SitingRule):
    """Each jurisdiction, or class, has as much new land, and as many places, as its quotas say."""

    id = "quotas"
    words: ClassVar[Mapping[str, str]] = {
        "quota_at_most": N_("the quotas at most"),
        "quota_at_least": N_("the quotas at least"),
    }

    def active(self, case: Case) -> bool:
        return bool(case.policy.quotas)

    def add_to(self, model: pyo.ConcreteModel, case: Case) -> None:
        """at_least <= sum_k use[k] y[k] <= at_most over the options k in each part of a tier.

        use[k]: hectares that option k takes, or its capacity per thousand persons who live there.
        """
        used, most, least = {}, {}, {}
        for name, quota in case.quotas.items():
            for c in quota.areas:
                here = np.flatnonzero((quota.area == c) & (quota.use > 0)).tolist()
                if (
                    not here
                ):  # nothing is never too much, and `impossible` says where it is too little
                    continue
                used[name, c] = [float(quota.use[k]) * model.stands[k] for k in here]
                most[name, c], least[name, c] = quota.at_most[c], quota.at_least[c]

        @model.Constraint(
            [at for at in used if not np.isnan(most[at])],
            doc="what a jurisdiction or class has at most",
        )
        def quota_at_most(model: pyo.ConcreteModel, name: str, c: int) -> object:
            return pyo.quicksum(used[name, c]) <= float(most[name, c])

        @model.Constraint(
            [at for at in used if not np.isnan(least[at])],
            doc="what a jurisdiction or class has at least",
        )
        def quota_at_least(model: pyo.ConcreteModel, name: str, c: int) -> object:
            return pyo.quicksum(used[name, c]) >= float(least[name, c])

    def impossible(self, case: Case) -> Iterator[str]:
        """What must stand must fit a quota at its least, and all at its most must reach it."""
        for name, quota in case.quotas.items():
            must = _by_area(case, quota, required=True)
            can = _by_area(case, quota, required=False)
            for c in quota.areas:
                area, most, least = quota.names[c], quota.at_most[c], quota.at_least[c]
                if must[c] > most * (1 + ROUNDING):
                    takes, limit = apart(significant, 6, must[c], most)
                    yield _(
                        "quotas.{name}: what must stand in {area} comes to {takes}, "
                        "at most {limit} are allowed",
                        name=name,
                        area=area,
                        takes=takes,
                        limit=limit,
                    )
                if can[c] < least * (1 - ROUNDING):
                    takes, limit = apart(significant, 6, can[c], least)
                    yield _(
                        "quotas.{name}: all that can stand in {area} comes to {takes}, "
                        "at least {limit} are asked",
                        name=name,
                        area=area,
                        takes=takes,
                        limit=limit,
                    )


def _by_area(case: Case, quota: QuotaLimits, required: bool) -> Floats:
    """(C,) the least of what is required in each area, or the most of what can stand."""
    options = case.problem.options
    facilities, first = np.unique(options.facility, return_index=True)
    each = np.full(len(facilities), np.inf if required else 0.0)
    (np.minimum if required else np.maximum).at(each, options.facility, quota.use)
    area = quota.area[first]
    counts = (area >= 0) & (options.required[first] | (not required))
    return np.bincount(area[counts], each[counts], len(quota.names)).astype(float)
