"""INDICATORS: what a plan means for whom, recomputed in numpy from the facts and the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimizer.assessment.equity import measured
from optimizer.assessment.exchange import Exchange, exchange
from optimizer.assessment.money import all_money, spent, spent_apart
from optimizer.assessment.unmet import unmet_money
from optimizer.case import Case
from optimizer.efficiency import OfTrips
from optimizer.equity import INDICATORS, Class, Indicator, indicator
from optimizer.equity.maximum import Maximum
from optimizer.foundation.tolerances import TRACE
from optimizer.problem import (
    BUILD,
    CLOSE,
    KEEP,
    UPGRADE,
    Classes,
    Floats,
    Ints,
    Problem,
)
from optimizer.problem.adversary import under
from optimizer.solution import Plan
from optimizer.solution.accessibility import Access, access, part, sums
from optimizer.solution.scenario_expansion import unfolded, unfolded_plan


@dataclass(frozen=True)
class Summary:
    """One level as some people have it: those of them who are entitled to it.

    coverage, backup: shares of their persons.
    worst: the longest mean minutes of a demand point, among those who are served; NaN where nobody
    is. unmet, unmet_share: persons whose need nobody serves, and what share of the need that is;
    None where no need may be unmet.
    """

    persons: float
    mean: float
    worst: float
    coverage: float
    backup: float | None  # None where the level asks for no backup
    equity: Mapping[str, float]  # every registered indicator, of minutes, among these persons
    unmet: float | None = None
    unmet_share: float | None = None


@dataclass(frozen=True, eq=False)
class LevelIndicators:
    """One level: over the region, by row of a jurisdiction (every tier), by group, by class; its
    supply; and who crosses between cores and members, where both are.
    """

    level: str
    region: Summary
    jurisdictions: Mapping[int, Summary]  # only jurisdictions where somebody lives
    groups: Mapping[str, Summary]  # only groups that somebody belongs to
    classes: Mapping[str, Mapping[str, Summary]]  # of each its labels that somebody has
    facilities: Mapping[str, int]  # keep, build, upgrade; close: of those that offered the level
    capacity: float
    load: float
    exchange: Exchange | None


@dataclass(frozen=True, eq=False)
class Indicators:
    """minutes: (I, L) mean minutes; covered: (I, L) share within the standard;
    backed_up: (I, L) share covered and backed up, NaN where the level asks for no backup;
    load: (len(plan.options), L) persons;
    spent: (C,) money spent at sites in each jurisdiction and those below it; once, running: (C,)
    what of that is paid once, in money of today, and per year.
    unmet: (I, L) share served by nobody; unmet_money: what an efficiency of money counts for that.
    efficiency, equity: in their own units; terms: what each adds to the objective before the
    weight, scaled; objective as minimised.

    Minutes are NaN where nobody serves a demand point, and so is all that depends on them.
    """

    levels: tuple[LevelIndicators, ...]
    minutes: Floats
    covered: Floats
    backed_up: Floats
    load: Floats
    spent: Floats
    once: Floats
    running: Floats
    unmet: Floats
    cost: float
    unmet_money: float
    efficiency: float
    equity: float
    terms: tuple[float, float]
    objective: float


@dataclass(frozen=True)
class Worth:
    """What the policy asks of a plan. efficiency, equity: in their own units; terms: what each
    adds to the objective before the weight, scaled; objective as minimised.
    """

    efficiency: float
    equity: float
    terms: tuple[float, float]
    objective: float


def worth(case: Case, plan: Plan) -> Worth:
    """Recompute what is minimised, and nothing else. Raises ValueError as `evaluate` does."""
    case = replace(case, problem=under(case.problem, plan.attacks))
    case, plan = _unfolded(case, plan)
    levels = _levels(case.problem, plan)
    efficiency = _efficiency(case, levels, _counted_money(case.problem, plan))
    equity = measured(case, case.policy.equity, levels, plan.options)
    terms = case.terms(efficiency, equity.term)
    return Worth(efficiency, equity.value, terms, case.objective(terms))


def terms_by_state(case: Case, plan: Plan) -> Floats:
    """(S + 1, 2) the terms of `Worth` in each state alone: nothing fails, then each scenario."""
    case, plan = _unfolded(case, plan)
    problem = case.problem
    assert problem.states is not None
    count, levels = len(problem.states.probability), _levels(problem, plan)
    by_level = _by_level(case, levels)
    if by_level is None:
        efficiency = np.full(count, _counted_money(problem, plan))
    else:
        efficiency = np.bincount(problem.states.of, by_level, count).astype(float)
    values = measured(case, case.policy.equity, levels, plan.options).by_level
    return np.column_stack(case.terms(efficiency, case.equity.in_states(values)))


def _unfolded(case: Case, plan: Plan) -> tuple[Case, Plan]:
    """Facts and plan with the levels of every state."""
    facts = unfolded(case.problem, with_trips=False)
    return replace(case, problem=facts), unfolded_plan(case.problem, plan)


def _levels(problem: Problem, plan: Plan) -> list[Access]:
    """The access that a plan gives at each level."""
    return [access(problem, plan, row) for row in range(len(problem.levels))]


def assess(case: Case, plan: Plan) -> Indicators:
    """Recompute every indicator of a plan.

    Any plan will do whose row numbers exist; whether it obeys the rules is for `check` to say.
    Raises ValueError for an unknown efficiency or equity measure.
    """
    problem = case.problem
    levels = _levels(problem, plan)
    value, (once, running) = worth(case, plan), spent_apart(problem, plan)
    return Indicators(
        levels=tuple(_indicators(case, plan, level, row) for row, level in enumerate(levels)),
        minutes=np.column_stack([level.minutes for level in levels]),
        covered=np.column_stack([level.covered for level in levels]),
        backed_up=np.column_stack([level.backed_up for level in levels]),
        load=np.column_stack([level.load for level in levels]),
        spent=spent(problem, plan),
        once=once,
        running=running,
        unmet=np.column_stack([level.unmet for level in levels]),
        cost=all_money(problem, plan),
        unmet_money=unmet_money(problem, plan),
        efficiency=value.efficiency,
        equity=value.equity,
        terms=value.terms,
        objective=value.objective,
    )


def _counted_money(problem: Problem, plan: Plan) -> float:
    """What an efficiency of money counts: all money, and the price of unmet needs."""
    return all_money(problem, plan) + unmet_money(problem, plan)


def _efficiency(case: Case, levels: list[Access], cost: float) -> float:
    """The efficiency in its own unit."""
    by_level = _by_level(case, levels)
    return cost if by_level is None else case.over_states(by_level)


def _by_level(case: Case, levels: list[Access]) -> Floats | None:
    """(L,) what each level adds to an efficiency of trips; None: it is one of money."""
    efficiency, problem = case.efficiency, case.problem
    if not isinstance(efficiency, OfTrips):
        return None
    # What weighs nothing does not count, even where it is not known.
    return np.array(
        [
            weight * efficiency.evaluate(level, problem.entitled(row)) if weight > 0 else 0.0
            for row, (weight, level) in enumerate(
                zip(case.level_weights.tolist(), levels, strict=True)
            )
        ]
    )


def _mean(values: Floats, persons: Floats) -> float:
    """Mean over persons; places where nobody lives do not count, whatever their value."""
    inhabited = persons > 0
    return float(np.average(values[inhabited], weights=persons[inhabited]))


def _travel(indicator: Indicator, level: Access, persons: Floats) -> tuple[Floats, Floats]:
    """Minutes and persons as an indicator of its class sees them. persons: (I,)."""
    if indicator.kind is Class.ADDITIVE:
        minutes, persons = level.pair_minutes, persons[level.origin] * level.share
    else:
        inner, n = indicator.inner(level.pair_minutes, level.level), len(persons)
        mean = sums(level.origin, inner * level.share, n) / sums(level.origin, level.share, n)
        minutes = indicator.outer(mean, level.level)
    return minutes[persons > 0], persons[persons > 0]


def _indicators(case: Case, plan: Plan, level: Access, row: int) -> LevelIndicators:
    """One level: the region, its jurisdictions, groups and classes, and its facilities."""
    problem = case.problem
    demand, persons = problem.demand, problem.entitled(row)
    members = {name: problem.entitled_of(row, name) for name in demand.groups}
    own = case.policy.equity
    indicators = [
        indicator(name, own.parameters if name == own.measure else {}) for name in INDICATORS
    ]
    kind = problem.options.kind[plan.options[level.capacity > 0]]
    return LevelIndicators(
        level=level.level.id,
        region=_summary(level, persons, indicators),
        jurisdictions={
            c: _summary(part(level, points), persons[points], indicators)
            for c, points in problem.jurisdictions.holding(demand.jurisdiction).items()
            if persons[points].any()
        },
        groups={
            name: _summary(level, own_group, indicators)
            for name, own_group in members.items()
            if own_group.any()
        },
        classes={
            name: {
                label: _summary(part(level, points), persons[points], indicators)
                for label, points in _labelled(classes)
                if persons[points].any()
            }
            for name, classes in demand.classes.items()
        },
        facilities={name: int((kind == name).sum()) for name in (KEEP, BUILD, UPGRADE)}
        | {CLOSE: _closed(problem, plan, level.level.id)},
        capacity=float(level.capacity.sum()),
        load=float(level.load.sum()),
        exchange=exchange(problem, plan, row),
    )


def _closed(problem: Problem, plan: Plan, level: str) -> int:
    """How many of the facilities that the plan closes offered the level."""
    options = problem.options
    row = [one.id for one in problem.levels].index(level)
    offered = options.facility[(options.kind == KEEP) & (options.capacity[:, row] > 0)]
    closed = plan.options[options.closed[plan.options]]
    return int(np.isin(options.facility[closed], offered).sum())


def _labelled(classes: Classes) -> Iterator[tuple[str, Ints]]:
    """Each label of a class, and the demand points that have it."""
    for row, label in enumerate(classes.labels):
        yield label, np.flatnonzero(classes.of == row)


def _summary(level: Access, persons: Floats, indicators: list[Indicator]) -> Summary:
    """One level as these persons (I,) have it."""
    worst, share = _worst_served(level, persons), _mean(level.unmet, persons)
    equity = {
        one.name: one.evaluate(*_travel(one, level, persons), level.level) for one in indicators
    }
    unmet = level.level.may_be_unmet
    return Summary(
        persons=float(persons.sum()),
        mean=_mean(level.minutes, persons),
        worst=worst,
        coverage=_mean(level.covered, persons),
        backup=None if level.level.backup is None else _mean(level.backed_up, persons),
        equity=equity | {Maximum.name: worst} if unmet else equity,
        unmet=float(persons @ level.unmet) * level.level.share if unmet else None,
        unmet_share=share if unmet else None,
    )


def _worst_served(level: Access, persons: Floats) -> float:
    """The longest mean minutes of those who are served, of any demand point where persons live."""
    part = level.unmet
    away = level.level.unserved_minutes
    served = (persons > 0) & (part < 1 - TRACE)
    if not served.any():
        return float("nan")
    minutes = (level.minutes - part * away) / np.where(served, 1 - part, 1.0)
    return float(minutes[served].max())
