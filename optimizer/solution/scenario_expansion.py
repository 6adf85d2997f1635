"""Scenario expansion (deterministic equivalent): a problem that can fail as one that cannot.

What a plan gives people where something fails is one level more for each level of a service, with
the pairs that are left. Nobody has to be served then, nor where needs may be unmet: a site named
NOBODY, open for all and as far as the minutes that being unserved counts for, takes whoever is not.
So the model, every algorithm and every measure sees levels and nothing else; `Problem.states` says
which of them belong to one state, and `Case.over_states` what is minimised over the states.
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
    """The problem with the levels of every state; itself where everybody is always served.

    with_trips: else nobody goes anywhere where something fails. That is enough to tell what a plan
    is worth.
    """
    if not _unfolds(problem):
        return problem
    facts = problem.scenarios
    services = tuple(
        replace(
            service,
            levels=tuple(map(counted, service.levels))
            + tuple(
                level_in(level, name)
                for name in (() if facts is None else facts.ids)
                for level in service.levels
            ),
        )
        for service in problem.services
    )
    states = _states(problem)
    base = [int(np.flatnonzero((states.of == 0) & (states.base == row))[0]) for row in states.base]
    rows = list(zip(states.of.tolist(), states.base.tolist(), strict=True))
    return replace(
        problem,
        sites=_sites(problem),
        services=services,
        options=_options(problem, states),
        pairs=tuple(
            _pairs(problem, state, row) if state == 0 or with_trips else _nowhere(problem, row)
            for state, row in rows
        ),
        transfers={rows.index((0, level)): pairs for level, pairs in problem.transfers.items()},
        corridors=_corridors(problem.corridors, rows),
        scenarios=None,
        states=None if facts is None else replace(states, base=np.array(base)),
        has_nobody=True,
    )


def unfolded_plan(problem: Problem, plan: Plan) -> Plan:
    """A plan of the problem as one of the unfolded problem."""
    if not _unfolds(problem):
        return plan
    nobody = len(problem.options) + np.arange(len(problem.services))
    states = _states(problem)
    return Plan(
        np.concatenate([plan.options, nobody]),
        tuple(
            with_unmet(problem, row, plan.assignments[row])
            if state == 0
            else with_unserved(problem, row, plan.scenarios[state - 1][row])
            for state, row in zip(states.of.tolist(), states.base.tolist(), strict=True)
        ),
        plan.corridors,
        paid=plan.paid,
    )


def folded_plan(problem: Problem, plan: Plan) -> Plan:
    """A plan of the unfolded problem as one of the problem."""
    if not _unfolds(problem):
        return plan
    states = _states(problem)
    at = {
        (state, row): served
        for state, row, served in zip(
            states.of.tolist(), states.base.tolist(), plan.assignments, strict=True
        )
    }
    levels = range(len(problem.levels))
    return Plan(
        plan.options[plan.options < len(problem.options)],
        tuple(_somewhere(at[0, row], problem) for row in levels),
        plan.corridors,
        tuple(
            tuple(_somewhere(at[state, row], problem) for row in levels)
            for state in range(1, int(states.of.max()) + 1)
        ),
        plan.paid,
    )


def _unfolds(problem: Problem) -> bool:
    """Whether somebody may be served by nobody, and the site for that is not there yet."""
    unmet = any(level.may_be_unmet for level in problem.levels)
    return not problem.has_nobody and (unmet or problem.scenarios is not None)


def _states(problem: Problem) -> States:
    """The states of the levels, service by service, each with its own levels first.

    base: rows of the problem that is unfolded.
    """
    facts = problem.scenarios or _nothing_fails(problem)
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


def _nothing_fails(problem: Problem) -> Scenarios:
    return Scenarios((), np.empty(0), np.zeros((0, len(problem.sites.ids)), dtype=bool), ())


def counted(level: Level) -> Level:
    """The level as measures see it: its longest minutes are those of whom nobody serves."""
    return replace(level, cutoff=level.unserved_minutes) if level.may_be_unmet else level


def level_in(level: Level, scenario: str) -> Level:
    """The level where the scenario happens: nothing is promised then."""
    return replace(
        level,
        id=f"{level.id}@{scenario}",
        cutoff=level.unserved_minutes,
        border=None,
        backup=None,
        referral=None,
        unmet=None,
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


def _options(problem: Problem, states: States) -> Options:
    """All options, of no use where their site fails, and one of each service at NOBODY."""
    table, services = problem.options, len(problem.services)
    capacity = table.capacity[:, states.base].copy()
    for column, state in enumerate(states.of.tolist()):
        if state > 0:
            works = states.works[column][table.site]
            capacity[works > 0, column] *= works[works > 0]
            capacity[works == 0, column] = 0.0
    own = np.concatenate(
        [np.full(len(service.levels), row) for row, service in enumerate(problem.services)]
    )
    unmet = np.array([level.may_be_unmet for level in problem.levels])[states.base]
    theirs = (own[states.base] == np.arange(services)[:, None]) & (unmet | (states.of > 0))
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


def _pairs(problem: Problem, state: int, row: int) -> Pairs:
    """What is left in the state, and the way to NOBODY for everyone who may be served by nobody."""
    if state == 0:
        usual, unmet = problem.pairs[row], problem.levels[row].may_be_unmet
        return usual + _nowhere(problem, row) if unmet else usual
    facts = problem.scenarios
    assert facts is not None
    pairs = facts.trips[state - 1][row]
    return pairs.only(~facts.failed[state - 1][pairs.site]) + _nowhere(problem, row)


def _nowhere(problem: Problem, row: int) -> Pairs:
    """The way to NOBODY for everyone."""
    points = np.arange(len(problem.demand.ids))
    minutes = problem.levels[row].unserved_minutes
    return Pairs(points, np.full(len(points), problem.nobody), np.full(len(points), minutes))


def _corridors(corridors: Corridors | None, rows: list[tuple[int, int]]) -> Corridors | None:
    """What corridors make faster stands in the pairs of a scenario already."""
    if corridors is None:
        return None
    nothing = Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    faster = tuple(corridors.faster[row] if state == 0 else nothing for state, row in rows)
    return replace(corridors, faster=faster)


def with_unmet(problem: Problem, row: int, served: Assignment) -> Assignment:
    """Who is served at a level where nothing fails, and who is not where needs may be unmet."""
    return with_unserved(problem, row, served) if problem.levels[row].may_be_unmet else served


def with_unserved(problem: Problem, row: int, served: Assignment) -> Assignment:
    """The assignment, and whoever is left of the level at NOBODY: the row `Problem.nobody`."""
    total = np.bincount(served.demand, served.share, len(problem.demand.ids))
    unserved = np.flatnonzero(total < 1 - TRACE)
    minutes = problem.levels[row].unserved_minutes
    return Assignment(
        np.append(served.demand, unserved),
        np.append(served.site, np.full(len(unserved), problem.nobody)),
        np.append(served.minutes, np.full(len(unserved), minutes)),
        np.append(served.share, 1 - total[unserved]),
    )


def _somewhere(served: Assignment, problem: Problem) -> Assignment:
    """The assignment without those at NOBODY."""
    return served.only(served.site != problem.nobody)
