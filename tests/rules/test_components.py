"""Each component of the model, row by row, on a problem small enough to read.

The problem is that of `tests.problems`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn import generate_standard_repn

from optimizer.case import Case
from optimizer.model.program import CAP_SCALE, Form, objective, to_form
from optimizer.problem import Options, Problem
from optimizer.question import Bound, Budget, Equity, Floor, Policy, Quota
from optimizer.rules.build import build, with_caps
from tests.problems import two_cities

POLICY = Policy(
    equity=Equity("maximum"),
    weight=1,
    efficiency_bound=12,
    equity_bound=22,
    cost_bound=11,
    bounds={"gap": Bound(Equity("range", among="city"), 12)},
    level_weights={"care.low": 3, "care.high": 1},
    floors={"care.low": Floor(jurisdiction=0.5, group=0.6, backup=0.2)},
    budget=Budget("city", pooled=0.25),
    quotas={
        "new": Quota("land", "city", at_most=1.2),
        "low": Quota("places", "city", "care.low", at_least=300),
    },
)

#: Component -> its rows: {index: (lower, {variable: coefficient}, upper)}.
#: y0 keeps site 0, y1 upgrades it, y2 and y3 build at site 1; o1 opens site 1; l and h are the
#: shares of the low and the high level on the pairs, in the order 0-0, 0-1, 1-1, 1-0.
EXPECTED = {
    "one_option": {
        0: (1, {"y0": 1, "y1": 1}, 1),
        1: (None, {"y2": 1, "y3": 1}, 1),
    },
    # Site 0 has 1.5 ha, its options want 2 in all; site 1 has enough.
    "land": {0: (None, {"y1": 2}, 1.5)},
    # One service, and each site may host one: never tight.
    "hosts": {},
    # Hectares; and places per thousand persons, 100 of whom live at 0 and 50 at 1.
    "quota_at_most": {
        ("new", 0): (None, {"y1": 2}, 1.2),
        ("new", 1): (None, {"y2": 1, "y3": 2}, 1.2),
    },
    "quota_at_least": {
        ("low", 0): (300, {"y0": 500, "y1": 1500}, None),
        ("low", 1): (300, {"y2": 2000, "y3": 2000}, None),
    },
    # Nothing is to be decided on roads.
    "site_paid_once": {1: (None, {"y2": 1, "y3": 1, "o1": -1}, 0)},
    "budget": {
        0: (None, {"y1": 7, "r0": -1}, 4),
        1: (None, {"y2": 3, "y3": 9, "o1": 2, "r1": -1}, 8),
    },
    "pool": {None: (None, {"r0": 1, "r1": 1}, 0)},
    "level[0].served": {
        0: (1, {"l0": 1, "l1": 1}, 1),
        1: (1, {"l2": 1, "l3": 1}, 1),
    },
    # Site 0 is always open for the low level.
    "level[0].only_open": {
        1: (None, {"l1": 1, "y2": -1, "y3": -1}, 0),
        2: (None, {"l2": 1, "y2": -1, "y3": -1}, 0),
    },
    # 150 persons could come; at site 0 the upgrade has room for all of them. In units of 50 and
    # of 100 persons, the smallest capacities there.
    "level[0].capacity_kept": {
        0: (None, {"l0": 2, "l3": 1, "y0": -1, "y1": -3}, 0),
        1: (None, {"l1": 1, "l2": 0.5, "y2": -1, "y3": -1}, 0),
    },
    # For 150 persons, in units of the 50 places that are kept at site 0.
    "level[0].capacity_in_all": {None: (3, {"y0": 1, "y1": 3, "y2": 2, "y3": 2}, None)},
    # Only the site itself is near enough to refer to: low alone may not stand.
    "level[0].referral": {
        0: (None, {"y0": 1}, 0),
        1: (None, {"y2": 1}, 0),
    },
    "level[0].jurisdiction_floor": {
        0: (50, {"l0": 100}, None),
        1: (25, {"l2": 50}, None),
    },
    "level[0].group_floor": {"old": (24, {"l0": 10, "l2": 30}, None)},
    # Demand point 1 has one site within 20 minutes, so only point 0 can be backed up.
    "level[0].backed_up_covered": {0: (None, {"b0": 1, "l0": -1}, 0)},
    "level[0].backed_up_elsewhere": {
        (0, 0): (None, {"b0": 1, "y2": -1, "y3": -1}, 0),
        (0, 1): (None, {"b0": 1, "y0": -1, "y1": -1}, 0),
    },
    "level[0].backup_floor": {None: (30, {"b0": 100}, None)},
    "level[1].served": {
        0: (1, {"h0": 1, "h1": 1}, 1),
        1: (1, {"h2": 1, "h3": 1}, 1),
    },
    "level[1].only_open": {
        0: (None, {"h0": 1, "y1": -1}, 0),
        1: (None, {"h1": 1, "y3": -1}, 0),
        2: (None, {"h2": 1, "y3": -1}, 0),
        3: (None, {"h3": 1, "y1": -1}, 0),
    },
    # A tenth of 150 persons, 15, could come: less than the 40 places.
    "level[1].capacity_kept": {},
    "level[1].capacity_in_all": {None: (1, {"y1": 1, "y3": 1}, None)},
    "level[1].jurisdiction_floor": {},
    "level[1].group_floor": {},
    # A range is capped: nobody passes an open facility with room. The upgrade at site 0 has room
    # for all 150 who could come; the others can be full.
    "level[0].full_if_small": {
        0: (None, {"f0": 1, "y0": -1}, 0),
        1: (None, {"f1": 1, "y2": -1, "y3": -1}, 0),
    },
    "level[0].full_load": {
        0: (None, {"l0": -100, "l3": -50, "y0": 50, "f0": 50}, 50),
        1: (None, {"l1": -100, "l2": -50, "y2": 100, "y3": 100, "f1": 100}, 100),
    },
    "level[0].nearest": {
        0: (0, {"l0": 1, "y0": -1, "y1": -1, "f0": 1}, None),
        2: (0, {"l2": 1, "y2": -1, "y3": -1, "f1": 1}, None),
    },
    # The high level has room for its 15 persons wherever it is offered.
    "level[1].full_if_small": {},
    "level[1].full_load": {},
    "level[1].nearest": {
        0: (0, {"h0": 1, "y1": -1}, None),
        2: (0, {"h2": 1, "y3": -1}, None),
    },
    "bound[gap].measure[0].at_least": {
        0: (None, {"l0": 5, "l1": 20, "u0": -1}, 0),
        1: (None, {"l2": 10, "l3": 25, "u0": -1}, 0),
    },
    "bound[gap].measure[0].at_most": {
        0: (None, {"l0": -5, "l1": -20, "d0": 1}, 0),
        1: (None, {"l2": -10, "l3": -25, "d0": 1}, 0),
    },
    "bound[gap].measure[1].at_least": {
        0: (None, {"h0": 5, "h1": 20, "u1": -1}, 0),
        1: (None, {"h2": 10, "h3": 25, "u1": -1}, 0),
    },
    "bound[gap].measure[1].at_most": {
        0: (None, {"h0": -5, "h1": -20, "d1": 1}, 0),
        1: (None, {"h2": -10, "h3": -25, "d1": 1}, 0),
    },
    "bound[gap].at_most_cap": {
        0: (None, {"u0": 0.75, "d0": -0.75, "u1": 0.25, "d1": -0.25, "nothing": 1}, 12),
    },
    "measure[0].at_least": {
        0: (None, {"l0": 5, "l1": 20, "m0": -1}, 0),
        1: (None, {"l2": 10, "l3": 25, "m0": -1}, 0),
    },
    "measure[1].at_least": {
        0: (None, {"h0": 5, "h1": 20, "m1": -1}, 0),
        1: (None, {"h2": 10, "h3": 25, "m1": -1}, 0),
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def model() -> pyo.ConcreteModel:
    return build(Case(two_cities(), POLICY))


@pytest.fixture(scope="module")
def names(model: pyo.ConcreteModel) -> dict[int, str]:
    """id of a variable -> its short name."""
    return (
        {id(v): f"y{k}" for k, v in model.stands.items()}
        | {id(v): f"o{j}" for j, v in model.opened.items()}
        | {id(v): f"r{c}" for c, v in model.received.items()}
        | {id(v): f"b{i}" for i, v in model.level[0].backed_up.items()}
        | {id(v): f"l{n}" for n, v in model.level[0].assigned.items()}
        | {id(v): f"h{n}" for n, v in model.level[1].assigned.items()}
        | {id(v): f"f{j}" for j, v in model.level[0].full.items()}
        | {id(model.measure[row].worst): f"m{row}" for row in (0, 1)}
        | {id(model.bound["gap"].nothing): "nothing"}
        | {id(model.bound["gap"].measure[row].highest): f"u{row}" for row in (0, 1)}
        | {id(model.bound["gap"].measure[row].lowest): f"d{row}" for row in (0, 1)}
    )


def read(body: object, names: dict[int, str]) -> tuple[dict[str, float], float]:
    form = generate_standard_repn(body)
    assert form.is_linear()
    coefficients: dict[str, float] = {}
    for variable, coefficient in zip(form.linear_vars, form.linear_coefs, strict=True):
        name = names[id(variable)]
        coefficients[name] = coefficients.get(name, 0) + coefficient
    return {name: value for name, value in coefficients.items() if value}, form.constant


@pytest.mark.parametrize("component", EXPECTED)
def test_rows(model, names, component):
    found = {}
    for index, row in model.find_component(component).items():
        coefficients, constant = read(row.body, names)
        lower = None if row.lower is None else pyo.value(row.lower) - constant
        upper = None if row.upper is None else pyo.value(row.upper) - constant
        if lower is None or upper is not None:
            found[index] = (lower, coefficients, upper)
        else:
            found[index] = (lower, coefficients, None)
    assert found.keys() == EXPECTED[component].keys()
    for index, (lower, coefficients, upper) in EXPECTED[component].items():
        assert found[index][1] == pytest.approx(coefficients), index
        assert found[index][0] == pytest.approx(lower) or found[index][0] is lower
        assert found[index][2] == pytest.approx(upper) or found[index][2] is upper


def test_no_component_is_without_expectation(model):
    built = {c.name for c in model.component_objects(pyo.Constraint)}
    assert built == set(EXPECTED)


def test_every_component_says_what_it_is(model):
    silent = [
        c.name
        for kind in (pyo.Var, pyo.Constraint, pyo.Expression)
        for c in model.component_objects(kind)
        if not c.doc
    ]
    assert silent == []


#: Mean minutes: 3/4 of (100 (5 l0 + 20 l1) + 50 (10 l2 + 25 l3)) / 150, and a quarter with h.
MEAN = {
    "l0": 2.5, "l1": 10, "l2": 2.5, "l3": 6.25,
    "h0": 2.5 / 3, "h1": 10 / 3, "h2": 2.5 / 3, "h3": 6.25 / 3,
}  # fmt: skip
#: Three quarters of the worst low minutes and a quarter of the worst high ones.
WORST = {"m0": 0.75, "m1": 0.25}
MONEY = {"y1": 7, "y2": 3, "y3": 9, "o1": 2}


@pytest.mark.parametrize(
    ("goal", "expected"), [("efficiency", MEAN), ("equity", WORST), ("money", MONEY)]
)
def test_goals(model, names, goal, expected):
    coefficients, constant = read(model.find_component(goal).expr, names)
    assert coefficients == pytest.approx(expected)
    assert constant == 0


@pytest.fixture(scope="module")
def form(model: pyo.ConcreteModel) -> Form:
    return with_caps(to_form(model), Case(two_cities(), POLICY))


@pytest.mark.parametrize(
    ("cap", "expected", "limit"),
    [("efficiency_bound", MEAN, 12), ("equity_bound", WORST, 22), ("cost_bound", MONEY, 11)],
)
def test_caps_are_rows_of_their_own(form, names, cap, expected, limit):
    (row,) = np.flatnonzero(form.component == cap)
    assert form.rules.row_upper[row] / CAP_SCALE == pytest.approx(limit)
    assert in_words(form, names, form.rules.rows.toarray()[row] / CAP_SCALE) == pytest.approx(
        expected
    )


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        (1.0, WORST),
        (0.0, MEAN),
        (0.5, {name: value / 2 for name, value in (WORST | MEAN).items()}),
    ],
)
def test_the_objective_is_put_together_by_the_weight(form, names, weight, expected):
    goal = objective(form, Case(two_cities(), replace(POLICY, weight=weight)))
    assert in_words(form, names, goal.coefficients) == pytest.approx(expected)


def in_words(form: Form, names: dict[int, str], values: np.ndarray) -> dict[str, float]:
    """The columns with a value, by their short names."""
    return {
        names[id(column)]: value
        for column, value in zip(form.columns, values.tolist(), strict=True)
        if value
    }


def test_what_no_plan_uses_has_no_variable():
    # With room for everybody at a standing site 0, demand point 0 never passes it; 1 does not
    # pass it either, but has the nearer site 1.
    facts = two_cities()
    unlimited = np.where(facts.options.capacity > 0, np.inf, 0)
    options = Options(
        **{
            name: getattr(facts.options, name)
            for name in ("service", "site", "size", "kind", "cost", "land", "required")
        },
        capacity=unlimited,
    )
    model = build(
        Case(
            Problem(
                facts.jurisdictions, facts.demand, facts.sites, facts.services, options, facts.pairs
            ),
            Policy(),
        )
    )
    assert [len(block.assigned) for block in model.level.values()] == [3, 4]
