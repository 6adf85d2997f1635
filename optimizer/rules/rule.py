"""What a planning rule is; see ARCHITECTURE.md for how to add one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from optimizer.case import Case

if TYPE_CHECKING:
    import pyomo.environ as pyo

    from optimizer.model.access import Access
    from optimizer.model.program import Form, Goal


class Rule(ABC):
    """What plans obey; a subclass is one of the four kinds below.

    id: the same as that of the rule's plain half in `optimizer.verification`. words: component of
    the model -> the rule as a planner knows it, where it may be why no plan exists (in English,
    `_` says it); none where it is what every question means. consequences: components that follow
    from the others of the rule, which are there for the bound.
    """

    id: ClassVar[str]
    words: ClassVar[Mapping[str, str]] = {}
    consequences: ClassVar[tuple[str, ...]] = ()

    def active(self, case: Case) -> bool:
        """Whether the question asks for it."""
        return True

    def impossible(self, case: Case) -> Iterator[str]:
        """A sentence for each place where no plan can obey it, from the facts alone.

        Necessary conditions: silence does not prove that a plan exists.
        """
        return iter(())


class SitingRule(Rule):
    """Rows on what is built, and on money."""

    @abstractmethod
    def add_to(self, model: pyo.ConcreteModel, case: Case) -> None:
        """Add named components to the model."""


class LevelRule(Rule):
    """Rows on who is served where, at one level."""

    @abstractmethod
    def add_to(self, block: pyo.Block, case: Case, access: Access) -> None:
        """Add named components to the level's block."""


class Cap(Rule):
    """Rows beside a model that is there: caps on goals that it has, so that one serves a sweep."""

    @abstractmethod
    def caps(self, form: Form, case: Case) -> Iterator[tuple[Goal, float]]:
        """What is capped, and the cap."""


class Implied(Rule):
    """Needs no rows of its own: other rows, or the facts, imply it."""
