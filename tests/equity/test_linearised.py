"""What a measure adds to a model is its definition: the least that the block allows is the term."""

from __future__ import annotations

import math

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from optimizer.equity import INDICATORS, Leximin, Linear, Measure, Ratio, make
from optimizer.model.program import program, to_form
from optimizer.model.unit_values import UnitValues
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Outcome
from tests.equity.claims import LEVEL, PARAMETERS
from tests.equity.little import drawn

MEASURES = {name: kind for name, kind in INDICATORS.items() if issubclass(kind, Measure)}
SEEN = [(name, of) for name, kind in MEASURES.items() for of in sorted(kind.sees)]
LINEAR = [(name, of) for name, of in SEEN if issubclass(MEASURES[name], Linear)]
RATIOS = [(name, of) for name, of in SEEN if issubclass(MEASURES[name], Ratio)]


def chosen(name: str) -> st.SearchStrategy[Measure]:
    return st.sampled_from(PARAMETERS.get(name, [{}])).map(lambda given: make(name, given))


def solved(model: pyo.ConcreteModel) -> Outcome:
    """The model, which has no levels of its own, to its optimum."""
    model.access = ()
    form = to_form(model)
    return minimise(program(form, form.goals["goal"]), Limits(gap=0, threads=1))


def least(model: pyo.ConcreteModel, goal: object) -> float:
    """The least value of the goal that the model allows."""
    model.del_component("goal")
    model.goal = pyo.Objective(expr=goal)
    outcome = solved(model)
    assert outcome.status is Status.OPTIMAL
    return outcome.objective


@pytest.mark.parametrize(("name", "of"), LINEAR)
@settings(max_examples=12)
@given(data=st.data())
def test_the_least_that_a_linear_measure_can_be_is_its_term(name, of, data):
    measure, little = data.draw(chosen(name)), data.draw(drawn(of))
    model = pyo.ConcreteModel()
    term = least(model, measure.add_to(model, little.people(model)))
    assert term == pytest.approx(measure.term(little.value(measure), LEVEL), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("name", "of"), RATIOS)
@settings(max_examples=12)
@given(data=st.data(), g=st.floats(0, 3))
def test_a_ratio_is_its_numerator_over_its_denominator(name, of, data, g):
    # The least of N - g D is D (term - g): 0 where g is the term, and a cap where it is not.
    measure, little = data.draw(chosen(name)), data.draw(drawn(of))
    term = measure.term(little.value(measure), LEVEL)
    model = pyo.ConcreteModel()
    people = little.people(model)
    numerator, denominator = measure.add_parts(model, people)
    most = -least(model, -denominator)
    low, high = measure.denominators(people)
    assert low - 1e-6 <= most <= high + 1e-6
    assert term <= measure.largest(people) + 1e-6
    if math.isinf(term):
        assert most == pytest.approx(0, abs=1e-6) and least(model, numerator) > 1e-6
    else:
        expected = most * (term - g)
        found = least(model, numerator - g * denominator)
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-5)
        assert least(model, numerator - term * denominator) == pytest.approx(0, abs=1e-5)


def on_three_columns(model: pyo.ConcreteModel) -> UnitValues:
    """Nine of ten at 10 minutes, a tenth of them at 31 or 60 minutes: as the model likes."""
    model.served = pyo.Var(range(3), bounds=(0, 1))
    model.all_served = pyo.Constraint(expr=model.served[1] + model.served[2] == 1)
    model.served[0].bounds = (1, 1)
    values = np.array([10.0, 31, 60])
    share = csr_array(np.array([[1.0, 0, 0], [0, 1, 1]]))
    least, most = np.array([10.0, 31]), np.array([10.0, 60])
    weight = np.array([9.0, 1])
    return UnitValues(LEVEL, list(model.served.values()), values, share, weight, least, most)


def test_leximin_counts_those_beyond_each_limit_the_farthest_first():
    model = pyo.ConcreteModel()
    people = on_three_columns(model)
    model.served[0].value, model.served[1].value, model.served[2].value = 1, 0.25, 0.75
    stages = Leximin(step=30).stages(people)
    assert [limit for limit, _ in stages] == [120, 90, 60, 30, 0]
    # Nobody beyond 120, 90 or 60; all of the tenth beyond 30; everybody beyond 0.
    assert [pyo.value(beyond) for _, beyond in stages] == pytest.approx([0, 0, 0, 0.1, 1])
    finer = dict(Leximin(step=20).stages(people))
    assert pyo.value(finer[40.0]) == pytest.approx(0.075)


@pytest.mark.parametrize(("cap", "beyond"), [(40, 0), (59, 0), (60, 1)])
def test_a_cap_on_leximin_lets_nobody_beyond_the_last_limit_below_it(cap, beyond):
    model = pyo.ConcreteModel()
    people = on_three_columns(model)
    model.cap = pyo.Constraint(expr=Leximin(step=20).add_to(model, people) <= cap)
    assert -least(model, -model.served[2]) == pytest.approx(beyond, abs=1e-6)


def test_a_cap_on_leximin_below_what_is_possible_cannot_be_kept():
    model = pyo.ConcreteModel()
    people = on_three_columns(model)
    model.cap = pyo.Constraint(expr=Leximin(step=20).add_to(model, people) <= 39)
    model.goal = pyo.Objective(expr=0)
    assert solved(model).status is Status.INFEASIBLE


def test_the_headline_is_where_nobody_travels_farther():
    leximin = Leximin(step=30)
    assert leximin.limits(LEVEL) == pytest.approx([0, 30, 60, 90, 120])
    values, weights = np.array([0.0, 30, 61, 61]), np.array([1.0, 2, 1, 4])
    assert leximin.beyond(values, weights, LEVEL) == pytest.approx([7 / 8, 5 / 8, 5 / 8, 0, 0])
    assert leximin.evaluate(values, weights, LEVEL) == 90
    assert leximin.evaluate(np.zeros(4), weights, LEVEL) == 0
    assert Leximin(step=50).limits(LEVEL) == pytest.approx([0, 50, 100, 150])
