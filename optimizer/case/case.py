"""The CASE: facts and question, and what both together say, each with its formula."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from optimizer.case.quotas import QuotaLimits, quota_limits
from optimizer.efficiency import EFFICIENCIES, Efficiency
from optimizer.efficiency import make as make_efficiency
from optimizer.equity import make as make_measure
from optimizer.equity.aggregation import WEIGHTED, WORST, Aggregation, is_dispersion, tail_mean
from optimizer.equity.comparison_units import Units, units
from optimizer.foundation.faults import nearest
from optimizer.problem import Bools, Floats, Ints, Problem
from optimizer.problem.valid import read_only
from optimizer.question import Equity, Policy


@dataclass(frozen=True, eq=False)
class Case:
    """What is to be decided: the facts (`problem`) under the question (`policy`).

        minimise (1 - w) F / s_F + w T / s_T

    w: the policy's weight; F: the efficiency, in its own unit; T: the term of the equity; s_F, s_T:
    what weighs as much as one minute, in the unit of each. One minute weighs as much as 1 % of the
    persons uncovered, as 1 % of the money (of all budgets, or of the cost of all options and sites
    where there is no budget), and as 0.01 of an equity that is a share or a ratio.

    Raises ValueError where the policy names an efficiency, a level or a tier that is not there: a
    rule about nothing would hold without a word. So it does where a measure cannot see what people
    have: the mean of places within reach, say, which is capacity over need wherever they are.
    """

    problem: Problem
    policy: Policy
    _units: dict[tuple[str, tuple[str, ...]], Units] = field(
        init=False, default_factory=dict, repr=False
    )

    def __post_init__(self) -> None:
        policy, tiers = self.policy, self.problem.jurisdictions.tier
        levels = [level.id for level in self.problem.levels]
        floors = policy.floors.items()
        divisions = [*tiers, *self.problem.demand.classes]
        _require("efficiency", [policy.efficiency], EFFICIENCIES)
        _require("budget.tier", [policy.budget.tier] if policy.budget else [], tiers)
        _require("level_weights", policy.level_weights, levels)
        _require("floors", policy.floors, levels)
        _require(
            "floors.tier", [floor.tier for _, floor in floors if floor.jurisdiction], divisions
        )
        quotas = policy.quotas.values()
        _require(
            "quotas.tier",
            [quota.tier for quota in quotas],
            [*tiers, *self.problem.jurisdictions.classes],
        )
        _require(
            "quotas.column", [quota.tier for quota in quotas if quota.column is not None], tiers
        )
        _require("quotas.level", [one.level for one in quotas if one.level is not None], levels)
        capped = [u for level in self.problem.levels if (u := level.unmet) and u.jurisdiction < 1]
        _require("unmet.tier", [unmet.tier for unmet in capped], tiers)
        for equity in (policy.equity, *(bound.equity for bound in policy.bounds.values())):
            sees = make_measure(equity.measure, equity.parameters).sees
            _require(f"of, for the measure {equity.measure}", [equity.of], sorted(sees))

    def asking(self, **changes: Any) -> Case:
        """The same facts under a policy with these changes."""
        return self.under(replace(self.policy, **changes))

    def under(self, policy: Policy) -> Case:
        """The same facts under this policy."""
        return Case(self.problem, policy)

    # Levels and states

    @cached_property
    def level_weights(self) -> Floats:
        """(L,) v[l] / sum of v over the levels of a state: they sum to 1 in each state.

        v: the policy's weights, 1 where it names none. Raises ValueError where all are 0.
        """
        states, ids = self.problem.states, [level.id for level in self.problem.levels]
        if states is not None:
            ids = [ids[row] for row in states.base]
        weights = np.array([self.policy.level_weights.get(id, 1.0) for id in ids])
        if not weights.sum() > 0:
            raise ValueError("policy.level_weights: at least one level needs a weight above 0")
        count = 1 if states is None else len(states.probability)
        return read_only(np.asarray(weights / weights.sum() * count))

    def over_states(self, values: Floats) -> float:
        """Mean over the worst `tail` of the states of sum_l values[l] in each. values: (L,)."""
        states = self.problem.states
        if states is None:
            return float(values.sum())
        by_state = np.bincount(states.of, values, len(states.probability)).astype(float)
        return tail_mean(states.probability, self.policy.tail, by_state)

    # Efficiency, equity, objective

    @cached_property
    def efficiency(self) -> Efficiency:
        """The efficiency that the policy minimises. Raises ValueError for an unknown one."""
        return make_efficiency(self.policy.efficiency)

    @cached_property
    def efficiency_scale(self) -> float:
        """s_F: what weighs as much as one minute, in the unit of the efficiency."""
        return self.efficiency.scale(self)

    @cached_property
    def equity(self) -> Aggregation:
        """The equity that the policy minimises, over the levels that count in it."""
        return self.aggregation(self.policy.equity)

    def aggregation(self, equity: Equity) -> Aggregation:
        """How levels are made one in an equity: all by their weights, the worst, or one of them.

        Raises ValueError for a level that is not there.
        """
        weights, states = self.level_weights, self.problem.states
        if equity.services not in (WEIGHTED, WORST):
            row = [level.id for level in self.problem.levels].index(equity.services)
            base = np.arange(len(weights)) if states is None else states.base
            weights = (base == row).astype(float)
        return Aggregation(self.problem, equity, weights, self.policy.tail)

    @cached_property
    def nearest_levels(self) -> Bools:
        """(L,) levels where a dispersion measure is minimised or capped.

        Nobody may be sent past an open facility that has room there.
        """
        levels = np.zeros(len(self.problem.levels), dtype=bool)
        for equity in self.policy.equities():
            if is_dispersion(equity):
                levels[self.aggregation(equity).levels] = True
        return read_only(levels)

    def units(self, among: str, level: int) -> Units:
        """The comparison units of `among` at a level. Raises ValueError where there is none."""
        key = among, self.problem.levels[level].entitled
        if key not in self._units:
            self._units[key] = units(self.problem, among, level)
        return self._units[key]

    @property
    def prices(self) -> tuple[float, float]:
        """((1 - w) / s_F, w / s_T): what one unit of F, and of T, adds to the objective."""
        weight = self.policy.weight
        return (1 - weight) / self.efficiency_scale, weight / self.equity.scale

    def terms(self, efficiency: Any, term: Any) -> tuple[Any, Any]:
        """(F / s_F, T / s_T), numbers or arrays."""
        return efficiency / self.efficiency_scale, term / self.equity.scale

    def objective(self, terms: tuple[float, float]) -> float:
        """(1 - w) F / s_F + w T / s_T, of the two quotients."""
        return weighted(self.policy.weight, terms)

    # Quotas and money

    @cached_property
    def quotas(self) -> Mapping[str, QuotaLimits]:
        """The numbers of each quota, by its name."""
        quotas = self.policy.quotas.items()
        return {name: quota_limits(self.problem, quota) for name, quota in quotas}

    @cached_property
    def budgets(self) -> Floats:
        """(C,) scale x budget[c] for jurisdictions of the budget's tier; NaN: no limit."""
        areas, budget = self.problem.jurisdictions, self.policy.budget
        if budget is None:
            return read_only(np.full(len(areas.ids), np.nan))
        at_tier = np.array([tier == budget.tier for tier in areas.tier])
        return read_only(np.where(at_tier, areas.budget * budget.scale, np.nan))

    @cached_property
    def payer(self) -> Ints:
        """(J,) row of the jurisdiction with a budget that pays what stands at a site; -1: none."""
        if self.policy.budget is None:
            return read_only(np.full(len(self.problem.sites.ids), -1))
        area = self.problem.sites_at(self.policy.budget.tier)
        return read_only(np.where((area >= 0) & ~np.isnan(self.budgets[area]), area, -1))

    @cached_property
    def may_pay(self) -> Bools:
        """(A, C) who may pay for which corridor where that is negotiated; else nobody."""
        budget = self.policy.budget
        shares = self.problem.shares_at(budget.tier if budget else "")
        return read_only((shares > 0) & (budget is not None and budget.negotiated))


def _require(where: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(
                f"policy.{where}: unknown {name!r}; {nearest(name, dict.fromkeys(known))}"
            )


def weighted(weight: float, terms: tuple[float, float]) -> float:
    """(1 - weight) F + weight T of two scaled terms; an infinite one of weight 0 adds nothing."""
    parts = zip((1 - weight, weight), terms, strict=True)
    return sum(share * term for share, term in parts if share > 0)
