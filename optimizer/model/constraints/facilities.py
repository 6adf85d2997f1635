"""Rules on what stands at a site."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from optimizer.case import Case
from optimizer.model.admissible import rows_by
from optimizer.problem import BUILD, Problem


def add_one_option(model: pyo.ConcreteModel, case: Case) -> None:
    """sum_k y[k] <= 1 over the options of each facility f; = 1 where one is required."""
    options = rows_by(case.problem.options.facility)

    @model.Constraint(list(options), doc="at most one option of a facility; one if required")
    def one_option(model: pyo.ConcreteModel, f: int) -> object:
        chosen = pyo.quicksum(model.stands[k] for k in options[f])
        return chosen == 1 if case.problem.options.required[options[f]].any() else chosen <= 1


def add_site_paid_once(model: pyo.ConcreteModel, problem: Problem) -> None:
    """o[j] >= sum_k y[k] over the BUILD options k of each service at site j (co-location)."""
    table = problem.options
    built = (table.kind == BUILD) & (problem.sites.cost[table.site] > 0)
    options = rows_by(np.where(built, table.facility, -1))

    @model.Constraint(list(options), doc="who builds at a site opens it")
    def site_paid_once(model: pyo.ConcreteModel, f: int) -> object:
        site = int(table.site[options[f][0]])
        return model.opened[site] >= pyo.quicksum(model.stands[k] for k in options[f])


def add_land(model: pyo.ConcreteModel, case: Case) -> None:
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


def add_hosts(model: pyo.ConcreteModel, case: Case) -> None:
    """sum_k y[k] <= hosts[j] at each site j that could host more services than it may."""
    problem = case.problem
    options, most = rows_by(problem.options.site), problem.sites.hosts
    services = {j: len(set(problem.options.service[rows].tolist())) for j, rows in options.items()}

    @model.Constraint(
        [j for j in options if services[j] > most[j]], doc="services that a site may host"
    )
    def hosts(model: pyo.ConcreteModel, j: int) -> object:
        return pyo.quicksum(model.stands[k] for k in options[j]) <= int(most[j])
