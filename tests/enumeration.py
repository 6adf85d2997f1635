"""The best plan of a small problem, found by trying every set of options: plain, slow, and
written from the rules alone.

Nothing of the model, of the measures or of the indicators is used. For each set of options that
obeys the rules on siting, first everybody goes to the nearest open site. All measures and floors
gain when anybody travels less, so if capacities allow that, no assignment is better; if not, its
objective still bounds what this set can give, and the best assignment is a linear program.
"""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.policy import Policy
from optimizer.problem import Problem
from tests.enumerating.assignment import assignment_objective
from tests.enumerating.nearest import nearest_fits, nearest_objective
from tests.enumerating.siting import siting_holds, sitings
from tests.enumerating.study import Study


@dataclass(frozen=True)
class Best:
    """The least objective, and the options (rows) that give it."""

    objective: float
    options: tuple[int, ...]


def best_plan(problem: Problem, policy: Policy) -> Best | None:
    """The best plan; None where no plan obeys all rules."""
    best: Best | None = None
    for options in sitings(problem):
        if not siting_holds(problem, policy, options):
            continue
        study = Study(problem, policy, options)
        objective = nearest_objective(study)
        if objective is None or (best and objective >= best.objective):
            continue
        if not nearest_fits(study):
            objective = assignment_objective(study)
        if objective is not None and (best is None or objective < best.objective):
            best = Best(objective, options)
    return best
