"""Rules that cannot hold, said from the facts alone: the sentence and its numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.case import Case
from optimizer.foundation.language import VARIABLE, _
from optimizer.problem import Options, Problem, Sites
from optimizer.question import Bound, Budget, Equity, Floor, Policy
from optimizer.rules import RULES, Rule, impossible
from tests.problems import two_cities


def floors(**shares: float) -> Policy:
    return Policy(floors={"care.low": Floor(**shares)})


def with_options(facts: Problem, **columns: object) -> Problem:
    names = ("service", "site", "size", "kind", "capacity", "cost", "land", "required")
    return replace(
        facts,
        options=Options(**({name: getattr(facts.options, name) for name in names} | columns)),
    )


def with_sites(facts: Problem, **columns: object) -> Problem:
    names = ("ids", "jurisdiction", "cost", "land", "hosts")
    return replace(
        facts, sites=Sites(**({name: getattr(facts.sites, name) for name in names} | columns))
    )


def test_what_can_hold_says_nothing():
    everything = Policy(
        floors={"care.low": Floor(jurisdiction=1, group=1, backup=0.6)},
        budget=Budget(),
        weight=0,
        equity=Equity("maximum"),
        equity_bound=10,
    )
    assert impossible(Case(two_cities(), everything)) == ()


def test_capacity():
    # At the largest: 150 at site 0 and 100 at site 1 for the low level, now 60 and 50 for 150.
    small = np.array([[50.0, 0], [60, 40], [50, 0], [50, 40]])
    assert impossible(Case(with_options(two_cities(), capacity=small), Policy())) == (
        "care.low: all facilities at their largest have room for 110 persons, 150 need it",
    )


@pytest.mark.parametrize(
    ("policy", "sentences"),
    [
        # With a standard of 9 minutes nobody in B (nearest: 10) can be covered; 10 of the 40 old
        # live in A.
        (
            floors(jurisdiction=0.5),
            (
                "care.low: within 9 minutes of a possible site live 0.0% of the persons of B, "
                "the floor is 50.0%",
            ),
        ),
        (
            floors(group=0.3),
            (
                "care.low: within 9 minutes of a possible site live 25.0% of the persons of the "
                "group old, the floor is 30.0%",
            ),
        ),
        # Within 20 minutes of sites in both cities: point 0 only, 100 of 150.
        (
            floors(backup=0.7),
            (
                "care.low: near enough to possible sites in two jurisdictions live 66.7% of the "
                "persons of the region, the floor is 70.0%",
            ),
        ),
    ],
)
def test_floors(policy, sentences):
    facts = two_cities()
    service = facts.services[0]
    low = replace(service.levels[0], standard=9)
    stricter = replace(
        facts, services=(replace(service, levels=(low, service.levels[1])),), transfers={}
    )
    assert impossible(Case(stricter, policy)) == sentences


def test_money():
    # Site 1 must be built: 3 at the least. Half a budget of 4 + 1 is not enough.
    facts = two_cities()
    poor = replace(facts, jurisdictions=replace(facts.jurisdictions, budget=np.array([4.0, 1.0])))
    must = with_options(poor, required=np.ones(4, dtype=bool))
    assert impossible(Case(must, Policy(budget=Budget(scale=0.5)))) == (
        "budget: what is required costs at least 3.0, all budgets are 2.5",
    )


def test_room():
    must = with_options(two_cities(), required=np.ones(4, dtype=bool))
    narrow = with_sites(must, hosts=np.array([1, 0]), land=np.array([1.5, 0.5]))
    assert impossible(Case(narrow, Policy())) == (
        "land: site s1 has 0.5 ha, what must stand there takes 1",
        "hosts: site s1 may host 0, 1 services must stand",
    )


def capped(equity: Equity, at_most: float, **changes: object) -> tuple[str, ...]:
    """What is said where this is bounded."""
    return impossible(Case(two_cities(), Policy(bounds={"b": Bound(equity, at_most)}, **changes)))


# Everybody at the nearest site: 5 minutes for the 100 of A, 10 for the 50 of B, at both levels.
@pytest.mark.parametrize(
    ("equity", "least"),
    [
        (Equity("maximum"), 10),
        (Equity("maximum", services="worst"), 10),
        (Equity("maximum", services="care.high"), 10),
        (Equity("mean"), 20 / 3),
        (Equity("mean", among="points"), 7.5),
        (Equity("mean", among="groups"), (10 * 5 + 30 * 10) / 40),  # the old
        (Equity("cvar", {"share": 0.5}), (50 * 10 + 25 * 5) / 75),
    ],
)
def test_bounds(equity, least):
    assert capped(equity, least) == ()
    assert capped(equity, least - 0.1) == (
        f"bounds.b: {equity.measure} of minutes among {equity.among} is {least:.4g} with everybody "
        f"at the nearest possible site, the bound is {least - 0.1:g}",
    )


def test_bounds_on_who_is_uncovered():
    # Nobody in B is within 9 minutes of a site.
    facts = two_cities()
    service = facts.services[0]
    low = replace(service.levels[0], standard=9)
    stricter = replace(
        facts, services=(replace(service, levels=(low, service.levels[1])),), transfers={}
    )
    bound = Bound(Equity("mean", {}, "uncovered", "city", "care.low"), 0.49)
    assert impossible(Case(stricter, Policy(bounds={"city": bound}))) == (
        "bounds.city: mean of uncovered among city is 0.5 with everybody at the nearest possible "
        "site, the bound is 0.49",
    )


def test_what_could_be_kept_farther_off_is_not_judged():
    assert capped(Equity("range"), 0) == ()
    assert capped(Equity("maximum", of="catchment"), -9) == ()


def test_caps_on_the_objective():
    maximum = Policy(equity=Equity("maximum"), weight=0.3, equity_bound=9)
    assert impossible(Case(two_cities(), maximum)) == (
        "equity_bound: maximum of minutes among persons is 10 with everybody at the nearest "
        "possible site, the bound is 9",
    )
    assert impossible(Case(two_cities(), Policy(efficiency_bound=6))) == (
        "efficiency_bound: mean_minutes is 6.667 minutes with everybody at the nearest possible "
        "site, the bound is 6",
    )


def test_what_stands_needs_somebody_to_refer_to():
    facts = two_cities(referral=True)
    # The standing facility offers the low level alone, and no option offers the high one near it.
    capacity = facts.options.capacity.copy()
    capacity[:2, 1] = 0
    told = impossible(Case(with_options(facts, capacity=capacity), Policy()))
    assert told == (
        f"referral: care.low at {facts.sites.ids[0]} stands in every plan, and no site within "
        "15 minutes can have a care.high",
    )


def test_what_can_be_upgraded_refers_to_itself():
    assert impossible(Case(two_cities(referral=True), Policy())) == ()


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (
            Policy(floors={"care.low": Floor(backup=0.7)}),
            "care.low：全区只有 66.7% 的人口在足够近处有分属两个行政区的可选点，下限为 70.0%",
        ),
        (
            Policy(bounds={"b": Bound(Equity("maximum"), 9.0)}),
            "bounds.b：即使人人去最近的可选点，persons 之间 minutes 的 maximum 也为 10，上限为 9",
        ),
        (
            Policy(efficiency_bound=6),
            "efficiency_bound：即使人人去最近的可选点，mean_minutes 也为 6.667（分钟），上限为 6",
        ),
    ],
)
def test_reasons_are_told_in_chinese(
    policy: Policy, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    assert impossible(Case(two_cities(), policy)) == (sentence,)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_that_may_be_why_no_plan_exists_has_chinese_words(
    rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    assert all(_(words) != words for words in rule.words.values())
