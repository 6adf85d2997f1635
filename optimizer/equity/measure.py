"""What an equity measure is, and the registry of all of them.

A measure sees what each unit has (minutes, most often) and how much each unit counts, nothing
else; see ARCHITECTURE.md for how to add one. `Indicator` is a definition in numpy, which is all
that a number in a report needs; a `Measure` can be minimised and capped too.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np

from optimizer.foundation.faults import nearest
from optimizer.foundation.language import _
from optimizer.foundation.registry import enrol
from optimizer.problem import Floats, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import NumericExpression

    from optimizer.model.unit_values import UnitValues


class Class(StrEnum):
    """What a measure can be used for."""

    ADDITIVE = "additive"  # a sum over persons of phi(minutes)
    MONOTONE = "monotone"  # improving anybody never makes it worse
    DISPERSION = "dispersion"  # can be improved by making people worse off


class Property(StrEnum):
    """What a measure promises for all values v and weights n; each promise is tested."""

    ITSELF = "everybody at v has measure v"
    ZERO = "everybody the same has measure 0"
    MONOTONE = "improving anybody never makes it worse"
    TRANSFER = "a transfer from better-off to worse-off, equal weights, never makes it worse"
    TRANSLATION_COVARIANT = "c more for everybody is c more"
    TRANSLATION_INVARIANT = "c more for everybody changes nothing"
    SCALE_COVARIANT = "c times the values is c times the measure"
    SCALE_INVARIANT = "c times the values changes nothing"


#: The unit of a measure that is in the unit of what people have.
OF_VALUES = ""


@dataclass(frozen=True)
class Indicator(ABC):
    """One number, in `unit`, from values and weights; the weights' sum never matters.

    name: in files; title: for people, in English, in the catalogue in Chinese.
    The fields of a subclass are its parameters, with their defaults. Values are burdens, in
    minutes most often: the docstring has formula, class, reference and when it misbehaves.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str]
    kind: ClassVar[Class]
    reference: ClassVar[str]
    properties: ClassVar[frozenset[Property]]
    higher_is_fairer: ClassVar[bool] = False

    @abstractmethod
    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        """The definition. values, weights: (U,), every weight above 0."""

    def inner(self, values: Floats, level: Level) -> Floats:
        """What is averaged over the persons of a unit."""
        return values

    def outer(self, means: Floats, level: Level) -> Floats:
        """(U,) the values of units with these means of `inner`."""
        return means


class Measure(Indicator):
    """An indicator that can be minimised and capped; lower is fairer."""

    #: What `of` may be: a measure whose formula means minutes sees nothing else.
    sees: ClassVar[frozenset[str]] = frozenset({"minutes", "uncovered", "catchment"})
    #: Where one unit of the measure is one unit of `term`, if not everywhere.
    one_to_one: ClassVar[str] = ""
    #: Whether an order stands behind the number: over several levels the worst one is the number.
    is_order: ClassVar[bool] = False

    def term(self, value: float, level: Level) -> float:
        """The increasing transform of the measure's value that the model is linear in."""
        return value

    def value_of(self, term: float, level: Level) -> float:
        """The inverse of `term`: the measure's value with this term."""
        return term

    def size(self, level: Level, units: int, entries: int) -> tuple[int, int, int]:
        """Columns, rows and entries that its linearisation adds, more or less, for so many units.

        entries: pairs of all units, with persons of theirs at the demand point.
        """
        return units, units, entries + 2 * units

    def term_depends_on(self, level: Level) -> tuple[float, ...]:
        """What of the level the term depends on; the larger it is, the less the term bends.

        That is -term'' / term' rises with it, if only by the measure's parameters.
        """
        return ()


class Linear(Measure):
    """A measure whose term is piecewise linear and convex in what people have."""

    @abstractmethod
    def add_to(self, block: pyo.Block, people: UnitValues) -> NumericExpression:
        """Add the linearisation of the term to the block; return it.

        Exact where the term is minimised, or capped from above.
        """


class Additive(Linear):
    """A weighted mean of phi(value): exact on pairs, with split demand too.

    A subclass gives phi, which never falls.
    """

    kind = Class.ADDITIVE

    @abstractmethod
    def phi(self, values: Floats, level: Level) -> Floats:
        """What one person's value adds."""

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        return float(np.average(self.phi(values, level), weights=weights))

    def size(self, level: Level, units: int, entries: int) -> tuple[int, int, int]:
        return 0, 0, entries

    def add_to(self, block: pyo.Block, people: UnitValues) -> NumericExpression:
        return people.mean(self.phi(people.values, people.level))


class Equivalent(Additive):
    """The value that, given to everybody, is as good: phi^-1 of the mean of phi (an EDE).

    A subclass gives the inverse of phi, which rises. The term is phi(measure).
    """

    @abstractmethod
    def inverse(self, value: float, level: Level) -> float:
        """phi(inverse(value)) = value."""

    def evaluate(self, values: Floats, weights: Floats, level: Level) -> float:
        return self.inverse(super().evaluate(values, weights, level), level)

    def term(self, value: float, level: Level) -> float:
        return float(self.phi(np.array([value]), level)[0])

    def value_of(self, term: float, level: Level) -> float:
        return self.inverse(term, level)


class Ratio(Measure):
    """A measure whose term is a numerator over a denominator, N / D.

    N convex, D concave and above 0, both piecewise linear in what people have. A cap on the
    term is linear, exactly: N <= g D. To be minimised it takes a sequence of models
    (`optimizer.algorithms.ratio`), each with g between two values.
    """

    @abstractmethod
    def add_parts(
        self, block: pyo.Block, people: UnitValues
    ) -> tuple[NumericExpression, NumericExpression]:
        """(N, D) on the block: N exact from above, D exact from below."""

    @abstractmethod
    def denominators(self, people: UnitValues) -> tuple[float, float]:
        """Between these lies D."""

    @abstractmethod
    def largest(self, people: UnitValues) -> float:
        """A number that the term, never below 0, never exceeds; inf where D can be 0."""


INDICATORS: dict[str, type[Indicator]] = {}
AnyIndicator = TypeVar("AnyIndicator", bound=type[Indicator])


def register(indicator: AnyIndicator) -> AnyIndicator:
    """Put an indicator into the registry; a name that is taken raises."""
    return enrol(INDICATORS, indicator, "equity measure")


def make(name: str, parameters: Mapping[str, float | tuple[float, ...]]) -> Measure:
    """The measure of this name with these parameters.

    Raises ValueError for an unknown name or parameter, and for an indicator that can only be
    reported.
    """
    measure = indicator(name, parameters)
    if not isinstance(measure, Measure):
        able = [other for other, kind in INDICATORS.items() if issubclass(kind, Measure)]
        remedy = nearest(name, able)
        raise ValueError(
            _("{name} is reported, never minimised or capped: {remedy}", name=name, remedy=remedy)
        )
    return measure


def indicator(name: str, parameters: Mapping[str, float | tuple[float, ...]]) -> Indicator:
    """The indicator of this name with these parameters; what is unknown raises ValueError."""
    if name not in INDICATORS:
        remedy = nearest(name, INDICATORS)
        raise ValueError(_("unknown equity measure {name!r}: {remedy}", name=name, remedy=remedy))
    known = {item.name: item.default for item in fields(INDICATORS[name])}
    for parameter, given in parameters.items():
        if parameter not in known:
            raise ValueError(
                _(
                    "{name} has no parameter {parameter!r}: {remedy}",
                    name=name,
                    parameter=parameter,
                    remedy=nearest(parameter, known or ["none"]),
                )
            )
        if isinstance(given, tuple) and not isinstance(known[parameter], tuple):
            raise ValueError(
                _("{name}: {parameter} must be one number", name=name, parameter=parameter)
            )
        if isinstance(known[parameter], tuple) and not isinstance(given, tuple):
            raise ValueError(
                _("{name}: {parameter} must be a list of numbers", name=name, parameter=parameter)
            )
        if not np.isfinite(given).all():
            raise ValueError(
                _("{name}: {parameter} must be finite", name=name, parameter=parameter)
            )
    return INDICATORS[name](**parameters)
