"""The objective, computed a second time in plain loops, and rules on what is capped."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from optimizer.foundation.language import N_, _
from optimizer.question import Equity
from optimizer.verification.access import unmet
from optimizer.verification.efficiencies import (
    counted,
    counted_unserved,
    efficiency_scale,
    is_money,
    of_everybody,
)
from optimizer.verification.equity import measured
from optimizer.verification.failing import over_states
from optimizer.verification.people import may_use
from optimizer.verification.siting import corridors_cost, money_at
from optimizer.verification.verdict import NOBODY, PlainPlan, Rules, at_most
from optimizer.verification.weighing import equity_scale, level_weights


def efficiency(case: PlainPlan) -> float:
    """The efficiency in its own unit: money, or of trips over the levels and states."""
    name = case.policy.efficiency
    if is_money(name):
        return money(case) + unmet_money(case)

    def at(state: PlainPlan, row: int) -> float:
        trips, standard = state.trips[row], state.problem.levels[row].standard
        persons = np.array(may_use(case.problem, row))
        nobody = float(counted(name, np.array([math.nan]), standard)[0])
        counts = counted(name, np.array([trip.minutes for trip in trips]), standard)
        for n, trip in enumerate(trips):
            if trip.site == NOBODY:
                counts[n] = counted_unserved(name, trip.minutes, standard)
        served, added = [0.0] * len(persons), [0.0] * len(persons)
        for trip, count in zip(trips, counts.tolist(), strict=True):
            served[trip.demand] += trip.share
            added[trip.demand] += trip.share * count
        mean = [
            sum_ / share if share > 0 else nobody for sum_, share in zip(added, served, strict=True)
        ]
        return of_everybody(name, persons, np.array(mean))

    return _over_levels(case, at)


def money(case: PlainPlan) -> float:
    """All money spent."""
    return float(sum(money_at(case).values()) + corridors_cost(case))


def unmet_money(case: PlainPlan) -> float:
    """Price of each person whose need nobody serves where nothing fails."""
    total = 0.0
    for row, level in enumerate(case.problem.levels):
        if level.unmet is not None and level.unmet.price > 0:
            persons, shares = may_use(case.problem, row), unmet(case, row)
            left = sum(n * share for n, share in zip(persons, shares, strict=True))
            total += level.unmet.price * left * level.share
    return total


def _over_levels(case: PlainPlan, at: Callable[[PlainPlan, int], float]) -> float:
    """Of what is so at a level (row) in a state: levels by their weights, then over the states."""
    weights = enumerate(level_weights(case.problem, case.policy))
    rows = [(row, weight) for row, weight in weights if weight > 0]
    states = [sum(weight * at(state, row) for row, weight in rows) for state in case.states]
    return over_states(case, states)


def objective(case: PlainPlan) -> float:
    """(1 - weight) x efficiency / its scale + weight x equity term / its scale."""
    policy = case.policy
    result = (1 - policy.weight) * efficiency(case) / efficiency_scale(case.problem, policy)
    if policy.weight > 0:
        result += policy.weight * measured(case, policy.equity)[1] / equity_scale(policy.equity)
    return float(result)


def efficiency_bound(case: PlainPlan) -> Iterator[str]:
    """The efficiency is within its cap."""
    bound = case.policy.efficiency_bound
    if bound is not None and not at_most(efficiency(case), bound):
        yield _(
            "{efficiency} is {value:.9g}, at most {most:g}",
            efficiency=case.policy.efficiency,
            value=efficiency(case),
            most=bound,
        )


def cost_bound(case: PlainPlan) -> Iterator[str]:
    """All money spent is within its cap."""
    bound = case.policy.cost_bound
    if bound is not None and not at_most(money(case), bound):
        yield _("{money:.9g} spent, at most {most:g}", money=money(case), most=bound)


def equity_bound(case: PlainPlan) -> Iterator[str]:
    """The equity that is minimised is within its cap."""
    if case.policy.equity_bound is not None:
        yield from _within(case, case.policy.equity, case.policy.equity_bound)


def bounds(case: PlainPlan) -> Iterator[str]:
    """Every other equity that is capped is within its cap."""
    for name, bound in case.policy.bounds.items():
        for breach in _within(case, bound.equity, bound.at_most):
            yield _("{bound}: {breach}", bound=name, breach=breach)


def _within(case: PlainPlan, equity: Equity, cap: float) -> Iterator[str]:
    """A breach where the equity is above the cap."""
    value = measured(case, equity)[0]
    if not at_most(value, cap):
        yield _(
            "{measure} of {of} among {among} is {value:.9g}, at most {most:g}",
            measure=equity.measure,
            of=equity.of,
            among=equity.among,
            value=value,
            most=cap,
        )


#: Rules by id: in words, and what breaks them.
RULES: Rules = {
    "efficiency_bound": (N_("efficiency is within its cap"), efficiency_bound),
    "equity_bound": (N_("equity is within its cap"), equity_bound),
    "bounds": (N_("bounds are kept"), bounds),
    "cost_bound": (N_("money is within its cap"), cost_bound),
}
