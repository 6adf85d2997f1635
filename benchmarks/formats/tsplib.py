"""TSPLIB: places in the plane (Reinelt), "id x y" each after NODE_COORD_SECTION.

TSPLIB itself rounds distances to the nearest whole number; published p-medians take them rounded
down. `Coordinates(rounded=True)` rounds down the distances of the places exactly as they are
written: one that is whole stays whole, though floating-point numbers may have it a little below.
Floors of floating-point distances, as the literature has them, are 1 less there: of d2103 with
p = 20 the optimum is 482,944 exactly, and 482,926 in the literature.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from optimizer.problem import Floats

#: The only kind of distance that is read: Euclidean.
KIND = "EUC_2D"


def read(file: Path) -> Floats:
    """(n, 2) coordinates; every place is a point and a site."""
    head, found, rest = file.read_text(encoding="utf-8").partition("NODE_COORD_SECTION")
    if not found or KIND not in head:
        raise ValueError(f"{file}: no places with distances of the kind {KIND}")
    words = rest.partition("EOF")[0].split()
    return np.array(words, dtype=float).reshape(-1, 3)[:, 1:]
