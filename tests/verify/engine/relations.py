"""Towns that are known to have the same answer as another, or none that is better."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import numpy as np

from tests.verify.engine.policies import DISPERSION
from tests.verify.engine.town import Row, Town

#: What the answer is, compared with that of the town before.
SAME, NO_WORSE, AS_FEASIBLE = "the same", "no worse", "as feasible"

Relation = Callable[[Town, np.random.Generator], Town | None]


def related(town: Town, rng: np.random.Generator) -> Iterator[tuple[str, str, Town]]:
    """Name, relation, and the other town; each that goes with the town, in any order."""
    names = list(RELATIONS)
    for n in rng.permutation(len(names)):
        change, relation = RELATIONS[names[n]]
        less = change(Town(copy.deepcopy(town.file), copy.deepcopy(town.layers), town.place), rng)
        if less is not None:
            yield names[n], relation, less


def _asks(town: Town) -> list[Row]:
    policy = town.file["policy"]
    own = {"measure": policy["equity"], "among": policy.get("among", "persons")}
    bounds = policy.get("bounds", {}).values()
    return [own, *({**bound, "among": bound.get("among", "persons")} for bound in bounds)]


def _guarded(town: Town) -> bool:
    """Whether the efficiency is guarded, by what other plans have."""
    return "guard" in town.file["policy"] or any(
        one["measure"] in DISPERSION for one in _asks(town)
    )


def _money(town: Town, rng: np.random.Generator) -> Town:
    policy = town.file["policy"]
    dearest = max(size["cost"] for t in town.file["services"].values() for size in t["sizes"])
    factor = float(rng.choice([1e-6, 1e-3] if dearest > 1e4 else [1e-4, 1e3, 1e9]))
    for table in town.file["services"].values():
        for size in table["sizes"]:
            for key in ("cost", "upgrade_cost", "running_cost"):
                if key in size:
                    size[key] *= factor
    for row in town.layers.get("facilities", []):
        for key in ("closing_cost", "running_cost"):
            if key in row:
                row[key] *= factor
    _price(town, factor)
    for row in town.layers["sites"]:
        if "cost" in row:
            row["cost"] *= factor
    for row in town.layers.get("corridors", []):
        row["cost"] *= factor
    for row in town.layers["jurisdictions"]:
        if "budget" in row:
            row["budget"] *= factor
    if "cost_bound" in policy:
        policy["cost_bound"] *= factor
    if policy["efficiency"] == "cost" and "efficiency_bound" in policy:
        policy["efficiency_bound"] *= factor
    return town


def _persons(town: Town, rng: np.random.Generator) -> Town:
    factor = float(rng.choice([0.01, 100.0, 1e5]))
    for row in town.layers["demand"]:
        for key in row:
            if key.startswith("persons"):
                row[key] *= factor
    for table in town.file["services"].values():
        for size in table["sizes"]:
            room = size.get("capacity")
            if isinstance(room, dict):
                size["capacity"] = {level: most * factor for level, most in room.items()}
            elif room is not None:
                size["capacity"] = room * factor
    for row in town.layers.get("facilities", []):
        for key in row:
            if key.startswith("capacity"):
                row[key] *= factor
    _price(town, 1 / factor)
    policy = town.file["policy"]
    if policy["efficiency"] == "uncovered" and "efficiency_bound" in policy:
        policy["efficiency_bound"] *= factor
    return town


def _unmet(town: Town) -> list[Row]:
    levels = [level for name in town.file["services"] for level in town.level(name)]
    return [level["unmet"] for level in levels if "unmet" in level]


def _price(town: Town, factor: float) -> None:
    """So many times the price of unmet needs."""
    for told in _unmet(town):
        if "price" in told:
            told["price"] *= factor


def _shuffled(town: Town, rng: np.random.Generator) -> Town:
    for rows in town.layers.values():
        rng.shuffle(rows)  # type: ignore[arg-type]
    services = list(town.file["services"].items())
    town.file["services"] = dict(services[::-1])
    return town


def _halved(town: Town, rng: np.random.Generator) -> Town | None:
    """One demand point as two at the same place: among points that is another question."""
    if any(one["among"] == "points" for one in _asks(town)):
        return None
    rows = town.layers["demand"]
    half = rows[int(rng.integers(len(rows)))]
    for key in half:
        if key.startswith("persons"):
            half[key] /= 2
    rows.append({**half, "id": f"half of {half['id']}"})
    return town


def _dear_site(town: Town, rng: np.random.Generator) -> Town | None:
    """A second site beside another, so dear that nobody builds there."""
    policy = town.file["policy"]
    if policy["efficiency"] == "cost" or "cost_bound" in policy or "failures" in policy:
        return None
    if "quotas" in policy:
        return None  # nothing is too dear where something has to stand, or may elsewhere
    rows = town.layers["sites"]
    row = rows[int(rng.integers(len(rows)))]
    rows.append({**row, "id": "beside", "cost": row.get("cost", 0.0) + 1.0})
    standing = town.layers.get("facilities", [])
    closed = [
        {"site": "beside", "service": one["service"], "status": "closed"}
        for one in standing
        if one["site"] == row["id"] and one["status"] == "closed"
    ]
    if standing and any(one["site"] == row["id"] and one["status"] != "closed" for one in standing):
        return None  # a second one there may be worth it where the first has to stand
    limited = any("capacity" in size for t in town.file["services"].values() for size in t["sizes"])
    backed = any("backup" in level for name in town.file["services"] for level in town.level(name))
    scarce = any(key in one for one in rows for key in ("hosts", "land"))
    if limited or backed or scarce:
        return None  # two are more than one
    town.layers["facilities"] = standing + closed
    if not town.layers["facilities"]:
        del town.layers["facilities"]
    return town


def _enough_money(town: Town, rng: np.random.Generator) -> Town | None:
    policy = town.file["policy"]
    if "cost_bound" in policy:
        return None
    every = sum(
        max(size["cost"], size.get("upgrade_cost", 0.0))
        for table in town.file["services"].values()
        for size in table["sizes"]
    )
    sites = town.layers["sites"]
    roads = sum(row["cost"] for row in town.layers.get("corridors", []))
    once = every * len(sites) + sum(row.get("cost", 0.0) for row in sites) + roads
    runs = sum(
        size.get("running_cost", 0.0)
        for table in town.file["services"].values()
        for size in table["sizes"]
    )
    standing = town.layers.get("facilities", [])
    once += sum(row.get("closing_cost", 0.0) for row in standing)
    runs = runs * len(sites) + sum(row.get("running_cost", 0.0) for row in standing)
    # Paid within a year, with interest, is the most that it can be per year.
    policy["cost_bound"] = 1.1 * once + runs + 1
    return town


def _relaxed(town: Town, rng: np.random.Generator) -> Town | None:
    """One rule less."""
    if _guarded(town):
        return None
    policy = town.file["policy"]
    rules = [
        (policy, key) for key in ("cost_bound", "efficiency_bound", "equity_bound") if key in policy
    ]
    rules += [(policy["bounds"], name) for name in policy.get("bounds", {})]
    rules += [(policy["quotas"], name) for name in policy.get("quotas", {})]
    levels = [level for name in town.file["services"] for level in town.level(name)]
    rules += [(level, key) for level in levels for key in ("floors", "referral") if key in level]
    caps = "most", "jurisdiction", "group"
    rules += [(told, key) for told in _unmet(town) for key in caps if key in told]
    if "failures" not in policy:
        rules += [(level, "border") for level in levels if "border" in level]
    if "budget" in town.file and policy["efficiency"] != "cost":
        rules.append((town.file, "budget"))
    if not rules:
        return None
    table, key = rules[int(rng.integers(len(rules)))]
    del table[key]
    return town


def _more_minutes(town: Town, rng: np.random.Generator) -> Town | None:
    """Longer cut-offs; alpha-fairness is measured against them, and failures count them."""
    policy = town.file["policy"]
    if _guarded(town) or "failures" in policy or _unmet(town):
        return None
    if any(one["measure"] == "alpha_fair" for one in _asks(town)):
        return None
    for name in town.file["services"]:
        for level in town.level(name):
            level["cutoff"] *= 1.5
    return town


def _weighed(town: Town, rng: np.random.Generator) -> Town | None:
    """Another weight: a dispersion measure that is minimised brings rules of its own."""
    policy = town.file["policy"]
    if _guarded(town):
        return None
    policy["weight"] = 0.0 if policy["weight"] > 0 else 0.5
    return town


RELATIONS: dict[str, tuple[Relation, str]] = {
    "money in another unit": (_money, SAME),
    "persons in another unit": (_persons, SAME),
    "rows in another order": (_shuffled, SAME),
    "a point in two halves": (_halved, SAME),
    "a useless site": (_dear_site, SAME),
    "a cap that is never reached": (_enough_money, SAME),
    "a rule less": (_relaxed, NO_WORSE),
    "longer cut-offs": (_more_minutes, NO_WORSE),
    "another weight": (_weighed, AS_FEASIBLE),
}
