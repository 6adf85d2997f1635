"""Ctrl-C is told from a limit in every search: a sweep keeps what a limit stopped only."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from optimizer.algorithms import leximin, radius_search, ratio
from optimizer.algorithms.compiled_model import compiled
from optimizer.case import Case
from optimizer.question import Equity, Limits
from optimizer.solution import Plan, Status
from optimizer.solver.program import Outcome
from tests import hand


@pytest.mark.parametrize("by_user", [False, True])
@pytest.mark.parametrize(
    ("search", "measure", "start"),
    [
        (ratio, "ratio", None),
        (ratio, "ratio", hand.plan()),
        (leximin, "leximin", hand.plan()),
        (radius_search, "maximum", None),
    ],
)
def test_who_stopped_a_search(
    search: ModuleType,
    measure: str,
    start: Plan | None,
    by_user: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stopped = Outcome(Status.STOPPED, None, np.inf, -np.inf, 0.0, 0, interrupted=by_user)
    monkeypatch.setattr(search, "minimise", lambda *_, **__: stopped)
    policy = hand.policy(equity=Equity(measure, services="emergency"), weight=1.0)
    case = Case(hand.problem(), policy)
    outcome = search.search(compiled(case, with_equity=True), case, Limits(), start)
    assert outcome.status is Status.STOPPED
    assert outcome.interrupted is by_user
    assert outcome.bound <= outcome.objective
