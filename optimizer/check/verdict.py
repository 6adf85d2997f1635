"""What a check says, what it looks at, and how exact it is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from optimizer.policy import Policy
from optimizer.problem import Problem
from optimizer.solution import Plan

#: By how much two numbers may differ, relative to their size (at least 1): rounding.
TOLERANCE = 1e-6

#: How many breaches of one rule are told in full.
TOLD = 3


def at_most(value: float, limit: float) -> bool:
    """value <= limit, but for rounding; NaN is never at most anything."""
    return value <= limit + TOLERANCE * max(1.0, abs(limit))


def same(value: float, truth: float) -> bool:
    """value = truth, but for rounding; infinities of one sign are the same, NaN is not."""
    return math.isclose(value, truth, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


@dataclass(frozen=True)
class Rule:
    """One rule: whether it holds, and what breaks it, in words."""

    name: str
    holds: bool
    detail: str = ""


def judge(name: str, breaches: Iterable[str]) -> Rule:
    """A rule that holds when there are no breaches."""
    found = list(breaches)
    more = f"; and {len(found) - TOLD} more" if len(found) > TOLD else ""
    return Rule(name, not found, "; ".join(found[:TOLD]) + more)


@dataclass(frozen=True)
class Verdict:
    """Every rule that was judged."""

    rules: tuple[Rule, ...]

    @property
    def ok(self) -> bool:
        """Whether all rules hold."""
        return all(rule.holds for rule in self.rules)

    @property
    def broken(self) -> tuple[Rule, ...]:
        """The rules that do not hold."""
        return tuple(rule for rule in self.rules if not rule.holds)


@dataclass(frozen=True)
class Trip:
    """People of one demand point who are served at one site, as the plan says."""

    demand: int
    site: int
    minutes: float
    share: float


@dataclass(frozen=True)
class Case:
    """A plan before the check, as plain lists."""

    problem: Problem
    policy: Policy
    plan: Plan

    @cached_property
    def chosen(self) -> list[int]:
        """Rows of the chosen options."""
        return [int(k) for k in self.plan.options]

    @cached_property
    def trips(self) -> list[list[Trip]]:
        """For each level, who is served where."""
        return [
            [
                Trip(int(i), int(j), float(minutes), float(share))
                for i, j, minutes, share in zip(
                    served.demand, served.site, served.minutes, served.share, strict=True
                )
            ]
            for served in self.plan.assignments
        ]

    @cached_property
    def open(self) -> list[dict[int, float]]:
        """For each level, the sites where it is offered, and how many persons they can serve."""
        found: list[dict[int, float]] = []
        for level in range(len(self.problem.levels)):
            here: dict[int, float] = {}
            for k in self.chosen:
                capacity = float(self.problem.options.capacity[k, level])
                if capacity > 0:
                    site = int(self.problem.options.site[k])
                    here[site] = here.get(site, 0.0) + capacity
            found.append(here)
        return found

    def trip(self, trip: Trip) -> str:
        """A trip in words."""
        origin = self.problem.demand.ids[trip.demand]
        return f"{origin} -> {self.problem.sites.ids[trip.site]}"
