"""COVER: location set covering and maximal covering (Toregas et al. 1971; Church, ReVelle 1974).

A site covers the points that it costs at most the radius to serve there, but for the rounding of
sums: 0.1 + 0.2 is within 0.3. The radius may be another one for each point. Points with the same
sites within reach are one, so a million points are as many rows as there are different sets of
sites.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.base.costs import Costs, amounts, costs_of
from optimizer.location.base.given import count, edge, radii
from optimizer.location.base.result import Opened, Tell, Watch, until_interrupted
from optimizer.location.covering.max_cover import Best, covering_of, most_covered
from optimizer.location.covering.row_reductions import merged_reach
from optimizer.location.covering.set_cover import fewest
from optimizer.problem import Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Progress, Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from scipy.sparse import sparray

#: Everything proven to the end.
EXACT = Limits(gap=0)


def set_cover(
    costs: ArrayLike | sparray | Costs,
    radius: ArrayLike,
    fixed: ArrayLike | None = None,
    limits: Limits | None = None,
    progress: Tell | None = None,
) -> Solved[Opened]:
    """The fewest sites, or the cheapest by `fixed` (J,), that reach each point.

    costs: (I, J), see `costs_of`; radius: one, or (I,). objective: number of sites, or their
    cost. Infeasible where a point has no site within its radius; the reasons say how many.
    Raises ValueError for numbers that are not to be.
    """
    given = costs_of(costs)
    points, sites = given.shape
    within = edge(radii(radius, points), given.integral)
    cost = np.ones(sites) if fixed is None else amounts(fixed, sites, "fixed")
    watch = Watch(limits or EXACT, progress)
    reach, row = merged_reach(given, within)
    lost = int((np.diff(reach.indptr) == 0)[row].sum())
    if lost:
        watch.note(bound=math.inf)
        told = f"{lost} of {points} points have no site within their radius"
        return replace(watch.answer(None, "set cover"), reasons=(told,))
    found = fewest(reach, cost, watch)
    return watch.answer(_opened(given, found.site, within), "set cover", found.interrupted)


def max_cover(
    costs: ArrayLike | sparray | Costs,
    radius: ArrayLike,
    p: int,
    weights: ArrayLike | None = None,
    limits: Limits | None = None,
    progress: Tell | None = None,
) -> Solved[Opened]:
    """p sites (all, where there are fewer) that cover the most weight.

    costs: (I, J), see `costs_of`; radius: one, or (I,); weights: (I,), absent 1 each.
    A maximisation: objective is the weight that is covered, and bound, no less than it, what no
    plan exceeds. A point that is not covered is served by -1.
    Raises ValueError for numbers that are not to be.
    """
    given = costs_of(costs)
    points, sites = given.shape
    within = edge(radii(radius, points), given.integral)
    weight = np.ones(points) if weights is None else amounts(weights, points, "weights")
    p = min(count(p, "p"), sites)
    watch = Watch(limits or EXACT, _upwards(progress))
    reach, row = merged_reach(given, within)
    total = np.bincount(row, weight, minlength=reach.shape[0]).astype(float)
    best = Best(np.empty(0, dtype=np.int64))
    covering = covering_of(reach, total, p)
    interrupted = until_interrupted(lambda: most_covered(covering, watch, best))
    spare = np.setdiff1d(np.arange(sites), best.site)[: p - len(best.site)]
    plan = _opened(given, np.concatenate([best.site, spare]), within)
    return _maximised(watch.answer(plan, "maximal cover", interrupted))


def _opened(costs: Costs, site: Ints, radius: Floats) -> Opened:
    """These sites, and for each point the nearest of them within its radius."""
    site = np.sort(site)
    if not len(site):
        return Opened(site, np.full(len(radius), -1))
    served, cost = costs.served(site)
    return Opened(site, np.where(cost[:, 0] <= radius, served[:, 0], -1))


def _upwards(tell: Tell | None) -> Callable[[Progress], None] | None:
    """Tell what is minimised below 0 as what is maximised."""
    if tell is None:
        return None
    return lambda seen: tell(_up(seen))


def _up(seen: Progress) -> Progress:
    return replace(seen, objective=-seen.objective, bound=-seen.bound)


def _maximised(found: Solved[Opened]) -> Solved[Opened]:
    """The answer with its objective the right way up."""
    return replace(
        found,
        objective=-found.objective,
        bound=-found.bound,
        trace=tuple(_up(seen) for seen in found.trace),
    )
