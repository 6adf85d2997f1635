"""What a check says, what it looks at, and how exact it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from optimizer.foundation.language import _, spoken, word
from optimizer.problem import Level, Problem
from optimizer.question import Policy
from optimizer.solution import Assignment, Plan
from optimizer.verification.tolerances import TOLERANCE, TRACE

#: How many breaches of one rule are told in full.
MAX_TOLD = 3


def at_most(value: float, limit: float) -> bool:
    """value <= limit, but for rounding; NaN is never at most anything."""
    return value <= limit + TOLERANCE * max(1.0, abs(limit))


def same(value: float, truth: float) -> bool:
    """value = truth, but for rounding; infinities of one sign are the same, NaN is not."""
    return math.isclose(value, truth, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


@dataclass(frozen=True)
class Rule:
    """One rule: whether it holds, and what breaks it, in words.

    name: in English, whatever is spoken: rules are told apart by it; `_(name)` for people.
    """

    name: str
    holds: bool
    detail: str = ""


def judge(name: str, breaches: Iterable[str]) -> Rule:
    """A rule that holds when there are no breaches."""
    every = list(breaches)
    detail = joined("; ", every[:MAX_TOLD])
    if len(every) > MAX_TOLD:
        detail = _("{breaches}; and {more} more", breaches=detail, more=len(every) - MAX_TOLD)
    return Rule(name, not every, detail)


def joined(mark: str, texts: Iterable[str]) -> str:
    """Texts with ", " or "; " between them, as the language that is spoken writes it."""
    return word(mark, spoken()).join(texts)


@dataclass(frozen=True)
class Verdict:
    """Every rule that was judged.

    stated: what is said of the plan and cannot be known from it: not said to hold.
    """

    rules: tuple[Rule, ...]
    stated: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all rules hold."""
        return all(rule.holds for rule in self.rules)

    @property
    def broken(self) -> tuple[Rule, ...]:
        """The rules that do not hold."""
        return tuple(rule for rule in self.rules if not rule.holds)

    @property
    def conclusion(self) -> str:
        """All of it in one line."""
        if self.ok:
            return _("the plan holds: all {n} rules", n=len(self.rules))
        return _(
            "the plan is BROKEN, {broken} of {n} rules: {names}",
            broken=len(self.broken),
            n=len(self.rules),
            names=joined("; ", (_(rule.name) for rule in self.broken)),
        )


#: The site of those whom nobody serves.
NOBODY = -1


@dataclass(frozen=True)
class Trip:
    """People of one demand point who are served at one site, as the plan says.

    At site NOBODY are those whom nobody serves, where something fails or needs may be unmet.
    """

    demand: int
    site: int
    minutes: float
    share: float


@dataclass(frozen=True)
class PlainPlan:
    """A plan before the check, as plain lists, in one state.

    state: 0, nothing fails; n, scenario n - 1 happens.
    """

    problem: Problem
    policy: Policy
    plan: Plan
    state: int = 0

    @cached_property
    def states(self) -> list[PlainPlan]:
        """The same plan where nothing fails, and in each scenario."""
        facts = self.problem.scenarios
        return [replace(self, state=n) for n in range(1 if facts is None else len(facts.ids) + 1)]

    @cached_property
    def levels(self) -> list[Level]:
        """The levels; none has a cut-off below what those count as whom nobody may serve."""
        levels = zip(self.problem.levels, self.unserved, strict=True)
        return [
            level if minutes is None else replace(level, cutoff=minutes)
            for level, minutes in levels
        ]

    @cached_property
    def unserved(self) -> list[float | None]:
        """For each level, the minutes that a person counts as whom nobody serves; None: all are."""
        found = list[float | None]()
        for level in self.problem.levels:
            minutes = level.cutoff if level.unmet is None else level.unmet.minutes
            allowed = level.unmet is not None and level.unmet.allowed
            found.append(minutes if allowed or self.state > 0 else None)
        return found

    @cached_property
    def chosen(self) -> list[int]:
        """Rows of the chosen options."""
        return [int(k) for k in self.plan.options]

    @cached_property
    def trips(self) -> list[list[Trip]]:
        """For each level, who is served where; also who is not, where that may be."""
        usual = self.state == 0
        answer = self.plan.assignments if usual else self.plan.scenarios[self.state - 1]
        levels = [_trips(served) for served in answer]
        for trips, minutes in zip(levels, self.unserved, strict=True):
            if minutes is None:
                continue
            unserved = dict.fromkeys(range(len(self.problem.demand.ids)), 1.0)
            for trip in trips:
                unserved[trip.demand] -= trip.share
            # More than all of them is a breach; a sum that is rounded is none.
            rest = [(i, n) for i, n in unserved.items() if n > TRACE or n < -TOLERANCE]
            trips += [Trip(i, NOBODY, minutes, n) for i, n in rest]
        return levels

    @cached_property
    def open(self) -> list[dict[int, float]]:
        """For each level, the sites that offer it and work, and how many persons they can serve."""
        facts, levels = self.problem.scenarios, list[dict[int, float]]()
        failed = set[int]()
        if facts is not None and self.state > 0:
            failed = {j for j, fails in enumerate(facts.failed[self.state - 1].tolist()) if fails}
        for level in range(len(self.problem.levels)):
            here: dict[int, float] = {}
            for k in self.chosen:
                capacity = float(self.problem.options.capacity[k, level])
                site = int(self.problem.options.site[k])
                if capacity > 0 and site not in failed:
                    here[site] = here.get(site, 0.0) + capacity
            levels.append(here)
        return levels

    def level(self, row: int) -> str:
        """The level in words, and the scenario."""
        name, facts = self.problem.levels[row].id, self.problem.scenarios
        if facts is None or self.state == 0:
            return name
        return _("{level} in {scenario}", level=name, scenario=facts.ids[self.state - 1])

    def trip(self, trip: Trip) -> str:
        """A trip in words."""
        origin = self.problem.demand.ids[trip.demand]
        site = _("nobody") if trip.site == NOBODY else self.problem.sites.ids[trip.site]
        return f"{origin} -> {site}"


def _trips(served: Assignment) -> list[Trip]:
    """An assignment as a list."""
    columns = (served.demand, served.site, served.minutes, served.share)
    return [
        Trip(int(i), int(j), float(minutes), float(share))
        for i, j, minutes, share in zip(*columns, strict=True)
    ]


#: Rules by id: in words, and a sentence for each breach.
Rules = dict[str, tuple[str, Callable[[PlainPlan], Iterator[str]]]]
