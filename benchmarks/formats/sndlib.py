"""SNDLIB: telecommunication networks in the native format (Orlowski et al. 2010)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.problem import Floats, Ints

#: How a file begins.
FIRST = "?SNDlib native format"

#: Of the earth, in km.
RADIUS = 6371.0

_SECTION = r"^{name} \(\s*$(.*?)^\)"


@dataclass(frozen=True, eq=False)
class Plans:
    """places: (N, 2) longitude and latitude; tail, head, existing, flow_cost, setup: (E,) of links;
    edge, capacity, cost: (L,) modules of links; source, sink, demand: (D,).
    """

    places: Floats
    tail: Ints
    head: Ints
    existing: Floats
    flow_cost: Floats
    setup: Floats
    edge: Ints
    capacity: Floats
    cost: Floats
    source: Ints
    sink: Ints
    demand: Floats

    @property
    def several(self) -> bool:
        """A lone module may be built any number of times; of a list it is one at most."""
        return bool((np.bincount(self.edge) <= 1).all())

    def price(self) -> Floats:
        """(E,) what a link costs to be there at all: its setup, or where none costs, whole km."""
        if self.setup.any():
            return self.setup
        (x, y), (u, v) = np.radians(self.places[self.tail]).T, np.radians(self.places[self.head]).T
        half = np.sin((v - y) / 2) ** 2 + np.cos(y) * np.cos(v) * np.sin((u - x) / 2) ** 2
        return np.round(2 * RADIUS * np.arcsin(np.sqrt(half)))

    def requirement(self) -> Ints:
        """(N,) 2, or 1 where a node has a single neighbour and can't be connected twice."""
        ends = np.concatenate([self.tail, self.head]), np.concatenate([self.head, self.tail])
        node, _ = np.unique(np.array(ends), axis=1)
        return np.minimum(np.bincount(node, minlength=len(self.places)), 2)


def is_native(file: Path) -> bool:
    """Whether a file begins like one of these."""
    with file.open(encoding="utf-8", errors="replace") as text:
        return text.readline().startswith(FIRST)


def read(file: Path) -> Plans:
    """The sections NODES, LINKS and DEMANDS; admissible paths are not read.

    Raises ValueError where a section is missing.
    """
    text = file.read_text(encoding="utf-8")
    nodes, links, demands = (_lines(text, name, file) for name in ("NODES", "LINKS", "DEMANDS"))
    row = {words[0]: number for number, words in enumerate(nodes)}
    modules = [
        (number, float(words[place]), float(words[place + 1]))
        for number, words in enumerate(links)
        for place in range(7, len(words) - 1, 2)
    ]
    edge, capacity, cost = np.array(modules, dtype=float).reshape(-1, 3).T
    facts = np.array([words[3:7] for words in links], dtype=float).T
    return Plans(
        places=np.array([words[1:3] for words in nodes], dtype=float),
        tail=np.array([row[words[1]] for words in links]),
        head=np.array([row[words[2]] for words in links]),
        existing=facts[0],
        flow_cost=facts[2],
        setup=facts[3],
        edge=edge.astype(int),
        capacity=capacity,
        cost=cost,
        source=np.array([row[words[1]] for words in demands]),
        sink=np.array([row[words[2]] for words in demands]),
        demand=np.array([words[4] for words in demands], dtype=float),
    )


def _lines(text: str, name: str, file: Path) -> list[list[str]]:
    """The words of each line of a section, without brackets."""
    found = re.search(_SECTION.format(name=name), text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"{file}: no section {name}")
    lines = (re.sub(r"[()]", " ", line).split() for line in found[1].splitlines())
    return [words for words in lines if words]
