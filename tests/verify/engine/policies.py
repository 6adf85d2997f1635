"""A random question to a town: objective, justice, caps, floors, corridors, failures."""

from __future__ import annotations

import numpy as np

from tests.random_equities import chance
from tests.verify.engine.land import Land
from tests.verify.engine.town import Row
from tests.verify.location.towns import Drawing, Floats

ADDITIVE = ("mean", "kolm_pollak", "alpha_fair", "deprivation")
MONOTONE = ("maximum", "cvar", "ordered_median")
DISPERSION = (
    *("range", "mean_absolute_deviation", "absolute_differences", "gini", "ratio"),
    "kolm_pollak_gap",
)
#: Those whose weighted sum over levels cannot be capped.
#: What exponents stay below.
EXPONENT = 8.0

RATIOS = ("gini", "ratio", "kolm_pollak_gap")


def equity(draw: Drawing, found: Land, tables: Row, kinds: tuple[str, ...]) -> Row:
    """Measure, parameters, of, among, services."""
    rng = draw.rng
    kind = draw.one(*kinds)
    names = {"additive": ADDITIVE, "monotone": MONOTONE, "dispersion": DISPERSION}[kind]
    measure = str(rng.choice(names))
    asked: Row = {"measure": measure, "parameters": _parameters(rng, measure)}
    longest = max(one["cutoff"] / one["standard"] for t in tables.values() for one in _levels(t))
    if measure in ("kolm_pollak", "kolm_pollak_gap"):
        # e to the power of aversion x minutes / standard: more is told as a fault, not answered.
        asked["parameters"]["aversion"] *= float(min(1.0, EXPONENT / longest))
    if measure in ("mean", *MONOTONE, "range") and draw.some("of uncovered", 0.25):
        asked["of"] = "uncovered"
    if draw.some("among others", 0.45) or (kind == "dispersion" and not found.small):
        areas = {row["tier"] for row in found.layers["jurisdictions"]} - {"county"}
        among = [*sorted(areas), "groups"] if "groups" in draw.features else sorted(areas)
        among += ["points"] if kind != "dispersion" or found.small else []
        asked["among"] = str(rng.choice(among))
    levels = levels_of(tables)
    if len(levels) > 1:
        services = draw.one("weighted", "worst level", "one level", p=(0.5, 0.25, 0.25))
        asked["services"] = {"weighted": "weighted", "worst level": "worst"}.get(
            services, str(rng.choice(levels))
        )
        if measure in RATIOS and services == "weighted":
            asked["services"] = "worst"
    return asked


def _parameters(rng: np.random.Generator, measure: str) -> Row:
    if measure in ("kolm_pollak", "kolm_pollak_gap"):
        return {"aversion": float(rng.choice([0.5, 1.0, 1.5]))}
    if measure == "cvar":
        return {"share": float(rng.choice([0.1, 0.3, 1.0]))}
    if measure == "alpha_fair":
        return {"alpha": float(rng.choice([0.0, 0.5, 1.0, 2.0]))}
    return {"shares": [0.1, 1.0], "weights": [1.0, 2.0]} if measure == "ordered_median" else {}


def levels_of(tables: Row) -> list[str]:
    """The ids of all levels."""
    return [
        f"{name}.{kind}" if kind else name
        for name, table in tables.items()
        for kind in table.get("levels", {"": None})
    ]


def policy(draw: Drawing, found: Land, tables: Row, away: Floats) -> Row:
    """The table `policy`, without caps on what is measured; floors go into the services."""
    rng = draw.rng
    asked: Row = {
        "efficiency": draw.one("mean_minutes", "uncovered", "cost", p=(0.5, 0.2, 0.3)),
        "weight": float(
            rng.choice([0.0, 1.0, round(rng.uniform(0.05, 0.95), 2)], p=[0.25, 0.2, 0.55])
        ),
    }
    roads = len(found.homes) >= 3 and draw.some("corridors", 0.25)
    kinds = (
        ("additive", "monotone") if roads else ("additive", "additive", "monotone", "dispersion")
    )
    fails = draw.some("failures", 0.25)
    attacked = fails and draw.some("attack", 0.35)
    if fails:
        kinds = ("additive",) if attacked else ("additive", "monotone")
    if roads:
        asked["corridors"] = True
    chosen = equity(draw, found, tables, kinds)
    asked["equity"] = chosen.pop("measure")
    asked |= {key: value for key, value in chosen.items() if value}
    if attacked and asked.get("services") == "worst":
        asked["services"] = "weighted"
    price = sum(size["cost"] for table in tables.values() for size in table["sizes"])
    if draw.some("cost bound", 0.3):
        asked["cost_bound"] = float(price * len(found.layers["sites"]) * rng.uniform(0.1, 0.6))
    if not fails and draw.some("guard", 0.1):
        asked["guard"] = float(rng.choice([0.05, 0.2, 1.0]))
    if fails:
        asked["failures"] = failures(draw, found, attacked, tables)
    if draw.some("floors", 0.2):
        _floors(draw, found, tables, away)
    return asked


def failures(draw: Drawing, found: Land, attacked: bool, tables: Row) -> Row:
    rng = draw.rng
    table: Row = {"tail": draw_tail(draw)}
    if attacked:
        table |= {"tail": 0.0, "attack": 1 + (found.small and chance(rng, 0.4))}
        if found.small and draw.some("attack on links", 0.5):
            table["attack_on"] = "links"
        longest = max(level["cutoff"] for one in tables.values() for level in _levels(one))
        _left_out(tables, longest + float(rng.choice([0.0, 30.0])))
        for one in tables.values():
            for size in one["sizes"]:
                size.pop("capacity", None)
        for row in found.layers.get("facilities", []):
            for key in [key for key in row if key.startswith("capacity")]:
                del row[key]
        draw.features.discard("capacities")
    elif chance(rng, 0.6):
        longest = max(level["cutoff"] for one in tables.values() for level in _levels(one))
        _left_out(tables, longest * float(rng.choice([1.0, 1.5])))
        draw.features.add("unserved")
    if draw.some("aid", 0.3):
        table["aid"] = "city"
        if "capacities" in draw.features:
            table["reserve"] = float(rng.choice([0.0, 0.3]))
    drawn = (
        []
        if attacked or not found.small
        else [what for what in ("sites", "roads") if chance(rng, 0.4)]
    )
    if not attacked and not found.small and chance(rng, 0.5):
        drawn = ["sites"]
    if drawn:
        draw.features.add("drawn failures")
        table |= {"draw": drawn, "probability": float(rng.choice([0.05, 0.2]))}
    if not drawn or chance(rng, 0.3):
        _listed(draw, found)
    return table


def unmet(draw: Drawing, found: Land, tables: Row, away: Floats) -> None:
    """Needs that may stay unmet: of levels whose cut-off is then often too short for some."""
    rng = draw.rng
    if not draw.some("unmet needs", 0.3):
        return
    finite = away[np.isfinite(away)]
    for table in tables.values():
        for level in _levels(table):
            if chance(rng, 0.2):
                continue
            if chance(rng, 0.5):
                shorter = float(np.round(np.quantile(finite, rng.uniform(0.2, 0.9)), 1))
                level["cutoff"] = max(level["standard"], shorter)
            if draw.some("covered up to the cut-off", 0.2):
                level["standard"] = level["cutoff"]
            told: Row = {"allowed": True}
            if chance(rng, 0.6):
                told["minutes"] = level["cutoff"] * float(rng.choice([1.0, 1.2, 1.5]))
            if draw.some("price of unmet needs", 0.3):
                price = float(np.mean([size["cost"] for size in table["sizes"]]))
                persons = sum(row["persons"] for row in found.layers["demand"])
                told["price"] = price / max(persons, 1.0) * float(rng.uniform(0.2, 10))
            if draw.some("cap on unmet needs", 0.3):
                told["most"] = round(float(rng.uniform(0, 0.7)), 2)
            if draw.some("cap by jurisdiction", 0.2):
                told["jurisdiction"] = round(float(rng.uniform(0, 0.9)), 2)
                told["tier"] = str(rng.choice(["city", "province"]))
            if "groups" in draw.features and draw.some("cap by group", 0.3):
                told["group"] = round(float(rng.uniform(0, 0.9)), 2)
            level["unmet"] = told


def _left_out(tables: Row, minutes: float) -> None:
    """What being unserved counts as in a failure, where it is not said yet."""
    for table in tables.values():
        for level in _levels(table):
            level.setdefault("unmet", {"minutes": minutes, "allowed": False})


def draw_tail(draw: Drawing) -> float:
    return {"tail 0": 0.0, "tail 1": 1.0, "tail between": float(draw.rng.choice([0.1, 0.5]))}[
        draw.one("tail 0", "tail 1", "tail between")
    ]


def _listed(draw: Drawing, found: Land) -> None:
    draw.features.add("listed failures")
    rng, rows = draw.rng, []
    count = int(rng.integers(1, 4))
    for n in range(count):
        sites = [row["id"] for row in found.layers["sites"] if chance(rng, 0.25)]
        roads = [f"{r['from']}:{r['to']}" for r in found.layers["roads"] if chance(rng, 0.1)]
        if not sites and not roads:
            sites = [found.layers["sites"][0]["id"]]
        rows.append(
            {
                "id": f"event {n}",
                "probability": round(float(rng.uniform(0, 0.7 / count)), 3),
                "sites": ";".join(sites),
                "roads": ";".join(roads),
                "corridors": "",
            }
        )
    found.layers["scenarios"] = rows


def _levels(table: Row) -> list[Row]:
    return list(table["levels"].values()) if "levels" in table else [table]


def _floors(draw: Drawing, found: Land, tables: Row, away: Floats) -> None:
    """Shares near what could be reached if everything stood."""
    rng = draw.rng
    for table in tables.values():
        for level in _levels(table):
            reached = float((away.min(axis=1) <= level["standard"]).mean())
            floor: Row = {"tier": str(rng.choice(["city", "province"]))}
            if draw.some("floor of jurisdictions", 0.5):
                floor["jurisdiction"] = round(reached * float(rng.uniform(0.2, 0.9)), 2)
            if "groups" in draw.features and draw.some("floor of groups", 0.5):
                floor["group"] = round(reached * float(rng.uniform(0.2, 1.0)), 2)
            if "backup" in level and draw.some("floor of backup", 0.8):
                floor["backup"] = round(reached * float(rng.uniform(0.1, 0.8)), 2)
            if len(floor) > 1:
                level["floors"] = floor


def corridors(draw: Drawing, found: Land, asked: Row, budget: Row | None, unit: float) -> None:
    """Up to three roads that could be built, between demand points, where they are decided."""
    if "corridors" not in asked:
        return
    rng = draw.rng
    cities = [row["id"] for row in found.layers["jurisdictions"] if row["tier"] == "city"]
    grades = draw.some("grades", 0.4)
    rows = []
    for n in range(int(rng.integers(1, 4))):
        one, other = rng.choice(found.homes, 2, replace=False).tolist()
        if grades and n == 1:
            one, other = rows[0]["from"], rows[0]["to"]
        payers = [c for c in cities if chance(rng, 0.5)] or cities[:1]
        row: Row = {
            "id": f"way {n}",
            "from": one,
            "to": other,
            "minutes": found.minutes(one, other, float(rng.uniform(80, 200))),
            "cost": float(rng.integers(1, 12)) * unit,
            "cost_shares": ";".join(f"{c}={1 / len(payers)!r}" for c in payers),
        }
        if grades:
            row["link"] = "wide" if n < 2 else f"link {n}"
        rows.append(row)
    found.layers["corridors"] = rows
    if budget is not None and draw.some("negotiated", 0.4):
        budget["negotiated"] = True
    for row in found.layers.get("scenarios", []):
        row["corridors"] = rows[0]["id"] if chance(rng, 0.3) else ""
