"""COSTS: what it costs to serve a point at a site, from an array, a sparse matrix or coordinates.

An array says by inf, or by its mask, who may not be served where; a sparse matrix by what it does
not store. An algorithm never sees the whole matrix. It asks for what is near (`within`, `nearest`)
and for who is served by given sites (`served`), so coordinates never become a dense matrix.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, issparse, sparray
from scipy.spatial import cKDTree

from optimizer.foundation.tolerances import DISTANCE_SLACK, DISTANCE_ULPS
from optimizer.location.base.given import numbers
from optimizer.location.base.near_pairs import Near, near_of
from optimizer.problem import Floats, Ints

#: Coordinates may not be farther out: the squares of their distances are to be numbers.
FARTHEST = 1e150

#: Distances at which it is looked whether what people feel grows with them.
LOOKED_AT = 1000

#: Formats of sparse matrices that store single entries, so that a stored 0 is a cost of 0.
ENTRIES = ("coo", "csr", "csc", "lil", "dok")

#: Points whose pairs are searched at a time.
PART = 20_000

#: What people feel of a distance: an increasing function, as in the measures of equity.
Phi = Callable[[Floats], Floats]


class Costs(ABC):
    """Costs of I points at J sites."""

    shape: tuple[int, int]

    @abstractmethod
    def within(self, radius: Floats) -> Near:
        """Every pair that costs at most the radius, (I,), of its point."""

    @abstractmethod
    def many(self, radius: Floats) -> int:
        """How many pairs `within` has, at most."""

    @abstractmethod
    def nearest(self, k: int) -> Near:
        """The k cheapest pairs of each point; fewer where fewer are admissible."""

    @abstractmethod
    def served(self, sites: Ints, k: int = 1) -> tuple[Ints, Floats]:
        """(I, k) the cheapest of these sites for each point, and costs; -1 and inf: none."""

    @abstractmethod
    def of(self, points: Ints) -> Costs:
        """The costs of these points only."""

    @abstractmethod
    def felt(self, phi: Phi) -> Costs:
        """An increasing function of these costs, instead of them."""

    @abstractmethod
    def alike(self) -> tuple[Ints, Ints]:
        """The first of all points with the same costs; and for each point its place among them."""

    @property
    @abstractmethod
    def whole(self) -> bool:
        """Whether all costs are whole numbers for certain."""

    @property
    @abstractmethod
    def largest(self) -> float:
        """No cost is above."""


#: What a user may give.
Given: TypeAlias = "ArrayLike | sparray | Costs"


@dataclass(frozen=True, eq=False)
class Table(Costs):
    """Costs as pairs; what is not there is not admissible."""

    near: Near
    sites: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", (self.near.points, self.sites))

    def within(self, radius: Floats) -> Near:
        return self.near.only(self.near.cost <= radius[self.near.point])

    def many(self, radius: Floats) -> int:
        return len(self.near)

    def nearest(self, k: int) -> Near:
        rank = np.arange(len(self.near)) - self.near.first[self.near.point]
        return self.near.only(rank < k)

    def served(self, sites: Ints, k: int = 1) -> tuple[Ints, Floats]:
        is_open = np.zeros(self.sites, dtype=bool)
        is_open[sites] = True
        return self.near.best(is_open, k)

    def of(self, points: Ints) -> Costs:
        start, count = self.near.first[points], np.diff(self.near.first)[points]
        first = np.concatenate([[0], np.cumsum(count)])
        pair = np.arange(first[-1]) + np.repeat(start - first[:-1], count)
        return Table(Near(first, self.near.site[pair], self.near.cost[pair]), self.sites)

    def felt(self, phi: Phi) -> Costs:
        cost = _felt(phi, self.near.cost)
        order = np.argsort(self.near.cost, kind="stable")
        _increasing(self.near.cost[order], cost[order])
        return replace(self, near=replace(self.near, cost=cost))

    def alike(self) -> tuple[Ints, Ints]:
        rows = csr_array((self.near.cost, self.near.site, self.near.first), shape=self.shape)
        probe = np.random.default_rng(0).random(self.sites)
        # Compared by length, sum and a random sum: near enough to look, then by all they have.
        key = np.column_stack([np.diff(self.near.first), rows.sum(axis=1), rows @ probe])
        _, first, of = np.unique(key, axis=0, return_index=True, return_inverse=True)
        of = of.reshape(-1)
        if not all(self._same(i, int(first[of[i]])) for i in range(len(of))):
            return np.arange(len(of)), np.arange(len(of))
        return first, of

    def _same(self, i: int, other: int) -> bool:
        here, there = (slice(*self.near.first[n : n + 2]) for n in (i, other))
        near = self.near
        return i == other or (
            np.array_equal(near.site[here], near.site[there])
            and np.array_equal(near.cost[here], near.cost[there])
        )

    @property
    def whole(self) -> bool:
        return bool((self.near.cost == np.round(self.near.cost)).all())

    @property
    def largest(self) -> float:
        return float(self.near.cost.max(initial=0.0))


@dataclass(frozen=True, eq=False)
class Coordinates(Costs):
    """Euclidean distances between points (I, 2) and sites (J, 2), in any unit.

    sites: absent, every point is a site. rounded: down to whole numbers, as published p-median
    instances of TSPLIB are; a distance that is whole but for rounding counts as that. phi: an
    increasing function of the distance, the cost itself.
    """

    points: Floats
    sites: Floats | None = None
    rounded: bool = False
    phi: Phi | None = None

    def __post_init__(self) -> None:
        at = self.points if self.sites is None else self.sites
        for name, place in (("points", self.points), ("sites", at)):
            place = numbers(place, name)
            if place.ndim != 2 or not np.isfinite(place).all():
                raise ValueError(f"{name}: finite coordinates, one row each, are needed")
            if place.shape[1] != np.shape(self.points)[1]:
                raise ValueError("points and sites: need as many coordinates")
            if np.abs(place).max(initial=0.0) > FARTHEST:
                raise ValueError(f"{name}: no coordinate may be beyond {FARTHEST:g}")
            object.__setattr__(self, name, place)
        object.__setattr__(self, "shape", (len(self.points), len(at)))

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self._sites)

    @property
    def _sites(self) -> Floats:
        assert self.sites is not None
        return self.sites

    def _cost(self, distance: Floats) -> Floats:
        cost = (
            np.floor(distance * (1 + DISTANCE_ULPS) + DISTANCE_SLACK) if self.rounded else distance
        )
        return cost if self.phi is None else self.phi(cost)

    def pair_costs(self, point: Ints, site: Ints) -> Floats:
        """(N,) the cost of each of these pairs."""
        return self._cost(np.linalg.norm(self.points[point] - self._sites[site], axis=1))

    def within(self, radius: Floats) -> Near:
        reach = np.clip(self._reach(radius), 0, self._extent)
        kept = []
        # Points of like reach together: each part is searched to the farthest reach in it.
        order = np.argsort(reach, kind="stable")
        for start in range(0, len(order), PART):
            part = order[start : start + PART]
            tree = cKDTree(self.points[part])
            pairs = tree.sparse_distance_matrix(self._tree, reach[part[-1]], output_type="ndarray")
            point, site = part[pairs["i"]], pairs["j"].astype(np.int64)
            cost = self.pair_costs(point, site)
            inside = cost <= radius[point]
            kept.append((point[inside], site[inside], cost[inside]))
        point, site, cost = map(np.concatenate, zip(*kept, strict=True))
        return near_of(len(reach), point, site, cost)

    def _reach(self, radius: Floats) -> Floats:
        """(I,) a distance beyond which everything costs more than the radius."""
        if self.phi is None:
            return (radius + self.rounded) * (1 + DISTANCE_SLACK) + self.rounded * DISTANCE_SLACK
        low, high = np.zeros_like(radius), np.full_like(radius, self._extent)
        for _ in range(60):
            middle = (low + high) / 2
            inside = self._cost(middle) <= radius
            low, high = np.where(inside, middle, low), np.where(inside, high, middle)
        return high + self.rounded + DISTANCE_SLACK * self._extent

    @property
    def _extent(self) -> float:
        everything = np.vstack([self.points, self._sites])
        return float(np.linalg.norm(np.ptp(everything, axis=0))) + 1

    def many(self, radius: Floats) -> int:
        reach = self._reach(radius)
        return int(self._tree.query_ball_point(self.points, reach, return_length=True).sum())

    def nearest(self, k: int) -> Near:
        k = min(k, self.shape[1])
        _, site = self._tree.query(self.points, k=range(1, k + 1), workers=-1)
        point = np.repeat(np.arange(len(self.points)), k)
        site = site.reshape(-1).astype(np.int64)
        return near_of(len(self.points), point, site, self.pair_costs(point, site))

    def served(self, sites: Ints, k: int = 1) -> tuple[Ints, Floats]:
        tree = cKDTree(self._sites[sites])
        distance, row = tree.query(self.points, k=range(1, k + 1), workers=-1)
        there = np.isfinite(distance)
        site = np.where(there, sites[np.minimum(row, len(sites) - 1)], -1)
        cost = np.full(distance.shape, np.inf)
        point = np.broadcast_to(np.arange(len(self.points))[:, None], site.shape)
        cost[there] = self.pair_costs(point[there], site[there])
        return site.astype(np.int64), cost

    def of(self, points: Ints) -> Costs:
        return replace(self, points=self.points[points])

    def felt(self, phi: Phi) -> Costs:
        distance = self._cost(np.linspace(0.0, self._extent, LOOKED_AT))
        _increasing(distance, _felt(phi, distance))
        before = self.phi
        return replace(self, phi=phi if before is None else lambda cost: phi(before(cost)))

    def alike(self) -> tuple[Ints, Ints]:
        _, first, of = np.unique(self.points, axis=0, return_index=True, return_inverse=True)
        return first, of.reshape(-1)

    @property
    def whole(self) -> bool:
        return self.rounded and self.phi is None

    @property
    def largest(self) -> float:
        return float(self._cost(np.array([self._extent]))[0])


def costs_of(given: Given, phi: Phi | None = None) -> Costs:
    """Costs from an array (I, J; inf or masked: not admissible), a sparse matrix (what is stored is
    admissible; entries of one pair add up, as scipy has it), or `Coordinates`; phi: an increasing
    function of them, which is the cost then.

    Raises ValueError for NaN, negative costs, what is no number or a shape that is none. Warns of a
    square sparse matrix without a diagonal: made from a dense one it has lost the costs of 0.
    """
    if isinstance(given, Costs):
        if 0 in given.shape:
            raise ValueError(f"costs: a point and a site are needed at least, not {given.shape}")
        return given if phi is None else given.felt(phi)
    matrix: Any = given
    if issparse(matrix):
        shape, near = matrix.shape, _near_of_entries(matrix)
    else:
        hidden = np.ma.getmaskarray(matrix) if isinstance(matrix, np.ma.MaskedArray) else None
        table = numbers(matrix if hidden is None else np.ma.getdata(matrix), "costs")
        if table.ndim != 2:
            raise ValueError(f"costs: an array of points x sites is needed, not {table.shape}")
        table = table if hidden is None else np.where(hidden, np.inf, table)
        shape, near = table.shape, _near_of_table(table)
    if np.isnan(near.cost).any() or (near.cost < 0).any():
        raise ValueError("costs: no cost may be negative or NaN")
    return costs_of(Table(near, shape[1]), phi)


def _near_of_entries(matrix: Any) -> Near:
    """What a sparse matrix stores, the cheapest of each row first."""
    if matrix.ndim != 2:
        raise ValueError(f"costs: a matrix of points x sites is needed, not {matrix.shape}")
    if matrix.format not in ENTRIES:
        raise ValueError(
            f"costs: a sparse matrix in the format {matrix.format} stores more than its entries;"
            f" make it one of {', '.join(ENTRIES)}"
        )
    pairs = matrix.tocoo(copy=True)
    pairs.data = numbers(pairs.data, "costs")
    pairs.sum_duplicates()
    point, site = pairs.row.astype(np.int64), pairs.col.astype(np.int64)
    if matrix.shape[0] == matrix.shape[1] and (point != site).all() and (pairs.data != 0).all():
        warnings.warn(
            "costs: no place may serve itself: a sparse matrix that is made from a dense one"
            " drops what costs 0; give the array itself, with inf for what is not admissible",
            stacklevel=4,
        )
    there = ~np.isposinf(pairs.data)
    return near_of(matrix.shape[0], point[there], site[there], pairs.data[there])


def _near_of_table(table: Floats) -> Near:
    """The finite entries, the cheapest of each row first."""
    site = np.argsort(table, axis=1, kind="stable")
    cost = np.take_along_axis(table, site, axis=1)
    there = ~np.isposinf(cost)
    first = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    return Near(first, site[there], cost[there])


def _felt(phi: Phi, cost: Floats) -> Floats:
    with np.errstate(over="ignore"):  # what is beyond doubles is told
        return np.asarray(phi(cost), dtype=float)


def _increasing(given: Floats, felt: Floats) -> None:
    """Raise where what is felt, of ascending costs, is no cost, or falls."""
    strange = np.flatnonzero(~np.isfinite(felt))
    if len(strange):
        raise ValueError(f"phi: no finite number at a cost of {given[strange[0]]:g}")
    if (felt < 0).any() or (np.diff(felt) < 0).any():
        raise ValueError("phi: must be 0 or more, and increase")


def merged(costs: Costs, weights: Floats) -> tuple[Costs, Floats]:
    """The costs and weights of the different points that weigh anything; of one, if none does."""
    points = np.flatnonzero(weights > 0)
    if not len(points):
        points = np.zeros(1, dtype=int)
    first, of = costs.of(points).alike()
    return costs.of(points[first]), np.asarray(np.bincount(of, weights[points]), dtype=float)


def amounts(given: ArrayLike, count: int, name: str) -> Floats:
    """(count,) numbers that are finite and not negative. Raises ValueError for others."""
    table = numbers(given, name)
    if table.shape != (count,):
        raise ValueError(f"{name}: {count} numbers are needed, not {table.shape}")
    if not np.isfinite(table).all() or (table < 0).any():
        raise ValueError(f"{name}: must be finite and not negative")
    return table
