"""One grade of a corridor is built at most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.foundation.language import N_
from optimizer.model.admissible import rows_by
from optimizer.rules.rule import SitingRule


class CorridorLevels(SitingRule):
    """Of the grades in which a corridor can be built at most one is."""

    id = "corridor_levels"
    words: ClassVar[Mapping[str, str]] = {"one_level": N_("one grade of each corridor")}

    def active(self, case: Case) -> bool:
        return case.problem.corridors is not None

    def add_to(self, model: pyo.ConcreteModel, case: Case) -> None:
        """sum_a v[a] <= 1 over the grades a of each corridor (the same `link`)."""
        links = {} if case.problem.corridors is None else rows_by(case.problem.corridors.link)

        @model.Constraint(
            [link for link, rows in links.items() if len(rows) > 1], doc="one grade of a corridor"
        )
        def one_level(model: pyo.ConcreteModel, link: int) -> object:
            return pyo.quicksum(model.built[a] for a in links[link]) <= 1
