"""The best way to share people out over what stands: one linear program over all levels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.enumerating.ask import Ask
from tests.enumerating.given import Given
from tests.enumerating.linear import LinearProgram, Solution, Terms, combine
from tests.enumerating.question import Question
from tests.enumerating.rows import LINEAR, RATIOS, Seen
from tests.enumerating.supply import NOBODY, Choice, Supply

#: A share of a demand point below this is rounding.
TRACE = 1e-8


@dataclass(eq=False)
class Assignment:
    """The program of one choice per level. shares: by level, the column of each trip; one: a
    column that is 1, for what does not depend on the trips."""

    question: Question
    supplies: list[Supply]
    choices: tuple[Choice, ...]
    cost: float
    lp: LinearProgram = field(default_factory=LinearProgram)
    shares: list[dict[tuple[int, int], int]] = field(default_factory=list)
    one: int = 0

    def __post_init__(self) -> None:
        self.one = self.lp.column(1, 1)
        for supply, choice in zip(self.supplies, self.choices, strict=True):
            self.shares.append({trip: self.lp.column(0, 1) for trip in choice.trips})
            self._serve(supply, choice)
            self._cover(supply)
            self._leave_out(supply)
        self.efficiency = self._efficiency()
        if self.question.most is not None:
            self.lp.require_at_most(self.efficiency, self.question.most)
        for ask, at_most in self.question.caps:
            self._cap(ask, at_most)

    def _serve(self, supply: Supply, choice: Choice) -> None:
        """Everybody is served wholly, within the capacities; what is full is full."""
        shares = self.shares[supply.row]
        for point in self.question.points:
            self.lp.require_equal({x: 1.0 for (i, _), x in shares.items() if i == point}, 1.0)
        if supply.settled:
            return
        for site, capacity in supply.capacity.items():
            load = {x: supply.need(i) for (i, j), x in shares.items() if j == site}
            if site in choice.full:
                self.lp.require_equal(load, capacity)
            elif np.isfinite(capacity):
                self.lp.require_at_most(load, capacity)

    def _cover(self, supply: Supply) -> None:
        """The floors: enough persons within the standard."""
        covering = {
            (i, j): x
            for (i, j), x in self.shares[supply.row].items()
            if j != NOBODY and self.question.within_standard(supply.row, supply.trips[i, j])
        }
        for persons, least in supply.floors:
            if least > 0:
                self.lp.require_at_most({x: -persons[i] for (i, _), x in covering.items()}, -least)

    def _leave_out(self, supply: Supply) -> None:
        """The caps on unmet needs."""
        unmet = {i: x for (i, j), x in self.shares[supply.row].items() if j == NOBODY}
        for persons, most in self.question.unmet_caps(supply.row):
            self.lp.require_at_most({x: persons[i] for i, x in unmet.items()}, most)

    def _efficiency(self) -> Terms:
        """In its own unit."""
        question = self.question
        if question.policy.efficiency == "cost":
            unmet = {
                x: question.price(supply.row) * question.persons[supply.row][i]
                for supply, shares in zip(self.supplies, self.shares, strict=True)
                for (i, j), x in shares.items()
                if j == NOBODY
            }
            return {self.one: self.cost} | unmet
        parts = []
        for supply, shares, weight in zip(
            self.supplies, self.shares, question.weights, strict=True
        ):
            persons, everybody = question.persons[supply.row], question.everybody[supply.row]
            if question.policy.efficiency == "mean_minutes":
                felt = {trip: supply.trips[trip] / everybody for trip in shares}
            else:
                felt = {
                    trip: float(
                        trip[1] == NOBODY
                        or not question.within_standard(supply.row, supply.trips[trip])
                    )
                    for trip in shares
                }
            terms = {x: persons[trip[0]] * felt[trip] for trip, x in shares.items()}
            parts.append((weight, terms))
        return combine(*parts)

    def seen(self, ask: Ask, row: int) -> Seen:
        """What an equity sees of a level."""
        unit_share, weight = ask.units(row)
        level, dispersion = ask.level(row), ask.definition.dispersion
        if ask.of_places:
            reach = unit_share @ self.supplies[row].places
            values = [{self.one: a if dispersion else 1 - a} for a in reach.tolist()]
            people: Terms = {}
        else:
            shares = self.shares[row]
            minutes = np.array([self.supplies[row].trips[trip] for trip in shares])
            served = np.array([j != NOBODY for _, j in shares])
            felt = ask.definition.inner(ask.has(row, minutes, served), level, ask.parameters)
            columns = [(i, x, f) for ((i, _), x), f in zip(shares.items(), felt, strict=True)]
            values = [{x: s[i] * f for i, x, f in columns if s[i] > 0} for s in unit_share]
            counts = self.counts(ask, row)
            people = {x: n * f for (_, x, f), n in zip(columns, counts, strict=True)}
        return Seen(values, weight / weight.sum(), people, level, ask.parameters)

    def counts(self, ask: Ask, row: int) -> list[float]:
        """How much of the whole each trip of a level carries, where all take it."""
        counts = ask.point_weight(row) / ask.point_weight(row).sum()
        return [float(counts[i]) for i, _ in self.shares[row]]

    def terms(self, ask: Ask) -> dict[int, Terms]:
        """The term of each level that counts."""
        make = LINEAR[ask.equity.measure]
        return {row: make(self.lp, self.seen(ask, row)) for row in ask.weights}

    def parts(self, ask: Ask) -> dict[int, tuple[Terms, Terms]]:
        """Numerator and denominator of a ratio, by level that counts."""
        if not ask.definition.ratio:
            return {row: (term, {self.one: 1.0}) for row, term in self.terms(ask).items()}
        make = RATIOS[ask.equity.measure]
        return {row: make(self.lp, self.seen(ask, row)) for row in ask.weights}

    def together(self, ask: Ask) -> Terms:
        """T of a measure that is linear."""
        terms = self.terms(ask)
        if ask.worst:
            return self.lp.largest(list(terms.values()))
        return combine(*((ask.weights[row], term) for row, term in terms.items()))

    def _cap(self, ask: Ask, at_most: float) -> None:
        """T within its cap; for the worst level, and for a ratio, at each level."""
        cap = ask.cap(at_most)
        if ask.definition.ratio or ask.curved:
            for row, (numerator, denominator) in self.parts(ask).items():
                cap = ask.term(row, at_most)
                self.lp.require_at_most(combine((1.0, numerator), (-cap, denominator)), 0.0)
        elif ask.equity.measure != "leximin":
            self.lp.require_at_most(self.together(ask), cap)

    def given(self, found: Solution) -> list[Given]:
        """What people are given by a solution."""
        given = []
        for supply, shares in zip(self.supplies, self.shares, strict=True):
            trips = [
                (i, supply.trips[i, j], float(found.x[x]), j != NOBODY)
                for (i, j), x in shares.items()
                if found.x[x] > TRACE
            ]
            given.append(Given(self.question, supply.row, trips, supply.places))
        return given
