"""Faults that were there once, or could be, put back: the search has to find each of them.

Each is a patch of one place, as small as the fault was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np

from optimizer.algorithms import full
from optimizer.equity.aggregation import Aggregation
from optimizer.equity.deprivation import Deprivation
from optimizer.geodata import read as reading
from optimizer.location.median import exact
from optimizer.model import money
from optimizer.problem import KEEP, Demand, Options
from optimizer.solution import Status
from optimizer.solver.program import Outcome, Program

#: Name -> what puts the fault back.
Fault = Callable[[], Any]


@contextmanager
def existing_may_be_shut() -> Iterator[None]:
    """A standing facility was an option like any other."""
    honest = reading.options

    def options(*args: Any) -> Any:
        table = honest(*args)
        standing = np.isin(table.site * 1000 + table.service, _facilities(table, KEEP))
        return replace(table, required=table.required & ~standing)

    with ExitStack() as held:
        held.enter_context(patch.object(reading, "options", options))
        held.enter_context(patch.object(Options, "__post_init__", lambda table: None))
        yield


def _facilities(table: Any, kind: str) -> np.ndarray:
    here = table.kind == kind
    return table.site[here] * 1000 + table.service[here]


@contextmanager
def worst_level_on_its_own_scale() -> Iterator[None]:
    """The worst level was the one with the largest term, each on the scale of its standard."""

    def in_state(how: Aggregation, values: dict[int, float], rows: list[int]) -> float:
        terms = [how.term_at(row, values[row]) for row in rows]
        if how.worst:
            return float(np.max(terms))
        return float(sum(how.weights[row] * term for row, term in zip(rows, terms, strict=True)))

    with ExitStack() as held:
        held.enter_context(patch.object(Aggregation, "_in_state", in_state))
        held.enter_context(patch.object(Aggregation, "curved", False))
        yield


def _nothing(relaxed: Any, *_: Any) -> Outcome:
    """No first plan, and no bound."""
    return Outcome(Status.STOPPED, None, np.inf, -np.inf, 0.0, 0)


@contextmanager
def a_status_that_is_believed() -> Iterator[None]:
    """What the solver could not hold to its tolerances was told as infeasible."""
    honest = full.minimise

    def minimise(program: Program, *args: Any, **more: Any) -> Outcome:
        found = honest(program, *args, **more)
        entries = np.abs(program.rows.data)
        if entries.max() < 200 * entries[entries > 0].min():
            return found
        return replace(found, status=Status.INFEASIBLE, x=None, objective=np.inf, bound=np.inf)

    with patch.object(full, "minimise", minimise), patch.object(full, "first_plan", _nothing):
        yield


@contextmanager
def a_measure_that_is_not_what_it_says() -> Iterator[None]:
    """Deprivation began at nine tenths of the standard, in the model and in the indicators."""

    def phi(measure: Deprivation, minutes: np.ndarray, level: Any) -> np.ndarray:
        return np.maximum(minutes - 0.9 * level.standard, 0.0)

    with patch.object(Deprivation, "phi", phi):
        yield


@contextmanager
def half_of_the_money_is_seen() -> Iterator[None]:
    """A row of the model did not have all terms that the rule has: what sites cost to open."""
    honest = money.add_money

    def add_money(model: Any, case: Any) -> None:
        sites = replace(case.problem.sites, cost=0 * case.problem.sites.cost)
        honest(model, replace(case, problem=replace(case.problem, sites=sites)))

    with ExitStack() as held:
        held.enter_context(patch.object(money, "add_money", add_money))
        held.enter_context(patch("optimizer.rules.build.add_money", add_money))
        yield


@contextmanager
def a_leaf_seen_by_local_search_only() -> Iterator[None]:
    """What closes a part of the tree was offered to swaps, which may leave it, and was lost."""
    honest = exact.branch

    def branch(rest: Any, top: Any, cut: Any, offer: Any, exactly: Any, go_on: Any) -> float:
        road = go_on.__self__
        search = road._interchange(rest.near)

        def polished(is_open: np.ndarray, _held: Any = None) -> float:
            road._offer(search.improved(search.evaluated(is_open), exact.POLISH_STEPS).sites)
            return np.inf

        return honest(rest, top, cut, polished, polished, go_on)

    with patch.object(exact, "branch", branch):
        yield


@contextmanager
def decided_by_what_is_hoped() -> Iterator[None]:
    """Sites were decided against a plan that nobody has: 2 % better than the best."""
    honest = exact.fixed_sites

    def fixed_sites(relaxed: Any, top: Any, cut: float) -> tuple[np.ndarray, np.ndarray]:
        return honest(relaxed, top, 0.98 * cut)

    with patch.object(exact, "fixed_sites", fixed_sites):
        yield


@contextmanager
def everybody_is_entitled() -> Iterator[None]:
    """Who is not entitled was counted at every level."""
    with patch.object(Demand, "entitled", lambda demand, groups: demand.persons):
        yield


LOCATION: dict[str, Fault] = {
    "a leaf seen by local search only": a_leaf_seen_by_local_search_only,
    "decided by what is hoped": decided_by_what_is_hoped,
}

ENGINE: dict[str, Fault] = {
    "existing may be shut": existing_may_be_shut,
    "worst level on its own scale": worst_level_on_its_own_scale,
    "a status that is believed": a_status_that_is_believed,
    "a measure that is not what it says": a_measure_that_is_not_what_it_says,
    "half of the money is seen": half_of_the_money_is_seen,
    "everybody is entitled": everybody_is_entitled,
}
