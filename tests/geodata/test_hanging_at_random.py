"""Random roads with bends and classes, random points, closed roads and corridors: the minutes of
what reads an instance against those of the check, which measures every line by itself."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point

from optimizer.geodata.geography import Instance
from optimizer.geodata.plan_file import PlanFile, Row
from optimizer.problem import Pairs
from optimizer.verification.file.roads import minutes_on_roads
from tests.geodata.little import CRS, EAST, NORTH, Little, little, read
from tests.parts import parts

CLASSES = ("road", "primary", "motorway", "ferry")


def region(seed: int) -> Little:
    """Six to nine nodes in 40 km, four villages and three doors that hang anywhere."""
    rng = np.random.default_rng(seed)
    it, n = little(), int(rng.integers(6, 10))
    nodes = np.array([EAST, NORTH]) + rng.uniform(0, 40_000, (n, 2))
    joins = [(int(rng.integers(0, b)), b) for b in range(1, n)]
    joins += [tuple(rng.choice(n, 2)) for _ in range(4)]  # parallel ones and loops among them
    lines = []
    for a, b in joins:
        bends = rng.uniform(-8_000, 8_000, (int(rng.integers(0, 3)) + (a == b), 2))
        middle = (nodes[a] + nodes[b]) / 2 + bends
        lines.append(LineString([nodes[a], *middle, nodes[b]]))
    it.layers["roads"] = gpd.GeoDataFrame(
        {
            "from": [f"n{a}" for a, _ in joins],
            "to": [f"n{b}" for _, b in joins],
            "minutes": rng.uniform(5, 40, len(joins)),
            "class": rng.choice(CLASSES, len(joins), p=[0.5, 0.2, 0.2, 0.1]),
            "access": rng.choice([None, "yes", "no"], len(joins), p=[0.8, 0.1, 0.1]),
        },
        geometry=lines,
        crs=CRS,
    )
    for layer, many in (("demand", 6), ("sites", 5)):
        first = it.layers[layer].iloc[[0] * many].reset_index(drop=True)
        kinds = rng.choice(["own", "on", "at an end", "anywhere"], many, p=[0.2, 0.3, 0.1, 0.4])
        used = rng.permutation(n)[:many]
        places, ids = [], []
        for number, kind in enumerate(kinds):
            road = lines[int(rng.integers(len(lines)))]
            along = {"on": float(rng.random()), "at an end": 1 - 1 / road.length}.get(kind, 0.0)
            place = road.interpolate(along, normalized=True)
            if kind == "own":
                place = Point(nodes[used[number]])
            if kind == "anywhere":
                place = Point(np.array([EAST, NORTH]) + rng.uniform(0, 40_000, 2))
            places.append(place)
            ids.append(f"n{used[number]}" if kind == "own" else f"{layer[0]}{number}")
        table = first.assign(id=ids, jurisdiction="P").set_geometry(places, crs=CRS)
        it.layers[layer] = table.drop(columns="services", errors="ignore")
    both = it.layers["demand"]["id"].tolist()
    it.layers["corridors"] = gpd.GeoDataFrame(
        {"id": ["k", "l"], "from": both[:2], "to": both[2:4], "minutes": [3.0, 4.0], "cost": 1.0},
        geometry=[
            LineString(it.layers["demand"].geometry.iloc[[a, a + 2]].tolist()) for a in range(2)
        ],
        crs=CRS,
    )
    shut = rng.choice(len(joins), 3, replace=False)
    it.layers["scenarios"] = pd.DataFrame(
        {
            "id": ["one", "two"],
            "roads": [f"n{joins[shut[0]][0]}:n{joins[shut[0]][1]}",
                      ";".join(f"n{joins[r][0]}:n{joins[r][1]}" for r in shut[1:])],
        }
    )  # fmt: skip
    del it.layers["facilities"], it.layers["zones"]  # no control line takes a corridor away
    it.set('facilities = "facilities.csv"\n', "")
    it.set('zones = "little.gpkg|zones"\n', "")
    it.set("[layers]", '[layers]\nscenarios = "scenarios.csv"')
    it.toml = re.sub(r"(cutoff|referral) = \d+", r"\1 = 900", it.toml)
    it.toml = re.sub(r"(backup|floors) = .*", "", it.toml)
    it.toml += '\n[policy]\ncorridors = true\nequity = "mean"\n\n[policy.failures]\n'
    return it


def trips(instance: Instance, pairs: Pairs, **more: str) -> list[Row]:
    """The fastest trip of each pair where all corridors are built."""
    facts, best = instance.problem, dict[tuple[int, int], float]()
    for i, j, minutes in zip(pairs.origin, pairs.site, pairs.minutes.tolist(), strict=True):
        best[i, j] = min(best.get((i, j), np.inf), minutes)
    return [
        {"level": "x", "demand": facts.demand.ids[i], "site": facts.sites.ids[j], "minutes": m}
        | more
        for (i, j), m in best.items()
    ]


@pytest.mark.parametrize("first", parts(range(0, 24, 6), usual=1))
def test_minutes_equal_those_of_the_check(first: int, tmp_path: Path) -> None:
    cut = closed = 0
    for seed in range(first, first + 6):
        folder = tmp_path / str(seed)
        folder.mkdir()
        instance = read(region(seed).write(folder))
        facts = instance.problem.scenarios
        assert facts is not None
        layers = {
            "assignments": trips(instance, instance.problem.trips[0]),
            "corridors": [{"id": id, "status": "built"} for id in "kl"],
            "failover": [
                row
                for name, left in zip(facts.ids, facts.trips, strict=True)
                for row in trips(instance, left[0], scenario=name)
            ],
        }
        assert told(instance, folder, layers) == [], seed
        sections = instance.parts.hung.sections
        cut += len(sections.road) > len(sections.ends)
        closed += len(facts.ids)
        wrong = [row | {"minutes": row["minutes"] - 0.01} for row in layers["assignments"]]
        assert len(told(instance, folder, {**layers, "assignments": wrong})) == len(wrong)
    assert cut > 3 and closed > 3


def told(instance: Instance, folder: Path, layers: dict[str, list[Row]]) -> list[str]:
    file = PlanFile(folder, {}, layers, {}, {})
    return list(minutes_on_roads(instance, file, 30, 1.3))
