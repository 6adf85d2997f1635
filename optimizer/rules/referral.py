"""Who refers has somebody to refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from optimizer.case import Case
from optimizer.foundation.language import N_, _
from optimizer.model.access import Access
from optimizer.model.admissible import offering
from optimizer.problem import Problem
from optimizer.rules.rule import LevelRule


class Referral(LevelRule):
    """Every open facility has an open one of the next level to refer to."""

    id = "referral"
    words: ClassVar[Mapping[str, str]] = {"referral": N_("the referral minutes")}

    def active(self, case: Case) -> bool:
        return bool(case.problem.transfers)

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """Every open facility of the level has an open one of the next level to refer to.

        sum_k y[k] over the options at site j that offer the level <= sum_k y[k] over the options
        that offer the next level at sites within the referral minutes of j (j itself included).
        """
        problem = case.problem
        level, stands = access.row, block.model().stands
        if level not in problem.transfers:
            return
        here, above = _offering(problem, level), _offering(problem, level + 1)
        partners: dict[int, set[int]] = {j: set() for j in here}
        transfers = problem.transfers[level]
        for origin, site in zip(transfers.origin.tolist(), transfers.site.tolist(), strict=True):
            if origin in partners:
                partners[origin].update(above.get(site, ()))
        # An option that offers both levels, on both sides of the row, refers to itself.
        sending = {j: set(options) - partners[j] for j, options in here.items()}

        @block.Constraint(
            [j for j in here if sending[j]], doc="an open facility has one to refer to"
        )
        def referral(block: pyo.Block, j: int) -> object:
            receiving = partners[j] - set(here[j])
            refers = LinearExpression(
                linear_coefs=[1.0] * len(sending[j]) + [-1.0] * len(receiving),
                linear_vars=[stands[k] for k in (*sorted(sending[j]), *sorted(receiving))],
            )
            return refers <= 0

    def impossible(self, case: Case) -> Iterator[str]:
        """What must stand needs a possible facility of the next level to refer to."""
        problem = case.problem
        options = problem.options
        for row, transfers in problem.transfers.items():
            offered = options.capacity > 0
            above = np.zeros(len(problem.sites.ids), dtype=bool)
            above[options.site[offered[:, row + 1]]] = True
            refers = np.zeros(len(above), dtype=bool)
            refers[transfers.origin[above[transfers.site]]] = True
            # Only a facility all of whose options offer the level refers whatever is decided.
            facilities = options.facility.max(initial=-1) + 1
            sure = np.ones(facilities, dtype=bool)
            sure[options.facility[~(options.required & offered[:, row])]] = False
            for j in np.unique(options.site[sure[options.facility]]):
                if not refers[j] and j != problem.nobody:
                    level, following = problem.levels[row], problem.levels[row + 1]
                    yield _(
                        "referral: {level} at {site} stands in every plan, and no site within "
                        "{minutes:g} minutes can have a {following}",
                        level=level.id,
                        site=problem.sites.ids[j],
                        minutes=level.referral,
                        following=following.id,
                    )


def _offering(problem: Problem, level: int) -> dict[int, list[int]]:
    """Site -> its options that offer the level; nobody refers nobody."""
    every = offering(problem, level)
    return {j: options for j, options in every.items() if j != problem.nobody}
