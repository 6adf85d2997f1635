"""The size of a model is known before it is built, and what would not fit is told then."""

from __future__ import annotations

import re

import numpy as np
import pytest

from optimizer.algorithms import compiled_model
from optimizer.algorithms.compiled_model import compiled as built
from optimizer.case import Case
from optimizer.equity import INDICATORS, Measure, make
from optimizer.foundation.faults import InputError
from optimizer.foundation.memory import room
from optimizer.model import size
from optimizer.question import Bound, Equity, Limits, Policy
from optimizer.robust import solve
from tests.large import COST, region

FLAT = Bound(Equity("gini", services="worst"), 0.5)
MEASURES = [name for name, kind in INDICATORS.items() if issubclass(kind, Measure)]


def sized(monkeypatch: pytest.MonkeyPatch, policy: Policy, capacity: float = 1e6) -> size.Size:
    """What is counted."""
    found = []
    monkeypatch.setattr(size, "require_room", lambda *told: found.append(told))
    problem = region(60, 20, across=100, capacity=capacity)
    size.require_model_fits(Case(problem, policy))
    ((needed, _, what, _),) = found
    numbers = [int(word.replace(",", "")) for word in re.findall(r"([\d,]+) [a-z]+", what)]
    counted = size.Size(*numbers)
    assert needed == counted.bytes
    return counted


@pytest.mark.parametrize("among", ["persons", "groups"])
@pytest.mark.parametrize("measure", MEASURES)
def test_what_is_counted_is_what_is_built(
    measure: str, among: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To a factor of two, and never far less: columns, rows, entries of the rules and goals."""
    weight = 1.0 if make(measure, {}).is_order else 0.5
    policy = Policy(equity=Equity(measure, among=among), weight=weight, cost_bound=10 * COST)
    counted = sized(monkeypatch, policy)
    form = built(Case(region(60, 20, across=100, capacity=1e6), policy), True).form
    entries = form.rules.rows.nnz + sum(
        np.count_nonzero(goal.coefficients) for goal in form.goals.values()
    )
    assert 0.8 < counted.columns / len(form.rules.cost) < 1.3
    assert 0.8 < counted.rows / len(form.rules.row_lower) < 1.3
    assert 0.7 < counted.entries / entries < 2.5


@pytest.mark.parametrize(
    ("policy", "sites", "remedy"),
    [
        (Policy(cost_bound=10 * COST), 60, "Lower the cut-offs, join demand points"),
        (
            Policy(equity=Equity("cvar", among="groups"), bounds={"flat": FLAT}),
            5,
            "Compare fewer",
        ),
        (
            Policy(equity=Equity("range", among="groups"), guard=0.5),
            60,
            "choose a measure that is no dispersion",
        ),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_built(
    policy: Policy, sites: int, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(*_: object) -> None:
        raise AssertionError("nothing is built")

    monkeypatch.setattr(compiled_model, "build", build)
    monkeypatch.setattr("optimizer.foundation.memory.room", lambda: 1e6)
    with pytest.raises(InputError) as error:
        solve(Case(region(60, sites, across=20, capacity=1e6), policy), Limits(gap=0.5), "full")
    told = str(error.value)
    assert "pairs (" in told and "GB of memory" in told and remedy in told


def test_a_sum_over_persons_without_capacities_needs_no_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("optimizer.foundation.memory.room", lambda: 1e6)
    result = solve(Case(region(60, 20, across=100), Policy(cost_bound=10 * COST)), Limits(gap=0.01))
    assert result.plan is not None and result.algorithm == "median"


def test_there_is_room() -> None:
    assert room() > 1e9
