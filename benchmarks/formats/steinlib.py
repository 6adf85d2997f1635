"""STEINLIB: graphs with terminals (Koch, Martin and Voß 2000), as the PACE challenge 2018 has them.

SECTION Graph with lines "E u v cost", SECTION Terminals with lines "T u"; nodes count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.problem import Floats, Ints


@dataclass(frozen=True, eq=False)
class Graph:
    """tail, head, cost: (E,) undirected edges; terminals: (T,) rows of nodes."""

    nodes: int
    tail: Ints
    head: Ints
    cost: Floats
    terminals: Ints


def find(folder: Path) -> Iterator[tuple[str, Path]]:
    """Graphs below a folder; those of PACE are called alike, so theirs name the track."""
    for file in folder.rglob("*.gr"):
        track = re.fullmatch(r"Track(\d)", file.parent.name)
        yield (f"pace18_t{track[1]}_{file.name}" if track else file.name), file


def read(file: Path) -> Graph:
    """Nodes count from 0 here; what else the file holds is left out."""
    lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    (nodes,) = (int(words[1]) for words in lines if words[:1] == ["Nodes"])
    edges = np.array([words[1:] for words in lines if words[:1] == ["E"]], dtype=float)
    terminals = np.array([words[1] for words in lines if words[:1] == ["T"]], dtype=np.int64)
    tail, head = edges[:, :2].astype(np.int64).T - 1
    return Graph(nodes, tail, head, edges[:, 2], terminals - 1)
