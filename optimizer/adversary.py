"""ADVERSARY: who attacks a plan after it is made, and the links that can be attacked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.network.ground import Ground
from optimizer.problem import Bools, Ints, Pairs

#: By level the pairs that are left, and the (B, A) sets of corridors that these need.
Left = tuple[tuple[Pairs, ...], Bools]


@dataclass(frozen=True, eq=False)
class Streets:
    """What can be attacked on the ground: E roads, then A corridors, which are there if built.

    names: of all these links. left: what is left of the trips without some of them (rows); its
    sets of corridors begin with the problem's.
    """

    ground: Ground
    roads: int
    names: tuple[str, ...]
    left: Callable[[Ints], Left]

    def there(self, corridors: Ints) -> Ints:
        """The links (rows) that are there when these corridors (rows) are built."""
        return np.append(np.arange(self.roads), self.roads + corridors)


@dataclass(frozen=True, eq=False)
class Adversary:
    """Who attacks any `count` at once: sites, whose facilities all fail together, or links.

    trips: by level, the pairs that people have then before anything is attacked (those to attacked
    sites may be among them), sorted and needing corridors as those of the problem; aid may have
    opened borders. streets: where links are attacked.
    """

    count: int
    trips: tuple[Pairs, ...]
    streets: Streets | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("adversary.count: must be 1 or more")
