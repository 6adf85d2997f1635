"""What people are given, and what it is worth to the question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from optimizer.problem import Floats
from tests.enumerating.ask import Ask, Trips
from tests.enumerating.question import Question
from tests.enumerating.siting import EPSILON

#: Digits of a share of the people at which two plans are the same to leximin.
DIGITS = 7


@dataclass(frozen=True, eq=False)
class Given:
    """One level: who travels how long, and (I,) the places within reach per person in need.

    open: capacities may send people elsewhere, so a dispersion of their trips is not known; it
    counts as 0, the least that there is.
    """

    question: Question
    row: int
    trips: Trips
    places: Floats
    open: bool = False

    @cached_property
    def efficiency(self) -> float:
        """Of this level, in the efficiency's unit; money is no matter of a level."""
        question, total = self.question, 0.0
        persons, everybody = question.persons[self.row], question.everybody[self.row]
        for i, minutes, share, served in self.trips:
            if question.policy.efficiency == "mean_minutes":
                total += persons[i] * share * minutes / everybody
            if question.policy.efficiency == "uncovered":
                far = not (served and question.within_standard(self.row, minutes))
                total += persons[i] * share * far
        return total

    @cached_property
    def unmet_money(self) -> float:
        """What the persons count as whom nobody serves."""
        persons, price = self.question.persons[self.row], self.question.price(self.row)
        return sum(price * persons[i] * share for i, _, share, served in self.trips if not served)

    @cached_property
    def _values(self) -> dict[Ask, float]:
        return {}

    def value(self, ask: Ask) -> float:
        """Of an equity, at this level."""
        if ask not in self._values:
            # Where nobody reaches anything there is no plan, and nothing to know.
            known = bool(self.trips) and not (self.open and ask.passes_by)
            none = 1.0 if ask.equity.measure == "ratio" else 0.0
            self._values[ask] = ask.value(self.row, self.trips, self.places) if known else none
        return self._values[ask]

    def term(self, ask: Ask) -> float:
        """What it counts as in T."""
        return ask.counted(self.row, self.value(ask))


@dataclass(frozen=True)
class Worth:
    """order: what is minimised first, second, and so on; objective: the number that is told."""

    order: tuple[float, ...]
    objective: float


def efficiency(question: Question, cost: float, given: list[Given]) -> float:
    """In its own unit. given: every level."""
    if question.policy.efficiency == "cost":
        return cost + sum(one.unmet_money for one in given)
    return sum(w * one.efficiency for w, one in zip(question.weights, given, strict=True))


def term(ask: Ask, given: list[Given]) -> float:
    """T of an equity."""
    return ask.combine({row: given[row].value(ask) for row in ask.weights})


def worth(question: Question, cost: float, given: list[Given]) -> Worth:
    """The objective, by the definitions."""
    share, ask = question.policy.weight, question.minimised
    efficient = efficiency(question, cost, given)
    objective = (1 - share) * efficient / question.scale
    if ask is not None:
        objective += share * term(ask, given) / ask.scale
    if not question.lexicographic:
        return Worth((objective,), objective)
    beyond = {row: ask.beyond(row, given[row].trips) for row in ask.weights}
    stages = [round(stage, DIGITS) for stage in ask.stages(beyond)]
    return Worth((*stages, efficient), objective)


def caps_hold(question: Question, cost: float, given: list[Given]) -> bool:
    """Whether efficiency and equities are within their caps."""
    most = question.most
    if most is not None and efficiency(question, cost, given) > most + EPSILON:
        return False
    return all(term(ask, given) <= ask.cap(cap) + EPSILON for ask, cap in question.caps)
