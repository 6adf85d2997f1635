"""The land of a site suffices for what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.foundation.figures import apart, significant
from optimizer.foundation.language import N_, _
from optimizer.foundation.tolerances import ROUNDING
from optimizer.model.admissible import rows_by
from optimizer.rules.rule import SitingRule


class Land(SitingRule):
    """What stands at a site fits on its land."""

    id = "land"
    words: ClassVar[Mapping[str, str]] = {"land": N_("the land of the sites")}

    def add_to(self, model: pyo.ConcreteModel, case: Case) -> None:
        """sum_k land[k] y[k] <= land[j] at each site j whose land can run out (hectares)."""
        table, available = case.problem.options, case.problem.sites.land
        options = rows_by(table.site)
        wanted = np.bincount(table.site, weights=table.land, minlength=len(available))

        @model.Constraint(
            [j for j in options if wanted[j] > available[j]], doc="land of a site, hectares"
        )
        def land(model: pyo.ConcreteModel, j: int) -> object:
            used = pyo.quicksum(float(table.land[k]) * model.stands[k] for k in options[j])
            return used <= float(available[j])

    def impossible(self, case: Case) -> Iterator[str]:
        """What must stand at a site must fit on its land."""
        options, sites = case.problem.options, case.problem.sites
        facilities, first = np.unique(options.facility, return_index=True)
        least = np.full(options.facility.max(initial=-1) + 1, np.inf)
        np.minimum.at(least, options.facility, options.land)
        must = options.required[first]
        at = options.site[first][must]
        used = np.bincount(at, weights=least[facilities[must]], minlength=len(sites.ids))
        for j in np.flatnonzero(used > sites.land * (1 + ROUNDING)):
            has, takes = apart(significant, 6, sites.land[j], used[j])
            yield _(
                "land: site {site} has {has} ha, what must stand there takes {takes}",
                site=sites.ids[j],
                has=has,
                takes=takes,
            )
