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
    draw.some("costs per year", 0.2)
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
        if "costs per year" in draw.features and draw.some("running costs", 0.7):
            size["running_cost"] = round(cost * float(rng.uniform(0.01, 0.1)), 6)
        if limited:
            room = persons * float(rng.uniform(0.3, 1.4)) * (n + 1)
            shares = {kind: level.get("share", 1.0) for kind, level in levels.items()}
            size["capacity"] = room if not two else {k: room * share for k, share in shares.items()}
            if not two:
                size["capacity"] = float(np.round(room)) or 1.0
        sizes.append(size)
    table: Row = {"name": {"zh": name, "en": name}}
    if "costs per year" in draw.features and draw.some("years of a service", 0.4):
        table["years"] = int(rng.integers(1, 30))
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
        if status == "existing":
            row |= _closing(draw, table)
        rows.append(row)
    return rows


def _closing(draw: Drawing, table: Row) -> Row:
    """Whether a facility may be closed, and for how much; and what it costs per year."""
    rng, row = draw.rng, dict[str, object]()
    price = float(np.mean([size["cost"] for size in table["sizes"]]))
    if draw.some("closable", 0.5):
        row["closable"] = True
        if draw.some("closing costs", 0.6):
            row["closing_cost"] = round(price * float(rng.uniform(0, 0.6)), 6)
    if "costs per year" in draw.features and draw.some("running costs", 0.7):
        row["running_cost"] = round(price * float(rng.uniform(0.01, 0.15)), 6)
    return row


def costs(draw: Drawing) -> Row | None:
    """How what is paid once counts per year."""
    if "costs per year" not in draw.features:
        return None
    return {
        "years": int(draw.rng.integers(1, 40)),
        "rate": float(draw.rng.choice([0.0, 0.03, 0.1])),
    }


def per_year(costs: Row | None) -> float:
    """About what 1 that is paid once counts."""
    if costs is None:
        return 1.0
    return 1 / sum((1 + costs["rate"]) ** -t for t in range(1, costs["years"] + 1))


def quotas(draw: Drawing, found: Land, tables: Row) -> Row:
    """Quotas on land, or on places where they are counted, in cities or provinces."""
    rng, drawn = draw.rng, dict[str, Row]()
    sizes = [size for table in tables.values() for size in table["sizes"]]
    if "scarce land" in draw.features and draw.some("quota on land", 0.5):
        quota: Row = {"of": "land", "tier": str(rng.choice(["city", "province"]))}
        if draw.some("quota of a column", 0.4):
            quota["column"] = "land_quota"
            for row in found.layers["jurisdictions"]:
                row["land_quota"] = float(rng.integers(2, 20))
        else:
            quota["at_most"] = float(rng.integers(2, 20))
        drawn["land"] = quota
    if "capacities" not in draw.features or not draw.some("quota on places", 0.5):
        return drawn
    name = str(rng.choice(list(tables)))
    kinds = [f"{name}.{kind}" for kind in tables[name].get("levels", {})] or [name]
    if all("capacity" in size for size in tables[name]["sizes"]):
        quota = {"of": "places", "tier": str(rng.choice(["city", "province"]))}
        quota["level"] = str(rng.choice(kinds))
        if draw.some("places at least", 0.6):
            quota["at_least"] = float(rng.integers(20, 400))
        else:
            quota["at_most"] = float(rng.integers(600, 3000))
        drawn["places"] = quota
    assert sizes
    return drawn


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


def money(draw: Drawing, found: Land, tables: Row, counts: float) -> Row | None:
    """A budget, and what cities have. counts: 1 that is paid once, per year."""
    if not draw.some("budget", 0.3):
        return None
    rng = draw.rng
    cities = [row for row in found.layers["jurisdictions"] if row["tier"] == "city"]
    price = np.mean([size["cost"] for table in tables.values() for size in table["sizes"]])
    for row in cities:
        own = price * rng.uniform(0.5, 4) * len(tables) * counts
        row["budget"] = float(np.round(own, 3 if counts == 1 else 9))
    budget: Row = {"tier": "city"}
    if draw.some("pooled", 0.6):
        budget["pooled"] = float(rng.choice([1.0, 0.5, round(rng.uniform(0, 1), 2)]))
    if draw.some("budget scaled", 0.2):
        budget["scale"] = float(rng.choice([0.5, 1.5]))
    return budget
