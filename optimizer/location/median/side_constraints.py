"""SIDE CONSTRAINTS of a median: linear rows on open sites and on who is served where.

With y_j the open sites, x_ij the pair that serves each point, and s_e the excesses of some rows,

    A y + D x + B s <= b,   0 <= s <= excess_bound

Budgets, floors and caps on access are such rows. D >= 0, and along the pairs of a point d never
falls with the cost: so the nearest open site is the best for every row, as it is for the objective.
B: a row with a -1 defines an excess, by how much it is exceeded; several rows that define the same
one define their maximum. A row with coefficients above 0 caps a sum of excesses: what cities take
from a pool, who has no backup.

A row is best written in units of one site or one point: multipliers of all rows then have the same
magnitude.
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
class SideConstraints:
    """R rows. sites: A, (R, J); pairs: D, (R, N); excess: B, (R, E); limit: b, (R,);
    excess_bound: (E,), implied by the rows; key: (N,) point x J + site of each pair, ascending.
    """

    sites: csr_array
    pairs: csr_array
    excess: csr_array
    limit: Floats
    excess_bound: Floats
    key: Ints

    def __len__(self) -> int:
        return len(self.limit)

    @cached_property
    def opening_helps(self) -> Bools:
        """(J,) sites with a negative coefficient in A: opening them helps to satisfy a row."""
        helps = np.zeros(self.sites.shape[1], dtype=bool)
        helps[self.sites.indices[self.sites.data < 0]] = True
        return helps

    @cached_property
    def _columns(self) -> csc_array:
        return csc_array(self.pairs)

    def coefficients(self, near: NearPairs) -> csr_array:
        """(M, R) the columns of D for these M pairs."""
        if not self.pairs.nnz:
            return csr_array((len(near), len(self)))
        pair = near.point * self.sites.shape[1] + near.site
        return csr_array(self._columns[:, np.searchsorted(self.key, pair)].T)

    def site_prices(self, v: Floats) -> Floats:
        """(J,) A'v, the price of opening a site; v: (R,) multipliers of the rows."""
        return np.asarray(self.sites.T @ v)

    def best_excesses(self, v: Floats) -> tuple[Floats, float]:
        """(E,) the s that minimises v'Bs, and that minimum; v: (R,) multipliers of the rows."""
        reduced = np.asarray(self.excess.T @ v)
        s = np.where(reduced < 0, self.excess_bound, 0.0)
        return s, float((reduced * s).sum())

    def violated(self, is_open: Bools, served: Ints) -> Bools:
        """(R,) violated rows, and those that define the excesses of violated caps.

        is_open: (J,); served: (I,) the site of each point.
        """
        violation = self.sites @ is_open.astype(float) - self.limit
        if self.pairs.nnz:
            pair = np.arange(len(served)) * self.sites.shape[1] + served
            violation = violation + self._columns[:, np.searchsorted(self.key, pair)].sum(axis=1)
        rows = self.excess.tocoo()
        defines = rows.data < 0
        row, defined = rows.row[defines], rows.col[defines]
        s = np.zeros(len(self.excess_bound))
        np.maximum.at(s, defined, violation[row])
        is_violated = np.asarray(violation + self.excess @ s > HIGHS_FEASIBILITY)
        cap_is_violated = np.bincount(
            rows.col[~defines], is_violated[rows.row[~defines]], minlength=len(self.excess_bound)
        ).astype(bool)
        is_violated[row] |= cap_is_violated[defined] & (violation[row] > HIGHS_FEASIBILITY)
        return is_violated


def no_side_constraints(sites: int) -> SideConstraints:
    """No side constraints."""
    nothing = csr_array((0, 0))
    return SideConstraints(
        csr_array((0, sites)), nothing, nothing, np.zeros(0), np.zeros(0), np.zeros(0, dtype=int)
    )


@dataclass(frozen=True, eq=False)
class SideRows:
    """A block of r rows of `SideConstraints`; an absent matrix is 0.

    limit: (r,); sites: (r, J); pairs: (r, N), in any order of the pairs; excess: (r, e), of
    excesses of this block alone, each at most `excess_bound`, (e,).
    """

    limit: Floats
    sites: csr_array | None = None
    pairs: csr_array | None = None
    excess: csr_array | None = None
    excess_bound: Floats | None = None


def side_constraints_of(
    rows: Sequence[SideRows], sites: int, point: Ints, site: Ints
) -> SideConstraints:
    """The blocks stacked. sites: J; point, site: (N,) the pairs."""
    if not rows:
        return no_side_constraints(sites)
    key = point * sites + site
    order = np.argsort(key, kind="stable")
    lengths = [len(block.limit) for block in rows]
    n = len(key)

    def or_zeros(matrix: csr_array | None, r: int, columns: int) -> csr_array:
        return csr_array((r, columns)) if matrix is None else matrix

    site_blocks = [or_zeros(block.sites, r, sites) for block, r in zip(rows, lengths, strict=True)]
    pair_blocks = [or_zeros(block.pairs, r, n) for block, r in zip(rows, lengths, strict=True)]
    excess_blocks = [or_zeros(block.excess, r, 0) for block, r in zip(rows, lengths, strict=True)]
    bounds = [np.zeros(0) if block.excess_bound is None else block.excess_bound for block in rows]
    return SideConstraints(
        csr_array(vstack(site_blocks)),
        csr_array(csc_array(vstack(pair_blocks))[:, order]),
        csr_array(block_diag(excess_blocks)),
        np.concatenate([block.limit for block in rows]),
        np.concatenate(bounds),
        key[order],
    )
