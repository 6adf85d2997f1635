"""Epsilon constraints: the most efficient plan under each of several caps on equity.

The least objective rises as the cap is tightened. So the bound of a looser cap holds under a
tighter one, and a plan under the tighter cap keeps the looser one. Where the best plan of the
looser cap keeps the tighter one too, nothing is solved. Equity has a weight that only tells
equally efficient plans apart (augmented epsilon-constraint, Mavrotas 2009).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.equity import Class, Linear, make
from optimizer.foundation.tolerances import LEAST_WEIGHT
from optimizer.question import Policy
from optimizer.sweep.preconditions import must_be_free, must_have_cap
from optimizer.sweep.task import Answer, Strategy, Task

#: The weight of equity, as a part of the gap, that tells equally efficient plans apart: well within
#: what the gap leaves open.
TIE_SHARE = 0.1


def strategy(case: Case, bounds: Sequence[float], gap: float) -> Strategy:
    """The loosest cap and the tightest, then the middle between neighbours, and so on."""
    policy = case.policy
    must_be_free(policy)
    must_have_cap(case)
    weighed = case.asking(weight=_tie(policy, gap))
    order = sorted(set(bounds), reverse=True)
    by_row: dict[int, Answer] = {}
    rows = sorted({0, len(order) - 1})
    while rows:
        tasks = [_task(weighed, order[row], *_beside(by_row, row)) for row in rows]
        answers = yield tasks
        by_row |= dict(zip(rows, answers, strict=True))
        rows = [(low + high) // 2 for low, high in pairwise(sorted(by_row)) if high - low > 1]


def _tie(policy: Policy, gap: float) -> float:
    """The weight; 0 for what is no term of a linear model, or brings a guard when minimised."""
    measure = make(policy.equity.measure, policy.equity.parameters)
    simple = isinstance(measure, Linear) and not measure.is_order
    return (
        max(TIE_SHARE * gap, LEAST_WEIGHT)
        if simple and measure.kind is not Class.DISPERSION
        else 0.0
    )


def _task(case: Case, cap: float, looser: Answer | None, tighter: Answer | None) -> Task:
    """The question under a cap, with what the answers beside it say."""
    starts = [
        plan
        for answer in (looser, tighter)
        if answer is not None and answer.result is not None
        if (plan := answer.result.plan) is not None
        if worth(case, plan).equity <= cap
    ]
    return Task(
        f"bound={cap:.12g}",
        {"equity_bound": cap},
        replace(case.policy, equity_bound=cap),
        start=starts[0] if starts else None,
        bound=-math.inf if looser is None or looser.result is None else looser.result.bound,
    )


def _beside(by_row: dict[int, Answer], row: int) -> tuple[Answer | None, Answer | None]:
    """The answers at the nearest looser and tighter caps."""
    looser = [n for n in by_row if n < row]
    tighter = [n for n in by_row if n > row]
    return by_row.get(max(looser, default=-1)), by_row.get(min(tighter, default=-1))
