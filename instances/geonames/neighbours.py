"""The Gabriel graph: which towns are neighbours.

Two towns are, where the circle between them holds no third one (Gabriel and Sokal 1969).
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import pdist, squareform


def gabriel(points: np.ndarray) -> list[tuple[int, int]]:
    """Pairs i < j of rows with |ij|^2 <= |ik|^2 + |kj|^2 for each other k."""
    squared = squareform(pdist(points, "sqeuclidean"))
    rows = range(len(points))
    return [
        (i, j)
        for i in rows
        for j in rows[i + 1 :]
        if not (np.delete(squared[i] + squared[j], [i, j]) < squared[i, j]).any()
    ]
