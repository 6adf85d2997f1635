"""The search for the least ratio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.algorithms import ratio
from optimizer.algorithms.compiled_model import compiled
from optimizer.case import Case
from optimizer.question import Equity, Limits, Policy
from optimizer.solution import Status
from tests.problems import two_cities


def test_of_nothing_and_nothing_it_is_0():
    # Uncovered: nobody at the low level with site 1 open, nobody of either city at the high one
    # within 30 minutes; a level where all have 0 has the ratio 1, its term is 0.
    facts = two_cities(land=2)
    levels = tuple(replace(level, standard=30.0, cutoff=60.0) for level in facts.services[0].levels)
    facts = replace(facts, services=(replace(facts.services[0], levels=levels),))
    policy = Policy(weight=1, equity=Equity("ratio", of="uncovered", among="city"))
    found = ratio.search(
        compiled(Case(facts, policy), with_equity=True), Case(facts, policy), Limits(gap=0)
    )
    assert (found.status, found.objective, found.bound) == (Status.OPTIMAL, 0, 0)


def test_it_needs_no_plan_to_begin_with():
    # Site 0 must refer to itself, so it is upgraded and has room for all: everybody goes to the
    # nearest. With site 1 that is 5 and 10 minutes, without it 5 and 25.
    policy = Policy(weight=1, equity=Equity("ratio", among="city", services="care.low"))
    facts = two_cities(land=2)
    held = compiled(Case(facts, policy), with_equity=True)
    found = ratio.search(held, Case(facts, policy), Limits(gap=0))
    assert found.status is Status.OPTIMAL
    # One minute weighs as much as 0.01 of the term, which is the ratio less 1.
    assert found.objective == pytest.approx((10 / 5 - 1) / 0.01)
    assert np.isfinite(found.bound)
