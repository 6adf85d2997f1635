"""Indicators against numbers worked out by hand on the problem of `hand.py`."""

from __future__ import annotations

from dataclasses import replace
from math import e, exp, log

import numpy as np
import pytest

from optimizer.assessment.indicators import Indicators, assess
from optimizer.assessment.money import money, spent
from optimizer.case import Case
from optimizer.problem import Backup, Jurisdictions
from optimizer.question import Equity
from optimizer.solution import Assignment, Plan
from tests.hand import (
    CENTRE,
    CLINIC,
    EMERGENCY,
    KEEP_SA,
    SMALL_SB,
    STATION_SA,
    STATION_SB,
    floats,
    plan,
    policy,
    problem,
    rows,
)


@pytest.fixture(scope="module")
def indicators() -> Indicators:
    return assess(Case(problem(), policy()), plan())


def test_minutes_are_means_over_the_shares(indicators: Indicators) -> None:
    # At the centre a2 goes half to SA (10) and half to SB (30).
    assert indicators.minutes.tolist() == [[5, 5, 5], [10, 10, 20], [4, 4, 4]]


def test_covered_counts_the_shares_within_the_standard(indicators: Indicators) -> None:
    # 10 minutes is just within the standard of 10; the half of a2 that goes 30 is not.
    assert indicators.covered.tolist() == [[1, 1, 1], [1, 1, 0.5], [1, 1, 1]]


def test_backed_up_needs_two_cities(indicators: Indicators) -> None:
    # Within 30 minutes: a1 5 and 20, a2 10 and 30, b1 only 4 (40 is too far).
    assert indicators.backed_up[:, EMERGENCY].tolist() == [1, 1, 0]
    assert np.isnan(indicators.backed_up[:, CLINIC]).all()
    assert indicators.levels[EMERGENCY].region.backup == 300 / 400
    assert indicators.levels[CLINIC].region.backup is None


def test_two_facilities_of_one_city_are_no_backup() -> None:
    facts = problem()
    one_city = replace(facts, sites=replace(facts.sites, jurisdiction=rows(1, 1)))
    assert not assess(Case(one_city, policy()), plan()).backed_up[:, EMERGENCY].any()


def test_two_facilities_of_one_city_are_a_double_cover_where_sites_back_each_other_up() -> None:
    facts = problem()
    emergency = facts.services[0]
    at_sites = replace(emergency.levels[0], backup=Backup(30, "site"))
    facts = replace(
        facts,
        services=(replace(emergency, levels=(at_sites,)), *facts.services[1:]),
        sites=replace(facts.sites, jurisdiction=rows(1, 1)),
    )
    assert assess(Case(facts, policy()), plan()).backed_up[:, EMERGENCY].tolist() == [1, 1, 0]


def test_load_counts_the_need_of_each_level(indicators: Indicators) -> None:
    # Options: station SA, station SB, enlarged SA, large SB. Centres: 20 % of the persons,
    # SA 0.2 x (100 + 100), SB 0.2 x (100 + 100).
    assert indicators.load.tolist() == [[300, 0, 0], [100, 0, 0], [0, 300, 40], [0, 100, 40]]
    centre = indicators.levels[CENTRE]
    assert (centre.capacity, centre.load) == (120, 80)
    assert centre.facilities == {"keep": 0, "build": 1, "upgrade": 1, "close": 0}
    assert indicators.levels[EMERGENCY].facilities == {
        "keep": 0,
        "build": 2,
        "upgrade": 0,
        "close": 0,
    }


def test_a_site_is_paid_once_however_many_services_it_hosts(indicators: Indicators) -> None:
    # SA 2 + 4, its site is free; SB 2 + 5 and 3 for the site, once.
    facts = problem()
    assert money(facts, plan().options).tolist() == [6, 10]
    assert indicators.spent.tolist() == [16, 6, 10]
    assert indicators.cost == 16


def test_a_site_without_building_is_not_paid() -> None:
    facts = problem()
    facts = replace(facts, sites=replace(facts.sites, cost=floats(7, 3)))
    assert money(facts, rows(KEEP_SA)).tolist() == [0, 0]
    assert money(facts, rows(KEEP_SA, STATION_SA, SMALL_SB)).tolist() == [9, 6]


def test_money_counts_for_every_jurisdiction_above() -> None:
    facts = problem()
    county = Jurisdictions(
        ids=("P", "A", "B", "county in A"),
        parent=rows(-1, 0, 0, 1),
        tier=("province", "city", "city", "county"),
        role=("", "", "", ""),
        budget=floats(np.nan, 10, 10, np.nan),
    )
    facts = replace(
        facts, jurisdictions=county, sites=replace(facts.sites, jurisdiction=rows(3, 2))
    )
    assert spent(facts, Plan(rows(STATION_SA, STATION_SB), ())).tolist() == [7, 2, 5, 2]


def test_summaries_of_the_region_its_jurisdictions_and_groups(indicators: Indicators) -> None:
    centre = indicators.levels[CENTRE]
    assert centre.level == "medical.centre"
    # (100 x 5 + 200 x 20 + 100 x 4) / 400; covered 100 + 100 + 100 of 400
    assert (centre.region.persons, centre.region.mean, centre.region.worst) == (400, 12.25, 20)
    assert centre.region.coverage == 300 / 400
    assert set(centre.jurisdictions) == {0, 1, 2}
    assert centre.jurisdictions[0] == centre.region
    assert centre.jurisdictions[1].mean == (100 * 5 + 200 * 20) / 300
    assert centre.jurisdictions[2].worst == 4
    # old: (10 x 5 + 50 x 20 + 40 x 4) / 100; covered 10 + 25 + 40
    assert centre.groups["old"].mean == pytest.approx(12.1)
    assert centre.groups["old"].coverage == pytest.approx(0.75)


def test_additive_measures_see_trips_and_the_others_see_demand_points(
    indicators: Indicators,
) -> None:
    equity = indicators.levels[CENTRE].region.equity
    # kappa = 1 / 10; four trips of 100 persons each, of 5, 10, 30 and 4 minutes
    ede = 10 * log((exp(0.5) + e + exp(3) + exp(0.4)) / 4)
    assert equity["kolm_pollak"] == pytest.approx(ede, rel=1e-12)
    # demand points: 5, 20 (mean of 10 and 30), 4; the worst 10 % all live in a2
    assert equity["maximum"] == 20
    assert equity["cvar"] == pytest.approx(20)


def test_the_objective_is_put_together_from_its_terms(indicators: Indicators) -> None:
    # mean minutes: emergency and clinic (500 + 2000 + 400) / 400 = 7.25, centre 12.25
    efficiency = (7.25 + 7.25 + 12.25) / 3
    assert indicators.efficiency == pytest.approx(efficiency)

    def phi(minutes: float) -> float:
        return 10 + 10 * (exp((minutes - 10) / 10) - 1)

    near = (100 * phi(5) + 200 * phi(10) + 100 * phi(4)) / 400
    split = (phi(5) + phi(10) + phi(30) + phi(4)) / 4
    term = (2 * near + split) / 3
    assert indicators.terms == pytest.approx((efficiency, term))
    assert indicators.objective == pytest.approx(0.5 * efficiency + 0.5 * term)


def test_uncovered_persons_and_cost_have_their_own_scales() -> None:
    # only the half of a2 is uncovered, at the centre: 100 persons x 1/3; 1 minute = 4 persons
    uncovered = assess(Case(problem(), policy(efficiency="uncovered", weight=0)), plan())
    assert uncovered.efficiency == pytest.approx(100 / 3)
    assert uncovered.objective == pytest.approx(100 / 3 / 4)
    # 16 of the 20 that the cities have: 1 minute = 0.2
    cost = assess(Case(problem(), policy(efficiency="cost", weight=0)), plan())
    assert (cost.efficiency, cost.objective) == (16, pytest.approx(80))


def test_level_weights_choose_what_counts() -> None:
    only_centre = {"emergency": 0, "medical.clinic": 0, "medical.centre": 2}
    centre = assess(
        Case(problem(), policy(level_weights=only_centre, equity=Equity("maximum"))), plan()
    )
    assert (centre.efficiency, centre.equity) == (12.25, 20)


def test_parameters_belong_to_the_measure_of_the_policy() -> None:
    worst_half = assess(Case(problem(), policy(equity=Equity("cvar", {"share": 0.75}))), plan())
    # the worst 300 persons at the centre: 200 x 20, 100 x 5
    assert worst_half.levels[CENTRE].region.equity["cvar"] == pytest.approx(15)


def test_minutes_of_people_whom_nobody_serves_are_unknown() -> None:
    good = plan()
    lost = Assignment(rows(0, 1), rows(0, 0), floats(5, 10), floats(1, 1))
    indicators = assess(Case(problem(), policy()), replace(good, assignments=(lost, lost, lost)))
    assert np.isnan(indicators.minutes[2]).all()
    assert np.isnan(indicators.objective)
    assert np.isnan(indicators.levels[EMERGENCY].region.equity["kolm_pollak"])
    assert indicators.levels[EMERGENCY].jurisdictions[1].mean == pytest.approx(25 / 3)
    assert indicators.levels[EMERGENCY].region.coverage == 300 / 400


def test_places_where_nobody_lives_change_nothing() -> None:
    facts = problem()
    empty = replace(facts.demand, persons=floats(100, 200, 0), groups={"old": floats(0, 0, 0)})
    indicators = assess(Case(replace(facts, demand=empty), policy()), plan())
    assert 2 not in indicators.levels[EMERGENCY].jurisdictions
    assert not indicators.levels[EMERGENCY].groups
    assert indicators.levels[EMERGENCY].region.mean == pytest.approx(2500 / 300)


def test_load_follows_the_order_of_the_options() -> None:
    shuffled = replace(plan(), options=plan().options[::-1])
    assert assess(Case(problem(), policy()), shuffled).load[::-1].tolist() == [
        [300, 0, 0],
        [100, 0, 0],
        [0, 300, 40],
        [0, 100, 40],
    ]


def test_an_unknown_efficiency_is_named() -> None:
    with pytest.raises(ValueError, match="did you mean 'cost'"):
        assess(Case(problem(), policy(efficiency="costs")), plan())


def test_who_is_split_has_an_equivalent_of_its_own_in_the_gap(indicators: Indicators) -> None:
    # Half of a2 travels 10 minutes and half 30, as good as 10 ln((e + e^3) / 2) each; b1 has 4.
    gap = indicators.levels[CENTRE].region.equity["kolm_pollak_gap"]
    assert gap == pytest.approx(10 * log((e + exp(3)) / 2) - 4)
