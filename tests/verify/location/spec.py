"""Sites to open, in plain arrays: what a set of them is worth, all of them, and a local search.

p-median, fixed charge, set cover, maximal cover and p-center are one thing here: every point pays
for its cheapest open site, and the sum (or the largest) of that counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

import numpy as np

Floats = np.ndarray
Sites = tuple[int, ...]

#: Sets of sites that are all tried, times the points of each; and how many at once.
MOST_WORK, AT_ONCE = 4_000_000, 4_000

#: Rounds of swaps from one start.
ROUNDS = 60


@dataclass(frozen=True, eq=False)
class Spec:
    """costs: (I, J) of a point, weighted; fixed: (J,); count: open at most, None: any number;
    largest: the largest of the points' costs counts, and not their sum.
    """

    costs: Floats
    fixed: Floats
    count: int | None
    largest: bool = False

    @property
    def sites(self) -> int:
        return self.costs.shape[1]

    @property
    def most(self) -> int:
        return self.sites if self.count is None else min(self.count, self.sites)

    def of(self, paid: Floats) -> Floats:
        """What all points pay together, over the first axis."""
        return paid.max(axis=0, initial=0.0) if self.largest else paid.sum(axis=0)

    def value(self, sites: Sites) -> float:
        """What these open sites are worth; inf: somebody is not served."""
        if len(sites) > self.most or not len(sites):
            return np.inf
        rows = list(sites)
        return float(self.of(self.costs[:, rows].min(axis=1)) + self.fixed[rows].sum())


def least(spec: Spec) -> float | None:
    """The best of all sets; inf: none serves everybody; None: too many to try."""
    sizes = range(1, spec.most + 1) if spec.count is None else [spec.most]
    if sum(comb(spec.sites, size) for size in sizes) * len(spec.costs) > MOST_WORK:
        return None
    best = np.inf
    for size in sizes:
        every = combinations(range(spec.sites), size)
        while chosen := list(islice(every, AT_ONCE)):
            rows = np.array(chosen)
            paid = spec.of(spec.costs[:, rows].min(axis=2))
            best = min(best, float((paid + spec.fixed[rows].sum(axis=1)).min()))
    return best


def improved(spec: Spec, sites: Sites) -> tuple[float, Sites]:
    """The best that swaps, and sites more or fewer, make of these sites, one step at a time."""
    best, value = sites, spec.value(sites)
    for _ in range(ROUNDS):
        found, step = min(_steps(spec, best), default=(np.inf, best))
        if not found < value:
            break
        best, value = step, found
    return value, best


def _steps(spec: Spec, sites: Sites) -> list[tuple[float, Sites]]:
    """Of each site that may go, or none: the best that may come, or none."""
    others = np.setdiff1d(np.arange(spec.sites), sites)
    steps = []
    for gone in (None, *sites):
        left = tuple(site for site in sites if site != gone)
        paid = spec.costs[:, list(left)].min(axis=1, initial=np.inf)
        opening = spec.fixed[list(left)].sum()
        if gone is not None and left:
            steps.append((float(spec.of(paid) + opening), left))
        if len(left) < spec.most and len(others):
            values = spec.of(np.minimum(paid[:, None], spec.costs[:, others]))
            values = values + opening + spec.fixed[others]
            one = int(np.argmin(values))
            steps.append((float(values[one]), tuple(sorted((*left, int(others[one]))))))
    return steps


def searched(spec: Spec, told: Sites, rng: np.random.Generator, starts: int = 2) -> float:
    """The best that is found from what was told and from sites at random."""
    found = [improved(spec, told)[0]] if len(told) else []
    for _ in range(starts):
        size = spec.most if spec.count is not None else int(rng.integers(1, spec.most + 1))
        start = tuple(sorted(rng.choice(spec.sites, size, replace=False).tolist()))
        found.append(improved(spec, start)[0])
    return min(found)
