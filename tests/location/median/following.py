"""A known plan followed through every stage of the p-median's road: which one cuts it off?

A stage may leave out what no better plan has. So a plan that is better than the best which the
search knows by then has to be in what each stage leaves: its sites are not closed, nothing else is
required, each point's cheapest pair is near or may be beyond what is near, the program that is left
has it at its cost, and one part of the tree holds it until its leaf is evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from optimizer.location.median import branching, exact
from optimizer.location.median.exact import Median
from optimizer.location.median.lagrangian import Multipliers, Relaxation
from optimizer.location.median.radius_mip import radius_form
from optimizer.question import Limits
from optimizer.solver.highs import minimise
from optimizer.solver.program import fixed

#: What sums of floating-point numbers may differ by, relative.
EQUAL = 1e-9


@dataclass
class Follower:
    """sites: (p,) of the plan that is followed. lost: stages that cut it off, in their order."""

    sites: np.ndarray
    lost: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def follow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on each stage of a `Median` is looked at, when it is done."""
        for name in ("_near_pairs", "_reduced", "_with_certified_pairs", "_solve_mip", "_cost"):
            monkeypatch.setattr(Median, name, self._watched(name, getattr(Median, name)))
        monkeypatch.setattr(exact, "branch", self._of_tree(monkeypatch, exact.branch))

    def _watched(self, name, stage):
        look = getattr(self, name)

        def watched(search: Median, *given):
            return look(search, lambda: stage(search, *given), *given)

        return watched

    def is_better(self, search: Median) -> bool:
        """Whether the plan is still worth finding."""
        return self.cost(search) <= search.cutoff.value

    def cost(self, search: Median) -> float:
        """What the plan costs, from all costs."""
        cost = search.costs.served(self.sites)[1][:, 0]
        return float(search.weights @ cost + search.fixed[self.sites].sum())

    def look(self, search: Median, stage: str, left: Relaxation) -> None:
        """Whether what a stage leaves has the plan."""
        self.seen.add(stage)
        is_open = np.zeros(len(search.fixed), dtype=bool)
        is_open[self.sites] = True
        if (left.closed & is_open).any():
            self.lost.append(f"{stage} closes a site of it")
        if (left.required & ~is_open).any():
            self.lost.append(f"{stage} requires a site that it has not")
        true = search.weights * search.costs.served(self.sites)[1][:, 0]
        near = left.near.nearest_open(is_open, 1)[1][:, 0]
        # Who has no near site may be served beyond what is near.
        here = np.minimum(near, np.where(np.isinf(left.radius), np.inf, true))
        beyond = (near > true) & (true < left.radius)
        for point in np.flatnonzero((here > true * (1 + EQUAL)) | beyond):
            self.lost.append(f"{stage} leaves out the pair that serves point {point}")

    # -- the stages, as each is looked at ------------------------------------------------------

    def _near_pairs(self, search: Median, run, count):
        near, radius = run()
        nobody = np.zeros(len(search.fixed), dtype=bool)
        left = Relaxation(near, radius, search.fixed, search.count, nobody, nobody)
        self.look(search, "near pairs", left)
        return near, radius

    def _reduced(self, search: Median, run, relaxed: Relaxation, dual: Multipliers):
        followed, left = self.is_better(search), run()
        if followed:
            self.look(search, "fixing", left)
        return left

    def _with_certified_pairs(
        self, search: Median, run, relaxed: Relaxation, dual: Multipliers, most: int
    ):
        followed, left = self.is_better(search), run()
        is_open = np.isin(np.arange(len(search.fixed)), self.sites)
        inside = not (relaxed.closed & is_open).any() and not (relaxed.required & ~is_open).any()
        if followed and inside and left is not None:
            self.look(search, "certified pairs", left)
        return left

    def _solve_mip(self, search: Median, run, relaxed: Relaxation, options):
        form = radius_form(relaxed)
        followed, cost = self.is_better(search), self.cost(search)
        holds = np.isin(self.sites, form.sites).all()
        holds &= not relaxed.required[np.setdiff1d(np.arange(len(search.fixed)), self.sites)].any()
        if followed and holds:
            self.seen.add("program")
            columns = np.arange(len(form.program.cost)) < len(form.sites)
            values = np.zeros(len(columns))
            values[: len(form.sites)] = np.isin(form.sites, self.sites)
            worth = minimise(fixed(form.program, columns, values), Limits(gap=0)).objective
            if not worth <= cost * (1 + 1e-6):
                self.lost.append(f"program has it at {worth}, not {cost}")
        found = run()
        if followed and holds and not options and found.bound > cost * (1 + EQUAL):
            self.lost.append(f"program bounds it by {found.bound}, it costs {cost}")
        return found

    def _cost(self, search: Median, run, sites):
        cost = run()
        if set(self.sites.tolist()) == set(np.asarray(sites).tolist()):
            self.seen.add("evaluated")
        return cost

    def _of_tree(self, monkeypatch: pytest.MonkeyPatch, branch):
        """The tree: a part that has the plan has it too when its sites are decided."""
        decided = branching._tightened

        def held(part: Relaxation) -> bool:
            is_open = np.isin(np.arange(len(part.fixed)), self.sites)
            return not ((part.closed & is_open).any() or (part.required & ~is_open).any())

        def watched(here: Relaxation, ascending, cut: float, best: float) -> Relaxation:
            before, after = held(here), decided(here, ascending, cut, best)
            if before:
                self.seen.add("tree")
                is_open = np.isin(np.arange(len(after.fixed)), self.sites)
                near = after.near.nearest_open(is_open, 1)[1]
                cost = float(near.sum() + after.fixed[self.sites].sum())
                if cost <= cut and not held(after):
                    self.lost.append("a part of the tree decides against it")
                if cost <= cut and ascending.dual.bound > cost * (1 + EQUAL):
                    self.lost.append("a part of the tree bounds it by more than it costs")
            return after

        def followed(*given):
            monkeypatch.setattr(branching, "_tightened", watched)
            return branch(*given)

        return followed
