"""QUESTION: what is asked of the facts, and how long the answer may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType


@dataclass(frozen=True)
class Floor:
    """Least shares of persons, for one level.

    jurisdiction: covered within the standard, in each jurisdiction of `tier`.
    group: covered within the standard, in each population group.
    backup: covered and backed up from another city, over the whole region.
    """

    jurisdiction: float = 0.0
    group: float = 0.0
    backup: float = 0.0
    tier: str = "city"

    def __post_init__(self) -> None:
        for name in ("jurisdiction", "group", "backup"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"floor {name}: a share must be in [0, 1]")


@dataclass(frozen=True)
class Budget:
    """Money: each jurisdiction of `tier` has `scale` times its own budget.

    It keeps at least 1 - `pooled` of that for itself; up to the share `pooled` may be spent
    in other jurisdictions.
    """

    tier: str = "city"
    pooled: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.pooled <= 1:
            raise ValueError("budget.pooled: a share must be in [0, 1]")
        if not self.scale > 0:
            raise ValueError("budget.scale: must be above 0")


@dataclass(frozen=True)
class Policy:
    """The question.

    minimise (1 - weight) x efficiency / scale + weight x equity / scale, each a mean over the
    levels by `level_weights` (normalised to 1 where used); `optimizer.model.terms` has the
    scales. With `equity_bound` the weight must be 0 and equity is capped; with
    `efficiency_bound` the weight must be 1 and efficiency is capped.

    equity: name of a measure in `optimizer.equity`; parameters: its own parameters.
    """

    efficiency: str = "mean_minutes"
    equity: str = "kolm_pollak"
    weight: float = 0.5
    parameters: Mapping[str, float] = field(default_factory=dict)
    efficiency_bound: float | None = None
    equity_bound: float | None = None
    level_weights: Mapping[str, float] = field(default_factory=dict)
    floors: Mapping[str, Floor] = field(default_factory=dict)
    budget: Budget | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise ValueError("policy.weight: must be in [0, 1]")
        if self.equity_bound is not None and self.weight != 0:
            raise ValueError("policy.equity_bound: goes with weight = 0 (efficiency is minimised)")
        if self.efficiency_bound is not None and self.weight != 1:
            raise ValueError("policy.efficiency_bound: goes with weight = 1 (equity is minimised)")
        for name in ("parameters", "level_weights", "floors"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))


@dataclass(frozen=True)
class Limits:
    """How long and how exactly: wall seconds (None: no limit), relative gap, threads, seed."""

    seconds: float | None = None
    gap: float = 0.001
    threads: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        if self.seconds is not None and not self.seconds > 0:
            raise ValueError("limits.seconds: must be above 0")
        if not 0 <= self.gap < 1:
            raise ValueError("limits.gap: must be in [0, 1)")
        if self.threads < 1:
            raise ValueError("limits.threads: must be 1 or more")

    def after(self, seconds: float) -> Limits:
        """What is left of the limits when this time is spent; never less than a moment."""
        if self.seconds is None:
            return self
        return replace(self, seconds=max(self.seconds - seconds, 0.01))
