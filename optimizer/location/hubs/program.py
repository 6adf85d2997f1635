"""BUILDER of hub programs: columns and rows block by block, and the plan of a solution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csc_array

from optimizer.location.hubs.flows import Hubs
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.program import Program

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, eq=False)
class HubProgram:
    """A program of hubs. sites: (K,) places that may be hubs; joined: (N, K) the column of each
    allocation of a place to a site.
    """

    program: Program
    sites: Ints
    joined: Ints

    def plan(self, x: Floats) -> Hubs:
        """The plan of a solution x (columns,)."""
        n = len(self.joined)
        joined = np.zeros((n, n), dtype=bool)
        joined[:, self.sites] = x[self.joined] > 0.5
        hubs = self.sites[joined[self.sites, self.sites]]
        return Hubs(hubs, joined)


@dataclass
class ProgramBuilder:
    """Columns, rows and entries so far."""

    columns: int = 0
    rows: int = 0
    cost: list[Floats] = field(default_factory=list)
    integer: list[Bools] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)

    def add_columns(self, cost: Floats, integer: bool = False) -> Ints:
        """Add columns within [0, 1], one for each cost; their indices in the shape of the costs."""
        self.cost.append(cost.reshape(-1))
        self.integer.append(np.full(cost.size, integer))
        self.columns += cost.size
        return np.arange(self.columns - cost.size, self.columns).reshape(cost.shape)

    def add_rows(self, shape: tuple[int, ...], lower: float, upper: float) -> Ints:
        """Add rows with these sides; their indices in this shape."""
        count = int(np.prod(shape))
        self.lower.append(np.full(count, lower))
        self.upper.append(np.full(count, upper))
        self.rows += count
        return np.arange(self.rows - count, self.rows).reshape(shape)

    def add_entries(self, row: Ints, column: Ints, value: ArrayLike) -> None:
        """Add entries; the three are broadcast, and duplicates add up."""
        rows, columns, values = np.broadcast_arrays(row, column, np.asarray(value, dtype=float))
        self.entries.append((rows.reshape(-1), columns.reshape(-1), values.reshape(-1)))

    def program(self) -> Program:
        """The program."""
        row, column, value = (np.concatenate(blocks) for blocks in zip(*self.entries, strict=True))
        return Program(
            cost=np.concatenate(self.cost),
            offset=0.0,
            rows=csc_array(coo_array((value, (row, column)), shape=(self.rows, self.columns))),
            row_lower=np.concatenate(self.lower),
            row_upper=np.concatenate(self.upper),
            lower=np.zeros(self.columns),
            upper=np.ones(self.columns),
            integer=np.concatenate(self.integer),
        )


def hub_arcs(hubs: int) -> tuple[Ints, Ints]:
    """Tails and heads of the arcs between every two of so many hubs."""
    tail, head = np.nonzero(~np.eye(hubs, dtype=bool))
    return tail, head
