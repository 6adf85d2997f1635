"""Request: what a user asks of a sweep, and the strategies that answer it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from optimizer.case import Case
from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.foundation.tolerances import ROUNDING
from optimizer.question import Policy
from optimizer.sweep import bounds, frontier, weights
from optimizer.sweep.task import Strategy

#: What is asked where the user does not say.
WEIGHTS, RESOLUTION = "0:1:0.1", 0.002


class Mode(StrEnum):
    """What is varied."""

    WEIGHTS = "weights"  # of equity
    BOUNDS = "bounds"  # caps on equity, efficiency is minimised
    FRONTIER = "frontier"  # whatever shows all of it


@dataclass(frozen=True)
class Request:
    """What a user asks of a sweep, in numbers.

    values: the weights or the bounds. resolution: of a frontier, as a share of what the most
    efficient plan has (`places.scale_of`). costs: caps on all money; all of it under each.
    """

    mode: Mode = Mode.WEIGHTS
    values: tuple[float, ...] = ()
    resolution: float = RESOLUTION
    costs: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.mode is Mode.WEIGHTS and not all(0 <= weight <= 1 for weight in self.values):
            raise ValueError(_("a weight must be in [0, 1]"))
        if not 0 <= self.resolution < 1:
            raise ValueError(_("the resolution must be in [0, 1)"))
        if not all(cost >= 0 for cost in self.costs):
            raise ValueError(_("a cap on money must be 0 or more"))

    @property
    def points(self) -> int | None:
        """How many points there will be; None where the sweep finds that out."""
        if self.mode is Mode.FRONTIER:
            return None
        return len(self.values) * max(1, len(self.costs))

    def policies(self, policy: Policy) -> Mapping[float | None, Policy]:
        """Cap on all money -> the policy under it; the policy itself under None without costs.

        Raises InputError where the policy has such a cap of its own.
        """
        if not self.costs:
            return {None: policy}
        if policy.cost_bound is not None:
            problem = _("a sweep over caps on money goes with no cap of the policy")
            raise InputError([Fault("policy", problem, _("Leave it out"), column="cost_bound")])
        return {cost: replace(policy, cost_bound=cost) for cost in self.costs}

    def strategy(self, case: Case, gap: float) -> Strategy:
        """What solves this policy's share of the sweep to the gap."""
        match self.mode:
            case Mode.WEIGHTS:
                return weights.strategy(case, self.values, gap)
            case Mode.BOUNDS:
                return bounds.strategy(case, self.values, gap)
            case Mode.FRONTIER:
                return frontier.strategy(case, self.resolution, gap)


def parse(
    weights: str | None,
    bounds: str | None,
    whole: bool,
    resolution: float | None,
    costs: str | None,
) -> Request:
    """The sweep that the options of the command mean; weights from 0 to 1 where none says more.

    Raises ValueError for those that do not go together, or mean nothing.
    """
    if (weights is not None) + (bounds is not None) + whole > 1:
        raise ValueError(_("one of --weights, --bounds and --frontier at a time"))
    if resolution is not None and not whole:
        raise ValueError(_("--resolution goes with --frontier only"))
    caps = () if costs is None else _numbers("--costs", costs)
    if whole:
        return Request(Mode.FRONTIER, (), RESOLUTION if resolution is None else resolution, caps)
    if bounds is not None:
        return Request(Mode.BOUNDS, _numbers("--bounds", bounds), costs=caps)
    return Request(Mode.WEIGHTS, _numbers("--weights", weights or WEIGHTS), costs=caps)


def _numbers(option: str, text: str) -> tuple[float, ...]:
    try:
        return steps(text)
    except ValueError as error:
        raise ValueError(
            _("{option} {text!r}: {error}", option=option, text=text, error=error)
        ) from error


def steps(text: str) -> tuple[float, ...]:
    """The numbers that `first:last:step` means, both ends included; or the one number given.

    >>> steps("0:1:0.25")
    (0.0, 0.25, 0.5, 0.75, 1.0)

    Raises ValueError for anything else.
    """
    parts = list(map(_float, text.split(":")))
    if len(parts) == 1:
        parts = [parts[0], parts[0], 1.0]
    if len(parts) != 3:
        raise ValueError(_("expected first:last:step, as in 0:1:0.1"))
    first, last, step = parts
    if not (all(map(math.isfinite, parts)) and first <= last and step > 0):
        raise ValueError(_("expected first <= last and a step above 0"))
    count = int((last - first) / step + ROUNDING)
    return tuple(round(first + n * step, 9) for n in range(count + 1))


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        problem = _("could not convert string to float: {text!r}", text=text)
        raise ValueError(problem) from error
