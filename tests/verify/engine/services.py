"""Random services, what stands of them already, and the money that there is."""

from __future__ import annotations

import numpy as np

from tests.verify.engine.land import Land
from tests.verify.engine.town import Row
from tests.verify.location.towns import Drawing, Floats

#: What a country counts money in.
UNITS = {"money in yuan": 1e6, "money in billions": 1e-3}


def unit(draw: Drawing) -> float:
    """Of money."""
    return next((UNITS[name] for name in UNITS if name in draw.features), 1.0)


def services(draw: Drawing, found: Land, away: Floats) -> Row:
    """The tables of one or two services. away: (I, J) minutes on the roads as they are."""
    names = ("care", "fire")[: 1 + draw.some("two services", 0.4)]
    draw.one("money", *UNITS, p=(0.7, 0.15, 0.15))
    rows = found.layers["sites"]
    for row in rows:
        row["cost"] = row.get("cost", 0.0) * unit(draw)
    tables = {name: _service(draw, found, away, name) for name in names}
    standing = [one for name in names for one in _standing(draw, found, tables[name], name)]
    if standing:
        found.layers["facilities"] = standing
    return tables


def _service(draw: Drawing, found: Land, away: Floats, name: str) -> Row:
    rng = draw.rng
    persons = sum(row["persons"] for row in found.layers["demand"])
    two = draw.some("two levels", 0.3)
    limited = draw.some("capacities", 0.3)
    kinds = ("low", "high") if two else (name,)
    levels = {kind: _level(draw, away, first=n == 0) for n, kind in enumerate(kinds)}
    if two and draw.some("referral", 0.6):
        levels["low"]["referral"] = float(
            np.round(np.median(away[np.isfinite(away)]) * rng.uniform(0.5, 2))
        )
    sizes = []
    for n in range(1 + draw.some("sizes", 0.4)):
        cost = float(rng.integers(2, 15)) * (n + 1) * unit(draw)
        size: Row = {"name": f"size {n}", "cost": cost}
        if "scarce land" in draw.features:
            size["land"] = float(rng.integers(0, 4))
        if draw.some("upgrades", 0.4):
            size["upgrade_cost"] = cost * float(rng.choice([0.5, 0.8, 1.0]))
        if limited:
            room = persons * float(rng.uniform(0.3, 1.4)) * (n + 1)
            shares = {kind: level.get("share", 1.0) for kind, level in levels.items()}
            size["capacity"] = room if not two else {k: room * share for k, share in shares.items()}
            if not two:
                size["capacity"] = float(np.round(room)) or 1.0
        sizes.append(size)
    table: Row = {"name": {"zh": name, "en": name}}
    if two:
        return {**table, "levels": levels, "sizes": sizes}
    return {**table, **levels[name], "sizes": sizes}


def _level(draw: Drawing, away: Floats, first: bool) -> Row:
    """Standards that split the minutes, cut-offs that bite a little."""
    rng, near = draw.rng, away.min(axis=1)
    finite = away[np.isfinite(away)]
    standard = float(np.quantile(finite, rng.uniform(0.1, 0.6))) + 0.5
    standard = float(np.round(standard)) or 1.0
    cutoff = max(float(np.ceil(near.max())), standard, float(finite.max()) * 1.1)
    if draw.some("cut-off bites", 0.4):
        cutoff = max(
            float(np.ceil(near.max())), standard, float(np.quantile(finite, rng.uniform(0.5, 1)))
        )
    level: Row = {"standard": standard, "cutoff": float(np.ceil(cutoff)) + 1.0}
    if not first:
        level["share"] = float(rng.choice([0.1, 0.25, 0.5]))
    if draw.some("border", 0.15):
        level["border"] = str(rng.choice(["city", "province"]))
    if draw.some("backup", 0.25):
        tier = str(rng.choice(["city", "site", "province"], p=[0.4, 0.4, 0.2]))
        level["backup"] = {"minutes": standard + float(rng.integers(0, 20)), "tier": tier}
    if draw.some("level weights", 0.3):
        light = 0.0 if not first else 1.0  # one level at least weighs something
        level["weight"] = float(rng.choice([light, 0.5, 1.0, 3.0]))
    return level


def _standing(draw: Drawing, found: Land, table: Row, name: str) -> list[Row]:
    rng, rows = draw.rng, []
    kinds = list(table["levels"]) if "levels" in table else [""]
    limited = any("capacity" in size for size in table["sizes"])
    some = draw.some("facilities", 0.45)
    for site in found.layers["sites"]:
        status = str(rng.choice(["", "existing", "required", "closed"], p=[0.6, 0.22, 0.06, 0.12]))
        if not some or not status:
            continue
        draw.features.add(status)
        row: Row = {"site": site["id"], "service": name, "status": status}
        if status == "existing" and limited:
            for kind in kinds:
                persons = sum(one["persons"] for one in found.layers["demand"])
                room = float(np.round(persons * rng.uniform(0.1, 0.9))) + 1.0
                row[f"capacity_{kind}" if kind else "capacity"] = room
        rows.append(row)
    return rows


def reachable(found: Land, tables: Row, away: Floats) -> None:
    """Ease the borders and cut-offs that leave anybody without a site; open what is closed."""
    sites, homes = found.layers["sites"], found.layers["demand"]
    parent = {row["id"]: row["parent"] for row in found.layers["jurisdictions"]}
    tier = {row["id"]: row["tier"] for row in found.layers["jurisdictions"]}

    def area(one: str, wanted: str) -> str:
        while one and tier[one] != wanted:
            one = parent[one]
        return one

    for name, table in tables.items():
        standing = found.layers.get("facilities", [])
        shut = {r["site"] for r in standing if (r["service"], r["status"]) == (name, "closed")}
        if len(shut) == len(sites):
            gone = [row for row in standing if row["site"] in shut and row["service"] == name]
            found.layers["facilities"] = [row for row in standing if row not in gone]
            shut = set()
        there = np.array([row["id"] not in shut for row in sites])
        for level in table["levels"].values() if "levels" in table else [table]:
            ways = np.where(there, away, np.inf)
            if "border" in level:
                lives = [area(row["jurisdiction"], level["border"]) for row in homes]
                lies = [area(row["jurisdiction"], level["border"]) for row in sites]
                inside = np.where(np.array(lives)[:, None] == np.array(lies), ways, np.inf)
                if np.isinf(inside.min(axis=1)).any():
                    del level["border"]
                else:
                    ways = inside
            level["cutoff"] = max(level["cutoff"], float(np.ceil(ways.min(axis=1).max())) + 1.0)


def money(draw: Drawing, found: Land, tables: Row) -> Row | None:
    """A budget, and what cities have."""
    if not draw.some("budget", 0.3):
        return None
    rng = draw.rng
    cities = [row for row in found.layers["jurisdictions"] if row["tier"] == "city"]
    price = np.mean([size["cost"] for table in tables.values() for size in table["sizes"]])
    for row in cities:
        row["budget"] = float(np.round(price * rng.uniform(0.5, 4) * len(tables), 3))
    budget: Row = {"tier": "city"}
    if draw.some("pooled", 0.6):
        budget["pooled"] = float(rng.choice([1.0, 0.5, round(rng.uniform(0, 1), 2)]))
    if draw.some("budget scaled", 0.2):
        budget["scale"] = float(rng.choice([0.5, 1.5]))
    return budget
