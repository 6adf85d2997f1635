"""HUBS: the AP and CAB data for hub location.

AP (Australia Post; Ernst and Krishnamoorthy 1996): the number of places, their coordinates, the
flows row by row, a number of hubs, and the factors of collection, transfer and distribution. Fixed
costs and capacities are in files beside it, one number for each place. A file is called like its
places and hubs, 25.3; the same places with other hubs are the same data. Optima count thousands.

CAB (Civil Aeronautics Board; O'Kelly 1987): "i j flow distance" for all pairs of cities. Optima
are for a unit of flow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.problem import Floats

#: What AP optima count 1 of; fixed costs are in it too.
THOUSAND = 1000.0

#: Tight and loose fixed costs (the first letter) and capacities (the second).
KINDS = ("LL", "LT", "TL", "TT")


@dataclass(frozen=True, eq=False)
class Places:
    """flows, costs: (N, N); collection, transfer, distribution: factors."""

    flows: Floats
    costs: Floats
    collection: float = 1.0
    transfer: float = 1.0
    distribution: float = 1.0


def find_ap(folder: Path) -> Iterator[tuple[str, Path]]:
    """One file of each number of places, and again for each kind of fixed costs and capacities."""
    found: dict[Path, Path] = {}
    for file in sorted(folder.rglob("*.*")):
        if re.fullmatch(r"\d+\.\d+", file.name) and _places(file) == file.stem:
            found.setdefault(file.with_suffix(""), file)
    for file in found.values():
        yield f"AP{file.stem}", file


def find_fixed_ap(folder: Path) -> Iterator[tuple[str, Path]]:
    """The same with fixed costs and capacities, where those are there."""
    for instance, file in find_ap(folder):
        for kind in KINDS:
            if all(beside.is_file() for beside in _beside(file, kind)):
                yield f"{instance}{kind}", file


def find_cab(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files of this name; the instance is called like its number of cities."""
    for file in folder.rglob("CAB.txt"):
        yield f"CAB{len(read_cab(file).flows)}", file


def read_ap(file: Path) -> Places:
    """Places in the plane; costs are their distances."""
    numbers = np.array(file.read_text(encoding="utf-8").split(), dtype=float)
    n = int(numbers[0])
    places, flows, last = np.split(numbers[1:], [2 * n, 2 * n + n * n])
    at = places.reshape(n, 2)
    costs = np.linalg.norm(at[:, None] - at, axis=2)
    return Places(flows.reshape(n, n), costs, *last[1:4].tolist())


def read_fixed(file: Path, kind: str) -> tuple[Floats, Floats]:
    """Fixed costs and capacities of this kind, (N,) each, beside the file of places."""
    fixed, capacity = (
        np.array(beside.read_text(encoding="utf-8").split(), dtype=float)
        for beside in _beside(file, kind)
    )
    return fixed * THOUSAND, capacity


def read_cab(file: Path) -> Places:
    """Cities count from 0 here."""
    rows = np.array(file.read_text(encoding="utf-8").split(), dtype=float).reshape(-1, 4)
    origin, to = rows[:, :2].astype(np.int64).T - 1
    n = int(origin.max()) + 1
    flows, costs = np.zeros((n, n)), np.zeros((n, n))
    flows[origin, to], costs[origin, to] = rows[:, 2], rows[:, 3]
    return Places(flows, costs)


def _places(file: Path) -> str:
    """The number of places that a file begins with."""
    return "".join(file.read_text(encoding="utf-8").split(maxsplit=1)[:1])


def _beside(file: Path, kind: str) -> tuple[Path, Path]:
    return (
        file.with_name(f"Fcost{kind[0]}.{file.stem}"),
        file.with_name(f"Cap{kind[1]}.{file.stem}"),
    )
