"""PMED: p-median graphs of the OR-Library (Beasley). "n m p", then m lines "i j length"."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from optimizer.problem import Floats


@dataclass(frozen=True, eq=False)
class Graph:
    """p: as the file says. lengths: (n, n) of the edges, 0 where there is none."""

    p: int
    lengths: Floats

    def distances(self) -> Floats:
        """(n, n) lengths of the shortest paths; every node is a point and a site."""
        return np.asarray(shortest_path(csr_array(self.lengths), directed=False))


def read(file: Path) -> Graph:
    """Of an edge that is repeated the last length counts: the published optima are of that."""
    words = file.read_text(encoding="utf-8").split()
    n, m, p = (int(word) for word in words[:3])
    edges = np.array(words[3 : 3 + 3 * m], dtype=float).reshape(m, 3)
    lengths = np.zeros((n, n))
    for i, j, length in edges:
        a, b = int(i) - 1, int(j) - 1
        lengths[a, b] = lengths[b, a] = length
    return Graph(p, lengths)
