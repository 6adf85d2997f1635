"""The decisions: which options stand, which sites are opened, who is served where."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.access import Access
from optimizer.model.admissible import useful_pairs
from optimizer.problem import Problem


def add_siting(model: pyo.ConcreteModel, problem: Problem) -> None:
    """y[k] in {0, 1}: option k stands."""
    model.stands = pyo.Var(
        range(len(problem.options)), domain=pyo.Binary, doc="option k stands (0 or 1)"
    )


def add_corridors(model: pyo.ConcreteModel, problem: Problem) -> None:
    """v[a] in {0, 1}: corridor a is built; none where none is to be decided."""
    count = 0 if problem.corridors is None else len(problem.corridors.ids)
    model.built = pyo.Var(range(count), domain=pyo.Binary, doc="corridor a is built (0 or 1)")


def add_opened_sites(model: pyo.ConcreteModel, problem: Problem) -> None:
    """o[j] in [0, 1]: the fixed cost of site j is paid; only sites that cost something."""
    costly = [j for j, cost in enumerate(problem.sites.cost) if cost > 0]
    model.opened = pyo.Var(costly, bounds=(0, 1), doc="fixed cost of site j is paid (share)")


def add_assignment(model: pyo.ConcreteModel, problem: Problem) -> None:
    """x[n] in [0, 1] for each useful pair n of each level: share of the demand point served there.

    Leaves `model.access`: the Access of each level.
    """
    model.level = pyo.Block(range(len(problem.levels)))
    model.access = []
    for row, level in enumerate(problem.levels):
        pairs = useful_pairs(problem, row)
        block = model.level[row]
        block.assigned = pyo.Var(
            range(len(pairs)), bounds=(0, 1), doc="share of a demand point served on pair n"
        )
        assigned = list(block.assigned.values())
        model.access.append(Access(level, pairs, assigned, problem.demand.persons))
