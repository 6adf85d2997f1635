"""Nothing is served beyond its capacity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from optimizer.case import Case
from optimizer.foundation.figures import apart, number
from optimizer.foundation.language import N_, _
from optimizer.foundation.tolerances import ROUNDING
from optimizer.model.access import Access
from optimizer.model.admissible import offering, rows_by, unlimited
from optimizer.problem import Problem
from optimizer.rules.rule import LevelRule


class Capacity(LevelRule):
    """No facility serves more than its capacity."""

    id = "capacity"
    words: ClassVar[Mapping[str, str]] = {"capacity_kept": N_("the capacities of the facilities")}
    consequences = ("capacity_in_all",)

    def active(self, case: Case) -> bool:
        return not all(unlimited(case.problem, row) for row in range(len(case.problem.levels)))

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """sum_n persons x need x x[n] <= sum_k capacity[k] y[k] at each site j that could overflow.

        A capacity counts up to what the site's pairs could bring: tighter, and finite.
        """
        problem = case.problem
        stands, options = block.model().stands, offering(problem, access.row)
        pairs_at = rows_by(access.pairs.site)
        load = problem.need(access.row)[access.pairs.origin]
        reach = _reach(problem, access, pairs_at)
        capacity = problem.options.capacity[:, access.row]

        @block.Constraint(
            [j for j in pairs_at if (capacity[options[j]] < reach[j]).any()],
            doc="load of a site, persons, within its capacity",
        )
        def capacity_kept(block: pyo.Block, j: int) -> object:
            pairs, here = pairs_at[j], options[j]
            room = np.minimum(capacity[here], reach[j])
            unit = float(room[room > 0].min(initial=reach[j]))
            overflow = LinearExpression(
                linear_coefs=[*(load[pairs] / unit).tolist(), *(-room / unit).tolist()],
                linear_vars=[*(access.assigned[n] for n in pairs), *(stands[k] for k in here)],
            )
            return overflow <= 0

        self._add_in_all(block, case, access)

    def _add_in_all(self, block: pyo.Block, case: Case, access: Access) -> None:
        """sum_k min(capacity[k], reach[j]) y[k] >= sum_i persons x need: together, room for all.

        A consequence of the rows above, which says how many facilities it takes; none where what
        stands in every plan has room for all.
        """
        problem = case.problem
        trips, need = problem.trips[access.row], problem.need(access.row)
        ways = np.unique(trips.origin * len(problem.sites.ids) + trips.site)
        origin, site = np.divmod(ways, len(problem.sites.ids))
        reach = np.bincount(site, need[origin], len(problem.sites.ids))
        options, total = problem.options, float(need.sum())
        room = np.minimum(options.capacity[:, access.row], reach[options.site])
        least = np.full(options.facility.max(initial=-1) + 1, np.inf)
        np.minimum.at(least, options.facility, np.where(options.required, room, 0.0))
        offered = np.flatnonzero(room > 0).tolist()
        if least.sum() >= total or not offered:
            return
        unit, stands = float(room[offered].min()), block.model().stands

        @block.Constraint(doc="all facilities together have room for all persons")
        def capacity_in_all(block: pyo.Block) -> object:
            together = LinearExpression(
                linear_coefs=(room[offered] / unit).tolist(),
                linear_vars=[stands[k] for k in offered],
            )
            return together >= total * (1 - ROUNDING) / unit

    def impossible(self, case: Case) -> Iterator[str]:
        """Every facility at its largest must have room for everybody."""
        problem = case.problem
        for row, level in enumerate(problem.levels):
            largest = np.zeros(problem.options.facility.max(initial=-1) + 1)
            np.maximum.at(largest, problem.options.facility, problem.options.capacity[:, row])
            need = float(problem.need(row).sum())
            if largest.sum() < need * (1 - ROUNDING):
                room, persons = apart(number, 0, largest.sum(), need)
                yield _(
                    "{level}: all facilities at their largest have room for {room} persons, "
                    "{persons} need it",
                    level=level.id,
                    room=room,
                    persons=persons,
                )


def _reach(problem: Problem, access: Access, pairs_at: dict[int, list[int]]) -> dict[int, float]:
    """Site -> persons of the level that could come: each demand point once, however it travels."""
    persons, origin = problem.need(access.row), access.pairs.origin
    return {j: float(persons[np.unique(origin[pairs])].sum()) for j, pairs in pairs_at.items()}
