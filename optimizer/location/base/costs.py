"""COSTS: the matrix c_ij of serving demand point i at site j, in any storage.

An array marks inadmissible pairs by inf or by its mask; a sparse matrix by not storing them. An
algorithm never sees the whole matrix. It queries the pairs within a radius (`within`), the k
nearest sites (`nearest`) and the nearest open sites (`served`), so coordinates never become a dense
matrix.
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
from optimizer.location.base.near_pairs import NearPairs, near_pairs_of
from optimizer.problem import Floats, Ints

#: Largest coordinate: the squares of distances must not overflow.
MAX_COORDINATE = 1e150

#: Distances at which phi is tested to be increasing.
MONOTONE_SAMPLES = 1000

#: Bisections of the distance at which phi exceeds a radius: to the last bit of a double.
BISECTIONS = 60

#: Formats of sparse matrices that store single entries, so that a stored 0 is a cost of 0.
ENTRY_FORMATS = ("coo", "csr", "csc", "lil", "dok")

#: Points of one radius query: bounds the memory.
POINTS_PER_QUERY = 20_000

#: An increasing transform of costs, as in the additive measures of equity.
Phi = Callable[[Floats], Floats]


class Costs(ABC):
    """The costs c_ij of I demand points at J sites; shape: (I, J)."""

    shape: tuple[int, int]

    @abstractmethod
    def within(self, radius: Floats) -> NearPairs:
        """All pairs with c_ij <= radius_i; radius: (I,)."""

    @abstractmethod
    def count_within(self, radius: Floats) -> int:
        """An upper bound on the number of pairs of `within`."""

    @abstractmethod
    def nearest(self, k: int) -> NearPairs:
        """The k nearest sites of each point; fewer where fewer are admissible."""

    @abstractmethod
    def served(self, sites: Ints, k: int = 1) -> tuple[Ints, Floats]:
        """(I, k) the k nearest of these open sites, and their costs; -1 and inf: none."""

    @abstractmethod
    def of(self, points: Ints) -> Costs:
        """The rows of these points only."""

    @abstractmethod
    def transformed(self, phi: Phi) -> Costs:
        """phi(c_ij), for an increasing phi."""

    @abstractmethod
    def distinct(self) -> tuple[Ints, Ints]:
        """The first point of each set of equal rows; and the row of each point among those."""

    @property
    @abstractmethod
    def integral(self) -> bool:
        """Whether all costs are known to be whole numbers."""

    @property
    @abstractmethod
    def upper_bound(self) -> float:
        """No cost is above this."""


#: Anything that `costs_of` takes.
CostsLike: TypeAlias = "ArrayLike | sparray | Costs"


@dataclass(frozen=True, eq=False)
class Table(Costs):
    """Costs as near pairs; other pairs are inadmissible."""

    near: NearPairs
    sites: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", (self.near.points, self.sites))

    def within(self, radius: Floats) -> NearPairs:
        return self.near.only(self.near.cost <= radius[self.near.point])

    def count_within(self, radius: Floats) -> int:
        return len(self.near)

    def nearest(self, k: int) -> NearPairs:
        rank = np.arange(len(self.near)) - self.near.first[self.near.point]
        return self.near.only(rank < k)

    def served(self, sites: Ints, k: int = 1) -> tuple[Ints, Floats]:
        is_open = np.zeros(self.sites, dtype=bool)
        is_open[sites] = True
        return self.near.nearest_open(is_open, k)

    def of(self, points: Ints) -> Costs:
        start, count = self.near.first[points], np.diff(self.near.first)[points]
        first = np.concatenate([[0], np.cumsum(count)])
        pair = np.arange(first[-1]) + np.repeat(start - first[:-1], count)
        return Table(NearPairs(first, self.near.site[pair], self.near.cost[pair]), self.sites)

    def transformed(self, phi: Phi) -> Costs:
        cost = _transformed(phi, self.near.cost)
        order = np.argsort(self.near.cost, kind="stable")
        _check_increasing(self.near.cost[order], cost[order])
        return replace(self, near=replace(self.near, cost=cost))

    def distinct(self) -> tuple[Ints, Ints]:
        rows = csr_array((self.near.cost, self.near.site, self.near.first), shape=self.shape)
        probe = np.random.default_rng(0).random(self.sites)
        # Equal rows have equal lengths, sums and random sums; candidates are then compared exactly.
        key = np.column_stack([np.diff(self.near.first), rows.sum(axis=1), rows @ probe])
        _, first, row_of = np.unique(key, axis=0, return_index=True, return_inverse=True)
        row_of = row_of.reshape(-1)
        if not all(self._equal_rows(i, int(first[row_of[i]])) for i in range(len(row_of))):
            return np.arange(len(row_of)), np.arange(len(row_of))
        return first, row_of

    def _equal_rows(self, i: int, other: int) -> bool:
        row, other_row = (slice(*self.near.first[n : n + 2]) for n in (i, other))
        pairs = self.near
        return i == other or (
            np.array_equal(pairs.site[row], pairs.site[other_row])
            and np.array_equal(pairs.cost[row], pairs.cost[other_row])
        )

    @property
    def integral(self) -> bool:
        return bool((self.near.cost == np.round(self.near.cost)).all())

    @property
    def upper_bound(self) -> float:
        return float(self.near.cost.max(initial=0.0))


@dataclass(frozen=True, eq=False)
class Coordinates(Costs):
    """Euclidean distances between points (I, 2) and sites (J, 2), in any unit.

    sites: absent, every point is a site. rounded: distances are rounded down, as in the published
    p-median instances of TSPLIB; one that is whole but for rounding errors stays whole. phi: an
    increasing function of the distance, which is the cost then.
    """

    points: Floats
    sites: Floats | None = None
    rounded: bool = False
    phi: Phi | None = None

    def __post_init__(self) -> None:
        sites = self.points if self.sites is None else self.sites
        for name, coordinates in (("points", self.points), ("sites", sites)):
            coordinates = numbers(coordinates, name)
            if coordinates.ndim != 2 or not np.isfinite(coordinates).all():
                raise ValueError(f"{name}: finite coordinates, one row each, are needed")
            if coordinates.shape[1] != np.shape(self.points)[1]:
                raise ValueError("points and sites: need as many coordinates")
            if np.abs(coordinates).max(initial=0.0) > MAX_COORDINATE:
                raise ValueError(f"{name}: no coordinate may be beyond {MAX_COORDINATE:g}")
            object.__setattr__(self, name, coordinates)
        object.__setattr__(self, "shape", (len(self.points), len(sites)))

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self._sites)

    @property
    def _sites(self) -> Floats:
        assert self.sites is not None
        return self.sites

    def _cost(self, distance: Floats) -> Floats:
        cost = distance
        if self.rounded:
            cost = np.floor(distance * (1 + DISTANCE_ULPS) + DISTANCE_SLACK)
        return cost if self.phi is None else self.phi(cost)

    def pair_costs(self, point: Ints, site: Ints) -> Floats:
        """(N,) the cost of each of these pairs."""
        return self._cost(np.linalg.norm(self.points[point] - self._sites[site], axis=1))

    def within(self, radius: Floats) -> NearPairs:
        limit = np.clip(self._distance_limit(radius), 0, self._extent)
        parts = []
        # Points of similar radius together: each query goes to the largest radius of its points.
        order = np.argsort(limit, kind="stable")
        for start in range(0, len(order), POINTS_PER_QUERY):
            block = order[start : start + POINTS_PER_QUERY]
            tree = cKDTree(self.points[block])
            pairs = tree.sparse_distance_matrix(self._tree, limit[block[-1]], output_type="ndarray")
            point, site = block[pairs["i"]], pairs["j"].astype(np.int64)
            cost = self.pair_costs(point, site)
            is_within = cost <= radius[point]
            parts.append((point[is_within], site[is_within], cost[is_within]))
        point, site, cost = map(np.concatenate, zip(*parts, strict=True))
        return near_pairs_of(len(limit), point, site, cost)

    def _distance_limit(self, radius: Floats) -> Floats:
        """(I,) a distance beyond which every site costs more than the radius."""
        if self.phi is None:
            return (radius + self.rounded) * (1 + DISTANCE_SLACK) + self.rounded * DISTANCE_SLACK
        low, high = np.zeros_like(radius), np.full_like(radius, self._extent)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            is_within = self._cost(middle) <= radius
            low, high = np.where(is_within, middle, low), np.where(is_within, high, middle)
        return high + self.rounded + DISTANCE_SLACK * self._extent

    @property
    def _extent(self) -> float:
        coordinates = np.vstack([self.points, self._sites])
        return float(np.linalg.norm(np.ptp(coordinates, axis=0))) + 1

    def count_within(self, radius: Floats) -> int:
        limit = self._distance_limit(radius)
        return int(self._tree.query_ball_point(self.points, limit, return_length=True).sum())

    def nearest(self, k: int) -> NearPairs:
        k = min(k, self.shape[1])
        _, site = self._tree.query(self.points, k=range(1, k + 1), workers=-1)
        point = np.repeat(np.arange(len(self.points)), k)
        site = site.reshape(-1).astype(np.int64)
        return near_pairs_of(len(self.points), point, site, self.pair_costs(point, site))

    def served(self, sites: Ints, k: int = 1) -> tuple[Ints, Floats]:
        tree = cKDTree(self._sites[sites])
        distance, row = tree.query(self.points, k=range(1, k + 1), workers=-1)
        exists = np.isfinite(distance)
        site = np.where(exists, sites[np.minimum(row, len(sites) - 1)], -1)
        cost = np.full(distance.shape, np.inf)
        point = np.broadcast_to(np.arange(len(self.points))[:, None], site.shape)
        cost[exists] = self.pair_costs(point[exists], site[exists])
        return site.astype(np.int64), cost

    def of(self, points: Ints) -> Costs:
        return replace(self, points=self.points[points])

    def transformed(self, phi: Phi) -> Costs:
        distance = self._cost(np.linspace(0.0, self._extent, MONOTONE_SAMPLES))
        _check_increasing(distance, _transformed(phi, distance))
        inner = self.phi
        return replace(self, phi=phi if inner is None else lambda cost: phi(inner(cost)))

    def distinct(self) -> tuple[Ints, Ints]:
        _, first, row_of = np.unique(self.points, axis=0, return_index=True, return_inverse=True)
        return first, row_of.reshape(-1)

    @property
    def integral(self) -> bool:
        return self.rounded and self.phi is None

    @property
    def upper_bound(self) -> float:
        return float(self._cost(np.array([self._extent]))[0])


def costs_of(given: CostsLike, phi: Phi | None = None) -> Costs:
    """Costs from an array (I, J; inf or masked: inadmissible), a sparse matrix (stored entries are
    admissible; those of one pair add up, as in scipy), or `Coordinates`; phi: an increasing
    function of them, which is the cost then.

    Raises ValueError for NaN, negative costs, entries that are no numbers, and other shapes. Warns
    of a square sparse matrix without a diagonal: made from a dense one it has lost the costs of 0.
    """
    if isinstance(given, Costs):
        if 0 in given.shape:
            raise ValueError(f"costs: a point and a site are needed at least, not {given.shape}")
        return given if phi is None else given.transformed(phi)
    matrix: Any = given
    if issparse(matrix):
        shape, near = matrix.shape, _pairs_of_sparse(matrix)
    else:
        mask = np.ma.getmaskarray(matrix) if isinstance(matrix, np.ma.MaskedArray) else None
        table = numbers(matrix if mask is None else np.ma.getdata(matrix), "costs")
        if table.ndim != 2:
            raise ValueError(f"costs: an array of points x sites is needed, not {table.shape}")
        table = table if mask is None else np.where(mask, np.inf, table)
        shape, near = table.shape, _pairs_of_array(table)
    if np.isnan(near.cost).any() or (near.cost < 0).any():
        raise ValueError("costs: no cost may be negative or NaN")
    return costs_of(Table(near, shape[1]), phi)


def _pairs_of_sparse(matrix: Any) -> NearPairs:
    """The stored entries of a sparse matrix, in each row by cost."""
    if matrix.ndim != 2:
        raise ValueError(f"costs: a matrix of points x sites is needed, not {matrix.shape}")
    if matrix.format not in ENTRY_FORMATS:
        raise ValueError(
            f"costs: a sparse matrix in the format {matrix.format} stores more than its entries;"
            f" make it one of {', '.join(ENTRY_FORMATS)}"
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
    keep = ~np.isposinf(pairs.data)
    return near_pairs_of(matrix.shape[0], point[keep], site[keep], pairs.data[keep])


def _pairs_of_array(table: Floats) -> NearPairs:
    """The finite entries of an array, in each row by cost."""
    site = np.argsort(table, axis=1, kind="stable")
    cost = np.take_along_axis(table, site, axis=1)
    is_admissible = ~np.isposinf(cost)
    first = np.concatenate([[0], np.cumsum(is_admissible.sum(axis=1))])
    return NearPairs(first, site[is_admissible], cost[is_admissible])


def _transformed(phi: Phi, cost: Floats) -> Floats:
    with np.errstate(over="ignore"):  # an overflow is reported by `_check_increasing`
        return np.asarray(phi(cost), dtype=float)


def _check_increasing(costs: Floats, values: Floats) -> None:
    """Raise unless phi of ascending costs is finite, not negative and ascending."""
    invalid = np.flatnonzero(~np.isfinite(values))
    if len(invalid):
        raise ValueError(f"phi: no finite number at a cost of {costs[invalid[0]]:g}")
    if (values < 0).any() or (np.diff(values) < 0).any():
        raise ValueError("phi: must be 0 or more, and increase")


def distinct_points(costs: Costs, weights: Floats) -> tuple[Costs, Floats]:
    """Costs and weights with equal points aggregated and points of weight 0 left out.

    One point stays if all weights are 0.
    """
    points = np.flatnonzero(weights > 0)
    if not len(points):
        points = np.zeros(1, dtype=int)
    first, row_of = costs.of(points).distinct()
    return costs.of(points[first]), np.asarray(np.bincount(row_of, weights[points]), dtype=float)


def amounts(given: ArrayLike, count: int, name: str) -> Floats:
    """(count,) numbers that are finite and not negative. Raises ValueError for others."""
    table = numbers(given, name)
    if table.shape != (count,):
        raise ValueError(f"{name}: {count} numbers are needed, not {table.shape}")
    if not np.isfinite(table).all() or (table < 0).any():
        raise ValueError(f"{name}: must be finite and not negative")
    return table
