"""ADVERSARY: who attacks a plan after it is made, and the links that can be attacked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.problem import Bools, Floats, Ints, Pairs

#: By level the pairs that are left, and the (B, A) sets of corridors that these need.
Left = tuple[tuple[Pairs, ...], Bools]


@dataclass(frozen=True, eq=False)
class Streets:
    """N nodes, and links between them: E roads, then A corridors, which are there if built.

    start, end: (E + A,) nodes; minutes: (E + A,) either way. home, before: (I,) node of each
    demand point, and minutes to it; door, after: (J,) node of each site, and minutes from it.
    """

    nodes: int
    roads: int
    start: Ints
    end: Ints
    minutes: Floats
    home: Ints
    before: Floats
    door: Ints
    after: Floats


@dataclass(frozen=True, eq=False)
class Adversary:
    """Who attacks any `count` at once: sites, whose facilities all fail together, or links.

    trips: by level, the pairs that people have then before anything is attacked (those to attacked
    sites may be among them), sorted and needing corridors as those of the problem; aid may have
    opened borders. streets: the links, where these are attacked; left: what is left of the trips
    without some of them (rows of the streets); its sets of corridors begin with the problem's.
    """

    count: int
    trips: tuple[Pairs, ...]
    streets: Streets | None = None
    left: Callable[[Ints], Left] | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("adversary.count: must be 1 or more")
        if (self.streets is None) != (self.left is None):
            raise ValueError("adversary: links need both streets and what is left of the trips")
