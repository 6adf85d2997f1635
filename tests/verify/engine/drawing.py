"""One random question to the engine: a town, its services, and what is asked of them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from optimizer.foundation.faults import InputError
from optimizer.geodata.geography import Instance
from optimizer.question import Bound, Equity
from tests.verify.engine import people, policies
from tests.verify.engine import services as supply
from tests.verify.engine.asked import Asked
from tests.verify.engine.land import Land, land
from tests.verify.engine.plain import Choice, Plain
from tests.verify.engine.searching import facilities
from tests.verify.engine.town import Row, Town
from tests.verify.engine.truth import NONE, Truth
from tests.verify.knobs import turned
from tests.verify.location.towns import Drawing, Floats


def draw(seed: int, most: int = 300) -> Asked:
    """The question of this seed. most: points."""
    drawing = Drawing(np.random.default_rng([seed, 202]))
    found = land(drawing, most)
    away = _away(found)
    tables = supply.services(drawing, found, away)
    supply.reachable(found, tables, away)
    costs = supply.costs(drawing)
    counts = supply.per_year(costs)
    budget = supply.money(drawing, found, tables, counts)
    policies.unmet(drawing, found, tables, away)
    asked = policies.policy(drawing, found, tables, away)
    if "cost_bound" in asked:
        asked["cost_bound"] *= counts
    if quotas := supply.quotas(drawing, found, tables):
        asked["quotas"] = quotas
    policies.corridors(drawing, found, asked, budget, supply.unit(drawing))
    people.entitled(drawing, found, tables, seed)
    people.classes(drawing, found, tables, asked, seed)
    file: Row = {
        "title": {"zh": "镇", "en": f"Town {seed}"},
        "crs": "EPSG:32650",
        "currency": "million",
        "sources": [{"name": "drawn", "licence": "CC0-1.0", "attribution": "nobody"}],
        "services": tables,
        "policy": asked,
    }
    if budget is not None:
        file["budget"] = budget
    if costs is not None:
        file["costs"] = costs
    town = Town(file, found.layers, found.place)
    if "failures" not in asked and drawing.some("caps", 0.35):
        _capped(drawing, found, town, tables)
    knobs = turned(drawing, "engine", 0.15)
    return Asked(town, seed, frozenset(drawing.features), knobs)


def _away(found: Land) -> Floats:
    """(I, J) minutes on the roads as they are."""
    ids = SimpleNamespace(
        demand=SimpleNamespace(ids=[row["id"] for row in found.layers["demand"]]),
        sites=SimpleNamespace(ids=[row["id"] for row in found.layers["sites"]]),
    )
    return Truth(Town({}, found.layers, found.place), ids).minutes(NONE)  # type: ignore[arg-type]


def _capped(drawing: Drawing, found: Land, town: Town, tables: Row) -> None:
    """Caps between what two choices at random give, so that most of them bind."""
    rng, asked = drawing.rng, town.file["policy"]
    kinds = ("additive", "monotone", "dispersion")[: 2 if asked.get("corridors") else 3]
    with tempfile.TemporaryDirectory() as folder:
        try:
            instance = town.read(Path(folder))
        except InputError:
            return  # told when it is judged
    if drawing.some("cap on efficiency", 0.35):
        low, high = _between(rng, town, instance, None)
        asked["efficiency_bound"] = low + (high - low) * float(rng.uniform(0.05, 0.9))
    if drawing.some("cap on equity", 0.4) and asked["equity"] not in policies.DISPERSION:
        equity = instance.policy.equity
        asked["equity_bound"] = _cap(rng, town, instance, equity)
    for n in range(1 + drawing.some("several caps", 0.3) if drawing.some("named cap", 0.6) else 0):
        told = policies.equity(drawing, found, tables, kinds)
        if told["measure"] in policies.RATIOS and told.get("services") == "weighted":
            told["services"] = "worst"
        words: dict[str, Any] = {key: value for key, value in told.items() if value}
        equity = Equity(**{**words, "parameters": told["parameters"]})
        bound = {**words, "at_most": _cap(rng, town, instance, equity)}
        asked.setdefault("bounds", {})[f"cap{n}"] = bound


def _cap(rng: np.random.Generator, town: Town, instance: Instance, equity: Equity) -> float:
    """In the measure's own unit, about what plans have."""
    low, high = _between(rng, town, instance, equity)
    cap = float(np.nan_to_num(low + (high - low) * rng.uniform(0.05, 0.9), nan=100.0))
    if equity.measure == "alpha_fair":
        cap = min(cap, *(level.cutoff for level in instance.problem.levels))
    return max(round(cap, 4), 1.0 if equity.measure == "ratio" else 0.0001)


def _between(
    rng: np.random.Generator, town: Town, instance: Instance, equity: Equity | None
) -> tuple[float, float]:
    """What everything gives, and what one facility of each service does: efficiency or value."""
    problem = instance.problem
    policy = replace(instance.policy, weight=0.0, equity_bound=None, efficiency_bound=None)
    if equity is not None:
        policy = replace(policy, bounds={"cap": Bound(equity, np.inf)})
    plain = Plain(Truth(town, problem), problem, policy)
    every, values = facilities(problem), []
    for choice in (Choice(tuple(rows[-1] for rows in every)), _few(rng, instance, every)):
        trips = plain.to_nearest(choice)
        if equity is None:
            values.append(plain._efficiency(choice, trips))
        else:
            ask = plain.question._ask(equity)
            values.append(max(plain._value(ask, choice, row, trips[row]) for row in ask.weights))
    low, high = sorted(min(value, 1e6) for value in values)
    return low, high if high > low else low * 1.2 + 0.1


def _few(rng: np.random.Generator, instance: Instance, every: list[list[int]]) -> Choice:
    part = rng.uniform(0.2, 0.7)
    picked = [int(rng.choice(rows)) for rows in every if rng.random() < part]
    return Choice(tuple(sorted(picked or [every[0][0]])))
