"""Justice in words, units and as areas have it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.equity import INDICATORS, Measure
from optimizer.equity.aggregation import OF
from optimizer.foundation.language import LANGUAGES
from optimizer.outputs import reported_equity, summary, tables
from optimizer.outputs.layers import jurisdictions
from optimizer.question import Equity
from tests.outputs.little import Little
from tests.test_words import entries


@pytest.mark.parametrize("name", INDICATORS)
def test_every_measure_has_a_name_and_a_unit_in_both_languages(name: str) -> None:
    assert entries("zh")[INDICATORS[name].title]
    unit = INDICATORS[name].unit
    for word in [unit] if unit else OF.values():
        assert all(f"in {word}" in entries(language) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("equity", "zh", "en"),
    [
        (Equity("gini"), "基尼系数", "Gini coefficient"),
        (
            Equity("range", of="uncovered", among="groups"),
            "极差，未达标比例，按人群比较",
            "range, of the uncovered, by group",
        ),
        (
            Equity("maximum", among="city", services="worst"),
            "最远者，按市比较，最差的服务",
            "the worst-off, by city, worst service",
        ),
        (
            Equity("mean", services="medical.county"),
            "平均，县级医院",
            "mean, County hospital",
        ),
    ],
)
def test_in_words(little: Little, equity: Equity, zh: str, en: str) -> None:
    instance = little.study().instance
    told = [reported_equity.in_words(instance, equity, language) for language in LANGUAGES]
    assert told == [zh, en]


def test_amounts_have_the_digits_of_their_unit() -> None:
    assert reported_equity.amount(12.345, Equity("range")) == "12.35"
    assert reported_equity.amount(12.345, Equity("range"), decimals=1) == "12.3"
    assert reported_equity.amount(0.123456, Equity("gini")) == "0.1235"
    assert reported_equity.amount(np.inf, Equity("ratio")) == "-"


@pytest.mark.parametrize(
    ("equity", "column"),
    [
        (Equity("kolm_pollak"), "equity"),
        (Equity("cvar", among="city"), "equity"),
        (Equity("maximum", of="uncovered"), "mean"),
        (Equity("deprivation"), "mean"),
        (Equity("range"), "mean"),
    ],
)
def test_areas_fare_by_the_measure_only_where_it_is_like_minutes(
    little: Little, equity: Equity, column: str
) -> None:
    assert reported_equity.fares(replace(little.study().instance.policy, equity=equity)) == column


def test_a_level_that_the_policy_does_not_ask_about_has_no_equity(little: Little) -> None:
    study = little.study(equity=Equity("maximum", services="medical.county"))
    # a quarter of d3 in 50 minutes, the rest in 40
    assert reported_equity.by_level(study) == {1: 42.5}
    table = tables.by_level(study, "en")
    (column,) = [one for one in table.columns if one.heading == "the worst-off"]
    assert column.cells == ["-", "42.50", "-"]


def test_what_is_minimised_is_told_with_its_unit(little: Little) -> None:
    # Both cities: emergency 10 and 50 / 3, county hospital 10 and 17.5.
    study = little.study(equity=Equity("ratio", among="city", services="emergency"))
    assert "largest over smallest, by city, Emergency station 1.667 times" in summary.scaling(study)
    assert "0.01 ratio of equity weighs as much as 1 minute" in summary.scaling(study)


def test_a_number_that_is_not_finite_is_no_cell(little: Little) -> None:
    measures = [name for name, kind in INDICATORS.items() if issubclass(kind, Measure)]
    for name in measures:
        layer = jurisdictions(little.study(equity=Equity(name)))
        assert not np.isinf(layer["equity_emergency"]).any()
