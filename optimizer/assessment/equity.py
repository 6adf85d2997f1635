"""What people have in a plan, as an equity measure sees it, and the equity of the plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.case import Case
from optimizer.equity import Class, Measure
from optimizer.equity.comparison_units import Units
from optimizer.problem import Floats, Ints, Problem
from optimizer.question import Equity
from optimizer.solution.accessibility import Access


def catchment(problem: Problem, row: int) -> csr_array:
    """(I, K) places per person in need that an option gives to a demand point: 2SFCA.

    capacity[k] / D[j] where the option's site j is within the standard, else 0; D[j] the persons
    in need within the standard of j (Luo and Wang 2003). Only finite capacities make sense.
    As sparse as the pairs.
    """
    pairs, options = problem.pairs[row], problem.options
    near = problem.within_standard(row, pairs.site, pairs.minutes)
    shape = len(problem.demand.ids), len(problem.sites.ids)
    at = pairs.origin[near], pairs.site[near]
    reach = csr_array((np.ones(near.sum()), at), shape=shape)
    need = problem.need(row) @ reach
    per_need = np.divide(1.0, need, out=np.zeros_like(need), where=need > 0)
    places = np.where(options.site == problem.nobody, 0.0, options.capacity[:, row])
    places = places * per_need[options.site]
    offered = np.flatnonzero(places)
    of_site = places[offered], (options.site[offered], offered)
    return csr_array(reach @ csr_array(of_site, shape=(shape[1], len(options))))


def seen(
    case: Case, equity: Equity, measure: Measure, level: Access, row: int, options: Ints
) -> tuple[Floats, Floats]:
    """Values and weights as the measure sees them: people for additive measures, else units."""
    among = case.units(equity.among, row)
    if equity.of == "catchment":
        given = catchment(case.problem, row)[:, options].sum(axis=1)
        value = given if measure.kind is Class.DISPERSION else 1 - given
        return np.asarray(among.share @ value), among.weight
    value = level.pair_minutes
    if equity.of == "uncovered":
        value = np.where(np.isnan(value), np.nan, ~level.pair_covered)
    if measure.kind is Class.ADDITIVE:
        weight = among.point_weight[level.origin] * level.share
        return value[weight > 0], weight[weight > 0]
    return _unit_values(measure, among, level, value), among.weight


def _unit_values(measure: Measure, among: Units, level: Access, value: Floats) -> Floats:
    """(U,) what the persons of each unit have, in the mean. value: (E,)."""
    inner = measure.inner(value, level.level)
    n = among.share.shape[1]
    total = np.bincount(level.origin, weights=inner * level.share, minlength=n)
    point = total / np.bincount(level.origin, weights=level.share, minlength=n)
    lived_in = among.share.sum(axis=0) > 0
    mean = among.share @ np.where(lived_in, point, 0.0)
    return measure.outer(np.asarray(mean), level.level)


@dataclass(frozen=True)
class Value:
    """One equity of a plan: over the whole in its own unit, as minimised (T), and by level."""

    value: float
    term: float
    by_level: dict[int, float]


def measured(case: Case, equity: Equity, levels: list[Access], options: Ints) -> Value:
    """The equity of a plan. options: rows that it has chosen; levels: the access that it gives."""
    how = case.aggregation(equity)
    values = {
        row: how.measure.evaluate(
            *seen(case, equity, how.measure, levels[row], row, options), case.problem.levels[row]
        )
        for row in how.levels
    }
    return Value(how.value(values), how.combine(values), values)
