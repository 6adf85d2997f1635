"""A question to a function of `optimizer.location`: asked, judged, made smaller, written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array

import optimizer.location
from optimizer.location import Coordinates
from optimizer.question import Limits
from optimizer.solution import Solved, Status
from tests.verify.catch import ROUNDING, Catch, caught, room
from tests.verify.knobs import held
from tests.verify.location.towns import Drawing

#: Seconds that an answer may take; what is stopped then is judged by its plan and its bound.
SECONDS = 5.0

Given = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """How a function is asked and judged; all values are minimised here.

    draw: arguments by name; value: of a plan by its own words, inf where it breaks a rule; least:
    of all plans, None where they are too many; searched: the best that a local search finds, from
    the plan that was told if there is one; axes: what the axes of each argument run over;
    maximised: the function's objective is minus the value; rounding: by how much two values may
    differ, relative to their size: more where flows are a linear program's.
    """

    draw: Callable[[Drawing], Given]
    value: Callable[[Given, Any], float]
    least: Callable[[Given], float | None]
    searched: Callable[[Given, Any, np.random.Generator], float]
    axes: Mapping[str, tuple[str, ...]]
    maximised: bool = False
    rounding: float = ROUNDING


@dataclass(frozen=True, eq=False)
class Asked:
    """name: of the kind, which begins with the function's; form: how `costs` are handed over;
    knobs: constants of the code that send small questions over the roads of large ones.
    """

    kind: Kind
    name: str
    given: Given
    form: str
    seed: int
    features: frozenset[str]
    knobs: Mapping[str, float] = field(default_factory=dict)

    def solved(self) -> Solved[Any]:
        """The program's answer."""
        given = dict(self.given)
        if self.form == "sparse":
            given["costs"] = _sparse(given["costs"])
        elif self.form == "coordinates":
            rounded = given.pop("rounded", False)
            given["costs"] = Coordinates(given.pop("at"), given.pop("there"), rounded)
        with held(self.knobs):
            function = getattr(optimizer.location, self.name.split()[0])
            return function(**given, limits=Limits(seconds=SECONDS, gap=0.0, threads=1))

    @property
    def plain(self) -> Given:
        """The arguments with costs as a table."""
        if self.form != "coordinates":
            return self.given
        table = np.hypot(*(self.given["at"][:, None] - self.given["there"]).transpose(2, 0, 1))
        return {**self.given, "costs": np.floor(table) if self.given.get("rounded") else table}

    def judged(self) -> list[Catch]:
        return caught(lambda: list(_judged(self.kind, self.plain, self.solved(), self.seed)))

    def smaller(self) -> Iterator[Asked]:
        axes = self.kind.axes
        lengths = {
            axis: np.shape(self.given[name])[n]
            for name, runs in axes.items()
            for n, axis in enumerate(runs)
            if self.given.get(name) is not None
        }
        for part in (2, 4, 8, 16, 400):
            for axis, length in sorted(lengths.items(), key=lambda pair: -pair[1]):
                step = max(1, length // part)
                if length <= 1 or (part > 2 and length // (part // 2) <= 1):
                    continue
                for first in range(0, length, step):
                    gone = np.arange(first, min(first + step, length))
                    if len(gone) < length:
                        yield replace(self, given=self._without(axis, gone))
        for name in ("p", "count"):
            if self.given.get(name, 0) and self.given[name] > 1:
                yield replace(self, given={**self.given, name: self.given[name] - 1})
        for name in ("costs", "weights", "fixed"):
            if isinstance(self.given.get(name), np.ndarray):
                whole = np.round(self.given[name])
                if not np.array_equal(whole, self.given[name]):
                    yield replace(self, given={**self.given, name: whole})
        if self.form != "array":
            given = {k: v for k, v in self.plain.items() if k not in ("at", "there", "rounded")}
            yield replace(self, given=given, form="array")

    def _without(self, axis: str, gone: np.ndarray) -> Given:
        given = dict(self.given)
        for name, runs in self.kind.axes.items():
            if given.get(name) is None:
                continue
            for n, one in enumerate(runs):
                if one == axis:
                    given[name] = np.delete(given[name], gone, axis=n)
        return given

    def write(self, folder: Path) -> None:
        told = {
            "name": self.name,
            "form": self.form,
            "seed": self.seed,
            "knobs": dict(self.knobs),
            "given": {name: _plain(value) for name, value in self.given.items()},
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "asked.json").write_text(json.dumps(told) + "\n", "utf-8")


def _judged(kind: Kind, given: Given, solved: Solved[Any], seed: int) -> Iterator[Catch]:
    sign = -1.0 if kind.maximised else 1.0

    def near(value: float) -> float:
        return room(value, kind.rounding)

    told, bound = sign * solved.objective, sign * solved.bound
    least = kind.least(given)
    known = least
    if known is None:
        known = kind.searched(given, solved.plan, np.random.default_rng(seed))
    if solved.status is Status.INFEASIBLE:
        if np.isfinite(known):
            yield Catch("infeasible, but there is a plan", np.inf, known)
        return
    if bound > known + near(known):
        yield Catch("the bound is above a plan", bound, known)
    if solved.plan is None:
        return
    value = kind.value(given, solved.plan)
    if not abs(value - told) <= near(value):
        yield Catch("the plan is not worth what is told", told, value)
    if bound > told + near(told):
        yield Catch("the bound is above the objective", bound, told)
    if solved.status is Status.OPTIMAL:
        if known < told - near(known):
            yield Catch("optimal, but there is a better plan", told, known)
        if bound < told - near(told):
            yield Catch("optimal, but the bound is below", told, bound)
    if least is not None and told < least - near(least):
        yield Catch("better than all plans", told, least)


def _sparse(table: np.ndarray) -> csr_array:
    """What is finite is stored, zeros too."""
    point, site = np.nonzero(np.isfinite(table))
    return csr_array((table[point, site], (point, site)), shape=table.shape)


def _plain(value: Any) -> Any:
    """For JSON, which has no infinity."""
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value.item() if isinstance(value, np.generic) else value
