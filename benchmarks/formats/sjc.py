"""SJC: places and demands of São José dos Campos (Lorena): SJCn.txt, and demand-SJCn.dat."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.problem import Floats


@dataclass(frozen=True, eq=False)
class Town:
    """places: (n, 2) in metres, each a point and a site; demand: (n,)."""

    places: Floats
    demand: Floats


def demand_file(file: Path) -> Path:
    """Where the demands of these places are."""
    return file.with_name(f"demand-{file.stem}.dat")


def read(file: Path) -> Town:
    """n, then "x y" per line; the demands one per line in the same order."""
    count, *words = file.read_text(encoding="utf-8").split()
    places = np.array(words[: 2 * int(count)], dtype=float).reshape(int(count), 2)
    demand = np.array(demand_file(file).read_text(encoding="utf-8").split(), dtype=float)
    if len(demand) != len(places):
        raise ValueError(f"{file}: {len(places)} places, but {len(demand)} demands")
    return Town(places, demand)
