"""The rows of a sweep; its plans and numbers are in `sweeps`."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from optimizer.foundation.faults import InputError
from optimizer.geodata.read import read
from optimizer.outputs import frontier
from optimizer.outputs.frontier.rows import worst
from optimizer.outputs.rows import as_table
from tests.outputs.little import Little
from tests.outputs.sweeps import instance, sweep
from tests.plans import TINY, study_of


@pytest.fixture
def rows(little: Little) -> list[dict[str, Any]]:
    return frontier.records(instance(little), [sweep(little)])


def test_one_row_per_point_with_what_was_asked(rows: list[dict[str, Any]]) -> None:
    assert [row["point"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row["weight"] for row in rows] == [0, 0.25, 0.5, 1, None, 0.9]
    assert [row["equity_bound"] for row in rows] == [None] * 4 + [50, None]
    assert "cost_bound" not in rows[0]
    assert [row["status"] for row in rows] == ["optimal"] * 4 + ["infeasible", "failed"]


def test_what_a_point_is_worth(rows: list[dict[str, Any]]) -> None:
    assert [row["efficiency"] for row in rows[:4]] == [415, 430, 435, 450]
    assert [row["cost"] for row in rows[:4]] == [415, 430, 435, 450]
    equity = [222.5 / 3, 172.5 / 3, 172.5 / 3, 157.5 / 3]
    assert [row["equity"] for row in rows[:4]] == pytest.approx(equity)
    assert rows[1]["price_of_fairness"] == pytest.approx(15 / 415)
    # Money weighs 18 million (1 % of the budgets of 1800) to a minute.
    assert rows[1]["objective"] == pytest.approx(0.75 * 430 / 18 + 0.25 * 57.5)
    assert rows[1]["bound"] == pytest.approx(0.99 * rows[1]["objective"])
    assert [row["dominated"] for row in rows[:4]] == [False, False, True, False]
    assert [row["knee"] for row in rows[:4]] == [False, True, False, False]


def test_where_people_fare_worst(rows: list[dict[str, Any]]) -> None:
    # Alpha's worst-off: emergency 90 or 25, county hospital 25, regional 90.
    assert [row["worst_jurisdiction"] for row in rows[:4]] == ["A"] * 4
    worst = [(90 + 25 + 90) / 3, *[(25 + 25 + 90) / 3] * 3]
    assert [row["worst_minutes"] for row in rows[:4]] == pytest.approx(worst)


def test_where_nobody_is_served_people_fare_as_they_count(tmp_path: Path) -> None:
    """Nothing is built: the worst of those who are served is nobody, and all count 70 minutes."""
    overrides = ("services.emergency.unmet={minutes=70}", "policy.cost_bound=0")
    for equity in ("maximum", "mean", "gini"):
        facts = read(TINY / "line", overrides=(*overrides, f"policy.equity={equity}"))
        assert worst(facts, study_of(facts).indicators) == ("valley", 70)


def test_who_is_worse_off_than_in_the_most_efficient_point(rows: list[dict[str, Any]]) -> None:
    # Only d4, which loses its own station at point 3: 400 persons.
    assert [row["worse_off"] for row in rows[:4]] == [0, 0, 400, 0]


def test_a_measure_that_cannot_be_compared_with_the_standard_leaves_the_mean(
    little: Little,
) -> None:
    facts = instance(little)
    gini = replace(facts.policy.equity, measure="gini")
    rows = frontier.records(replace(facts, case=facts.case.asking(equity=gini)), [sweep(little)])
    # Alpha's means at point 1: emergency (300 x 80 + 100 x 90) / 400, county 10, regional 82.5.
    assert rows[0]["worst_minutes"] == pytest.approx((82.5 + 10 + 82.5) / 3)


def test_a_point_without_a_plan_says_why(rows: list[dict[str, Any]]) -> None:
    assert [row["reason"] for row in rows] == [None] * 4 + ["too fair", "the worker died"]
    for row in rows[4:]:
        for key in ("efficiency", "equity", "gap", "bound", "dominated", "worst_jurisdiction"):
            assert row[key] is None


def test_a_family_has_its_caps_on_cost_as_a_column(little: Little) -> None:
    family = [replace(sweep(little), cost_bound=cap) for cap in (440.0, 460.0)]
    rows = frontier.records(instance(little), family)
    assert [row["point"] for row in rows] == list(range(1, 13))
    assert [row["cost_bound"] for row in rows] == [440] * 6 + [460] * 6


def test_written_as_csv(little: Little, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    assert frontier.write(instance(little), [sweep(little)], path) == (path,)
    with path.open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.DictReader(file))
    assert list(read[0]) == list(rows[0])
    assert [row["efficiency"] for row in read] == ["415.0", "430.0", "435.0", "450.0", "", ""]


@pytest.mark.parametrize(
    ("language", "heading", "name", "note"),
    [("zh", "点", "甲城", "拐点"), ("en", "point", "Alpha", "knee")],
)
def test_printed_in_the_language(
    little: Little, language: str, heading: str, name: str, note: str
) -> None:
    rows = frontier.printed(instance(little), [sweep(little)], language)
    assert rows[1]["worst_jurisdiction"] == name
    assert rows[1]["note"] == note
    assert rows[1]["price_percent"] == pytest.approx(100 * 15 / 415, abs=1e-4)
    assert rows[4]["note"] == "too fair"
    assert as_table(rows, language).columns[0].heading == heading


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sweep.xlsx", "no sweep has this suffix"),
        ("nowhere/sweep.csv", "its folder does not exist"),
    ],
)
def test_not_written(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        frontier.check_suffixes([tmp_path / name])
