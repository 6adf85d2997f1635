"""Unmet needs: whose need nobody serves where nothing fails, and what that counts as in money."""

from __future__ import annotations

import numpy as np

from optimizer.problem import Floats, Level, Pairs, Problem
from optimizer.solution import Plan
from optimizer.solution.accessibility import access


def priced(level: Level) -> bool:
    """Whether unmet needs of the level count as money."""
    return level.may_be_unmet and level.unmet is not None and level.unmet.price > 0


def unmet_price(problem: Problem, row: int, pairs: Pairs) -> Floats:
    """(N,) money that all of a demand point count as who are served on a pair: by nobody."""
    unmet = problem.levels[row].unmet
    price = 0.0 if unmet is None else unmet.price
    need = problem.need(row)[pairs.origin]
    return np.where(pairs.site == problem.nobody, price * need, 0.0)


def unmet_money(problem: Problem, plan: Plan) -> float:
    """Money that all unmet needs of a plan count as."""
    total = 0.0
    for row, level in enumerate(problem.levels):
        if priced(level) and level.unmet is not None:
            unmet = access(problem, plan, row).unmet
            total += level.unmet.price * float(problem.need(row) @ unmet)
    return total
