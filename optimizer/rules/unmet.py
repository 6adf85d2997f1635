"""Caps on needs that nobody serves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.foundation.figures import apart, share
from optimizer.foundation.language import N_, _
from optimizer.foundation.tolerances import ROUNDING
from optimizer.model.access import Access
from optimizer.problem import Floats, Level, Problem
from optimizer.rules.rule import LevelRule


class UnmetNeeds(LevelRule):
    """So much of the need at most is met by nobody: of all, of each jurisdiction, of each group."""

    id = "unmet"
    words: ClassVar[Mapping[str, str]] = {"unmet": N_("the caps on unmet needs")}

    def active(self, case: Case) -> bool:
        return any(capped(level) for level in case.problem.levels)

    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """sum_i need[i] u[i] <= cap x sum_i need[i], u[i] share of i that nobody serves.

        need: persons who need the level: of all, of each jurisdiction of the tier, of each group.
        """
        problem = case.problem
        nobody = access.pairs.site == problem.nobody
        origin = access.pairs.origin[nobody]
        every = capped_needs(problem, access.row)
        caps = [(need, cap) for _name, need, cap in every if need[origin].any()]

        @block.Constraint(range(len(caps)), doc="need that nobody serves, a share of all there is")
        def unmet(block: pyo.Block, n: int) -> object:
            need, cap = caps[n]
            return access.sum(nobody * need[access.pairs.origin] / float(need.sum())) <= cap

    def impossible(self, case: Case) -> Iterator[str]:
        """Who reaches no possible site is unmet, and so is whoever no facility has room for."""
        problem = case.problem
        for row, level in enumerate(problem.levels):
            if not capped(level):
                continue
            reached = np.zeros(len(problem.demand.ids), dtype=bool)
            trips = problem.trips[row]
            reached[trips.origin[trips.site != problem.nobody]] = True
            for name, need, cap in capped_needs(problem, row):
                least = float(need[~reached].sum() / need.sum())
                if least > cap * (1 + ROUNDING):
                    unmet, most = apart(share, 1, least, cap)
                    yield _(
                        "{level}: {share} of the need of {who} reaches no possible site, "
                        "at most {cap} may be unmet",
                        level=level.id,
                        share=unmet,
                        who=name,
                        cap=most,
                    )
            yield from _too_little_room(problem, row)


def _too_little_room(problem: Problem, row: int) -> Iterator[str]:
    """A sentence where all facilities at their largest leave more unmet than may be."""
    options, level = problem.options, problem.levels[row]
    assert level.unmet is not None
    largest = np.zeros(options.facility.max(initial=-1) + 1)
    somewhere = options.site != problem.nobody
    at = options.facility[somewhere]
    np.maximum.at(largest, at, options.capacity[somewhere, row])
    need = float(problem.need(row).sum())
    least = 1 - float(largest.sum()) / need
    if least > level.unmet.most + ROUNDING:
        unmet, most = apart(share, 1, least, level.unmet.most)
        yield _(
            "{level}: all facilities at their largest leave {share} of the need unmet, at most "
            "{cap} may be",
            level=level.id,
            share=unmet,
            cap=most,
        )


def capped(level: Level) -> bool:
    """Whether needs may be unmet at the level, up to a cap."""
    unmet = level.unmet
    return (
        unmet is not None and unmet.allowed and min(unmet.most, unmet.jurisdiction, unmet.group) < 1
    )


def capped_needs(problem: Problem, row: int) -> Iterator[tuple[str, Floats, float]]:
    """Whose need of a level is capped, (I,) that need, and what share of it may be unmet."""
    level = problem.levels[row]
    unmet = level.unmet
    if unmet is None or not unmet.allowed:
        return
    needs: list[tuple[str, Floats, float]] = []
    if unmet.most < 1:
        needs.append((_("the region"), problem.need(row), unmet.most))
    if unmet.jurisdiction < 1:
        at = problem.demand_at(unmet.tier)
        for c in np.unique(at[at >= 0]).tolist():
            inside = np.where(at == c, problem.need(row), 0.0)
            needs.append((problem.jurisdictions.ids[c], inside, unmet.jurisdiction))
    if unmet.group < 1:
        for group in problem.demand.groups:
            needs.append((group, problem.entitled_of(row, group) * level.share, unmet.group))
    yield from (one for one in needs if one[1].sum() > 0)
