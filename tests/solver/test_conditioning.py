"""Whatever the unit of money, the same plan: programs reach the solver in units near 1."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array, csr_array

from optimizer.case import Case
from optimizer.problem import Jurisdictions, Options, Problem, Sites
from optimizer.question import Limits, Policy
from optimizer.robust import solve
from optimizer.solver.conditioning import LARGEST_ENTRY, conditioned
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program
from optimizer.solver.sifting import in_rounds
from tests.random_problems import draw

EXACT = Limits(gap=0, threads=1)


def program(unit: float) -> Program:
    """Two facilities for 3 and 4 of a budget of 5, of which 2 may be lent: x0, x1, lent money.

    The second is worth more, and can be had with 2 that are lent at a price of 0.1 each.
    """
    return Program(
        cost=np.array([-1.0, -2, 0.1 / unit]),
        offset=3.0,
        rows=csc_array(np.array([[3 * unit, 4 * unit, -1], [0, 0, 1]])),
        row_lower=np.array([-np.inf, -np.inf]),
        row_upper=np.array([5 * unit, 2 * unit]),
        lower=np.zeros(3),
        upper=np.array([1, 1, np.inf]),
        integer=np.array([True, True, False]),
    )


def test_numbers_near_1_stay_as_they_are():
    own = program(1.0)
    assert conditioned(own).program is own


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9, 1e15])
def test_what_is_scaled_is_scaled_back(unit: float):
    found = minimise(program(unit), EXACT)
    assert found.x is not None
    assert found.x == pytest.approx([1, 1, 2 * unit], rel=1e-6)
    assert found.objective == pytest.approx(0.2)
    assert found.bound == pytest.approx(0.2)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_multipliers_are_those_of_the_own_rows(unit: float):
    loose = replace(program(unit), integer=np.zeros(3, dtype=bool), upper=np.array([1, 1, np.inf]))
    tight = replace(loose, row_upper=np.array([4.5 * unit, 0]))
    found = minimise(tight, EXACT)
    # Money is worth 1/3 a unit in the first row; what is lent as much, less its price.
    assert found.duals is not None
    assert found.duals * unit == pytest.approx([-1 / 3, 0.1 - 1 / 3])


def test_rows_that_come_later_are_in_the_same_units():
    row = csr_array(np.array([[1.0, 1, 1e-9]]))
    own = replace(program(1e9), integer=np.zeros(3, dtype=bool))
    wider, outcome = in_rounds(own, lambda x: (row, np.array([1.5])), EXACT, 1)
    assert outcome.x is not None
    assert float((row @ outcome.x)[0]) <= 1.5 + 1e-6
    assert outcome.objective == pytest.approx(minimise(wider, EXACT).objective)


def test_scales_are_powers_of_two():
    scaled = conditioned(program(1e9))
    for factors in (scaled.row, scaled.column):
        assert (np.log2(factors) == np.round(np.log2(factors))).all()
    assert abs(scaled.program.rows).max() <= LARGEST_ENTRY


def in_unit(problem: Problem, policy: Policy, unit: float) -> tuple[Problem, Policy]:
    """All money in another unit."""
    table, sites, areas = problem.options, problem.sites, problem.jurisdictions
    names = ("service", "site", "size", "kind", "capacity", "cost", "land", "required")
    options = {name: getattr(table, name) for name in names} | {"cost": table.cost * unit}
    cap = None if policy.cost_bound is None else policy.cost_bound * unit
    most = policy.efficiency_bound
    if most is not None and policy.efficiency == "cost":
        most *= unit
    return replace(
        problem,
        options=Options(**options),
        sites=Sites(sites.ids, sites.jurisdiction, sites.cost * unit, sites.land, sites.hosts),
        jurisdictions=Jurisdictions(
            areas.ids, areas.parent, areas.tier, areas.role, areas.budget * unit
        ),
    ), replace(policy, cost_bound=cap, efficiency_bound=most)


@pytest.mark.parametrize("seed", range(40, 52))
def test_yuan_and_billions_of_yuan_give_the_same_plan(seed: int):
    problem, policy = draw(seed)
    result = solve(Case(problem, policy), EXACT)
    for unit in (1e-6, 1e9):
        other = solve(Case(*in_unit(problem, policy, unit)), EXACT)
        assert other.status is result.status
        assert other.objective == pytest.approx(result.objective, rel=1e-6, abs=1e-6)


def test_what_is_stored_as_zero_has_no_size():
    # As a point without persons has it in a row of room.
    own = program(1e9)
    entries = own.rows.tocoo()
    again = np.append(entries.data, 0.0)
    at = np.append(entries.coords[0], 1), np.append(entries.coords[1], 0)
    stored = replace(own, rows=csc_array((again, at), shape=own.rows.shape))
    assert stored.rows.nnz == own.rows.nnz + 1
    scaled, same = conditioned(stored), conditioned(own)
    assert (scaled.row == same.row).all()
    assert (scaled.column == same.column).all()


def test_what_a_sum_forgets_has_no_size():
    """Minutes of 10^-14 beside 56,000 made units in which HiGHS returned a false optimum."""
    table = np.array([[0.0, 56434, -1], [1, 1, 0]])
    clean = replace(
        program(1.0),
        rows=csc_array(table),
        integer=np.array([False, True, False]),
    )
    table[0, 0] = 1e-16
    dusty = replace(clean, rows=csc_array(table))
    assert (conditioned(dusty).column == conditioned(clean).column).all()
    assert (conditioned(dusty).row == conditioned(clean).row).all()
    assert conditioned(dusty).program.rows.nnz == clean.rows.nnz


def test_what_is_fixed_is_no_dust():
    held = replace(program(1.0), lower=np.array([1.0, 0, 0]))
    assert conditioned(held).program is held
    found = minimise(held, EXACT)
    assert found.x is not None and found.x == pytest.approx([1, 1, 2])
