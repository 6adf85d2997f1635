"""The equity measures by their definitions: nothing here is shared with the model's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from optimizer.problem import Floats, Level
from tests.enumerating.siting import EPSILON

Parameters = Mapping[str, float | tuple[float, ...]]


def same(values: Floats, level: Level, parameters: Parameters) -> Floats:
    """The values themselves."""
    return values


@dataclass(frozen=True)
class Definition:
    """A measure: `value` of values and weights.

    An additive measure sees people one by one, and the mean of `inner` over them is its term. The
    others see units, each with the mean of `inner` over its persons. term: the increasing
    transform of the value that is minimised.
    """

    value: Callable[[Floats, Floats, Level, Parameters], float]
    additive: bool = False
    dispersion: bool = False
    ratio: bool = False
    unit: str = "of what people have"
    defaults: Parameters = field(default_factory=dict)
    inner: Callable[[Floats, Level, Parameters], Floats] = same
    term: Callable[[float, Level, Parameters], float] = lambda value, level, parameters: value


def mean(values: Floats, weights: Floats, *_: object) -> float:
    return float(values @ weights / weights.sum())


def maximum(values: Floats, *_: object) -> float:
    return float(values.max())


def worst_share(values: Floats, weights: Floats, share: float) -> float:
    """Mean of the worst-off share."""
    whole = left = share * float(weights.sum())
    total = 0.0
    for value, weight in sorted(zip(values, weights, strict=True), reverse=True):
        total += min(left, weight) * value
        left -= min(left, weight)
    return float(total / whole)


def cvar(values: Floats, weights: Floats, level: Level, parameters: Parameters) -> float:
    return worst_share(values, weights, parameters["share"])


def ordered_median(values: Floats, weights: Floats, level: Level, parameters: Parameters) -> float:
    parts = list(zip(parameters["shares"], parameters["weights"], strict=True))
    total = sum(part * worst_share(values, weights, share) for share, part in parts)
    return float(total / sum(part for _, part in parts))


def kappa(level: Level, parameters: Parameters) -> float:
    return parameters["aversion"] / level.standard


def kolm_pollak(values: Floats, weights: Floats, level: Level, parameters: Parameters) -> float:
    k = kappa(level, parameters)
    return float(np.log(mean(np.exp(k * values), weights)) / k)


def kolm_pollak_phi(values: Floats, level: Level, parameters: Parameters) -> Floats:
    """exp, tangent to the identity at the standard."""
    k = kappa(level, parameters)
    return level.standard + (np.exp(k * (values - level.standard)) - 1) / k


def grown(values: Floats, level: Level, parameters: Parameters) -> Floats:
    """What the persons of a unit have in the mean, for its Kolm-Pollak EDE."""
    return np.exp(kappa(level, parameters) * (values - level.standard))


def kolm_pollak_gap(values: Floats, weights: Floats, level: Level, parameters: Parameters) -> float:
    equivalents = np.log(values) / kappa(level, parameters)
    return float(equivalents.max() - equivalents.min())


def kolm_pollak_gap_term(value: float, level: Level, parameters: Parameters) -> float:
    k = kappa(level, parameters)
    return float((np.exp(k * value) - 1) / k)


def welfare(saved: Floats | float, alpha: float) -> Floats:
    """Of minutes saved; beyond the cut-off, where nobody is, there is no end to its loss."""
    there = np.maximum(saved, 1e-9)
    worth = np.log(there) if alpha == 1 else there ** (1 - alpha) / (1 - alpha)
    return np.where(np.asarray(saved) > 0, worth, -np.inf)


def alpha_fair(values: Floats, weights: Floats, level: Level, parameters: Parameters) -> float:
    alpha, saved = parameters["alpha"], level.cutoff + 1 - values
    fair = mean(welfare(saved, alpha), weights)
    equal = np.exp(fair) if alpha == 1 else ((1 - alpha) * fair) ** (1 / (1 - alpha))
    return float(level.cutoff + 1 - equal)


def alpha_fair_phi(values: Floats, level: Level, parameters: Parameters) -> Floats:
    """The welfare lost, tangent to the identity at the standard."""
    alpha, most = parameters["alpha"], level.cutoff + 1
    saved = most - level.standard
    lost = welfare(saved, alpha) - welfare(most - values, alpha)
    return level.standard + saved**alpha * lost


def beyond_standard(values: Floats, level: Level, parameters: Parameters) -> Floats:
    return np.where(values > level.standard, values - level.standard, 0.0)


def deprivation(values: Floats, weights: Floats, level: Level, parameters: Parameters) -> float:
    return mean(beyond_standard(values, level, parameters), weights)


def class_ends(values: Floats, level: Level, parameters: Parameters) -> Floats:
    """The minutes at which the distance class of each value ends."""
    return np.ceil((values - EPSILON) / parameters["step"]) * parameters["step"]


def leximin(values: Floats, weights: Floats, level: Level, parameters: Parameters) -> float:
    """Its headline: where the class of the worst-off ends."""
    return float(class_ends(values, level, parameters).max())


def spread(values: Floats, *_: object) -> float:
    return float(values.max() - values.min())


def mean_absolute_deviation(values: Floats, weights: Floats, *_: object) -> float:
    return mean(np.abs(values - mean(values, weights)), weights)


def absolute_differences(values: Floats, weights: Floats, *_: object) -> float:
    apart = np.abs(values[:, None] - values[None, :])
    return float(weights @ apart @ weights / weights.sum() ** 2)


def gini(values: Floats, weights: Floats, *_: object) -> float:
    middle = mean(values, weights)
    return absolute_differences(values, weights) / (2 * middle) if middle > 0 else 0.0


def ratio(values: Floats, *_: object) -> float:
    if values.max() == values.min():
        return 1.0
    return float(values.max() / values.min()) if values.min() > 0 else np.inf


DEFINITIONS = {
    "mean": Definition(mean, additive=True),
    "maximum": Definition(maximum),
    "cvar": Definition(cvar, defaults={"share": 0.1}),
    "ordered_median": Definition(
        ordered_median, defaults={"shares": (0.1, 0.5, 1.0), "weights": (1.0, 1.0, 1.0)}
    ),
    "kolm_pollak": Definition(
        kolm_pollak,
        additive=True,
        defaults={"aversion": 1.0},
        inner=kolm_pollak_phi,
        term=kolm_pollak_phi,
    ),
    "kolm_pollak_gap": Definition(
        kolm_pollak_gap,
        dispersion=True,
        ratio=True,
        defaults={"aversion": 1.0},
        inner=grown,
        term=kolm_pollak_gap_term,
    ),
    "deprivation": Definition(deprivation, additive=True, inner=beyond_standard),
    "alpha_fair": Definition(
        alpha_fair,
        additive=True,
        defaults={"alpha": 1.0},
        inner=alpha_fair_phi,
        term=alpha_fair_phi,
    ),
    "leximin": Definition(leximin, additive=True, defaults={"step": 5.0}),
    "range": Definition(spread, dispersion=True),
    "mean_absolute_deviation": Definition(mean_absolute_deviation, dispersion=True),
    "absolute_differences": Definition(absolute_differences, dispersion=True),
    "gini": Definition(gini, dispersion=True, ratio=True, unit="share"),
    "ratio": Definition(
        ratio,
        dispersion=True,
        ratio=True,
        unit="ratio",
        term=lambda value, level, parameters: value - 1,
    ),
}
