"""What an equity measure is, and the registry of all of them.

An equity measure sees only access (minutes by demand point) and persons; see ARCHITECTURE.md
for how to add one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np

from optimizer.faults import nearest
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.access import Access


class Class(StrEnum):
    """What a measure can be used for."""

    ADDITIVE = "additive"  # a sum over persons of phi(minutes)
    MONOTONE = "monotone"  # improving anybody never makes it worse
    DISPERSION = "dispersion"  # can be improved by making people worse off


@dataclass(frozen=True)
class Measure(ABC):
    """One number, in `unit`, from minutes and persons; lower is fairer.

    The fields of a subclass are its parameters, with their defaults.
    """

    name: ClassVar[str]
    unit: ClassVar[str]
    kind: ClassVar[Class]
    reference: ClassVar[str]
    #: Where one unit of the measure is one unit of `term`, if not everywhere.
    one_to_one: ClassVar[str] = ""

    @abstractmethod
    def evaluate(self, minutes: Floats, persons: Floats, level: Level) -> float:
        """The definition, for people of whom `persons[n]` travel `minutes[n]`."""

    def term(self, minutes: Floats, persons: Floats, level: Level) -> float:
        """What the weighted objective adds: the measure, or an increasing transform of it."""
        return self.evaluate(minutes, persons, level)

    @abstractmethod
    def add_to(self, block: pyo.Block, access: Access) -> NumericExpression:
        """Add the linearisation of `term` to the block; return it."""

    def term_bound(self, bound: float, level: Level) -> float:
        """The value of `term` at which the measure equals `bound`."""
        return bound


class Additive(Measure):
    """A mean over persons of phi(minutes): exact on pairs, with split demand too.

    A subclass gives phi, increasing, and its inverse.
    """

    kind = Class.ADDITIVE

    @abstractmethod
    def phi(self, minutes: Floats, level: Level) -> Floats:
        """What one person's minutes add."""

    @abstractmethod
    def inverse(self, value: float, level: Level) -> float:
        """phi(inverse(value)) = value."""

    def evaluate(self, minutes: Floats, persons: Floats, level: Level) -> float:
        return self.inverse(self.term(minutes, persons, level), level)

    def term(self, minutes: Floats, persons: Floats, level: Level) -> float:
        return float(np.average(self.phi(minutes, level), weights=persons))

    def add_to(self, block: pyo.Block, access: Access) -> NumericExpression:
        return access.mean(self.phi(access.pair_minutes, access.level))

    def term_bound(self, bound: float, level: Level) -> float:
        return float(self.phi(np.array([bound]), level)[0])


MEASURES: dict[str, type[Measure]] = {}
AnyMeasure = TypeVar("AnyMeasure", bound=type[Measure])


def register(measure: AnyMeasure) -> AnyMeasure:
    """Put a measure into the registry; a name that is taken raises."""
    if measure.name in MEASURES:
        raise ValueError(f"equity measure {measure.name!r} is registered twice")
    MEASURES[measure.name] = measure
    return measure


def make(name: str, parameters: Mapping[str, float]) -> Measure:
    """The measure of this name with these parameters; an unknown name or parameter raises."""
    if name not in MEASURES:
        raise ValueError(f"unknown equity measure {name!r}: {nearest(name, MEASURES)}")
    known = [item.name for item in fields(MEASURES[name])]
    for parameter in parameters:
        if parameter not in known:
            raise ValueError(
                f"{name} has no parameter {parameter!r}: {nearest(parameter, known or ['none'])}"
            )
    return MEASURES[name](**parameters)
