"""The best plan that a local search finds, in plain moves: it knows nothing of the engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from optimizer.problem import CLOSE, Problem
from optimizer.solution import Plan
from tests.verify.engine.plain import Choice, Plain, Worth

#: Choices that are all tried, at most.
ALL = 600


@dataclass(frozen=True)
class Found:
    """The best choice, and what it is worth."""

    choice: Choice
    worth: Worth


def facilities(problem: Problem) -> list[list[int]]:
    """The options (rows) of each service and site; what closes it comes first."""
    table, found = problem.options, dict[tuple[int, int], list[int]]()
    for row, where in enumerate(zip(table.service.tolist(), table.site.tolist(), strict=True)):
        found.setdefault(where, []).append(row)
    return [sorted(rows, key=lambda k: table.kind[k] != CLOSE) for rows in found.values()]


def choice_of(plan: Plan, problem: Problem) -> Choice:
    ids = () if problem.corridors is None else problem.corridors.ids
    return Choice(tuple(plan.options.tolist()), frozenset(ids[row] for row in plan.corridors))


@dataclass(eq=False)
class Searching:
    """seconds: for all of it."""

    plain: Plain
    rng: np.random.Generator
    seconds: float = 1.0

    def __post_init__(self) -> None:
        self.began = time.perf_counter()
        self.best: Found | None = None
        self.every = facilities(self.plain.problem)
        table = self.plain.problem.options
        sites = len(self.plain.problem.sites.ids)
        self.must = {
            n
            for n, rows in enumerate(self.every)
            if table.service[rows[0]] * sites + table.site[rows[0]] in self.plain.must
        }

    @property
    def over(self) -> bool:
        return time.perf_counter() - self.began > self.seconds

    def run(self, told: Choice | None) -> Found | None:
        """All choices where they are few; else from what was told, from all, and at random."""
        ways = prod(len(rows) + (n not in self.must) for n, rows in enumerate(self.every))
        if ways * len(self.plain.truth.every_built) <= ALL:
            for choice in self._all():
                self._try(choice)
                if self.over:
                    break
            return self.best
        if told is not None:
            self._climb(told)
        self._climb(self._everything())
        while not self.over:
            self._climb(self._random())
        return self.best

    def _try(self, choice: Choice) -> float:
        worth = self.plain.worth(choice)
        if worth is None or np.isnan(worth.objective):
            return np.inf
        if self.best is None or worth.objective < self.best.worth.objective:
            self.best = Found(choice, worth)
        return worth.objective

    def _climb(self, choice: Choice) -> None:
        """As long as some step is better; where the start is no plan, until one is found."""
        value, better = self._try(choice), True
        while better and not self.over:
            better = False
            for step in self._steps(choice):
                found = self._try(step)
                if found < value - 1e-12 * max(1.0, abs(found)):
                    choice, value, better = step, found, True
                    break
                if self.over:
                    break

    def _steps(self, choice: Choice) -> Iterator[Choice]:
        """One facility otherwise, one moved, one corridor more or less, in any order."""
        now = [next((k for k in rows if k in choice.options), None) for rows in self.every]
        alone = [
            {n: k}
            for n, rows in enumerate(self.every)
            for k in (*rows, *(() if n in self.must else (None,)))
            if k != now[n]
        ]
        stand = [n for n, k in enumerate(now) if k is not None and n not in self.must]
        free = [n for n, k in enumerate(now) if k is None]
        moved = [{n: None, m: k} for n in stand for m in free for k in self.every[m]]
        steps = [Choice(_with(now, step), choice.built) for step in (*alone, *moved)]
        corridors = self.plain.problem.corridors
        for id in () if corridors is None else corridors.ids:
            steps.append(Choice(choice.options, choice.built ^ {id}))
        return (steps[n] for n in self.rng.permutation(len(steps)))

    def _all(self) -> Iterator[Choice]:
        each = [(*rows, *(() if n in self.must else (None,))) for n, rows in enumerate(self.every)]
        for picked in product(*each):
            options = _with(list(picked), {})
            for built in self.plain.truth.every_built:
                yield Choice(options, built)

    def _everything(self) -> Choice:
        """The last option of all, on roads as they are."""
        return Choice(_with([rows[-1] for rows in self.every], {}))

    def _random(self) -> Choice:
        part, picked = self.rng.uniform(0.1, 0.9), []
        for n, rows in enumerate(self.every):
            there = n in self.must or self.rng.random() < part
            picked.append(int(self.rng.choice(rows)) if there else None)
        built = self.plain.truth.every_built
        return Choice(_with(picked, {}), built[int(self.rng.integers(len(built)))])


def _with(now: list[int | None], step: dict[int, int | None]) -> tuple[int, ...]:
    picked = [step.get(n, k) for n, k in enumerate(now)]
    return tuple(sorted(k for k in picked if k is not None))
