"""The best plan of a small problem, found by trying every set of options: plain, slow, and
written from the rules alone.

Nothing of the model, of the measures or of the indicators is used. For each set of options that
obeys the rules on siting, first everybody goes to the nearest open site. All measures and rules
get better when anybody travels less, so if capacities allow that, no assignment is better; if
not, its objective still bounds what this set can give, and the best assignment is an LP.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.policy import Floor, Policy
from optimizer.problem import BUILD, Level, Problem
from tests.linear import LinearProgram, combine

#: Rounding: minutes at a standard, money at a budget, persons at a floor.
EPSILON = 1e-7

Terms = dict[int, float]


@dataclass(frozen=True)
class Best:
    """The least objective, and the options (rows) that give it."""

    objective: float
    options: tuple[int, ...]


def best_plan(problem: Problem, policy: Policy, shortcut: bool = True) -> Best | None:
    """The best plan; None where no plan obeys all rules. Without the shortcut all are LPs."""
    best: Best | None = None
    for options in sitings(problem):
        if not siting_holds(problem, policy, options):
            continue
        study = Study(problem, policy, options)
        if shortcut:
            least = study.all_nearest()
            if least is None or (best and least >= best.objective):
                continue
        objective = least if shortcut and study.nearest_fits() else study.best_assignment()
        if objective is not None and (best is None or objective < best.objective):
            best = Best(objective, options)
    return best


def sitings(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Every set of options: at most one per service and site, one where required."""
    table = problem.options
    facilities = defaultdict(list)
    for k in range(len(table)):
        facilities[int(table.service[k]), int(table.site[k])].append(k)
    choices = [
        rows if any(table.required[k] for k in rows) else [*rows, None]
        for rows in facilities.values()
    ]
    for chosen in itertools.product(*choices):
        yield tuple(k for k in chosen if k is not None)


def siting_holds(problem: Problem, policy: Policy, options: tuple[int, ...]) -> bool:
    """Whether hosts, land, budget, referral and a cap on cost hold."""
    return (
        _hosts_hold(problem, options)
        and _land_holds(problem, options)
        and _budget_holds(problem, policy, options)
        and _referral_holds(problem, options)
        and _cost_holds(problem, policy, options)
    )


def _hosts_hold(problem: Problem, options: tuple[int, ...]) -> bool:
    hosted = [int(problem.options.site[k]) for k in options]
    return all(hosted.count(j) <= problem.sites.hosts[j] for j in hosted)


def _land_holds(problem: Problem, options: tuple[int, ...]) -> bool:
    used: dict[int, float] = defaultdict(float)
    for k in options:
        used[int(problem.options.site[k])] += float(problem.options.land[k])
    return all(land <= problem.sites.land[j] + EPSILON for j, land in used.items())


def money(problem: Problem, options: tuple[int, ...]) -> dict[int, float]:
    """Site -> money: of its options, and once its own if anything is built there."""
    table = problem.options
    spent: dict[int, float] = defaultdict(float)
    for k in options:
        spent[int(table.site[k])] += float(table.cost[k])
    for j in {int(table.site[k]) for k in options if table.kind[k] == BUILD}:
        spent[j] += float(problem.sites.cost[j])
    return spent


def area(problem: Problem, jurisdiction: int, tier: str) -> int | None:
    """The jurisdiction of the tier that this one is or lies in; None where there is none."""
    row = int(jurisdiction)
    while row >= 0:
        if problem.jurisdictions.tier[row] == tier:
            return row
        row = int(problem.jurisdictions.parent[row])
    return None


def own_money(problem: Problem, policy: Policy) -> dict[int, float]:
    """Jurisdiction -> its budget, for those that have one at the budget's tier."""
    areas, rule = problem.jurisdictions, policy.budget
    if rule is None:
        return {}
    return {
        c: rule.scale * float(areas.budget[c])
        for c in range(len(areas.ids))
        if areas.tier[c] == rule.tier and not np.isnan(areas.budget[c])
    }


def _budget_holds(problem: Problem, policy: Policy, options: tuple[int, ...]) -> bool:
    if policy.budget is None:
        return True
    own = own_money(problem, policy)
    spent = dict.fromkeys(own, 0.0)
    for j, amount in money(problem, options).items():
        payer = area(problem, problem.sites.jurisdiction[j], policy.budget.tier)
        if payer in own:
            spent[payer] += amount
    beyond = sum(max(0.0, spent[c] - own[c]) for c in own)
    to_give = sum(min(policy.budget.pooled * own[c], max(0.0, own[c] - spent[c])) for c in own)
    return beyond <= to_give + EPSILON


def offering(problem: Problem, options: tuple[int, ...], level: int) -> dict[int, float]:
    """Site -> persons that it can serve at the level."""
    table = problem.options
    return {
        int(table.site[k]): float(table.capacity[k, level])
        for k in options
        if table.capacity[k, level] > 0
    }


def _referral_holds(problem: Problem, options: tuple[int, ...]) -> bool:
    for level, transfers in problem.transfers.items():
        above = offering(problem, options, level + 1)
        for j in offering(problem, options, level):
            near = transfers.site[transfers.origin == j].tolist()
            if not any(k in above for k in near):
                return False
    return True


def _cost_holds(problem: Problem, policy: Policy, options: tuple[int, ...]) -> bool:
    if policy.efficiency != "cost" or policy.efficiency_bound is None:
        return True
    return sum(money(problem, options).values()) <= policy.efficiency_bound + EPSILON


def equity_parameter(policy: Policy) -> float:
    """The measure's one parameter: aversion of Kolm-Pollak, share of CVaR."""
    default = {"kolm_pollak": ("aversion", 1.0), "cvar": ("share", 0.1), "maximum": ("", 0.0)}
    name, value = default[policy.equity]
    return policy.parameters.get(name, value)


class Study:
    """One set of options: who can be served where, and what is best."""

    def __init__(self, problem: Problem, policy: Policy, options: tuple[int, ...]) -> None:
        self.problem, self.policy = problem, policy
        self.persons = problem.demand.persons
        self.everybody = float(self.persons.sum())
        self.rows = range(len(problem.levels))
        self.points = range(len(self.persons))
        self.parameter = equity_parameter(policy)
        self.capacity = [offering(problem, options, row) for row in self.rows]
        self.trips = [self._trips(row) for row in self.rows]
        self.cost = sum(money(problem, options).values())
        weights = [policy.level_weights.get(level.id, 1.0) for level in problem.levels]
        self.weights = [weight / sum(weights) for weight in weights]
        self.backed_up = [self._backed_up(row) for row in self.rows]

    def _trips(self, row: int) -> dict[tuple[int, int], float]:
        """(demand point, open site) -> minutes."""
        pairs = self.problem.pairs[row]
        return {
            (int(i), int(j)): float(t)
            for i, j, t in zip(pairs.origin, pairs.site, pairs.minutes, strict=True)
            if int(j) in self.capacity[row]
        }

    def _backed_up(self, row: int) -> list[bool]:
        """Which demand points have open sites in two jurisdictions near enough."""
        backup = self.problem.levels[row].backup
        if backup is None:
            return [False for _ in self.points]
        near: dict[int, set[int]] = defaultdict(set)
        for (i, j), t in self.trips[row].items():
            where = area(self.problem, self.problem.sites.jurisdiction[j], backup.tier)
            if t <= backup.minutes + EPSILON and where is not None:
                near[i].add(where)
        return [len(near[i]) >= 2 for i in self.points]

    def scale(self) -> float:
        """What weighs as much as one minute: 1 % of the persons, or of the money."""
        if self.policy.efficiency == "uncovered":
            return self.everybody / 100
        if self.policy.efficiency == "cost":
            all_money = float(self.problem.options.cost.sum() + self.problem.sites.cost.sum())
            if self.policy.budget is not None:
                all_money = sum(own_money(self.problem, self.policy).values())
            return all_money / 100 or 1.0
        return 1.0

    def floors(self, row: int) -> Iterator[tuple[list[float], float]]:
        """For each coverage floor of a level: the persons of each demand point, the least sum."""
        floor = self.policy.floors.get(self.problem.levels[row].id, Floor())
        if floor.jurisdiction > 0:
            at = [area(self.problem, c, floor.tier) for c in self.problem.demand.jurisdiction]
            for c in set(at) - {None}:
                persons = [float(p) if a == c else 0.0 for p, a in zip(self.persons, at)]
                yield persons, floor.jurisdiction * sum(persons)
        if floor.group > 0:
            for group in self.problem.demand.groups.values():
                yield group.tolist(), floor.group * float(group.sum())

    def backup_floor(self, row: int) -> float:
        """Least persons covered and backed up at a level."""
        level = self.problem.levels[row]
        asked = self.policy.floors.get(level.id, Floor()).backup if level.backup else 0.0
        return asked * self.everybody

    # Everybody at the nearest: a plan if capacities allow it, a bound on all others if not.

    def nearest(self, row: int) -> dict[int, int]:
        """Demand point -> its nearest open site at the level."""
        best: dict[int, int] = {}
        for i, j in sorted(self.trips[row], key=self.trips[row].__getitem__):
            best.setdefault(i, j)
        return best

    def nearest_fits(self) -> bool:
        """Whether the capacities let everybody go to the nearest."""
        for row in self.rows:
            load: dict[int, float] = defaultdict(float)
            for i, j in self.nearest(row).items():
                load[j] += float(self.persons[i]) * self.problem.levels[row].share
            if any(load[j] > self.capacity[row][j] * (1 + EPSILON) for j in load):
                return False
        return True

    def all_nearest(self) -> float | None:
        """The objective with everybody at the nearest; None where even that breaks a rule."""
        minutes = []
        for row in self.rows:
            site = self.nearest(row)
            if len(site) < len(self.points):
                return None
            minutes.append(np.array([self.trips[row][i, site[i]] for i in self.points]))
        covered = [
            t <= level.standard + EPSILON
            for t, level in zip(minutes, self.problem.levels, strict=True)
        ]
        for row in self.rows:
            for persons, least in self.floors(row):
                if np.dot(persons, covered[row]) < least - EPSILON:
                    return None
            if (
                self.persons @ (covered[row] & self.backed_up[row])
                < self.backup_floor(row) - EPSILON
            ):
                return None
        return self._objective(minutes, covered)

    def _objective(self, minutes: list[np.ndarray], covered: list[np.ndarray]) -> float | None:
        """The objective of whole demand points; None where a cap is broken."""
        policy = self.policy
        efficiency = {
            "cost": self.cost,
            "mean_minutes": sum(
                w * float(self.persons @ t) / self.everybody
                for w, t in zip(self.weights, minutes, strict=True)
            ),
            "uncovered": sum(
                w * float(self.persons @ ~c) for w, c in zip(self.weights, covered, strict=True)
            ),
        }[policy.efficiency]
        if policy.efficiency_bound is not None and efficiency > policy.efficiency_bound + EPSILON:
            return None
        equity = 0.0
        for row, weight in enumerate(self.weights):
            level = self.problem.levels[row]
            measure = self._measure(minutes[row], level)
            if policy.equity_bound is not None and weight > 0:
                if measure > policy.equity_bound + EPSILON:
                    return None
            is_convex = policy.equity == "kolm_pollak"
            equity += weight * (self.phi(measure, level) if is_convex else measure)
        return (1 - policy.weight) * efficiency / self.scale() + policy.weight * equity

    def _measure(self, minutes: np.ndarray, level: Level) -> float:
        """The measure by its definition, in minutes."""
        lives = self.persons > 0
        if self.policy.equity == "maximum":
            return float(minutes[lives].max())
        if self.policy.equity == "kolm_pollak":
            kappa = self.parameter / level.standard
            mean = float(self.persons @ np.exp(kappa * minutes)) / self.everybody
            return float(np.log(mean)) / kappa
        left = self.parameter * self.everybody
        total = 0.0
        for t, persons in sorted(zip(minutes, self.persons, strict=True), reverse=True):
            counted = min(left, persons)
            total, left = total + counted * t, left - counted
        return float(total) / (self.parameter * self.everybody)

    def phi(self, minutes: float, level: Level) -> float:
        """What the Kolm-Pollak term averages: exp, tangent to the identity at the standard."""
        kappa = self.parameter / level.standard
        return level.standard + (float(np.exp(kappa * (minutes - level.standard))) - 1) / kappa

    # The best assignment under capacities: an LP over all levels at once.

    def best_assignment(self) -> float | None:
        """The least objective with these options; None where no assignment obeys the rules."""
        policy, lp = self.policy, LinearProgram()
        efficiency, equity = [], []
        for row, weight in enumerate(self.weights):
            assigned = {trip: lp.column(0, 1) for trip in self.trips[row]}
            self._require_served(lp, row, assigned)
            self._require_floors(lp, row, assigned)
            efficiency.append((weight, self._efficiency_terms(row, assigned)))
            measure = self._equity_terms(lp, row, assigned)
            equity.append((weight, measure))
            if policy.equity_bound is not None and weight > 0:
                is_convex = policy.equity == "kolm_pollak"
                level, bound = self.problem.levels[row], policy.equity_bound
                lp.require_at_most(measure, self.phi(bound, level) if is_convex else bound)
        in_all = combine(*efficiency)
        if policy.efficiency_bound is not None and policy.efficiency != "cost":
            lp.require_at_most(in_all, policy.efficiency_bound)
        lp.add_cost(in_all, (1 - policy.weight) / self.scale())
        lp.add_cost(combine(*equity), policy.weight)
        minimum = lp.minimum()
        if minimum is None:
            return None
        spent = self.cost if policy.efficiency == "cost" else 0.0
        return minimum + (1 - policy.weight) * spent / self.scale()

    def _require_served(
        self, lp: LinearProgram, row: int, assigned: dict[tuple[int, int], int]
    ) -> None:
        """Everybody is served wholly, within the capacities."""
        share = self.problem.levels[row].share
        for point in self.points:
            lp.require_equal({x: 1.0 for (i, _), x in assigned.items() if i == point}, 1.0)
        for site, capacity in self.capacity[row].items():
            load = {
                x: float(self.persons[i]) * share for (i, j), x in assigned.items() if j == site
            }
            if np.isfinite(capacity):
                lp.require_at_most(load, capacity)

    def _covered(self, row: int, assigned: dict[tuple[int, int], int], point: int) -> Terms:
        """Share of a demand point served within the standard."""
        standard = self.problem.levels[row].standard + EPSILON
        return {
            x: 1.0
            for (i, j), x in assigned.items()
            if i == point and self.trips[row][i, j] <= standard
        }

    def _require_floors(
        self, lp: LinearProgram, row: int, assigned: dict[tuple[int, int], int]
    ) -> None:
        covered = [self._covered(row, assigned, i) for i in self.points]
        for persons, least in self.floors(row):
            lp.require_at_most(combine(*((-p, covered[i]) for i, p in enumerate(persons))), -least)
        if self.backup_floor(row) > 0:
            safe = [
                (-float(self.persons[i]), covered[i]) for i in self.points if self.backed_up[row][i]
            ]
            lp.require_at_most(combine(*safe), -self.backup_floor(row))

    def _efficiency_terms(self, row: int, assigned: dict[tuple[int, int], int]) -> Terms:
        """Of one level, in the efficiency's unit; cost does not depend on the assignment."""
        level, trips = self.problem.levels[row], self.trips[row]
        if self.policy.efficiency == "mean_minutes":
            return {
                x: self.persons[i] * trips[i, j] / self.everybody for (i, j), x in assigned.items()
            }
        if self.policy.efficiency == "uncovered":
            return {
                x: float(self.persons[i])
                for (i, j), x in assigned.items()
                if trips[i, j] > level.standard + EPSILON
            }
        return {}

    def _equity_terms(
        self, lp: LinearProgram, row: int, assigned: dict[tuple[int, int], int]
    ) -> Terms:
        """Of one level, in minutes (transformed by phi for Kolm-Pollak)."""
        level, trips = self.problem.levels[row], self.trips[row]
        if self.policy.equity == "kolm_pollak":
            return {
                x: self.persons[i] * self.phi(trips[i, j], level) / self.everybody
                for (i, j), x in assigned.items()
            }
        lives = [i for i in self.points if self.persons[i] > 0]
        mean = {
            point: {x: trips[i, j] for (i, j), x in assigned.items() if i == point}
            for point in lives
        }
        if self.policy.equity == "maximum":
            worst = lp.column()
            for i in lives:
                lp.require_at_most(combine((1.0, mean[i]), (-1.0, {worst: 1.0})), 0.0)
            return {worst: 1.0}
        threshold, terms = lp.column(), {}
        for i in lives:
            excess = lp.column()
            lp.require_at_most(combine((1.0, mean[i]), (-1.0, {threshold: 1.0, excess: 1.0})), 0.0)
            terms[excess] = float(self.persons[i]) / (self.parameter * self.everybody)
        return {threshold: 1.0, **terms}
