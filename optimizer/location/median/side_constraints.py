"""SIDE: rows that a plan keeps beside serving everybody: money, floors, caps on access.

With y the open sites, x the pair that serves each point, and s the excesses of some rows,

    A y + D x + B s <= b,   0 <= s <= most

D: what a pair adds never falls from a point's nearest pair to its farthest, and is 0 or more. So
the nearest open site is the best for every row, as it is for the costs. B: a row with a -1 makes
an excess, by how much it is exceeded; several rows that make the same one make the largest. A row
with coefficients above 0 caps a sum of excesses: what cities take from a pool, who has no backup.

A row is best in units of one site or one point: multipliers of all rows then move alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import block_diag, csc_array, csr_array, vstack

from optimizer.foundation.tolerances import HIGHS_FEASIBILITY
from optimizer.location.base.near_pairs import NearPairs
from optimizer.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Side:
    """R rows. sites: A, (R, J); pairs: D, (R, N); excess: B, (R, E); limit: b; most: (E,), which
    the rows imply. key: (N,) point x J + site of each pair, ascending.
    """

    sites: csr_array
    pairs: csr_array
    excess: csr_array
    limit: Floats
    most: Floats
    key: Ints

    def __len__(self) -> int:
        return len(self.limit)

    @cached_property
    def helped(self) -> Bools:
        """(J,) sites that help to keep a row by being open, whoever they serve."""
        helps = np.zeros(self.sites.shape[1], dtype=bool)
        helps[self.sites.indices[self.sites.data < 0]] = True
        return helps

    @cached_property
    def _columns(self) -> csc_array:
        return csc_array(self.pairs)

    def added(self, near: NearPairs) -> csr_array:
        """(M, R) what serving at each of these M pairs adds to each row."""
        if not self.pairs.nnz:
            return csr_array((len(near), len(self)))
        key = near.point * self.sites.shape[1] + near.site
        return csr_array(self._columns[:, np.searchsorted(self.key, key)].T)

    def price(self, v: Floats) -> Floats:
        """(J,) what opening a site costs at these multipliers of the rows."""
        return np.asarray(self.sites.T @ v)

    def excesses(self, v: Floats) -> tuple[Floats, float]:
        """(E,) the cheapest excesses at these multipliers, and what they cost."""
        cost = np.asarray(self.excess.T @ v)
        s = np.where(cost < 0, self.most, 0.0)
        return s, float((cost * s).sum())

    def broken(self, is_open: Bools, served: Ints) -> Bools:
        """(R,) rows that do not hold, with what makes them; served: (I,) the site of each point."""
        used = self.sites @ is_open.astype(float) - self.limit
        if self.pairs.nnz:
            key = np.arange(len(served)) * self.sites.shape[1] + served
            used = used + self._columns[:, np.searchsorted(self.key, key)].sum(axis=1)
        rows = self.excess.tocoo()
        makes = rows.data < 0
        row, made = rows.row[makes], rows.col[makes]
        s = np.zeros(len(self.most))
        np.maximum.at(s, made, used[row])
        broken = np.asarray(used + self.excess @ s > HIGHS_FEASIBILITY)
        short = np.bincount(
            rows.col[~makes], broken[rows.row[~makes]], minlength=len(self.most)
        ).astype(bool)
        broken[row] |= short[made] & (used[row] > HIGHS_FEASIBILITY)
        return broken


def no_side(sites: int) -> Side:
    """No row."""
    nothing = csr_array((0, 0))
    return Side(
        csr_array((0, sites)), nothing, nothing, np.zeros(0), np.zeros(0), np.zeros(0, dtype=int)
    )


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows, before they are put together: what is absent has no coefficients.

    sites: (r, J); pairs: (r, N), in any order of the pairs; excess: (r, e) of excesses of their
    own, each at most `most`.
    """

    limit: Floats
    sites: csr_array | None = None
    pairs: csr_array | None = None
    excess: csr_array | None = None
    most: Floats | None = None


def side_of(rows: Sequence[Rows], sites: int, point: Ints, site: Ints) -> Side:
    """All these rows. point, site: (N,) the pairs."""
    if not rows:
        return no_side(sites)
    key = point * sites + site
    order = np.argsort(key, kind="stable")
    count = [len(some.limit) for some in rows]
    n = len(key)

    def or_nothing(given: csr_array | None, r: int, columns: int) -> csr_array:
        return csr_array((r, columns)) if given is None else given

    opened = [or_nothing(some.sites, r, sites) for some, r in zip(rows, count, strict=True)]
    served = [or_nothing(some.pairs, r, n) for some, r in zip(rows, count, strict=True)]
    excess = [or_nothing(some.excess, r, 0) for some, r in zip(rows, count, strict=True)]
    most = [np.zeros(0) if some.most is None else some.most for some in rows]
    return Side(
        csr_array(vstack(opened)),
        csr_array(csc_array(vstack(served))[:, order]),
        csr_array(block_diag(excess)),
        np.concatenate([some.limit for some in rows]),
        np.concatenate(most),
        key[order],
    )
