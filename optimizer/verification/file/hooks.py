"""Access links of points, once more: every piece of every line is measured.

Nothing is shared with what reads an instance but the rule, as docs/instance.md has it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from optimizer.problem import Bools, Floats, Ints
from optimizer.verification.tolerances import EQUALLY_NEAR

Place = tuple[float, float]

#: Metres within which a point is at a node, or on a road.
AT_METRES = 2.0

#: Classes of road that are entered at junctions, unless a point stands on one.
CLOSED = (
    *("motorway", "motorway_link", "expressway", "freeway", "高速", "高速公路"),
    *("ferry", "轮渡", "rail", "railway", "铁路"),
)


@dataclass(frozen=True)
class Hook:
    """at: a node, or the row of a road and the share of it behind; minutes: of the link there."""

    at: str | tuple[int, float]
    minutes: float


@dataclass(frozen=True, eq=False)
class Network:
    """nodes: where each stands; roads: first node, last node and minutes, by row.

    Of the M straight pieces of the lines: row, first and last (M, 2) metres, behind (M,) metres of
    the line before it; length: of the line, by row. may, never: by row, whether people may enter
    the road between its nodes, and whether it is said that nobody may.
    """

    nodes: dict[str, Place]
    roads: list[tuple[str, str, float]]
    row: Ints
    first: Floats
    last: Floats
    behind: Floats
    length: Floats
    may: Bools
    never: Bools
    minutes_per_metre: float

    def hooks(self, name: object, at: Place) -> list[Hook]:
        """Where a point may hang: on its own node, or on whatever is nearest."""
        if _text(name) in self.nodes:
            return [Hook(_text(name), 0.0)]
        nearest = float(self._nodes.query(at)[0])
        # What is farther than the nearest node, and is not stood upon, decides nothing.
        pieces = self._around(at, max(nearest, AT_METRES) + 2 * EQUALLY_NEAR)
        away, along = self._measured(at, pieces)
        may, never = self.may[self.row[pieces]], self.never[self.row[pieces]]
        best = self._best(away, may, never)
        nearest_hooks = list[Hook]()
        if nearest <= AT_METRES + EQUALLY_NEAR or best >= nearest - EQUALLY_NEAR:
            for n in sorted(self._nodes.query_ball_point(at, nearest + EQUALLY_NEAR)):
                to_node = math.dist(self._places[n], at)
                nearest_hooks.append(Hook(self._names[n], to_node * self.minutes_per_metre))
        if nearest > AT_METRES - EQUALLY_NEAR and best <= nearest + EQUALLY_NEAR:
            close = (away <= best + EQUALLY_NEAR) & (may | (~never & (away <= AT_METRES)))
            nearest_hooks += [
                self._on(int(pieces[n]), float(along[n]), float(away[n]), at)
                for n in np.flatnonzero(close)
            ]
        return nearest_hooks

    @cached_property
    def _names(self) -> list[str]:
        return list(self.nodes)

    @cached_property
    def _places(self) -> Floats:
        return np.array(list(self.nodes.values()), dtype=float)

    @cached_property
    def _nodes(self) -> cKDTree:
        return cKDTree(self._places)

    @cached_property
    def _middles(self) -> tuple[cKDTree, float]:
        """The middle of each piece, and half the length of the longest."""
        half = np.hypot(*(self.last - self.first).T) / 2
        return cKDTree((self.first + self.last) / 2), float(half.max(initial=0.0))

    def _around(self, at: Place, reach: float) -> Ints:
        """The pieces that come this near, and perhaps others, in their order."""
        middles, half = self._middles
        return np.array(sorted(middles.query_ball_point(at, reach + half)), dtype=np.int64)

    def _measured(self, at: Place, pieces: Ints) -> tuple[Floats, Floats]:
        """Metres from a place to each of these, and of the line behind the nearest spot there."""
        first = self.first[pieces]
        step = self.last[pieces] - first
        squared = (step**2).sum(axis=1)
        part = ((np.array(at) - first) * step).sum(axis=1)
        part = np.clip(part / np.where(squared > 0, squared, 1.0), 0.0, 1.0)
        spot = first + part[:, None] * step
        return np.hypot(*(spot - at).T), self.behind[pieces] + part * np.sqrt(squared)

    def _best(self, away: Floats, may: Bools, never: Bools) -> float:
        """Metres to the road that counts: one that may be entered, or one that is stood upon."""
        best = float(np.min(away[may], initial=math.inf))
        if best > AT_METRES:
            stood = away[~may & ~never]
            on = float(np.min(stood, initial=math.inf))
            best = on if on <= AT_METRES else best
        return best

    def _on(self, piece: int, along: float, away: float, at: Place) -> Hook:
        row = int(self.row[piece])
        whole = float(self.length[row])
        first, last, _ = self.roads[row]
        if min(along, whole - along) <= AT_METRES:
            node = first if along <= AT_METRES else last
            return Hook(node, math.dist(self.nodes[node], at) * self.minutes_per_metre)
        return Hook((row, along / whole), away * self.minutes_per_metre)


def network(layer: Any, kmh: float, detour: float) -> Network:
    """The roads layer, in metres. A node stands where the first road that names it has it."""
    nodes, lasts, roads = dict[str, Place](), dict[str, Place](), []
    pieces, behind, length = list[tuple[int, Place, Place]](), list[float](), list[float]()
    for row, (a, b, minutes, line) in enumerate(
        zip(layer["from"], layer["to"], layer["minutes"], layer.geometry, strict=True)
    ):
        roads.append((_text(a), _text(b), float(minutes)))
        parts = [[xy[:2] for xy in part.coords] for part in getattr(line, "geoms", [line])]
        nodes.setdefault(_text(a), parts[0][0])
        lasts.setdefault(_text(b), parts[-1][-1])
        whole = 0.0
        for spots in parts:
            for one, next_ in pairwise(spots):
                pieces.append((row, one, next_))
                behind.append(whole)
                whole += math.dist(one, next_)
        length.append(whole)
    said = [_word(value) for value in layer["access"]] if "access" in layer.columns else []
    kinds = [_word(value) for value in layer["class"]] if "class" in layer.columns else []
    said, kinds = said or [""] * len(roads), kinds or [""] * len(roads)
    never = np.array([word in ("no", "false", "0") for word in said], dtype=bool)
    may = np.array(
        [
            word in ("yes", "true", "1") or (word == "" and kind.replace(" ", "_") not in CLOSED)
            for word, kind in zip(said, kinds, strict=True)
        ],
        dtype=bool,
    )
    return Network(
        lasts | nodes,
        roads,
        np.array([row for row, _, _ in pieces], dtype=np.int64),
        np.array([one for _, one, _ in pieces], dtype=float).reshape(-1, 2),
        np.array([one for _, _, one in pieces], dtype=float).reshape(-1, 2),
        np.array(behind),
        np.array(length),
        may,
        never,
        detour / 1000 / kmh * 60,
    )


def _word(value: object) -> str:
    missing = value is None or value != value
    return "" if missing else _text(value).strip().casefold()


def _text(value: object) -> str:
    """A node id as text; whole numbers without a decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
