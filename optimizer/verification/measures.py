"""Equity measures, defined a second time and plainly, from the literature.

Nothing of `optimizer.equity` is used here, so that a formula that is wrong there is found. A value
is what people have (minutes, most often); one that is not finite makes the measure NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optimizer.problem import Floats, Level
from optimizer.verification.tolerances import LEAST_SAVED, NO_MINUTES, NO_POWER, TRACE

#: By name: numbers, and lists of numbers.
Parameters = Mapping[str, Any]

#: What is borne by this share of the worst-off against that of the best-off, for the Palma ratio.
TENTH, FORTY = 0.1, 0.4


@dataclass(frozen=True, eq=False)
class Unit:
    """Who is compared as one, and how much it counts.

    values, shares: (n,) what its persons have, and how many of them; each share above 0.
    """

    weight: float
    values: Floats
    shares: Floats


@dataclass(frozen=True)
class Measure:
    """A measure of `value` (values, weights, level, parameters) -> one number.

    It sees persons one by one, where `of_persons`, or units, each at `of_unit` of its persons.
    term: what is minimised, which rises with the value. in_values: whether it is in the unit of
    what people have. dispersion: better where all are equally badly off; order: no number that can
    be added up; minimised: else it is only told.
    """

    value: Callable[[Floats, Floats, Level, Parameters], float]
    of_persons: bool = False
    of_unit: Callable[[Floats, Floats, Level, Parameters], float] = lambda v, n, *_: mean(v, n)
    term: Callable[[float, Level, Parameters], float] = lambda value, *_: value
    in_values: bool = True
    dispersion: bool = False
    order: bool = False
    minimised: bool = True
    defaults: Parameters = field(default_factory=dict)

    def of(self, units: Sequence[Unit], level: Level, given: Parameters) -> float:
        """The measure of what these units have; NaN where it is not finite."""
        parameters = {**self.defaults, **given}
        have = [self.of_unit(unit.values, unit.shares, level, parameters) for unit in units]
        weights = np.array([unit.weight for unit in units])
        return self.among(np.array(have), weights, level, parameters)

    def among(self, values: Floats, weights: Floats, level: Level, given: Parameters) -> float:
        """The measure of values (n,) that count as much as weights (n,), each above 0."""
        if not np.isfinite(values).all():
            return math.nan
        return float(self.value(values, weights, level, {**self.defaults, **given}))

    def minimised_as(self, value: float, level: Level, given: Parameters) -> float:
        """The term of a value."""
        return float(self.term(value, level, {**self.defaults, **given}))


def mean(values: Floats, weights: Floats, *_: object) -> float:
    """sum of n v / sum of n."""
    return float(values @ weights / weights.sum())


def maximum(values: Floats, *_: object) -> float:
    """What the worst-off has."""
    return float(values.max())


def worst_off(values: Floats, weights: Floats, share: float) -> float:
    """The mean of the worst-off share of the weight: from the worst on, until the share is full."""
    left, total, taken = share * float(weights.sum()), 0.0, 0.0
    for value, weight in sorted(zip(values.tolist(), weights.tolist(), strict=True), reverse=True):
        part = min(weight, left - taken)
        if part <= 0:
            break
        total, taken = total + part * value, taken + part
    return total / taken


def cvar(values: Floats, weights: Floats, _: Level, given: Parameters) -> float:
    """The mean of the worst-off share."""
    return worst_off(values, weights, given["share"])


def ordered_median(values: Floats, weights: Floats, _: Level, given: Parameters) -> float:
    """The weighted mean of those of several shares."""
    pairs = list(zip(given["shares"], given["weights"], strict=True))
    total = sum(part * worst_off(values, weights, share) for share, part in pairs)
    return float(total / sum(part for _, part in pairs))


def kolm_pollak(values: Floats, weights: Floats, level: Level, given: Parameters) -> float:
    """ln(mean of exp(k v)) / k, k = aversion / standard; the largest is taken out of the mean."""
    k, most = float(given["aversion"]) / level.standard, float(values.max())
    return most + math.log1p(mean(np.expm1(k * (values - most)), weights)) / k


def kolm_pollak_term(value: float, level: Level, given: Parameters) -> float:
    """standard + (exp(k (v - standard)) - 1) / k."""
    k = float(given["aversion"]) / level.standard
    return level.standard + (exp(k * (value - level.standard)) - 1) / k


def kolm_pollak_gap_term(value: float, level: Level, given: Parameters) -> float:
    """(exp(k d) - 1) / k."""
    k = float(given["aversion"]) / level.standard
    return (exp(k * value) - 1) / k


def saved(values: Floats, level: Level) -> Floats:
    """Minutes saved against the cut-off, plus one; who travels longer saves next to nothing."""
    return np.maximum(level.cutoff + 1 - values, LEAST_SAVED)


def power_mean(values: Floats, weights: Floats, power: float) -> float:
    """(mean of v^p)^(1 / p), the geometric mean at 0; the largest part is taken out of the mean."""
    if abs(power) < NO_POWER:
        return math.exp(mean(np.log(values), weights))
    most = float(values.max() if power > 0 else values.min())
    return most * float(mean((values / most) ** power, weights) ** (1 / power))


def alpha_fair(values: Floats, weights: Floats, level: Level, given: Parameters) -> float:
    """The minutes that save as much as the (1 - alpha)-mean of the minutes saved."""
    return level.cutoff + 1 - power_mean(saved(values, level), weights, 1 - float(given["alpha"]))


def alpha_fair_term(value: float, level: Level, given: Parameters) -> float:
    """standard + s (1 - (u / s)^p) / p, p = 1 - alpha, u and s saved by v and by the standard.

    standard + s ln(s / u) where p is 0.
    """
    power, standard = 1 - float(given["alpha"]), level.cutoff + 1 - level.standard
    part = math.log(float(saved(np.array([value]), level)[0]) / standard)
    if abs(power) < NO_POWER:
        return level.standard - standard * part
    return level.standard + standard * (1 - exp(power * part)) / power


def atkinson(values: Floats, weights: Floats, level: Level, given: Parameters) -> float:
    """1 - (the (1 - aversion)-mean of the minutes saved) / their mean."""
    equal = power_mean(saved(values, level), weights, 1 - float(given["aversion"]))
    return 1 - equal / (level.cutoff + 1 - mean(values, weights))


def deprivation(values: Floats, weights: Floats, level: Level, _: Parameters) -> float:
    """Minutes beyond the standard, in the mean over all."""
    return mean(np.maximum(values - level.standard, 0.0), weights)


def leximin(values: Floats, weights: Floats, _: Level, given: Parameters) -> float:
    """Where the distance class ends beyond which there is nobody."""
    order = np.argsort(-values, kind="stable")
    inhabited = np.cumsum(weights[order]) > TRACE * weights.sum()
    classes = math.ceil((float(values[order][inhabited.argmax()]) - NO_MINUTES) / given["step"])
    return float(max(classes, 0) * given["step"])


def spread(values: Floats, *_: object) -> float:
    """The largest less the smallest."""
    return float(values.max() - values.min())


def mean_absolute_deviation(values: Floats, weights: Floats, *_: object) -> float:
    """sum of n |v - mean| / sum of n."""
    return mean(np.abs(values - mean(values, weights)), weights)


def absolute_differences(values: Floats, weights: Floats, *_: object) -> float:
    """sum over u and k of n_u n_k |v_u - v_k| / (sum of n)^2."""
    each = zip(values.tolist(), weights.tolist(), strict=True)
    apart = sum(weight * float(weights @ np.abs(values - value)) for value, weight in each)
    return float(apart / weights.sum() / weights.sum())


def gini(values: Floats, weights: Floats, *_: object) -> float:
    """The mean difference of any two over twice the mean; 0 where nobody has anything."""
    middle = mean(values, weights)
    return absolute_differences(values, weights) / (2 * middle) if middle != 0 else 0.0


def ratio(values: Floats, *_: object) -> float:
    """The largest over the smallest; 1 where all are the same, inf where only some have 0."""
    most, least = float(values.max()), float(values.min())
    return 1.0 if most == least else over(most, least)


def palma(values: Floats, weights: Floats, *_: object) -> float:
    """What the worst-off tenth bears over what the best-off 40 % bear; 1/4 where all have 0."""
    worst = TENTH * worst_off(values, weights, TENTH)
    best = -FORTY * worst_off(-values, weights, FORTY)
    return TENTH / FORTY if worst == 0 else over(worst, best)


def theil(values: Floats, weights: Floats, *_: object) -> float:
    """The mean of r ln r, r = v / mean, with 0 ln 0 = 0; 0 where nobody has anything."""
    middle = mean(values, weights)
    parts = [value / middle if middle > 0 else 1.0 for value in values.tolist()]
    return mean(np.array([part * math.log(part) if part > 0 else 0.0 for part in parts]), weights)


def jain(values: Floats, weights: Floats, *_: object) -> float:
    """mean^2 / mean of v^2; 1 where nobody has anything."""
    square = mean(values * values, weights)
    return mean(values, weights) ** 2 / square if square > 0 else 1.0


def exp(x: float) -> float:
    """e^x; inf where that is no number."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def over(a: float, b: float) -> float:
    """a / b for a above 0; inf where that is no number."""
    return a / b if b != 0 else math.inf


#: Name -> measure.
MEASURES = {
    "mean": Measure(mean, of_persons=True),
    "kolm_pollak": Measure(
        kolm_pollak, of_persons=True, term=kolm_pollak_term, defaults={"aversion": 1.0}
    ),
    "alpha_fair": Measure(
        alpha_fair, of_persons=True, term=alpha_fair_term, defaults={"alpha": 1.0}
    ),
    "deprivation": Measure(deprivation, of_persons=True),
    "leximin": Measure(leximin, of_persons=True, order=True, defaults={"step": 5.0}),
    "maximum": Measure(maximum),
    "cvar": Measure(cvar, defaults={"share": 0.1}),
    "ordered_median": Measure(
        ordered_median, defaults={"shares": (0.1, 0.5, 1.0), "weights": (1.0, 1.0, 1.0)}
    ),
    "range": Measure(spread, dispersion=True),
    "mean_absolute_deviation": Measure(mean_absolute_deviation, dispersion=True),
    "absolute_differences": Measure(absolute_differences, dispersion=True),
    "gini": Measure(gini, dispersion=True, in_values=False),
    "ratio": Measure(ratio, dispersion=True, in_values=False, term=lambda value, *_: value - 1),
    "kolm_pollak_gap": Measure(
        spread,
        of_unit=kolm_pollak,
        term=kolm_pollak_gap_term,
        dispersion=True,
        defaults={"aversion": 1.0},
    ),
    "atkinson": Measure(
        atkinson, dispersion=True, in_values=False, minimised=False, defaults={"aversion": 1.0}
    ),
    "palma": Measure(palma, dispersion=True, in_values=False, minimised=False),
    "theil": Measure(theil, dispersion=True, in_values=False, minimised=False),
    "jain": Measure(jain, dispersion=True, in_values=False, minimised=False),
}
