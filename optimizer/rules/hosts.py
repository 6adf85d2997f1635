"""A site hosts as many services as it may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.foundation.language import N_, _
from optimizer.model.admissible import rows_by
from optimizer.rules.rule import SitingRule


class Hosts(SitingRule):
    """A site hosts no more services than it may."""

    id = "hosts"
    words: ClassVar[Mapping[str, str]] = {"hosts": N_("how many services a site may host")}

    def add_to(self, model: pyo.ConcreteModel, case: Case) -> None:
        """sum_k y[k] <= hosts[j] at each site j that could host more services than it may.

        Over the options that stand there: what is closed is hosted no more.
        """
        problem = case.problem
        stand = np.where(problem.options.closed, -1, problem.options.site)
        options, most = rows_by(stand), problem.sites.hosts
        services = {
            j: len(set(problem.options.service[rows].tolist())) for j, rows in options.items()
        }

        @model.Constraint(
            [j for j in options if services[j] > most[j]], doc="services that a site may host"
        )
        def hosts(model: pyo.ConcreteModel, j: int) -> object:
            return pyo.quicksum(model.stands[k] for k in options[j]) <= int(most[j])

    def impossible(self, case: Case) -> Iterator[str]:
        """What must stand at a site must fit among its hosts."""
        options, sites = case.problem.options, case.problem.sites
        first = np.unique(options.facility, return_index=True)[1]
        may_close = np.isin(options.facility, options.facility[options.closed])
        at = options.site[first][(options.required & ~may_close)[first]]
        hosted = np.bincount(at, minlength=len(sites.ids))
        for j in np.flatnonzero(hosted > sites.hosts):
            yield _(
                "hosts: site {site} may host {may}, {must} services must stand",
                site=sites.ids[j],
                may=sites.hosts[j],
                must=hosted[j],
            )
