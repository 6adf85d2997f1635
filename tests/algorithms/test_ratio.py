"""The search for the least ratio."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.algorithms import ratio
from optimizer.algorithms.study import study
from optimizer.policy import Equity, Limits, Policy
from optimizer.solution import Status
from tests.problems import two_cities


def test_it_needs_no_plan_to_begin_with():
    # Site 0 must refer to itself, so it is upgraded and has room for all: everybody goes to the
    # nearest. With site 1 that is 5 and 10 minutes, without it 5 and 25.
    policy = Policy(weight=1, equity=Equity("ratio", among="city", services="care.low"))
    facts = two_cities(land=2)
    held = study(facts, policy, with_equity=True)
    found = ratio.search(held, policy, Limits(gap=0))
    assert found.status is Status.OPTIMAL
    # One minute weighs as much as 0.01 of the term, which is the ratio less 1.
    assert found.objective == pytest.approx((10 / 5 - 1) / 0.01)
    assert np.isfinite(found.bound)
