"""Scenario expansion (deterministic equivalent): a problem that can fail as one that cannot.

What a plan gives people where something fails is one level more for each level of a service, with
the pairs that are left. Nobody has to be served then: a site named NOBODY, open for all and as far
as the minutes that being unserved counts for, takes whoever is not. So the model, every algorithm
and every measure sees levels and nothing else; `Problem.states` says which of them belong to one
state, and `scaling.over_states` what is minimised over the states.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from optimizer.foundation.tolerances import TRACE
from optimizer.problem import (
    KEEP,
    Corridors,
    Level,
    Options,
    Pairs,
    Problem,
    Scenarios,
    Sites,
    States,
)
from optimizer.solution import Assignment, Plan

#: The site of those whom nobody serves.
NOBODY = "-"

#: Pairs of all states together: a model of so many takes some 7 GB.
MAX_PAIRS = 2_000_000


def pairs_in(problem: Problem) -> int:
    """How many pairs all states have together."""
    facts = problem.scenarios
    usual = sum(map(len, problem.trips))
    return usual if facts is None else usual + sum(len(p) for one in facts.trips for p in one)


@lru_cache(maxsize=4)
def unfolded(problem: Problem, with_trips: bool = True) -> Problem:
    """The problem with the levels of every state; itself where nothing fails.

    with_trips: else nobody goes anywhere where something fails. That is enough to tell what a plan
    is worth.
    """
    facts = problem.scenarios
    if facts is None:
        return problem
    services = tuple(
        replace(
            service,
            levels=service.levels
            + tuple(
                level_in(level, name, float(facts.unserved[problem.levels.index(level)]))
                for name in facts.ids
                for level in service.levels
            ),
        )
        for service in problem.services
    )
    states = _states(problem, facts)
    base = [int(np.flatnonzero((states.of == 0) & (states.base == row))[0]) for row in states.base]
    rows = list(zip(states.of.tolist(), states.base.tolist(), strict=True))
    return replace(
        problem,
        sites=_sites(problem),
        services=services,
        options=_options(problem, facts, states),
        pairs=tuple(
            problem.pairs[row]
            if state == 0
            else _pairs(problem, facts, state - 1, row)
            if with_trips
            else _nowhere(problem, facts, row)
            for state, row in rows
        ),
        transfers={rows.index((0, level)): pairs for level, pairs in problem.transfers.items()},
        corridors=_corridors(problem.corridors, rows),
        scenarios=None,
        states=replace(states, base=np.array(base)),
    )


def unfolded_plan(problem: Problem, plan: Plan) -> Plan:
    """A plan of the problem as one of the unfolded problem."""
    facts = problem.scenarios
    if facts is None:
        return plan
    nobody = len(problem.options) + np.arange(len(problem.services))
    states = _states(problem, facts)
    return Plan(
        np.concatenate([plan.options, nobody]),
        tuple(
            plan.assignments[row]
            if state == 0
            else with_unserved(problem, plan.scenarios[state - 1][row], float(facts.unserved[row]))
            for state, row in zip(states.of.tolist(), states.base.tolist(), strict=True)
        ),
        plan.corridors,
        paid=plan.paid,
    )


def folded_plan(problem: Problem, plan: Plan) -> Plan:
    """A plan of the unfolded problem as one of the problem."""
    facts = problem.scenarios
    if facts is None:
        return plan
    states = _states(problem, facts)
    at = {
        (state, row): served
        for state, row, served in zip(
            states.of.tolist(), states.base.tolist(), plan.assignments, strict=True
        )
    }
    levels = range(len(problem.levels))
    return Plan(
        plan.options[plan.options < len(problem.options)],
        tuple(at[0, row] for row in levels),
        plan.corridors,
        tuple(
            tuple(_somewhere(at[state + 1, row], problem) for row in levels)
            for state in range(len(facts.ids))
        ),
        plan.paid,
    )


def _states(problem: Problem, facts: Scenarios) -> States:
    """The states of the levels, service by service, each with its own levels first.

    base: rows of the problem that is unfolded.
    """
    of, base, first = list[int](), list[int](), 0
    for service in problem.services:
        rows = range(first, first + len(service.levels))
        of += [state for state in range(len(facts.ids) + 1) for _ in rows]
        base += [row for _ in range(len(facts.ids) + 1) for row in rows]
        first = rows.stop
    nothing = max(1 - float(facts.probability.sum()), 0.0)
    sites = len(problem.sites.ids) + 1
    works = np.ones((len(facts.ids) + 1, sites))
    works[1:, :-1] = facts.works
    probability = np.append(nothing, facts.probability)
    return States(np.array(of), np.array(base), probability, works[of], facts.aid)


def level_in(level: Level, scenario: str, unserved: float) -> Level:
    """The level where the scenario happens: nothing is promised then.

    unserved: minutes that count for whoever is not served.
    """
    return replace(
        level,
        id=f"{level.id}@{scenario}",
        cutoff=max(level.cutoff, unserved),
        border=None,
        backup=None,
        referral=None,
    )


def _sites(problem: Problem) -> Sites:
    sites = problem.sites
    return Sites(
        (*sites.ids, NOBODY),
        np.append(sites.jurisdiction, 0),
        np.append(sites.cost, 0.0),
        np.append(sites.land, np.inf),
        np.append(sites.hosts, len(problem.services)),
    )


def _options(problem: Problem, facts: Scenarios, states: States) -> Options:
    """All options, of no use where their site fails, and one of each service at NOBODY."""
    table, services = problem.options, len(problem.services)
    capacity = table.capacity[:, states.base].copy()
    for column, state in enumerate(states.of.tolist()):
        if state > 0:
            works = facts.works[state - 1][table.site]
            capacity[works > 0, column] *= works[works > 0]
            capacity[works == 0, column] = 0.0
    own = np.concatenate(
        [np.full(len(service.levels), row) for row, service in enumerate(problem.services)]
    )
    theirs = (own[states.base] == np.arange(services)[:, None]) & (states.of > 0)
    none = np.zeros(services)
    return Options(
        np.append(table.service, np.arange(services)),
        np.append(table.site, np.full(services, len(problem.sites.ids))),
        np.append(table.size, np.full(services, -1)),
        np.append(table.kind, np.full(services, KEEP)),
        np.concatenate([capacity, np.where(theirs, np.inf, 0.0)]),
        np.append(table.cost, none),
        np.append(table.land, none),
        np.append(table.required, np.ones(services, dtype=bool)),
        np.append(table.once, none),
        np.append(table.running, none),
    )


def _pairs(problem: Problem, facts: Scenarios, scenario: int, row: int) -> Pairs:
    """What is left in the scenario, and the way to NOBODY for everyone."""
    pairs = facts.trips[scenario][row]
    return pairs.only(~facts.failed[scenario][pairs.site]) + _nowhere(problem, facts, row)


def _nowhere(problem: Problem, facts: Scenarios, row: int) -> Pairs:
    """The way to NOBODY for everyone."""
    points = np.arange(len(problem.demand.ids))
    nobody = np.full(len(points), len(problem.sites.ids))
    return Pairs(points, nobody, np.full(len(points), float(facts.unserved[row])))


def _corridors(corridors: Corridors | None, rows: list[tuple[int, int]]) -> Corridors | None:
    """What corridors make faster stands in the pairs of a scenario already."""
    if corridors is None:
        return None
    nothing = Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    faster = tuple(corridors.faster[row] if state == 0 else nothing for state, row in rows)
    return replace(corridors, faster=faster)


def with_unserved(problem: Problem, served: Assignment, minutes: float) -> Assignment:
    """The assignment, and whoever is left at NOBODY: the row after the last site of the problem."""
    total = np.bincount(served.demand, served.share, len(problem.demand.ids))
    unserved = np.flatnonzero(total < 1 - TRACE)
    return Assignment(
        np.append(served.demand, unserved),
        np.append(served.site, np.full(len(unserved), len(problem.sites.ids))),
        np.append(served.minutes, np.full(len(unserved), minutes)),
        np.append(served.share, 1 - total[unserved]),
    )


def _somewhere(served: Assignment, problem: Problem) -> Assignment:
    """The assignment without those at NOBODY."""
    return served.only(served.site < len(problem.sites.ids))
