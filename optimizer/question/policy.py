"""QUESTION: what is asked of the facts, and how long the answer may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Annotated, get_type_hints

from optimizer.foundation.language import N_


@dataclass(frozen=True)
class Key:
    """A key of [policy] in `instance.toml`, which is a field of `Policy` as it stands there.

    holds: what its value is, in words. at_least, above, at_most: its range.
    """

    holds: str
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class Floor:
    """Least shares of persons, for one level.

    jurisdiction: covered within the standard, in each jurisdiction of `tier`, or each part of the
        class of that name.
    group: covered within the standard, in each population group.
    backup: covered and backed up from elsewhere, over the whole region.
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
    negotiated: corridors are paid by those of `tier` that have a share in them, in whatever parts;
    else each pays its share.
    """

    tier: str = "city"
    pooled: float = 0.0
    scale: float = 1.0
    negotiated: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.pooled <= 1:
            raise ValueError("budget.pooled: a share must be in [0, 1]")
        if not self.scale > 0:
            raise ValueError("budget.scale: must be above 0")


@dataclass(frozen=True)
class Equity:
    """How justice is measured.

    measure: name of a measure in `optimizer.equity`; parameters: its own parameters.
    of: what people have: "minutes" of travel; "uncovered", the share served beyond the standard;
        "catchment", places within reach per person in need (2SFCA).
    among: who counts once: "persons", "points", "groups", a tier of jurisdictions, or a class.
    services: "weighted" (all levels, by `Policy.level_weights`), "worst" (the level where it is
        worst, of those that weigh anything), or the id of one level.
    """

    measure: str = "kolm_pollak"
    parameters: Mapping[str, float | tuple[float, ...]] = field(default_factory=dict)
    of: str = "minutes"
    among: str = "persons"
    services: str = "weighted"

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))


@dataclass(frozen=True)
class Bound:
    """A cap on an equity measure, in its unit."""

    equity: Equity
    at_most: float


#: What a quota is on: hectares of new land, or places per thousand persons.
LAND, PLACES = "land", "places"


@dataclass(frozen=True)
class Quota:
    """A quota on what stands in each part of `tier`, at most, at least, or both.

    tier: of jurisdictions, or a class that these have: a site is of the class of the jurisdiction
    in which it stands.
    of: LAND, hectares that what is built and upgraded takes; PLACES, capacity at `level` per
    thousand persons who live there (none where nobody does).
    column: each jurisdiction of the tier has a quota of its own, at most,
    `Jurisdictions.land_quota`.
    """

    of: str
    tier: str = "city"
    level: str | None = None
    at_most: float | None = None
    at_least: float | None = None
    column: str | None = None

    def __post_init__(self) -> None:
        if self.of not in (LAND, PLACES):
            raise ValueError("quota.of: must be land or places")
        if (self.of == PLACES) != (self.level is not None):
            raise ValueError("quota.level: places are those of a level, land is not")
        if self.column is not None and (self.of != LAND or self.at_most is not None):
            raise ValueError("quota.column: is the land at most, instead of at_most")
        if (self.at_most, self.at_least, self.column) == (None, None, None):
            raise ValueError("quota: says neither at_most nor at_least")


@dataclass(frozen=True)
class Policy:
    """The question.

    minimise (1 - weight) x efficiency / scale + weight x equity term; `optimizer.case` has
    the scales and the weights of the levels, `optimizer.equity.aggregation` how levels become one.
    efficiency_bound, equity_bound, cost_bound: caps on the efficiency, on the equity that is
    minimised, and on all money spent; bounds: further caps, by a name of the user's.
    quotas: on land and places of jurisdictions, by a name of the user's.

    corridors: whether corridors are decided too; else the roads stay as they are.
    tail: where the facts have scenarios of failure, efficiency and equity are their means over the
    worst share `tail` of what can happen (CVaR): 1 is the expected value, 0 the worst scenario.
    guard: by what share the efficiency may be worse than in the most efficient plan. None is
    `scaling.GUARD` where a dispersion measure is minimised, and no guard elsewhere.
    """

    efficiency: Annotated[str, Key(N_("what efficiency is"))] = "mean_minutes"
    equity: Equity = Equity()
    weight: Annotated[float, Key(N_("weight of equity, 0 to 1"), at_least=0, at_most=1)] = 0.5
    efficiency_bound: Annotated[float | None, Key(N_("a number above 0"), above=0)] = None
    equity_bound: Annotated[float | None, Key(N_("a number, in the unit of the measure"))] = None
    cost_bound: Annotated[float | None, Key(N_("money, 0 or more"), at_least=0)] = None
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    guard: Annotated[float | None, Key(N_("a share, 0 or more"), at_least=0)] = None
    level_weights: Mapping[str, float] = field(default_factory=dict)
    floors: Mapping[str, Floor] = field(default_factory=dict)
    budget: Budget | None = None
    corridors: Annotated[bool, Key(N_("true or false: are corridors decided"))] = False
    tail: float = 1.0
    quotas: Mapping[str, Quota] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise ValueError("policy.weight: must be in [0, 1]")
        if not 0 <= self.tail <= 1:
            raise ValueError("policy.tail: a share must be in [0, 1]")
        if self.guard is not None and not self.guard >= 0:
            raise ValueError("policy.guard: must be 0 or more")
        for name in ("bounds", "level_weights", "floors", "quotas"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def equities(self) -> Iterator[Equity]:
        """Every equity that is minimised or capped."""
        if self.weight > 0 or self.equity_bound is not None:
            yield self.equity
        for bound in self.bounds.values():
            yield bound.equity


@cache
def keys() -> Mapping[str, tuple[object, Key]]:
    """The keys of [policy] that are fields of `Policy`: name -> (type, Key)."""
    hints = get_type_hints(Policy, include_extras=True).items()
    return {
        name: (hint.__origin__, key)
        for name, hint in hints
        for key in getattr(hint, "__metadata__", ())
    }


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
