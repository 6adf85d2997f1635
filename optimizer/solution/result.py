"""ANSWER: a plan, and what is known about how good it is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

import numpy as np

from optimizer.problem import Bools, Floats, Ints


class Status(StrEnum):
    """What a solve ended with."""

    OPTIMAL = "optimal"  # proven to the asked gap
    STOPPED = "stopped"  # a limit or the user stopped it; the plan, if any, is the best found
    INFEASIBLE = "infeasible"  # proven: no plan obeys all rules


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who is served where at one level: rows of demand points and sites, and shares in (0, 1]."""

    demand: Ints
    site: Ints
    minutes: Floats
    share: Floats

    def only(self, keep: Bools) -> Assignment:
        """The trips where `keep` is true."""
        return Assignment(self.demand[keep], self.site[keep], self.minutes[keep], self.share[keep])


@dataclass(frozen=True, eq=False)
class Plan:
    """options: rows of Problem.options that are chosen; assignments: one entry per level;
    corridors: rows of Problem.corridors that are built; scenarios: of each failure that the plan
    is made for, who is then served where, by level (whose shares sum to less than 1 is not served);
    paid: (len(corridors), C) money that each jurisdiction pays, None where shares are fixed.
    attacks: what is hit in the last of the scenarios, where the plan is made against an adversary
    (rows as in `Adversary.known`); those before are the facts'.
    """

    options: Ints
    assignments: tuple[Assignment, ...]
    corridors: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    scenarios: tuple[tuple[Assignment, ...], ...] = ()
    paid: Floats | None = None
    attacks: tuple[Ints, ...] = ()


@dataclass(frozen=True)
class Progress:
    """What is known while a solve runs; objective and gap are inf until there is a plan."""

    seconds: float
    objective: float
    bound: float
    gap: float
    nodes: int


P = TypeVar("P")


@dataclass(frozen=True, eq=False)
class Solved(Generic[P]):
    """What a solve ended with, whatever a plan is there.

    objective: recomputed from the plan; bound: proven, no plan is better; gap: relative;
    nodes: of the solver's trees; algorithm: what found and proved it;
    reasons: for an infeasible problem, the rules that cannot hold, in words;
    asked_gap: the gap at which the solve might call itself optimal (inf: not known);
    interrupted: the user stopped it, no limit;
    trace: objective and bound over time, where the algorithm keeps it.
    """

    status: Status
    plan: P | None
    objective: float
    bound: float
    gap: float
    seconds: float
    nodes: int
    algorithm: str
    reasons: tuple[str, ...] = ()
    asked_gap: float = math.inf
    interrupted: bool = False
    trace: tuple[Progress, ...] = ()


@dataclass(frozen=True, eq=False)
class Result(Solved[Plan]):
    """The answer to a policy.

    efficient: the most efficient plan, where a dispersion measure has been asked for;
    efficiency_guard: what the efficiency may be at most because of it, in its own unit.
    """

    efficient: Plan | None = None
    efficiency_guard: float | None = None
