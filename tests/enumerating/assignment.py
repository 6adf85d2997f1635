"""The best assignment to what stands, under capacities: one linear program over all levels."""

from __future__ import annotations

import numpy as np

from tests.enumerating.linear import LinearProgram, Terms, combine
from tests.enumerating.study import Study

#: (demand point, site) -> the column that holds the share served there.
Shares = dict[tuple[int, int], int]


def assignment_objective(study: Study) -> float | None:
    """The least objective of this siting; None where no assignment obeys the rules."""
    policy, lp = study.policy, LinearProgram()
    efficiencies, equities = [], []
    for row, weight in enumerate(study.weights):
        shares = {trip: lp.column(0, 1) for trip in study.trips[row]}
        _serve(lp, study, row, shares)
        _cover(lp, study, row, shares)
        efficiencies.append((weight, _efficiency(study, row, shares)))
        term = _equity(lp, study, row, shares)
        equities.append((weight, term))
        if policy.equity_bound is not None and weight > 0:
            lp.require_at_most(term, study.term(policy.equity_bound, study.levels[row]))
    efficiency, spent = combine(*efficiencies), 0.0
    if policy.efficiency == "cost":
        spent = study.cost
    if policy.efficiency_bound is not None:
        lp.require_at_most(efficiency, policy.efficiency_bound - spent)
    lp.add_cost(efficiency, (1 - policy.weight) / study.scale)
    lp.add_cost(combine(*equities), policy.weight)
    least = lp.minimum()
    return None if least is None else least + (1 - policy.weight) * spent / study.scale


def _serve(lp: LinearProgram, study: Study, row: int, shares: Shares) -> None:
    """Everybody is served wholly, within the capacities."""
    for point in study.points:
        lp.require_equal({x: 1.0 for (i, _), x in shares.items() if i == point}, 1.0)
    for site, capacity in study.capacity[row].items():
        load = {
            x: study.persons[i] * study.levels[row].share
            for (i, j), x in shares.items()
            if j == site
        }
        if np.isfinite(capacity):
            lp.require_at_most(load, capacity)


def _cover(lp: LinearProgram, study: Study, row: int, shares: Shares) -> None:
    """The floors: enough persons within the standard."""
    covering = {
        (i, j): x
        for (i, j), x in shares.items()
        if study.within_standard(row, study.trips[row][i, j])
    }
    for persons, least in study.floors(row):
        if least > 0:
            lp.require_at_most({x: -persons[i] for (i, _), x in covering.items()}, -least)


def _efficiency(study: Study, row: int, shares: Shares) -> Terms:
    """Of one level, in the efficiency's unit; cost does not depend on the assignment."""
    if study.policy.efficiency == "cost":
        return {}
    trips = study.trips[row]
    if study.policy.efficiency == "mean_minutes":
        return {x: study.persons[i] * trips[i, j] / study.everybody for (i, j), x in shares.items()}
    return {
        x: study.persons[i] * (not study.within_standard(row, trips[i, j]))
        for (i, j), x in shares.items()
    }


def _equity(lp: LinearProgram, study: Study, row: int, shares: Shares) -> Terms:
    """Of one level, in minutes (transformed by phi for Kolm-Pollak)."""
    level, trips = study.levels[row], study.trips[row]
    if study.policy.equity == "kolm_pollak":
        return {
            x: study.persons[i] * study.phi(trips[i, j], level) / study.everybody
            for (i, j), x in shares.items()
        }
    mean = {
        point: {x: trips[i, j] for (i, j), x in shares.items() if i == point}
        for point in study.points
        if study.persons[point] > 0
    }
    if study.policy.equity == "maximum":
        worst = lp.column()
        for minutes in mean.values():
            lp.require_at_most(combine((1.0, minutes), (-1.0, {worst: 1.0})), 0.0)
        return {worst: 1.0}
    # CVaR: a threshold, and the minutes beyond it, which only the worst-off share has.
    threshold = lp.column()
    terms = {threshold: 1.0}
    for i, minutes in mean.items():
        excess = lp.column()
        lp.require_at_most(combine((1.0, minutes), (-1.0, {threshold: 1.0, excess: 1.0})), 0.0)
        terms[excess] = study.persons[i] / (study.parameter * study.everybody)
    return terms
