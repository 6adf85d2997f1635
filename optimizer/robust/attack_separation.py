"""Attack separation: the attack on a plan that costs most, and who then goes where.

Where nothing overflows everybody goes to the nearest that is left, so a term that is a sum over
persons is what `stress.attack` and `stress.link_attack` know: each place pays what its nearest
costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from optimizer.algorithms.mip.decode import on_built, open_sites
from optimizer.case import Case
from optimizer.efficiency import OfTrips
from optimizer.equity import Additive
from optimizer.network.links import groups
from optimizer.problem import Bools, Floats, Problem
from optimizer.problem.adversary import Adversary
from optimizer.question import Limits
from optimizer.robust.reassignment import reassigned
from optimizer.solution import Plan, Solved
from optimizer.solution.scenario_expansion import level_in
from optimizer.stress.attack import Attack, worst_attack
from optimizer.stress.link_attack import worst_link_attack

#: Which of `Worth.terms` is which.
EFFICIENCY, EQUITY = 0, 1


@dataclass(frozen=True, eq=False)
class Target:
    """A term of the objective as an attack finds it: sum of persons[i, l] cost(l, minutes[i, l]).

    term: EFFICIENCY or EQUITY. persons: (I, L) with the weights and the scale that they count with;
    cost: of one of them, never falling with the minutes; whether somebody serves them.
    """

    term: int
    persons: Floats
    cost: Callable[..., Floats]

    @property
    def levels(self) -> Bools:
        """(L,) which levels count."""
        return np.asarray(self.persons.any(axis=0))

    def unserved(self, minutes: float, row: int) -> float:
        """The cost of a person whom nobody serves at a level, which counts as so many minutes."""
        return float(self.cost(row, np.array([minutes]), served=False)[0])


def targets(case: Case) -> list[Target]:
    """The terms of a policy that count and that an attack can change.

    For equities that are sums over persons, over one level or by weights (`Aggregation.weights`).
    """
    return [*_efficiency(case), *_equity(case)]


def _efficiency(case: Case) -> Iterator[Target]:
    """Money is what it is, whatever is attacked."""
    efficiency, levels = case.efficiency, case.problem.levels
    if case.policy.weight < 1 and isinstance(efficiency, OfTrips):
        persons = np.column_stack([case.problem.entitled(row) for row in range(len(levels))])
        counts = np.apply_along_axis(lambda of: of / efficiency.divisor(of), 0, persons)
        counts, value = counts * case.level_weights / case.efficiency_scale, efficiency.value

        def cost(row: int, minutes: Floats, served: bool = True) -> Floats:
            return value(minutes, levels[row].covers(minutes) & served, levels[row])

        yield Target(EFFICIENCY, counts, cost)


def _equity(case: Case) -> Iterator[Target]:
    problem, policy = case.problem, case.policy
    if policy.weight == 0:
        return
    how = case.equity
    measure, among = how.measure, policy.equity.among
    assert isinstance(measure, Additive)
    levels = [level_in(level, "attack") for level in problem.levels]

    def cost(row: int, minutes: Floats, served: bool = True) -> Floats:
        covered = levels[row].covers(minutes) & served
        value = (~covered).astype(float) if policy.equity.of == "uncovered" else minutes
        return measure.phi(value, levels[row])

    counts = np.zeros((len(problem.demand.ids), len(levels)))
    for row in how.levels:
        weight = case.units(among, row).point_weight
        counts[:, row] = weight / weight.sum() * how.weights[row] / how.scale
    yield Target(EQUITY, counts, cost)


def worst(
    problem: Problem, adversary: Adversary, plan: Plan, target: Target, limits: Limits
) -> Solved[Attack]:
    """The attack on the plan that raises the term most; costs are those of the term."""
    facts, streets = problem.scenarios, adversary.streets
    assert facts is not None
    levels = list(enumerate(problem.levels))
    is_open = np.column_stack([open_sites(problem, plan.options, row) for row, _level in levels])
    unserved = [target.unserved(level.unserved_minutes, row) for row, level in levels]
    costs = target.persons, target.cost, np.array(unserved)
    if streets is None:
        trips = tuple(on_built(problem, trips, plan.corridors) for trips in adversary.trips)
        return worst_attack(trips, is_open, *costs, adversary.count, limits)
    links = streets.there(plan.corridors)
    attack = worst_link_attack(
        streets.ground.only(links),
        groups(problem, is_open, borders=facts.aid is None),
        np.array([level.cutoff for _row, level in levels]),
        *costs,
        adversary.count,
        limits,
    )
    assert attack.plan is not None
    return replace(attack, plan=replace(attack.plan, elements=links[attack.plan.elements]))


def answered(problem: Problem, plan: Plan) -> Plan:
    """The plan with an answer to the scenarios behind those that it knows."""
    facts = problem.scenarios
    assert facts is not None
    behind = range(len(plan.scenarios), len(facts.ids))
    answers = (reassigned(problem, plan, state) for state in behind)
    return replace(plan, scenarios=(*plan.scenarios, *answers))
