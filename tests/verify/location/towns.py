"""Random places, what ways between them cost, and how much each counts."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.random_equities import chance

Floats = np.ndarray


@dataclass
class Drawing:
    """The random numbers of a question, and the features that it turns out to have."""

    rng: np.random.Generator
    features: set[str] = field(default_factory=set)

    def one(self, *names: str, p: tuple[float, ...] | None = None) -> str:
        """One of these features."""
        name = str(self.rng.choice(names, p=p))
        self.features.add(name)
        return name

    def some(self, name: str, probability: float) -> bool:
        """Whether the question has this feature."""
        if not chance(self.rng, probability):
            return False
        self.features.add(name)
        return True

    def size(self, most: int, p: tuple[float, ...] = (0.4, 0.35, 0.17, 0.08)) -> int:
        """How many points: few most often, hundreds now and then."""
        spans = [(4, 10), (10, 30), (30, 100), (100, 301)]
        low, high = spans[int(self.rng.choice(4, p=p))]
        n = int(min(self.rng.integers(low, high), most))
        self.features.add("under 10 points" if n < 10 else "10 to 40" if n < 40 else "over 40")
        return n


def places(draw: Drawing, n: int) -> Floats:
    """(n, 2) whole or broken coordinates, some twice, one far away."""
    rng, shape = draw.rng, draw.one("plane", "grid", "line", "clusters", p=(0.3, 0.35, 0.1, 0.25))
    side = max(4, int(np.sqrt(n) * rng.integers(1, 5)))
    at = rng.random((n, 2)) * side * 4
    if shape == "grid":
        at = rng.integers(0, side, (n, 2)).astype(float)
    elif shape == "line":
        at[:, 1] = 0.0
    elif shape == "clusters":
        at = rng.random((4, 2))[rng.integers(0, 4, n)] * 100 + rng.normal(0, 4, (n, 2))
    if draw.some("duplicates", 0.3):
        twice = rng.integers(0, n, max(1, n // 4))
        at[twice] = at[rng.integers(0, n, len(twice))]
    if draw.some("remote point", 0.35):
        at[rng.integers(n)] = np.round(rng.uniform(3, 40) * (at.max(axis=0) + 1))
    return at


def costs(draw: Drawing, points: int, sites: int, everywhere: float = 0.6) -> Floats:
    """(points, sites) what serving costs; everywhere: how likely all pairs are admissible."""
    rng = draw.rng
    if draw.some("costs at random", 0.2):
        table = rng.integers(0, 100, (points, sites)).astype(float)
        if draw.some("duplicates", 0.3):
            table[rng.integers(points)] = table[rng.integers(points)]
        if draw.some("remote point", 0.3):
            table[rng.integers(points)] += 1000.0
    else:
        at = places(draw, points)
        there = rng.permutation(points)[:sites]
        there = np.append(there, rng.integers(0, points, sites - len(there)))
        table = np.hypot(*(at[:, None] - at[there][None]).transpose(2, 0, 1))
        if draw.some("whole costs", 0.5):
            table = np.floor(table)
        elif draw.some("decimal costs", 0.5):
            table = table.round(1)
    if not chance(rng, everywhere) and draw.some("pairs not admissible", 1.0):
        away = table > np.quantile(table, rng.uniform(0.4, 0.95))
        away[np.arange(points), table.argmin(axis=1)] = chance(rng, 0.02)
        table[away] = np.inf
    if draw.some("other unit", 0.2):
        table = table * 10.0 ** rng.integers(-4, 8)
    return table


def weights(draw: Drawing, points: int) -> Floats:
    """(points,) persons, or what else counts."""
    rng = draw.rng
    kind = draw.one("weight 1", "whole weights", "populations", "decimal weights", "many alike")
    numbers = {
        "weight 1": np.ones(points),
        "whole weights": rng.integers(1, 30, points).astype(float),
        "populations": np.round(rng.lognormal(10, 1.8, points)),
        "decimal weights": rng.integers(1, 40, points) / 10,
        "many alike": rng.choice([0.1, 0.3, 1.0, 1.0, 1.0, 1.0], points),
    }[kind]
    if draw.some("weight 0", 0.15):
        numbers[rng.integers(0, points, max(1, points // 5))] = 0.0
    return numbers
