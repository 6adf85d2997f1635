"""Numbers beyond what doubles carry: one sentence that names the key and what works."""

from __future__ import annotations

import pytest

from optimizer import Limits, check, read, solve
from optimizer.foundation.faults import InputError
from optimizer.foundation.language import VARIABLE
from tests.plans import TINY

ROADS = 'policy.failures.draw=["roads"]'

BEYOND = {
    # 36 x 10 / 40: nobody on the line is farther than 40 minutes from a site.
    ("policy.parameters={aversion=1000}",): ("policy.parameters.aversion: 40 minutes", "At most"),
    (ROADS, "services.emergency.unmet={minutes=1e4,allowed=false}"): (
        "services.emergency.unmet.minutes: 10000 minutes",
        "At most",
    ),
    ("services.emergency.unmet={minutes=1e4}",): (
        "services.emergency.unmet.minutes: 10000 minutes",
        "At most 519 works",
    ),
    ("policy.equity=alpha_fair", "policy.parameters={alpha=50}"): (
        "policy.parameters.alpha: a cut-off of 60 minutes at emergency",
        "At most 8.75 works",
    ),
    ("policy.equity=leximin", "policy.weight=1", "services.emergency.cutoff=1e300"): (
        "policy.parameters.step: a cut-off of 1e+300 minutes",
        "At most 10,000 work",
    ),
    ("services.emergency.sizes.station.cost=1e300",): (
        "services.emergency.sizes, station: costs more than numbers carry (is 1e+300)",
        "at most 1e+15 works",
    ),
}


@pytest.mark.parametrize("overrides", BEYOND)
def test_what_is_beyond_is_told(overrides: tuple[str, ...]) -> None:
    instance = read(TINY / "line", overrides=overrides)
    with pytest.raises(InputError) as told:
        solve(instance.case)
    for words in BEYOND[overrides]:
        assert words in str(told.value)


def test_what_is_said_to_work_works() -> None:
    instance = read(TINY / "line", overrides=["policy.parameters={aversion=1000}"])
    with pytest.raises(InputError) as told:
        solve(instance.case)
    most = float(str(told.value).partition("At most ")[2].partition(" works")[0])
    instance = read(TINY / "line", overrides=[f"policy.parameters={{aversion={most}}}"])
    result = solve(instance.case, Limits(gap=0, threads=1))
    assert check(instance.case, result.plan, result).ok


def test_what_is_beyond_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    overrides = ("policy.equity=alpha_fair", "policy.parameters={alpha=50}")
    with pytest.raises(InputError) as told:
        solve(read(TINY / "line", overrides=overrides).case)
    assert [(fault.problem, fault.remedy) for fault in told.value.faults] == [
        ("emergency 的时间上限 60 分钟超出该指标可衡量的范围", "最大可用 8.75")
    ]
