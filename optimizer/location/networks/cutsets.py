"""CUT-SET INEQUALITIES of network design, strengthened by mixed-integer rounding.

With B the demand across a cut delta(S), less the existing capacity on it, and z_l modules of size
u_l,

    sum of u_l z_l over modules on delta(S)  >=  B

For any divisor a > 0, with b = B / a and r = b - floor(b),

    sum of G(u_l / a) z_l >= ceil(b)        G(t) = floor(t) + min(1, (t - floor(t)) / r)

holds for integer z (mixed-integer rounding; Magnanti, Mirchandani and Vachani 1995). Candidate sets
S are single nodes, and unions of the parts that remain when edges of large slack are contracted
until few parts are left (Günlük 1999; Raack, Koster, Orlowski and Wessäly 2011).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.foundation.tolerances import DESIGN_VIOLATION, MIR_REMAINDER, ROUNDING
from optimizer.location.networks.demands import Commodities, Modules
from optimizer.location.networks.graph import Edges
from optimizer.problem import Bools, Floats, Ints

#: Parts whose unions are all tried: 2 ** 11 of them.
MAX_PARTS = 12

#: Contractions of one round, each with other noise on the slacks.
SHRINKINGS = 4

#: Sets of least slack of which rows are tried, and rows of one round at most.
MAX_SETS, MAX_ROWS = 150, 60


@dataclass
class CutSets:
    """Separation of cut-set inequalities."""

    edges: Edges
    flows: Commodities
    modules: Modules
    rng: np.random.Generator

    def violated(self, z: Floats, load: Floats) -> tuple[Floats, Floats]:
        """Violated rows at modules z (L,) and loads (E,): entries (R, L) and lower sides (R,)."""
        spare = self.modules.total(z) - load
        node_sets = np.unique(np.vstack(list(self._node_sets(spare))), axis=0)
        crossing = self.edges.crossing(node_sets)
        # A little less than the demand: rounding up must not overshoot.
        demand = self.flows.demand_across(node_sets) * (1.0 - ROUNDING)
        built = self.modules.total(z) - self.modules.existing
        missing = demand - crossing @ self.modules.existing
        candidates = np.flatnonzero(missing > ROUNDING * (1.0 + demand))
        slack = (crossing[candidates] @ built) / missing[candidates]
        rows = []
        for cut in candidates[np.argsort(slack)[:MAX_SETS]]:
            row = self._best_row(crossing[cut], float(missing[cut]), z)
            if row is not None:
                rows.append(row)
        rows.sort(key=lambda row: -row[2])
        entries = np.array([row[0] for row in rows[:MAX_ROWS]])
        lower = np.array([row[1] for row in rows[:MAX_ROWS]])
        return entries.reshape(len(lower), len(z)), lower

    def _best_row(
        self, crossing: Bools, missing: float, z: Floats
    ) -> tuple[Floats, float, float] | None:
        """The row of the most violated divisor: entries (L,), lower side, relative violation."""
        modules_in_cut = np.flatnonzero(crossing[self.modules.edge])
        if not len(modules_in_cut):
            return None
        u = self.modules.capacity[modules_in_cut]
        divisors = np.append(np.unique(u), 2.0 * max(float(u.max()), missing))
        b = missing / divisors
        r = b - np.floor(b)
        divisors, b, r = (array[r > MIR_REMAINDER] for array in (divisors, b, r))
        if not len(b):
            return None
        t = u / divisors[:, None]
        floors = np.floor(t + ROUNDING)
        entries = floors + np.minimum(1.0, np.maximum(t - floors, 0.0) / r[:, None])
        lower = np.ceil(b)
        violation = 1.0 - (entries @ z[modules_in_cut]) / lower
        best = int(violation.argmax())
        if violation[best] < DESIGN_VIOLATION:
            return None
        row = np.zeros(len(z))
        row[modules_in_cut] = entries[best]
        return row, float(lower[best]), float(violation[best])

    def _node_sets(self, spare: Floats) -> Iterator[Bools]:
        """Candidate sets of nodes, as masks (S, N): single nodes, and unions of parts."""
        yield np.eye(self.edges.nodes, dtype=bool)
        shrinkings = SHRINKINGS if self.edges.nodes > MAX_PARTS else 1
        for number in range(shrinkings):
            noise = self.rng.random(len(spare)) * (np.abs(spare).mean() + ROUNDING) * number
            part_of = self._shrunk(np.argsort(-(spare + noise)))
            count = int(part_of.max()) + 1
            unions = (np.arange(1, 1 << (count - 1))[:, None] >> np.arange(count)) & 1
            yield unions.astype(bool)[:, part_of]

    def _shrunk(self, order: Ints) -> Ints:
        """(N,) part of each node after contracting edges in this order to MAX_PARTS parts."""
        part_of, count = np.arange(self.edges.nodes), self.edges.nodes
        for edge in order:
            if count <= MAX_PARTS:
                break
            u, v = part_of[self.edges.tail[edge]], part_of[self.edges.head[edge]]
            if u != v:
                part_of[part_of == v] = u
                count -= 1
        # Components may be more than MAX_PARTS: the last of them count as one part.
        return np.minimum(np.unique(part_of, return_inverse=True)[1], MAX_PARTS - 1)
