"""How often each feature was there, and how often each two of them met."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from itertools import combinations_with_replacement
from pathlib import Path

#: Pairs that are named as the rarest.
NAMED = 12


class Meetings:
    """Counted as questions come."""

    def __init__(self) -> None:
        self.count = Counter[tuple[str, str]]()

    def add(self, features: Iterable[str]) -> None:
        self.count.update(combinations_with_replacement(sorted(features), 2))

    @property
    def features(self) -> list[str]:
        return sorted({one for pair in self.count for one in pair})

    def of(self, one: str, other: str) -> int:
        return self.count[min(one, other), max(one, other)]

    def table(self) -> str:
        """A row for each feature: in how many questions, and with each that stands above it."""
        names = self.features
        wide = max(map(len, names), default=0)
        digits = len(str(max(self.count.values(), default=0))) + 1
        rows = []
        for n, name in enumerate(names):
            met = "".join(f"{self.of(name, other):{digits}}" for other in names[: n + 1])
            rows.append(f"{n + 1:3} {name:{wide}}{met}")
        head = "".join(f"{n + 1:{digits}}" for n in range(len(names)))
        return "\n".join([" " * (wide + 4) + head, *rows])

    def rarest(self) -> str:
        """The pairs that met least often, those that never did first."""
        names = self.features
        pairs = [(self.of(a, b), a, b) for n, a in enumerate(names) for b in names[:n]]
        return "; ".join(f"{a} + {b} {count}" for count, a, b in sorted(pairs)[:NAMED])

    def write(self, path: Path) -> None:
        """All of it as a square table."""
        names = self.features
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["", *names])
            rows.writerows([name, *(self.of(name, other) for other in names)] for name in names)
