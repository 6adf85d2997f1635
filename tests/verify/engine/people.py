"""Random entitlement, and classes that are compared, have floors or quotas."""

from __future__ import annotations

import numpy as np

from tests.random_equities import chance
from tests.verify.engine.land import Land
from tests.verify.engine.town import Row
from tests.verify.location.towns import Drawing

RINGS = ("core", "circle", "rest")


def entitled(draw: Drawing, found: Land, tables: Row, seed: int) -> None:
    """Some services are for a group only; the other one may be whoever is left."""
    rng = np.random.default_rng([seed, 303])
    rows = found.layers["demand"]
    groups = [key.removeprefix("persons_") for key in rows[0] if key.startswith("persons_")]
    if not groups or not chance(rng, 0.6):
        return
    named = str(rng.choice(groups))
    for row in rows:
        row[f"persons_{named}"] = min(row[f"persons_{named}"], row["persons"])
    if not any(row[f"persons_{named}"] for row in rows):
        return
    if len(groups) == 2 and chance(rng, 0.4):
        other = next(group for group in groups if group != named)
        for row in rows:
            row[f"persons_{other}"] = row["persons"] - row[f"persons_{named}"]
        draw.features.add("nobody of a group is entitled")
    for table in tables.values():
        if chance(rng, 0.7):
            table["entitled"] = [named]
            draw.features.add("entitled")


def classes(draw: Drawing, found: Land, tables: Row, asked: Row, seed: int) -> None:
    """Rings, of jurisdictions or of demand points; equity among them, floors and quotas by them."""
    rng = np.random.default_rng([seed, 304])
    if not chance(rng, 0.35):
        return
    draw.features.add("classes")
    for row in found.layers["jurisdictions"]:
        row["ring"] = str(rng.choice([*RINGS, ""])) if chance(rng, 0.7) else ""
    for row in found.layers["demand"]:
        row["ring"] = str(rng.choice([*RINGS, ""])) if chance(rng, 0.4) else ""
    found.layers["demand"][0]["ring"] = RINGS[0]
    lives = [row for row in found.layers["demand"] if row["persons"] > 0]
    groups = {group for table in tables.values() for group in table.get("entitled", ())}
    lives = [row for row in lives if all(row[f"persons_{group}"] > 0 for group in groups)]
    if not lives:
        return
    lives[0]["ring"] = RINGS[1]
    if asked["equity"] and chance(rng, 0.5):
        asked["among"] = "ring"
        draw.features.add("among a class")
    for level in (
        one for table in tables.values() for one in table.get("levels", {"": table}).values()
    ):
        if "jurisdiction" in level.get("floors", {}) and chance(rng, 0.5):
            level["floors"]["tier"] = "ring"
            draw.features.add("floor of a class")
    free = [one for one in asked.get("quotas", {}).values() if "column" not in one]
    if free and chance(rng, 0.5):
        for row in found.layers["jurisdictions"]:  # each says one, so that every site has one
            row["ring"] = row["ring"] or str(rng.choice(RINGS))
        for quota in free:
            quota["tier"] = "ring"
        draw.features.add("quota by class")
