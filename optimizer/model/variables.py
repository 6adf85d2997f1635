"""The decisions: which options stand, which sites are opened, who is served where."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.access import Access
from optimizer.model.admissible import affected, useful_pairs
from optimizer.model.restriction import Restriction
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


def add_payments(model: pyo.ConcreteModel, case: Case) -> None:
    """q[a, c] in [0, cost[a]]: what jurisdiction c pays for corridor a, where it is negotiated."""
    cost = [] if case.problem.corridors is None else case.problem.corridors.cost.tolist()
    model.paid = pyo.Var(
        [(a, c) for a, c in np.argwhere(case.may_pay).tolist()],
        bounds=lambda _, a, c: (0, cost[a]),
        doc="money that jurisdiction c pays for corridor a",
    )


def add_opened_sites(model: pyo.ConcreteModel, problem: Problem) -> None:
    """o[j] in [0, 1]: the fixed cost of site j is paid; only sites that cost something."""
    costly = [j for j, cost in enumerate(problem.sites.cost) if cost > 0]
    model.opened = pyo.Var(costly, bounds=(0, 1), doc="fixed cost of site j is paid (share)")


def add_assignment(
    model: pyo.ConcreteModel, problem: Problem, restriction: Restriction | None = None
) -> None:
    """x[n] in [0, 1] for each useful pair n of each level: share of the demand point served there.

    Where something fails that a demand point does not depend on, and no facility of the level can
    overflow, it is served as if nothing failed: by the same variables. Leaves `model.access`: the
    Access of each level.
    """
    model.level = pyo.Block(range(len(problem.levels)))
    model.access = []
    for row, level in enumerate(problem.levels):
        pairs, own = useful_pairs(problem, row), affected(problem, row)
        if restriction is not None:
            pairs = restriction.of(row, pairs)
        block = model.level[row]
        changed = pairs.only(own[pairs.origin])
        block.assigned = pyo.Var(
            range(len(changed)), bounds=(0, 1), doc="share of a demand point served on pair n"
        )
        assigned = list(block.assigned.values())
        if not own.all():
            assert problem.states is not None
            before = model.access[int(problem.states.base[row])]
            same = np.flatnonzero(~own[before.pairs.origin])
            assigned += [before.assigned[n] for n in same.tolist()]
            unchanged = before.pairs.only(~own[before.pairs.origin])
            # Both are sorted by origin, and have no origin in common.
            order = np.argsort(np.append(changed.origin, unchanged.origin), kind="stable")
            pairs, assigned = changed + unchanged, [assigned[n] for n in order.tolist()]
        covered = problem.within_standard(row, pairs.site, pairs.minutes)
        persons = problem.entitled(row)
        model.access.append(Access(row, level, pairs, assigned, persons, own, covered))
