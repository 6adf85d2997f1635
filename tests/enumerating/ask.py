"""One equity that is asked for: among whom, over which levels, by which measure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimizer.problem import Floats, Level, Problem
from optimizer.question import Equity
from tests.enumerating.measures import DEFINITIONS, Definition, Parameters
from tests.enumerating.people import may_use, of_group, parts
from tests.enumerating.siting import EPSILON

#: Who travels how long: demand point, minutes, share of its people, whether anybody serves them.
Trips = list[tuple[int, float, float, bool]]


@dataclass(frozen=True, eq=False)
class Ask:
    """An equity, and the weight of each level (row) that counts in it."""

    problem: Problem
    equity: Equity
    weights: dict[int, float]

    @cached_property
    def definition(self) -> Definition:
        return DEFINITIONS[self.equity.measure]

    @cached_property
    def parameters(self) -> Parameters:
        return {**self.definition.defaults, **self.equity.parameters}

    @property
    def worst(self) -> bool:
        """Whether the worst level alone counts: it is leximin's headline, whatever is asked."""
        return self.equity.services == "worst" or self.equity.measure == "leximin"

    @property
    def of_places(self) -> bool:
        """Whether people are asked for the places in their reach, not for their trips."""
        return self.equity.of == "catchment"

    @property
    def passes_by(self) -> bool:
        """Whether it could gain by sending people past what is near."""
        return self.definition.dispersion and not self.of_places

    @property
    def scale(self) -> float:
        """What weighs as much as one minute."""
        minutes = self.equity.of == "minutes" and self.definition.unit == Definition.unit
        return 1.0 if minutes else 0.01

    def units(self, row: int) -> tuple[Floats, Floats]:
        """(U, I) share of each unit's persons at each demand point; (U,) how much each counts.

        Of those who may use the level.
        """
        if row not in self._units:
            self._units[row] = self._compared(row)
        return self._units[row]

    def _compared(self, row: int) -> tuple[Floats, Floats]:
        people = np.array(list(self._people(row)))
        people = people[people.sum(axis=1) > 0]
        total = people.sum(axis=1)
        weight = total if self.equity.among == "persons" else np.ones(len(total))
        return people / total[:, None], weight

    @cached_property
    def _units(self) -> dict[int, tuple[Floats, Floats]]:
        return {}

    def _people(self, row: int) -> Iterator[Floats]:
        """Persons of each unit at each demand point."""
        among, may = self.equity.among, may_use(self.problem, row)
        if among in ("persons", "points"):
            yield from np.diag(may)
        elif among == "groups":
            for group in self.problem.demand.groups:
                yield np.array(of_group(self.problem, row, group))
        else:
            at = parts(self.problem, among)
            for c in set(at) - {None}:
                yield np.array([n * (a == c) for n, a in zip(may, at, strict=True)])

    def point_weight(self, row: int) -> Floats:
        """(I,) how much each demand point counts."""
        share, weight = self.units(row)
        return weight @ share

    def level(self, row: int) -> Level:
        """The level, whose longest minutes are those of whom nobody may serve."""
        level = self.problem.levels[row]
        left_out = level.unmet is not None and level.unmet.allowed
        return replace(level, cutoff=level.unmet.minutes) if left_out else level

    def has(self, row: int, minutes: Floats, served: np.ndarray) -> Floats:
        """What people have whose trips take so long."""
        if self.equity.of == "uncovered":
            return (~served | (minutes > self.level(row).standard + EPSILON)).astype(float)
        return minutes

    def value(self, row: int, trips: Trips, places: Floats) -> float:
        """The measure at one level. places: (I,) within reach, per person in need."""
        level, definition = self.level(row), self.definition
        point, minutes, share, served = (np.array(column) for column in zip(*trips, strict=True))
        values = self.has(row, minutes, served)
        unit_share, weight = self.units(row)
        if definition.additive:
            counts = self.point_weight(row)[point] * share
            seen = values[counts > 0], counts[counts > 0]
        elif self.of_places:
            reach = unit_share @ places
            seen = reach if definition.dispersion else 1 - reach, weight
        else:
            felt = definition.inner(values, level, self.parameters) * share
            at_point = np.bincount(point, weights=felt, minlength=len(places))
            seen = unit_share @ at_point, weight
        return definition.value(*seen, level, self.parameters)

    def beyond(self, row: int, trips: Trips) -> dict[float, float]:
        """For leximin: the end of a distance class -> share of the weight that is beyond it."""
        point, minutes, share, _ = (np.array(column) for column in zip(*trips, strict=True))
        weight = self.point_weight(row)
        counts = weight[point] * share / weight.sum()
        return {
            end: float(counts @ (minutes > end + EPSILON)) for end in self.class_ends(row).tolist()
        }

    def class_ends(self, row: int) -> Floats:
        """Where the distance classes of a level end, the farthest first."""
        step = self.parameters["step"]
        return step * np.arange(np.ceil(self.level(row).cutoff / step), -1, -1)

    def term(self, row: int, value: float) -> float:
        return float(self.definition.term(value, self.level(row), self.parameters))

    @cached_property
    def flattest(self) -> int:
        """The level on whose scale the worst one counts: of the longest cut-off, or standard."""
        key = "cutoff" if self.equity.measure == "alpha_fair" else "standard"
        return max(
            self.weights, key=lambda row: (getattr(self.level(row), key), self.level(row).standard)
        )

    def counted(self, row: int, value: float) -> float:
        """What a level of this value adds to T, or is held against the others as."""
        return self.term(self.flattest if self.worst else row, value)

    def combine(self, values: dict[int, float]) -> float:
        """T: the term of the largest of the levels' values, or the weighted mean of their terms."""
        if self.worst:
            return self.term(self.flattest, max(values.values()))
        return sum(self.weights[row] * self.term(row, value) for row, value in values.items())

    def cap(self, at_most: float) -> float:
        """T where every level has this value."""
        return self.combine(dict.fromkeys(self.weights, at_most))

    @property
    def curved(self) -> bool:
        """Whether the worst of levels counts, each of which has a term of its own."""
        terms = {round(self.term(row, 1.5), 12) for row in self.weights}
        return self.worst and len(terms) > 1

    def within(self, row: int, t: float) -> float:
        """The largest term of a level that counts as T at most; nobody is beyond the cut-off."""
        low, high = 0.0, self.level(row).cutoff
        if self.term(self.flattest, high) <= t:
            return self.term(row, high)
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if self.term(self.flattest, middle) <= t else (low, middle)
        return self.term(row, low)

    def stages(self, beyond: dict[int, dict[float, float]]) -> list[float]:
        """For leximin: the share beyond the end of each class, the farthest class first.

        Over several levels it is their sum by weight.
        """
        together: dict[float, float] = defaultdict(float)
        for row, shares in beyond.items():
            for end, share in shares.items():
                together[end] += self.weights[row] * share
        return [together[end] for end in sorted(together, reverse=True)]
