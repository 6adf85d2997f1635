"""Quotas of a plan: what each jurisdiction or class has of them, and how much is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.case import Case
from optimizer.problem import Floats
from optimizer.solution import Plan


@dataclass(frozen=True, eq=False)
class QuotaUse:
    """(C,) hectares, or places per thousand persons; NaN where the quota says nothing.

    names: ids of all jurisdictions, or labels of the class that the quota is by.
    margin: how far what is used is within the nearer of both limits; negative: beyond it.
    """

    names: tuple[str, ...]
    used: Floats
    at_most: Floats
    at_least: Floats
    margin: Floats


def quotas_used(case: Case, plan: Plan) -> Mapping[str, QuotaUse]:
    """What a plan has of each quota, by its name."""
    found = {}
    for name, limits in case.quotas.items():
        used = np.full(len(limits.at_most), np.nan)
        used[limits.areas] = limits.used(plan.options)[limits.areas]
        margin = np.fmin(limits.at_most - used, used - limits.at_least)
        found[name] = QuotaUse(limits.names, used, limits.at_most, limits.at_least, margin)
    return found
