"""A case: derivations by hand, each made once and never changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.case import Case, weighted
from optimizer.equity import INDICATORS, Measure
from optimizer.problem import Level
from optimizer.question import Bound, Budget, Equity, Floor, Policy, Quota
from tests.problems import two_cities

DERIVED = ("level_weights", "nearest_levels", "budgets", "payer", "may_pay")


def funded(**budget: object) -> Case:
    """Two cities, of which one has 10 to spend and the other no budget of its own."""
    problem = two_cities()
    areas = problem.jurisdictions
    own = np.full(len(areas.ids), np.nan)
    own[areas.tier.index("city")] = 10.0
    problem = replace(problem, jurisdictions=replace(areas, budget=own))
    return Case(problem, Policy(budget=Budget("city", **budget)))


def test_a_site_in_a_place_without_a_budget_is_paid_by_nobody() -> None:
    case = funded(scale=0.5)
    city = case.problem.jurisdictions.tier.index("city")
    assert case.budgets[city] == 5 and np.isnan(np.delete(case.budgets, city)).all()
    lies = case.problem.sites_at("city")
    assert case.payer.tolist() == [c if c == city else -1 for c in lies.tolist()]
    assert set(case.payer.tolist()) == {city, -1}
    assert (Case(case.problem, Policy()).payer == -1).all()


def test_the_objective_is_that_of_its_prices() -> None:
    case = Case(two_cities(), Policy(efficiency="uncovered", equity=Equity("gini"), weight=0.25))
    persons = float(case.problem.demand.persons.sum())
    assert case.prices == pytest.approx((0.75 / (persons / 100), 0.25 / 0.01))
    efficiency, term = 12.0, 0.3
    total = case.prices[0] * efficiency + case.prices[1] * term
    assert case.objective(case.terms(efficiency, term)) == pytest.approx(total)


def test_a_term_of_weight_0_adds_nothing_be_it_infinite() -> None:
    assert weighted(0.0, (3.0, np.inf)) == 3
    assert weighted(1.0, (np.inf, 4.0)) == 4


def test_weights_of_levels_sum_to_one() -> None:
    names = [level.id for level in two_cities().levels]
    case = Case(two_cities(), Policy(level_weights={names[0]: 3.0}))
    assert case.level_weights.tolist() == [0.75, 0.25]
    with pytest.raises(ValueError, match="at least one level"):
        _ = case.asking(level_weights=dict.fromkeys(names, 0.0)).level_weights


def test_need_is_the_share_of_the_persons() -> None:
    problem = two_cities()
    for row, level in enumerate(problem.levels):
        assert isinstance(level, Level)
        assert problem.need(row).tolist() == (problem.demand.persons * level.share).tolist()


@pytest.mark.parametrize("name", DERIVED)
def test_what_is_derived_once_is_never_changed(name: str) -> None:
    case = funded()
    array = getattr(case, name)
    assert getattr(case, name) is array
    with pytest.raises(ValueError, match="read-only"):
        array[...] = 0


def test_another_policy_is_another_case() -> None:
    case = funded()
    other = case.asking(budget=None)
    assert other.problem is case.problem and np.isnan(other.budgets).all()
    assert case.budgets is not other.budgets
    assert case.units("persons", 0) is case.units("persons", 0)
    changed = replace(case, problem=two_cities())
    assert changed.units("persons", 0) is not case.units("persons", 0)


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (Policy(efficiency="mean_minuets"), "policy.efficiency: unknown 'mean_minuets'; did you"),
        (Policy(budget=Budget("town")), "policy.budget.tier: unknown 'town'; known: "),
        (Policy(level_weights={"care.hihg": 1}), "policy.level_weights: unknown 'care.hihg'; did"),
        (Policy(floors={"care": Floor(group=0.5)}), "policy.floors: unknown 'care'; did you mean"),
        (
            Policy(floors={"care.low": Floor(jurisdiction=0.5, tier="town")}),
            "policy.floors.tier: unknown 'town'; known: ",
        ),
        (
            Policy(equity=Equity("mean", of="catchment")),
            "policy.of, for the measure mean: unknown 'catchment'; known: minutes, uncovered",
        ),
        (
            Policy(bounds={"far": Bound(Equity("leximin", of="uncovered"), 1)}),
            "policy.of, for the measure leximin: unknown 'uncovered'; known: minutes",
        ),
        (
            Policy(quotas={"q": Quota("land", "town", at_most=1)}),
            "policy.quotas.tier: unknown 'town'; known: ",
        ),
    ],
    ids=lambda one: None if isinstance(one, Policy) else one.split(":")[0],
)
def test_a_rule_about_what_is_not_there_is_refused(policy: Policy, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Case(two_cities(), policy)


def test_a_measure_of_what_it_cannot_see_is_refused() -> None:
    """The model would count what the plan does not."""
    measures = {name: kind.sees for name, kind in INDICATORS.items() if issubclass(kind, Measure)}
    for name, sees in measures.items():
        for of in ("minutes", "uncovered", "catchment"):
            policy = Policy(equity=Equity(name, of=of))
            if of in sees:
                Case(two_cities(), policy)
            else:
                with pytest.raises(ValueError, match=f"for the measure {name}: unknown '{of}'"):
                    Case(two_cities(), policy)
