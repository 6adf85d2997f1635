"""Scenario results: what a plan gives people in each failure, recomputed from facts and plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.case import Case
from optimizer.equity.aggregation import tail_mean
from optimizer.solution import Plan
from optimizer.solution.accessibility import access
from optimizer.solution.scenario_expansion import unfolded, unfolded_plan


@dataclass(frozen=True)
class Served:
    """One level: minutes in the mean and at worst, share within the standard, persons cut off.

    Who is cut off, or in part, counts as travelling `Level.unserved_minutes`.
    """

    mean: float
    worst: float
    coverage: float
    cut_off: float


@dataclass(frozen=True)
class ScenarioOutcome:
    """A scenario. mean: minutes over all levels, by their weights.

    lost: by how much that is more than where nothing fails.
    """

    id: str
    probability: float
    mean: float
    lost: float
    levels: tuple[Served, ...]


@dataclass(frozen=True)
class FailureSummary:
    """All scenarios, in mean minutes over all levels.

    calm: where nothing fails; expected: over all that can happen; tail: over the worst share of it
    that the policy looks at.
    """

    calm: float
    expected: float
    tail: float
    scenarios: tuple[ScenarioOutcome, ...]

    @property
    def ranked(self) -> list[int]:
        """Rows of the scenarios, the worst first."""
        return [int(n) for n in np.argsort([-one.lost for one in self.scenarios], kind="stable")]


def scenario_outcomes(case: Case, plan: Plan) -> FailureSummary | None:
    """What each scenario of the problem means; None where nothing ever fails."""
    problem = case.problem
    facts = problem.scenarios
    if facts is None:
        return None
    whole, full = unfolded(problem, with_trips=False), unfolded_plan(problem, plan)
    assert whole.states is not None
    weights = case.level_weights
    by_state: list[list[Served]] = [[] for _ in range(len(facts.ids) + 1)]
    for row, state in enumerate(whole.states.of.tolist()):
        reached = access(whole, full, row)
        persons = whole.entitled(row)
        inhabited = persons > 0
        by_state[state].append(
            Served(
                mean=float(np.average(reached.minutes[inhabited], weights=persons[inhabited])),
                worst=float(reached.minutes[inhabited].max()),
                coverage=float(persons @ reached.covered / persons.sum()),
                cut_off=float(whole.need(row) @ reached.unmet),
            )
        )
    means = np.array([weights @ [one.mean for one in state] for state in by_state])
    probability = whole.states.probability
    return FailureSummary(
        float(means[0]),
        float(probability @ means),
        tail_mean(probability, case.policy.tail, means),
        tuple(
            ScenarioOutcome(name, float(chance), float(mean), float(mean - means[0]), tuple(levels))
            for name, chance, mean, levels in zip(
                facts.ids, facts.probability, means[1:], by_state[1:], strict=True
            )
        ),
    )
