"""A random region: nodes, roads, who lives where, where something can stand, what may be built."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from tests.verify.engine.town import Row
from tests.verify.location.towns import Drawing

#: How often there are under 10 points, 30, 100, and more.
SIZES = (0.45, 0.38, 0.13, 0.04)

CITIES, COUNTIES = ("A", "B", "C"), ("A1", "B1")


@dataclass
class Land:
    """What is drawn first. roads, layers: rows; homes, doors: nodes."""

    draw: Drawing
    place: dict[str, tuple[float, float]] = field(default_factory=dict)
    layers: dict[str, list[Row]] = field(default_factory=dict)
    homes: list[str] = field(default_factory=list)

    @property
    def small(self) -> bool:
        return len(self.homes) <= 12

    def minutes(self, one: str, other: str, kmh: float) -> float:
        """In a straight line, as exact as the town says."""
        apart = np.hypot(*np.subtract(self.place[one], self.place[other]))
        return max(0.1, self.rounded(float(apart) / kmh * 60))

    def rounded(self, minutes: float) -> float:
        if "whole minutes" in self.draw.features:
            return float(max(1.0, np.round(minutes)))
        return round(minutes, 1) if "decimal minutes" in self.draw.features else minutes


def land(draw: Drawing, most: int) -> Land:
    """most: how many points there are at most."""
    found = Land(draw)
    points = draw.size(most, SIZES)
    draw.one("whole minutes", "decimal minutes", "broken minutes", p=(0.45, 0.25, 0.3))
    _nodes(found, points)
    _roads(found)
    _areas(found)
    _people(found, points)
    _doors(found)
    return found


def _nodes(found: Land, points: int) -> None:
    draw, rng = found.draw, found.draw.rng
    side = float(rng.uniform(10, 80))
    at = rng.uniform(0, side, (points, 2))
    if draw.some("grid", 0.3):
        at = rng.integers(0, max(2, int(np.sqrt(points)) + 1), (points, 2)) * float(
            rng.integers(3, 12)
        )
        at = np.unique(np.vstack([at, [[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]]]), axis=0)
        rng.shuffle(at)
    if draw.some("remote point", 0.3):
        at[rng.integers(len(at))] = side * rng.uniform(2, 6)
    found.place = {f"n{n}": (round(x, 3), round(y, 3)) for n, (x, y) in enumerate(at.tolist())}


def _roads(found: Land) -> None:
    """Each node to one before it that is near, and some more."""
    rng, nodes = found.draw.rng, list(found.place)
    at = np.array(list(found.place.values()))
    ends = {}
    for b in range(1, len(nodes)):
        near = cKDTree(at[:b]).query(at[b], k=min(b, 3))[1]
        ends[int(rng.choice(np.atleast_1d(near))), b] = None
    for b in range(len(nodes)):
        if rng.random() < 0.4 and len(nodes) > 2:
            near = cKDTree(at).query(at[b], k=min(len(nodes), 4))[1]
            a = int(rng.choice(near))
            if a != b:
                ends[min(a, b), max(a, b)] = None
    found.layers["roads"] = [
        {
            "from": nodes[a],
            "to": nodes[b],
            "minutes": found.minutes(nodes[a], nodes[b], float(rng.uniform(25, 100))),
            "class": "road",
        }
        for a, b in ends
    ]


def _areas(found: Land) -> None:
    """Two or three cities in one or two provinces; a county in the first two cities."""
    draw = found.draw
    cities = CITIES[: 2 + draw.some("three cities", 0.3)]
    two = draw.some("two provinces", 0.4)
    rows: list[Row] = [{"id": "P", "parent": "", "tier": "province", "role": ""}]
    rows += [{"id": "Q", "parent": "", "tier": "province", "role": ""}] if two else []
    for n, city in enumerate(cities):
        parent = "Q" if two and n == len(cities) - 1 else "P"
        rows.append({"id": city, "parent": parent, "tier": "city", "role": "core"})
    if draw.some("counties", 0.3):
        rows += [{"id": c, "parent": c[0], "tier": "county", "role": "member"} for c in COUNTIES]
    found.layers["jurisdictions"] = rows


def _area(found: Land, node: str) -> str:
    """From west to east; half of a city's points in its county, where it has one."""
    cities = [row["id"] for row in found.layers["jurisdictions"] if row["tier"] == "city"]
    east = [x for x, _ in found.place.values()]
    share = (found.place[node][0] - min(east)) / (max(east) - min(east) + 1e-9)
    city = cities[min(int(share * len(cities)), len(cities) - 1)]
    county = f"{city}1"
    there = any(row["id"] == county for row in found.layers["jurisdictions"])
    return county if there and found.draw.rng.random() < 0.5 else city


def _people(found: Land, points: int) -> None:
    draw, rng = found.draw, found.draw.rng
    nodes = list(found.place)
    found.homes = nodes[:points]
    rows: list[Row] = [
        {"id": node, "at": node, "jurisdiction": _area(found, node)} for node in found.homes
    ]
    if draw.some("duplicates", 0.25):
        for node in rng.choice(found.homes, max(1, points // 5)).tolist():
            name = f"{node} again {len(rows)}"
            rows.append({"id": name, "at": node, "jurisdiction": _area(found, node)})
    kind = draw.one(
        "whole persons", "populations", "broken persons", "few persons", p=(0.4, 0.3, 0.15, 0.15)
    )
    n = len(rows)
    persons = {
        "whole persons": rng.integers(1, 100, n).astype(float),
        "populations": np.round(rng.lognormal(10, 2, n)) + 1,
        "broken persons": rng.uniform(0.5, 80, n).round(2),
        "few persons": rng.integers(1, 4, n).astype(float),
    }[kind]
    if n > 2 and draw.some("nobody lives there", 0.15):
        persons[rng.integers(0, n, max(1, n // 6))] = 0.0
        persons[0] += 1
    groups = ("old", "rural")[: int(rng.choice([0, 1, 2], p=[0.5, 0.2, 0.3]))]
    access = draw.some("access and egress", 0.2)
    for row, many in zip(rows, persons.tolist(), strict=True):
        row["persons"] = many
        for group in groups:
            row[f"persons_{group}"] = float(np.round(many * rng.uniform(0, 1)))
        if access:
            row["access_minutes"] = float(rng.integers(0, 5))
    if groups and any(row[f"persons_{g}"] for g in groups for row in rows):
        draw.features.add("groups")
    found.layers["demand"] = rows


def _doors(found: Land) -> None:
    draw, rng = found.draw, found.draw.rng
    nodes = list(found.place)
    most = 5 if len(nodes) < 10 else 9 if len(nodes) < 40 else 25
    count = int(rng.integers(2, min(len(nodes), most) + 1))
    access = "access and egress" in draw.features
    land, hosts = draw.some("scarce land", 0.15), draw.some("scarce hosts", 0.1)
    priced = draw.some("site cost", 0.3)
    rows = []
    for node in rng.choice(nodes, count, replace=False).tolist():
        row: Row = {"id": node, "at": node, "jurisdiction": _area(found, node)}
        if priced:
            row["cost"] = float(rng.integers(0, 8))
        if land:
            row["land"] = float(rng.integers(1, 6))
        if hosts:
            row["hosts"] = int(rng.integers(1, 3))
        if access:
            row["egress_minutes"] = float(rng.integers(0, 3))
        rows.append(row)
    found.layers["sites"] = rows
