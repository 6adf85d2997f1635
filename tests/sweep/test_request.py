"""What the options of `sweep` mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.foundation.faults import InputError
from optimizer.sweep.request import Mode, Request, parse, steps
from tests import hand


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0:1:0.25", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("0:1:0.1", tuple(n / 10 for n in range(11))),  # 0.1 x 3 is 0.3
        ("0:1:0.3", (0.0, 0.3, 0.6, 0.9)),  # the last step would pass 1
        ("0.2:0.2:1", (0.2,)),
        ("0.5", (0.5,)),
        ("-2:2:2", (-2.0, 0.0, 2.0)),
    ],
)
def test_steps(text: str, meant: tuple[float, ...]) -> None:
    assert steps(text) == meant


@pytest.mark.parametrize(
    "text", ["", "a:b:c", "0:1", "0:1:0", "1:0:0.1", "0:1:nan", "0:inf:1", "-inf:0:1", "0:1:inf"]
)
def test_steps_that_mean_nothing(text: str) -> None:
    with pytest.raises(ValueError):
        steps(text)


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ((None, None, False, None, None), Request(Mode.WEIGHTS, tuple(n / 10 for n in range(11)))),
        (("0:1:0.5", None, False, None, None), Request(Mode.WEIGHTS, (0.0, 0.5, 1.0))),
        ((None, "8:9:1", False, None, None), Request(Mode.BOUNDS, (8.0, 9.0))),
        ((None, None, True, None, None), Request(Mode.FRONTIER, (), 0.002)),
        ((None, None, True, 0.0, "5:6:1"), Request(Mode.FRONTIER, (), 0.0, (5.0, 6.0))),
    ],
)
def test_parse(options: tuple[str | None, str | None, bool, float, str], asked: Request) -> None:
    assert parse(*options) == asked


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("0:1:1", "1:2:1", False, None, None), "one of --weights, --bounds and --frontier"),
        (("0:1:1", None, True, None, None), "one of --weights, --bounds and --frontier"),
        ((None, None, False, 0.1, None), "--resolution goes with --frontier only"),
        ((None, None, True, 1.0, None), r"the resolution must be in \[0, 1\)"),
        (("0:2:1", None, False, None, None), r"a weight must be in \[0, 1\]"),
        ((None, "b", False, None, None), "--bounds 'b': could not convert"),
        ((None, None, False, None, "1:0:1"), "--costs '1:0:1': expected first <= last"),
        ((None, None, False, None, "-1:0:1"), "a cap on money must be 0 or more"),
    ],
)
def test_parse_of_what_does_not_go_together(
    options: tuple[str | None, str | None, bool, float, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        parse(*options)


def test_points_are_counted_where_they_are_known() -> None:
    assert Request(Mode.WEIGHTS, (0.0, 1.0)).points == 2
    assert Request(Mode.BOUNDS, (1.0, 2.0, 3.0), costs=(5.0, 6.0)).points == 6
    assert Request(Mode.FRONTIER).points is None


def test_each_cap_on_money_has_its_policy() -> None:
    policy = hand.policy()
    assert Request().policies(policy) == {None: policy}
    capped = Request(costs=(5.0, 6.0)).policies(policy)
    assert {cap: one.cost_bound for cap, one in capped.items()} == {5.0: 5.0, 6.0: 6.0}


def test_caps_on_money_go_with_no_cap_of_the_policy() -> None:
    with pytest.raises(InputError, match=r"policy, column cost_bound: .* Leave it out"):
        Request(costs=(5.0,)).policies(replace(hand.policy(), cost_bound=4.0))
