"""CHANGES: corridors that can be built, failures, and the states that a problem may be in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizer.foundation.tolerances import ROUNDING
from optimizer.problem.tables import Pairs
from optimizer.problem.valid import Bools, Floats, Ints, amounts, freeze, require, rows, unique


@dataclass(frozen=True, eq=False)
class Corridors:
    """A roads that can be built, control lines already obeyed, and what they change.

    cost: (A,) money. shares: (A, C) of it that each jurisdiction pays; each row sums to 1.
    link: (A,) corridors with the same number are levels of one link: at most one of them is
    built; absent: each is a link of its own.
    bundle: (B, A) sets of corridors. faster: one entry per level, pairs that are there, or
    faster, when all of the bundle that they need are built.
    """

    ids: tuple[str, ...]
    cost: Floats
    shares: Floats
    bundle: Bools
    faster: tuple[Pairs, ...]
    link: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        n = len(self.ids)
        if not len(self.link):
            object.__setattr__(self, "link", np.arange(n))
        require(self.link.shape == (n,), "corridors.link: one number per id")
        unique(self.ids, "corridors")
        amounts(self.cost, n, "corridors.cost")
        require(self.shares.ndim == 2 and len(self.shares) == n, "corridors.shares: (A, C)")
        require(np.allclose(self.shares.sum(axis=1), 1), "corridors.shares: rows sum to 1")
        require(self.bundle.ndim == 2 and self.bundle.shape[1] == n, "corridors.bundle: (B, A)")
        for pairs in self.faster:
            rows(pairs.needs, len(pairs), len(self.bundle), "corridors.faster: needs")
        freeze(self)

    def built(self, corridors: Ints) -> Bools:
        """(B + 1,) which bundles stand when these corridors (rows) do; the last: none is needed.

        So that it can be indexed by `Pairs.needs`.
        """
        missing = np.ones(len(self.ids), dtype=bool)
        missing[corridors] = False
        return np.append(~(self.bundle & missing).any(axis=1), True)


@dataclass(frozen=True)
class Aid:
    """Jurisdictions of `tier` help one another where something fails.

    Their borders are open then, and each facility keeps the share `reserve` of its capacity for
    the jurisdiction that it stands in.
    """

    tier: str
    reserve: float = 0.0

    def __post_init__(self) -> None:
        require(0 <= self.reserve <= 1, "aid.reserve: a share must be in [0, 1]")


@dataclass(frozen=True, eq=False)
class Scenarios:
    """S failures that plans are made for; no two happen at a time.

    probability: (S,), together at most 1: with what is left, nothing fails.
    failed: (S, J) sites whose facilities do not work. trips: of each scenario, by level, the pairs
    on what is left of roads and corridors (those to failed sites may be among them).
    works: (S, J) part of the scenario in which a site works, where it stands for several; absent:
    all of it, but nothing where the site fails.
    """

    ids: tuple[str, ...]
    probability: Floats
    failed: Bools
    trips: tuple[tuple[Pairs, ...], ...]
    aid: Aid | None = None
    works: Floats = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        n = len(self.ids)
        if not self.works.size:
            object.__setattr__(self, "works", np.where(self.failed, 0.0, 1.0))
        unique(self.ids, "scenarios")
        amounts(self.probability, n, "scenarios.probability")
        require(self.probability.sum() <= 1 + ROUNDING, "scenarios.probability: more than 1 in all")
        require(self.failed.ndim == 2 and len(self.failed) == n, "scenarios.failed: (S, J)")
        require(len(self.trips) == n, "scenarios.trips: one entry per scenario")
        require(self.works.shape == self.failed.shape, "scenarios.works: (S, J)")
        freeze(self)


@dataclass(frozen=True, eq=False)
class States:
    """Of an unfolded problem (`solution.scenario_expansion`): in which state each level is.

    of: (L,) state, 0 where nothing fails, n where scenario n - 1 happens; base: (L,) row of the
    level that it is in that state; probability: (S + 1,) of each state; works: (L, J) part of the
    state in which each site works.
    """

    of: Ints
    base: Ints
    probability: Floats
    works: Floats
    aid: Aid | None = None

    def __post_init__(self) -> None:
        freeze(self)
