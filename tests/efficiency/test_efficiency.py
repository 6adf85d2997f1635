"""What every efficiency promises, and that no part of one was forgotten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.efficiency import EFFICIENCIES, Efficiency, OfMoney, OfTrips, make
from optimizer.efficiency.efficiency import register
from optimizer.problem import Level
from optimizer.verification.efficiencies import EFFICIENCIES as PLAIN
from optimizer.verification.efficiencies import counted_unserved
from tests.catalogues import read

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "instance.md"
LEVEL = Level("care", "care", standard=15.0, cutoff=60.0)
OF_TRIPS = [name for name, kind in EFFICIENCIES.items() if issubclass(kind, OfTrips)]


@pytest.mark.parametrize("name", EFFICIENCIES)
def test_no_part_is_forgotten(name: str) -> None:
    assert name in PLAIN, "its plain definition, in optimizer/verification/efficiencies.py"
    assert read("zh").get(EFFICIENCIES[name].title), "its title in Chinese, `make words`"
    assert f'"{name}"' in DOCUMENTATION.read_text("utf-8"), "a line in docs/instance.md"


@pytest.mark.parametrize("name", EFFICIENCIES)
def test_the_check_knows_its_kind(name: str) -> None:
    money = isinstance(make(name), OfMoney)
    assert (PLAIN[name].trip is None) == money


def counts(kind: OfTrips, minutes: np.ndarray) -> np.ndarray:
    """What trips of these minutes count for, all of whom somebody serves."""
    return kind.value(minutes, LEVEL.covers(minutes), LEVEL)


@pytest.mark.parametrize("name", OF_TRIPS)
def test_to_be_served_by_nobody_is_never_better(name: str) -> None:
    kind, away = make(name), np.array([LEVEL.cutoff])
    assert isinstance(kind, OfTrips)
    by_nobody = kind.value(away, np.array([False]), LEVEL)
    assert (counts(kind, away) <= by_nobody).all()
    plain = counted_unserved(name, LEVEL.cutoff, LEVEL.standard)
    assert by_nobody == pytest.approx(plain)


@pytest.mark.parametrize("name", OF_TRIPS)
@given(minutes=st.lists(st.floats(0, 1e4), min_size=1), more=st.floats(0, 1e3))
def test_farther_is_never_better(name: str, minutes: list[float], more: float) -> None:
    kind, near = make(name), np.array(minutes)
    assert isinstance(kind, OfTrips)
    assert (counts(kind, near) <= counts(kind, near + more)).all()


@pytest.mark.parametrize("name", OF_TRIPS)
@given(
    minutes=st.lists(st.floats(0, 100), min_size=3, max_size=3),
    persons=st.lists(st.integers(1, 9), min_size=3, max_size=3),
)
def test_the_check_says_the_same(name: str, minutes: list[float], persons: list[int]) -> None:
    kind, plain, travelled = make(name), PLAIN[name], np.array(minutes)
    assert isinstance(kind, OfTrips) and plain.trip is not None
    assert plain.trip(travelled, LEVEL.standard) == pytest.approx(counts(kind, travelled))
    total = float(sum(persons))
    assert kind.divisor(np.array(persons, float)) == (total if plain.a_person else 1.0)


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        register(type("Again", (OfMoney,), {"name": "cost", "scale": lambda *_: 1.0}))


def test_an_unknown_name() -> None:
    with pytest.raises(ValueError, match="mean_minutes"):
        make("mean_minute")
    assert all(issubclass(kind, Efficiency) for kind in EFFICIENCIES.values())
