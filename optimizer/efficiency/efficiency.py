"""What an efficiency is, and the registry of all; ARCHITECTURE.md says how to add one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

import numpy as np

from optimizer.foundation.faults import nearest
from optimizer.foundation.language import _
from optimizer.foundation.registry import enrol

if TYPE_CHECKING:
    from optimizer.problem import Bools, Floats, Level, Pairs, Problem
    from optimizer.question import Policy
    from optimizer.solution.accessibility import Access


class Question(Protocol):
    """What an efficiency knows of a case."""

    @property
    def problem(self) -> Problem: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def budgets(self) -> Floats: ...


class Efficiency(ABC):
    """F, one number in `unit`; less is better. A subclass is one of the two kinds below.

    name: in files; title: for people, in English, in the catalogue in Chinese.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str]
    kind: ClassVar[str]
    reference: ClassVar[str]

    @abstractmethod
    def scale(self, case: Question) -> float:
        """s_F: what weighs as much as one minute, in the unit of the efficiency."""


class OfTrips(Efficiency):
    """F = sum_l v[l] sum_i persons[i, l] f(minutes[i, l]) / D over levels l and demand points i.

    v: the weights of the levels; persons: who may use the level; minutes: those of the trips that
    each person makes, so a demand point that is split counts by its shares. In scenarios of failure
    F is its mean over the worst of the states. Whoever is served by nobody has NaN minutes.
    """

    kind = "trips"

    @abstractmethod
    def value(self, minutes: Floats, covered: Bools, level: Level) -> Floats:
        """f: what a trip of these minutes counts; never falling, so the nearest is the best.

        covered: whether it is within the standard; whoever is served by nobody is not.
        """

    def divisor(self, persons: Floats) -> float:
        """D, from the persons of each demand point who may use the level."""
        return 1.0

    def of_pairs(self, problem: Problem, row: int, pairs: Pairs) -> Floats:
        """(N,) what F rises by where a pair serves all of its demand point, at weight 1."""
        persons = problem.entitled(row)
        covered = problem.within_standard(row, pairs.site, pairs.minutes)
        value = self.value(pairs.minutes, covered, problem.levels[row])
        return np.asarray(value * persons[pairs.origin] / self.divisor(persons))

    def evaluate(self, access: Access, persons: Floats) -> float:
        """F of a plan at a level of weight 1; places where nobody lives do not count."""
        n, lived_in = len(persons), persons > 0
        value = self.value(access.pair_minutes, access.pair_covered, access.level) * access.share
        mean = np.bincount(access.origin, value, n) / np.bincount(access.origin, access.share, n)
        return float(persons[lived_in] @ mean[lived_in] / self.divisor(persons))


class OfMoney(Efficiency):
    """F = all money spent, on options, sites and corridors, and the price of unmet needs.

    The price is that of whom nobody serves where nothing fails, so F is the same whatever fails.
    """

    kind = "money"


EFFICIENCIES: dict[str, type[Efficiency]] = {}
AnyEfficiency = TypeVar("AnyEfficiency", bound=type[Efficiency])


def register(efficiency: AnyEfficiency) -> AnyEfficiency:
    """Put an efficiency into the registry; a name that is taken raises."""
    return enrol(EFFICIENCIES, efficiency, "efficiency")


def make(name: str) -> Efficiency:
    """The efficiency of this name. Raises ValueError for an unknown one."""
    if name not in EFFICIENCIES:
        remedy = nearest(name, EFFICIENCIES)
        raise ValueError(_("unknown efficiency {name!r}: {remedy}", name=name, remedy=remedy))
    return EFFICIENCIES[name]()
