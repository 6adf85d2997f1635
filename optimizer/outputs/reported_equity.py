"""Reported equity: what is measured, in words and its unit, and how an area fares."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from optimizer.assessment.equity import measured
from optimizer.assessment.indicators import Summary
from optimizer.equity import INDICATORS, Property, make
from optimizer.equity.aggregation import WEIGHTED, WORST, unit_of
from optimizer.equity.comparison_units import PERSONS
from optimizer.foundation.language import word
from optimizer.geodata.geography import Instance
from optimizer.outputs.names import called
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.problem import Floats
from optimizer.question import Equity, Policy
from optimizer.solution.accessibility import access

MINUTES = "minutes"


def in_words(instance: Instance, equity: Equity, language: str) -> str:
    """What is measured, of what, among whom, over which services; what is usual is not said."""
    said = [word(INDICATORS[equity.measure].title, language)]
    if equity.of != MINUTES:
        said.append(word(f"of {equity.of}", language))
    if equity.among != PERSONS:
        by = word(equity.among, language)
        said.append(word("by", language).format(by))
    if equity.services == WORST:
        said.append(word("worst service", language))
    elif equity.services != WEIGHTED:
        said.append(called(instance, equity.services, language))
    return word(", ", language).join(said)


def unit(equity: Equity, language: str) -> str:
    """The unit of what is measured."""
    return word(f"in {unit_of(equity)}", language)


def amount(value: float, equity: Equity, decimals: int = 2) -> str:
    """A value in its unit: minutes with decimals, all else to four digits; a dash for none."""
    if not np.isfinite(value):
        return "-"
    return f"{value:,.{decimals}f}" if unit_of(equity) == MINUTES else f"{value:,.4g}"


def by_level(study: SolvedInstance) -> dict[int, float]:
    """Level (row) -> what the policy's equity is there, for the levels that it counts."""
    case, plan = study.instance.case, study.plan
    levels = [access(case.problem, plan, row) for row in range(len(case.problem.levels))]
    return measured(case, case.policy.equity, levels, plan.options).by_level


def fares(policy: Policy) -> str:
    """What says how an area fares: "equity" or "mean", both in minutes.

    The policy's measure, where it can be compared with the standard: it is of minutes, and
    everybody at v minutes has measure v. Else the mean.
    """
    measure = make(policy.equity.measure, policy.equity.parameters)
    own = policy.equity.of == MINUTES and Property.ITSELF in measure.properties
    return "equity" if own else "mean"


def fared(policy: Policy, people: Summary) -> float:
    """Minutes: how these people fare at one level.

    Where nobody of them is served the worst of those who are is unknown: what they count as.
    """
    equity = people.equity[policy.equity.measure]
    return people.mean if fares(policy) == "mean" or math.isnan(equity) else equity


def over_levels(instance: Instance, values: Mapping[int, Any]) -> Floats:
    """sum_l weight x value over the levels (rows) that weigh anything; numbers or arrays."""
    weights = instance.case.level_weights
    weighed = [weight * values[row] for row, weight in enumerate(weights) if weight > 0]
    return np.asarray(np.sum(weighed, axis=0))
