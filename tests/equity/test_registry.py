"""The registry of measures: what each says of itself, and how they are asked for."""

from __future__ import annotations

import re
import sys

import pytest

from optimizer.equity import INDICATORS, Measure, indicator, make
from optimizer.equity.measure import register
from optimizer.foundation.language import VARIABLE

UNITS = {"", "share", "ratio", "minutes", "index"}
REPORTED = ["atkinson", "jain", "palma", "theil"]


@pytest.mark.parametrize("name", INDICATORS)
def test_every_measure_says_what_it_is(name):
    measure = INDICATORS[name]
    said = re.sub(r"\s+", " ", measure.__doc__ or "")
    assert measure.properties
    assert measure.reference and measure.reference in said
    assert re.search(r"Sources?:", said)
    assert str(measure.kind) in said.lower()
    assert " = " in said or " / " in said, "the formula"
    assert "Misbehaves" in said
    assert measure.unit in UNITS


@pytest.mark.parametrize("name", INDICATORS)
def test_every_measure_has_a_file_of_its_name(name):
    assert INDICATORS[name].__module__ == f"optimizer.equity.{name}"
    assert sys.modules[INDICATORS[name].__module__].__doc__


@pytest.mark.parametrize("name", INDICATORS)
def test_every_measure_can_be_asked_for_without_parameters(name):
    assert isinstance(indicator(name, {}), Measure) == (name not in REPORTED)


@pytest.mark.parametrize("name", REPORTED)
def test_what_is_only_reported_cannot_be_minimised(name):
    with pytest.raises(ValueError, match=f"{name} is reported, never minimised or capped"):
        make(name, {})


def test_unknown_names_say_what_is_known():
    with pytest.raises(ValueError, match=r"unknown equity measure 'maximun'.*'maximum'"):
        make("maximun", {})
    with pytest.raises(ValueError, match=r"cvar has no parameter 'shar'.*'share'"):
        make("cvar", {"shar": 0.1})


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("alpha_fair", {"alpha": -0.1}, r"alpha must be 0 \(the mean\) or more"),
        ("atkinson", {"aversion": 0.0}, "aversion must be above 0"),
        ("cvar", {"share": 0.0}, r"share must be in \(0, 1\]"),
        ("cvar", {"share": (0.1, 0.2)}, "cvar: share must be one number"),
        ("kolm_pollak", {"aversion": 0.0}, "aversion must be above 0"),
        ("kolm_pollak", {"aversion": float("inf")}, "aversion must be finite"),
        ("kolm_pollak_gap", {"aversion": 0.0}, "aversion must be above 0"),
        ("leximin", {"step": 0.0}, "step must be above 0 minutes"),
        ("ordered_median", {"shares": 0.1}, "shares must be a list of numbers"),
        ("ordered_median", {"shares": (0.1, 1.0)}, "shares and weights must be as many"),
        ("ordered_median", {"shares": (), "weights": ()}, "one at least"),
        ("ordered_median", {"shares": (0.0,), "weights": (1.0,)}, r"share must be in \(0, 1\]"),
        ("ordered_median", {"shares": (1.0,), "weights": (0.0,)}, "weight must be above 0"),
        ("ordered_median", {"shares": (float("nan"),), "weights": (1.0,)}, "must be finite"),
    ],
)
def test_parameters_out_of_range_raise(name, parameters, message):
    with pytest.raises(ValueError, match=message):
        indicator(name, parameters)


def test_a_name_is_registered_once():
    class Again(Measure):
        name = "maximum"

    with pytest.raises(ValueError, match="'maximum' is registered twice"):
        register(Again)


def test_a_wrong_parameter_is_told_in_chinese(monkeypatch):
    monkeypatch.setenv(VARIABLE, "zh")
    with pytest.raises(ValueError, match=r"^cvar：share 必须在 \(0, 1\] 之内$"):
        make("cvar", {"share": 2.0})
    with pytest.raises(ValueError, match=r"^cvar 没有参数 'part'：已知：share$"):
        make("cvar", {"part": 0.5})
