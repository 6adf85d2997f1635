"""The question to a small problem: what counts, and which supplies of a level have been seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from optimizer.problem import Level, Problem
from optimizer.question import Equity, Floor, Policy
from tests.enumerating.ask import Ask
from tests.enumerating.people import may_use, of_group, parts
from tests.enumerating.siting import EPSILON, own_money


class Search(StrEnum):
    """What there is to be searched for, beyond one linear program."""

    NONE = "nothing"
    ALONE = "a ratio"
    ADDED = "a ratio, added to efficiency or to other ratios"


@dataclass(frozen=True, eq=False)
class Question:
    """Facts and policy; guard: what the efficiency may be at most beside the policy's own cap."""

    problem: Problem
    policy: Policy
    guard: float | None = None
    supplies: dict[object, object] = field(default_factory=dict)

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        return self.problem.levels

    @cached_property
    def points(self) -> range:
        """The demand points, by row."""
        return range(len(self.problem.demand.ids))

    @cached_property
    def persons(self) -> list[list[float]]:
        """By level, persons of each demand point who may use it."""
        return [may_use(self.problem, row) for row in range(len(self.levels))]

    @cached_property
    def everybody(self) -> list[float]:
        """By level, all who may use it."""
        return [sum(persons) for persons in self.persons]

    @cached_property
    def weights(self) -> list[float]:
        """Weight of each level, 1 in all."""
        weights = [self.policy.level_weights.get(level.id, 1.0) for level in self.levels]
        return [weight / sum(weights) for weight in weights]

    @cached_property
    def scale(self) -> float:
        """What weighs as much as one minute: 1 % of the persons, or of the money."""
        if self.policy.efficiency == "uncovered":
            return sum(self.problem.demand.persons.tolist()) / 100
        if self.policy.efficiency == "cost":
            all_money = float(self.problem.options.cost.sum() + self.problem.sites.cost.sum())
            if self.policy.budget is not None:
                all_money = sum(own_money(self.problem, self.policy).values())
            return all_money / 100 or 1.0
        assert self.policy.efficiency == "mean_minutes", "the enumeration does not know it"
        return 1.0

    @cached_property
    def most(self) -> float | None:
        """What the efficiency may be at most."""
        caps = [cap for cap in (self.guard, self.policy.efficiency_bound) if cap is not None]
        return min(caps, default=None)

    @cached_property
    def minimised(self) -> Ask | None:
        return self._ask(self.policy.equity) if self.policy.weight > 0 else None

    @property
    def lexicographic(self) -> bool:
        """Whether the objective is leximin's order, and no number."""
        return self.minimised is not None and self.minimised.equity.measure == "leximin"

    @property
    def search(self) -> Search:
        """Whether a ratio is minimised, and added to something else."""
        ask = self.minimised
        if ask is None or not ask.definition.ratio:
            return Search.NONE
        added = self.policy.weight < 1 or (len(ask.weights) > 1 and not ask.worst)
        return Search.ADDED if added else Search.ALONE

    @cached_property
    def caps(self) -> list[tuple[Ask, float]]:
        """Every cap on an equity, in the unit of its measure."""
        caps = [(self._ask(bound.equity), bound.at_most) for bound in self.policy.bounds.values()]
        if self.policy.equity_bound is not None:
            caps.append((self._ask(self.policy.equity), self.policy.equity_bound))
        return caps

    @cached_property
    def asks(self) -> list[Ask]:
        return [*([self.minimised] if self.minimised else []), *(ask for ask, _ in self.caps)]

    @cached_property
    def nearest_rule(self) -> set[int]:
        """Levels where nobody may be sent past an open facility that has room."""
        return {row for ask in self.asks if ask.passes_by for row in ask.weights}

    def _ask(self, equity: Equity) -> Ask:
        ids = [level.id for level in self.levels]
        if equity.services in ids:
            return Ask(self.problem, equity, {ids.index(equity.services): 1.0})
        rows = range(len(ids))
        return Ask(self.problem, equity, {r: self.weights[r] for r in rows if self.weights[r] > 0})

    def within_standard(self, row: int, minutes: float) -> bool:
        return minutes <= self.levels[row].standard + EPSILON

    def left_out(self, row: int) -> float | None:
        """Minutes of whom nobody serves at a level; None where everybody is served."""
        unmet = self.levels[row].unmet
        return unmet.minutes if unmet is not None and unmet.allowed else None

    def price(self, row: int) -> float:
        """Money for each person of a demand point whom nobody serves, of whom a share needs it."""
        unmet = self.levels[row].unmet
        return 0.0 if unmet is None else unmet.price * self.levels[row].share

    def unmet_caps(self, row: int) -> Iterator[tuple[list[float], float]]:
        """For each cap on unmet needs: persons of each demand point, and how many of them."""
        unmet = self.levels[row].unmet
        if unmet is None or not unmet.allowed:
            return
        at, may = parts(self.problem, unmet.tier), self.persons[row]
        yield may, unmet.most * self.everybody[row]
        for c in set(at) - {None}:
            persons = [may[i] * (at[i] == c) for i in self.points]
            yield persons, unmet.jurisdiction * sum(persons)
        for group in self.problem.demand.groups:
            persons = of_group(self.problem, row, group)
            yield persons, unmet.group * sum(persons)

    def floors(self, row: int, backed_up: list[bool]) -> Iterator[tuple[list[float], float]]:
        """For each coverage floor of a level: persons of each demand point, and the least sum."""
        floor = self.policy.floors.get(self.levels[row].id, Floor())
        at, may = parts(self.problem, floor.tier), self.persons[row]
        for c in set(at) - {None}:
            persons = [may[i] * (at[i] == c) for i in self.points]
            yield persons, floor.jurisdiction * sum(persons)
        for group in self.problem.demand.groups:
            persons = of_group(self.problem, row, group)
            yield persons, floor.group * sum(persons)
        if self.levels[row].backup:
            persons = [may[i] * backed_up[i] for i in self.points]
            yield persons, floor.backup * self.everybody[row]
