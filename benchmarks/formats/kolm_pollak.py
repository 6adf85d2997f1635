"""KOLM-POLLAK: the test set of Horton, Logan, Murrell, Skipper and Speakman (arXiv 2401.15452).

A folder with origins (id, population), destinations (id, open) and distances.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.problem import Floats, Ints

DISTANCES = "distances_cartesian.csv"


@dataclass(frozen=True, eq=False)
class Place:
    """distances: (I, J); persons: (I,); required: rows of destinations that must be open."""

    distances: Floats
    persons: Floats
    required: tuple[int, ...]

    def nearest(self, sites: tuple[int, ...] | Ints) -> Floats:
        """(I,) to the nearest of these."""
        return np.asarray(self.distances[:, sites].min(axis=1))

    def alpha(self) -> float:
        """The paper's: sum w d / sum w d^2, each origin at its nearest required destination."""
        d = self.nearest(self.required)
        return float(self.persons @ d / (self.persons @ d**2))

    def authors(self, aversion: float, sites: tuple[int, ...] | Ints) -> float:
        """The EDE as the authors' code has it: its alpha squares persons too, and is taken anew
        at the distances of every plan. Their published numbers are these.
        """
        d, w = self.nearest(sites), self.persons
        if aversion == 0:
            return float(w @ d / w.sum())
        kappa = aversion * (w @ d) / ((w * d) ** 2).sum()
        return float(np.log(w @ np.exp(kappa * d) / w.sum()) / kappa)


def read(folder: Path) -> Place:
    """Origins and destinations in the order of their tables."""
    origins = {row["id"]: float(row["population"]) for row in _table(folder, "orig_df.csv")}
    status = {row["id"]: row["open"] for row in _table(folder, "dest_df.csv")}
    with (folder / DISTANCES).open(encoding="utf-8", newline="") as lines:
        distance = {
            (row["origin"], row["destination"]): float(row["distance"])
            for row in csv.DictReader(lines)
        }
    return Place(
        np.array([[distance[origin, site] for site in status] for origin in origins]),
        np.array(list(origins.values())),
        tuple(n for n, is_open in enumerate(status.values()) if is_open == "yes"),
    )


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "dataframes" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
