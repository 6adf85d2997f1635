"""Numbers as people read them: rounded, but never over what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.foundation.figures import apart, many, number, setting, share, signed


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [
        (1.0, 0, "100%"),
        (1 - 1e-12, 1, "100.0%"),  # sums of persons are rounded
        (0.997, 0, ">99%"),
        (0.997, 1, "99.7%"),
        (0.99999, 1, ">99.9%"),
        (1.00001, 1, ">100.0%"),
        (0.0, 1, "0.0%"),
        (-0.0, 1, "0.0%"),
        (0.0001, 1, "<0.1%"),
        (-0.0001, 1, ">-0.1%"),
        (0.004, 0, "<1%"),
        (-0.25, 0, "-25%"),
        (None, 1, "-"),
        (float("nan"), 1, "-"),
        (float("inf"), 1, "-"),
    ],
)
def test_share(value: float | None, digits: int, told: str) -> None:
    assert share(value, digits) == told


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(0, 4))
def test_all_is_all_and_none_is_none(persons: int, covered: int, digits: int) -> None:
    told = share(min(covered, persons) / persons, digits)
    assert (told in {"100%", "100.0%", "100.00%", "100.000%", "100.0000%"}) == (covered >= persons)
    assert (told.strip("0.") == "%") == (covered == 0)


def test_numbers_have_no_minus_zero_and_no_nan() -> None:
    assert [number(-0.001), number(-0.0, 0), number(float("nan")), number(1234.5, 1)] == [
        "0.00",
        "0",
        "-",
        "1,234.5",
    ]


def test_a_difference_has_a_sign_where_it_is_one() -> None:
    told = [signed(10.04), signed(-0.06), signed(0.04), signed(-0.04), signed(float("nan"))]
    assert told == ["+10.0", "-0.1", "0.0", "0.0", "-"]


def test_what_is_compared_is_told_apart() -> None:
    assert apart(share, 1, 0.9496, 0.95) == ("94.96%", "95.00%")
    assert apart(number, 1, 60.04, 60.01) == ("60.04", "60.01")
    assert apart(number, 0, 3.0, 3.0) == ("3", "3")


def test_what_was_asked_is_told_as_it_was_written() -> None:
    assert [setting(0.125), setting(0.004), setting(1)] == ["12.5%", "0.4%", "100%"]


def test_one_and_many() -> None:
    assert [many(1, "node"), many(0, "node"), many(1200, "city", "cities")] == [
        "1 node",
        "0 nodes",
        "1,200 cities",
    ]
