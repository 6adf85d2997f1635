"""Rules on which corridors are built."""

from __future__ import annotations

import pyomo.environ as pyo

from optimizer.model.admissible import rows_by
from optimizer.problem import Problem


def add_one_level(model: pyo.ConcreteModel, problem: Problem) -> None:
    """sum_a v[a] <= 1 over the corridors a that are levels of one link."""
    links = {} if problem.corridors is None else rows_by(problem.corridors.link)

    @model.Constraint(
        [link for link, rows in links.items() if len(rows) > 1], doc="one level of a corridor"
    )
    def one_level(model: pyo.ConcreteModel, link: int) -> object:
        return pyo.quicksum(model.built[a] for a in links[link]) <= 1
