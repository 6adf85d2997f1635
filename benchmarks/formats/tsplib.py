"""TSPLIB: places in the plane (Reinelt), "id x y" each after NODE_COORD_SECTION."""

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
