"""One set of options that stand: the best that it can give."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from tests.enumerating.ask import Ask
from tests.enumerating.assignment import Assignment
from tests.enumerating.given import Worth, caps_hold, worth
from tests.enumerating.leximin import in_order, within_headline
from tests.enumerating.linear import Solution
from tests.enumerating.question import Question
from tests.enumerating.ratio import Weighed
from tests.enumerating.siting import all_money
from tests.enumerating.supply import Supply, supply


@dataclass(frozen=True, eq=False)
class Study:
    """The question once it is decided what stands."""

    question: Question
    options: tuple[int, ...]

    @cached_property
    def supplies(self) -> list[Supply]:
        rows = range(len(self.question.levels))
        return [supply(self.question, self.options, row) for row in rows]

    @cached_property
    def cost(self) -> float:
        return all_money(self.question.problem, self.options)

    @property
    def settled(self) -> bool:
        """Whether everybody is surely at the nearest."""
        return all(one.settled for one in self.supplies)

    @cached_property
    def hopeful(self) -> bool:
        """Whether no rule is broken with everybody at the nearest."""
        return all(
            one.reaches_all and one.floors_hold and one.unmet_holds for one in self.supplies
        ) and caps_hold(self.question, self.cost, [one.at_nearest for one in self.supplies])

    @cached_property
    def at_nearest(self) -> Worth | None:
        """With everybody at the nearest; None where even that breaks a rule.

        No plan of these options is better, and if all is settled, it is the best of them.
        """
        if not self.hopeful:
            return None
        return worth(self.question, self.cost, [one.at_nearest for one in self.supplies])

    @cached_property
    def best(self) -> Worth | None:
        """The best over all ways to share people out; None where none obeys the rules."""
        found = [self._best_of(assignment) for assignment in self._assignments()]
        return min((one for one in found if one), key=lambda one: one.order, default=None)

    def _assignments(self) -> Iterator[Assignment]:
        """A program for each way to say who may go where."""
        for choices in itertools.product(*(one.choices for one in self.supplies)):
            kept = within_headline(self.question.caps, choices)
            yield Assignment(self.question, self.supplies, kept, self.cost)

    def _best_of(self, assignment: Assignment) -> Worth | None:
        question, lp = self.question, assignment.lp
        ask, weight = question.minimised, question.policy.weight
        lp.add_cost(assignment.efficiency, (1 - weight) / question.scale)
        if ask is None:
            found = lp.minimum()
        elif question.lexicographic:
            found = in_order(assignment, ask)
        elif ask.definition.ratio or ask.curved:
            found = self._with_ratio(assignment, ask)
        else:
            lp.add_cost(assignment.together(ask), weight / ask.scale)
            found = lp.minimum()
        if found is None:
            return None
        given = assignment.given(found)
        return worth(question, self.cost, given)

    def _with_ratio(self, assignment: Assignment, ask: Ask) -> Solution | None:
        """The ratios of settled levels are known; of the others at most one may be added up."""
        known = {row: self.supplies[row].at_nearest.term(ask) for row in ask.weights}
        loose = [row for row in known if not self.supplies[row].settled and not ask.of_places]
        if not loose:
            return assignment.lp.minimum()
        share = 1.0 if ask.worst else ask.weights[loose[0]]
        if not ask.worst and len(loose) > 1:
            raise ValueError("ratios of several levels that capacities leave open are added up")
        parts = assignment.parts(ask)

        def of(found: Solution) -> float:
            given = assignment.given(found)
            return max(given[row].term(ask) for row in loose)

        weighed = Weighed(
            assignment.lp,
            [(*parts[row], partial(ask.within, row) if ask.curved else float) for row in loose],
            of,
            share * self.question.policy.weight / ask.scale,
            floor=max(known[row] for row in known) if ask.worst else 0.0,
        )
        return weighed.least()
