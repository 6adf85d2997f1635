"""By chance: whatever is wrong, it is told in a sentence, or it means what it meant before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.geodata.geography import Instance
from optimizer.problem import Problem
from tests.geodata.calls import Calls
from tests.geodata.little import little, read_little
from tests.geodata.mutating import (
    DRAWN,
    FORMATS,
    JUNK,
    ODD,
    means,
    mutant,
    put_in_geojson,
    put_in_geopackage,
    put_in_shapefile,
    saved,
    tried,
)

pytestmark = pytest.mark.filterwarnings("ignore")

#: Columns of numbers, and where they are read into; all formats know their names.
NUMBERS = {
    ("demand", "persons"): lambda it: it.parts.tables.points.persons[0],
    ("sites", "cost"): lambda it: it.parts.tables.places.cost[0],
    ("sites", "land"): lambda it: it.parts.tables.places.land[0],
    ("sites", "hosts"): lambda it: it.parts.tables.places.hosts[0],
    ("roads", "minutes"): lambda it: it.parts.tables.ways.minutes[0],
    ("corridors", "cost"): lambda it: it.parts.tables.corridors.cost[0],
}


def ask(seeds: range, folder: Path, calls: Calls) -> int:
    """How many of these mutants are refused; none may do anything but that, or be read."""
    url, asked = calls
    refused = 0
    for seed in seeds:
        try:
            found = tried(mutant(seed, folder / str(seed), url))
        except Exception as error:
            raise AssertionError(f"mutant {seed}") from error
        refused += not isinstance(found, Instance)
    assert asked == []
    return refused


def test_mutants(tmp_path: Path, calls: Calls) -> None:
    assert ask(range(16), tmp_path, calls) > 4


@pytest.mark.slow
@pytest.mark.parametrize("tenth", range(10))
def test_many_mutants(tenth: int, tmp_path: Path, calls: Calls) -> None:
    assert ask(range(1000 + 300 * tenth, 1300 + 300 * tenth), tmp_path, calls) > 100


def alike(found: Instance, plain: Instance) -> None:
    """Both are the same question, in whatever order their rows are: FlatGeobuf has its own."""
    mine, theirs = by_id(found.problem), by_id(plain.problem)
    assert mine.keys() == theirs.keys()
    for key, value in mine.items():
        np.testing.assert_allclose(value, theirs[key], atol=0.01, err_msg=str(key))


def by_id(problem: Problem) -> dict[tuple[str, ...], float]:
    """What can be told apart by ids: minutes, persons, hosts and costs."""
    points, sites = problem.demand.ids, problem.sites.ids
    told: dict[tuple[str, ...], float] = {}
    for level, pairs in zip(problem.levels, problem.pairs, strict=True):
        for i, j, minutes in zip(pairs.origin, pairs.site, pairs.minutes, strict=True):
            told[level.id, points[i], sites[j]] = minutes
    told |= {("persons", id): n for id, n in zip(points, problem.demand.persons, strict=True)}
    told |= {("hosts", id): n for id, n in zip(sites, problem.sites.hosts, strict=True)}
    options = problem.options
    for service, site, size, kind, cost in zip(
        *(options.service, options.site, options.size, options.kind, options.cost), strict=True
    ):
        told["option", str(service), sites[site], str(size), str(kind)] = cost
    return told


def odd(case: str, layer: str, kind: str, folder: Path) -> None:
    """A layer that is odd in this way is refused or, if it says the same, read as the same."""
    change, same = ODD[case]
    one = little()
    try:
        one.layers[layer] = change(one.layers[layer])
        saved(one, folder, kind)
    except Exception:  # this format does not take it
        return
    found = tried(folder)
    if isinstance(found, Instance):
        if same:
            (folder / "plain").mkdir()
            alike(found, read_little(folder / "plain"))
    elif same:
        # what cannot be kept is told, never left out; that is what the layer itself is told
        assert all(line.startswith((f"{layer}", "instance.toml", "ids")) for line in found), found


QUICK = [(case, DRAWN[n % 5], FORMATS[n % 4]) for n, case in enumerate(ODD)]
MANY = [(case, layer, kind) for case in ODD for layer in DRAWN for kind in FORMATS]


@pytest.mark.parametrize(
    ("case", "layer", "kind"), [*QUICK[::4], ("no rows", "corridors", "geojson")]
)
def test_odd_layers(case: str, layer: str, kind: str, tmp_path: Path) -> None:
    odd(case, layer, kind, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("case", "layer", "kind"), MANY)
def test_many_odd_layers(case: str, layer: str, kind: str, tmp_path: Path) -> None:
    odd(case, layer, kind, tmp_path)


def numbers(kind: str, layer: str, column: str, folder: Path, junk: tuple[Any, ...]) -> None:
    """Every junk in a column of numbers: a fault, or the number that is written there."""
    for n, value in enumerate(junk):
        own = folder / str(n)
        own.mkdir()
        saved(little(), own, kind)
        path = own / f"{layer}.{kind}"
        if kind == "gpkg":
            if isinstance(value, bool):
                continue  # SQLite has only 0 and 1
            put_in_geopackage(path, layer, column, value)
        elif kind == "geojson":
            put_in_geojson(path, column, value)
        elif not put_in_shapefile(path, column, "" if value is None else str(value)):
            continue
        found = tried(own)
        if isinstance(found, Instance):
            read = float(NUMBERS[layer, column](found))
            empty = value is None or value != value or str(value).strip() == ""
            assert read == means(value) or (empty and np.isinf(read)), (value, read)


@pytest.mark.parametrize(("kind", "first"), [("gpkg", 4), ("geojson", 5), ("shp", 6)])
def test_junk_in_numbers(kind: str, first: int, tmp_path: Path) -> None:
    numbers(kind, "demand", "persons", tmp_path, JUNK[first::9])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gpkg", "geojson", "shp"])
@pytest.mark.parametrize(("layer", "column"), NUMBERS)
def test_more_junk_in_numbers(kind: str, layer: str, column: str, tmp_path: Path) -> None:
    numbers(kind, layer, column, tmp_path, JUNK)
