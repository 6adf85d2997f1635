"""What the floors have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from optimizer.case import Case
from optimizer.foundation.figures import apart, share
from optimizer.foundation.tolerances import ROUNDING
from optimizer.model.access import Access
from optimizer.problem import Bools, Floats, Level
from optimizer.question import Floor

if TYPE_CHECKING:
    from pyomo.core.expr.numeric_expr import NumericExpression


def floor_of(case: Case, level: Level) -> Floor:
    """The floors of a level."""
    return case.policy.floors.get(level.id, Floor())


def asked_for(case: Case, kind: str) -> bool:
    """Whether any level has a floor of this kind."""
    return any(getattr(floor_of(case, level), kind) > 0 for level in case.problem.levels)


def covered(access: Access, persons: Floats) -> NumericExpression:
    """Of these persons (I,), how many are served within the standard."""
    return access.sum(access.within_standard * persons[access.pairs.origin])


def too_few(persons: Floats, possible: Bools, least: float) -> Iterator[tuple[str, str]]:
    """(share, floor) in figures if fewer than the least share of these persons are possible."""
    total = float(persons.sum())
    reached = float(persons[possible].sum())
    if total > 0 and reached < least * total * (1 - ROUNDING):
        has, floor = apart(share, 1, reached / total, least)
        yield has, floor
