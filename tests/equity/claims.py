"""What each property of a measure means, as a check of one case."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.equity import Indicator, Property
from optimizer.problem import Floats, Level

LEVEL = Level("care", "care", standard=30, cutoff=120)

#: Parameters that each promise is tested with; measures that are not here have none.
PARAMETERS = {
    "alpha_fair": [{"alpha": 0.0}, {"alpha": 0.5}, {"alpha": 1.0}, {"alpha": 2.0}],
    "atkinson": [{"aversion": 0.5}, {"aversion": 1.0}, {"aversion": 2.0}],
    "cvar": [{"share": 0.1}, {"share": 0.5}, {"share": 1.0}],
    "kolm_pollak": [{"aversion": 0.1}, {"aversion": 1.0}, {"aversion": 3.0}],
    "kolm_pollak_gap": [{"aversion": 0.5}, {"aversion": 1.0}],
    "leximin": [{"step": 0.7}, {"step": 5.0}, {"step": 50.0}],
    "ordered_median": [
        {"shares": (0.1, 0.5, 1.0), "weights": (1.0, 1.0, 1.0)},
        {"shares": (0.3,), "weights": (2.0,)},
    ],
}


@dataclass(frozen=True)
class Case:
    """Minutes and weights of U units; the numbers of two of them; and how much of a change."""

    values: Floats
    weights: Floats
    one: int
    other: int
    part: float


def close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-7, abs_tol=1e-7)


def not_worse(measure: Indicator, after: Floats, before: Floats, weights: Floats) -> bool:
    new = measure.evaluate(after, weights, LEVEL)
    old = measure.evaluate(before, weights, LEVEL)
    return close(new, old) or (new > old if measure.higher_is_fairer else new < old)


def same_is_itself(measure: Indicator, case: Case) -> bool:
    same = np.full_like(case.values, case.values[0])
    return close(measure.evaluate(same, case.weights, LEVEL), case.values[0])


def same_is_zero(measure: Indicator, case: Case) -> bool:
    same = np.full_like(case.values, case.values[0])
    return close(measure.evaluate(same, case.weights, LEVEL), 0)


def improving_is_not_worse(measure: Indicator, case: Case) -> bool:
    better = case.values.copy()
    better[case.one] *= 1 - case.part
    return not_worse(measure, better, case.values, case.weights)


def transfer_is_not_worse(measure: Indicator, case: Case) -> bool:
    # Pigou-Dalton: minutes go from one who has more to one who has fewer, and stop at the middle.
    passed = case.part * (case.values[case.one] - case.values[case.other]) / 2
    fairer = case.values.copy()
    fairer[case.one] -= passed
    fairer[case.other] += passed
    return not_worse(measure, fairer, case.values, np.ones_like(case.weights))


def before_and_later(measure: Indicator, case: Case) -> tuple[float, float, float]:
    """The measure, the minutes that everybody gets more, and the measure then."""
    more = case.part * (LEVEL.cutoff - case.values.max())
    before = measure.evaluate(case.values, case.weights, LEVEL)
    return before, more, measure.evaluate(case.values + more, case.weights, LEVEL)


def more_is_more(measure: Indicator, case: Case) -> bool:
    before, more, later = before_and_later(measure, case)
    return close(later, before + more)


def more_changes_nothing(measure: Indicator, case: Case) -> bool:
    before, _, later = before_and_later(measure, case)
    return close(later, before)


def before_and_scaled(measure: Indicator, case: Case) -> tuple[float, float, float]:
    """The measure, by what everybody's minutes are multiplied, and the measure then."""
    most = LEVEL.cutoff / max(case.values.max(), 1.0)
    factor = 0.01 + case.part * (most - 0.01)
    before = measure.evaluate(case.values, case.weights, LEVEL)
    return before, factor, measure.evaluate(factor * case.values, case.weights, LEVEL)


def times_is_times(measure: Indicator, case: Case) -> bool:
    before, factor, scaled = before_and_scaled(measure, case)
    return close(scaled, factor * before)


def times_changes_nothing(measure: Indicator, case: Case) -> bool:
    before, _, scaled = before_and_scaled(measure, case)
    return close(scaled, before)


KEEPS: dict[Property, Callable[[Indicator, Case], bool]] = {
    Property.ITSELF: same_is_itself,
    Property.ZERO: same_is_zero,
    Property.MONOTONE: improving_is_not_worse,
    Property.TRANSFER: transfer_is_not_worse,
    Property.TRANSLATION_COVARIANT: more_is_more,
    Property.TRANSLATION_INVARIANT: more_changes_nothing,
    Property.SCALE_COVARIANT: times_is_times,
    Property.SCALE_INVARIANT: times_changes_nothing,
}
