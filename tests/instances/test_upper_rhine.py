"""Upper Rhine: the recipe on places worked out by hand, and the committed instance."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tomllib
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from instances.geonames import __main__ as recipe
from instances.geonames.layers import build, facilities, jurisdictions, roads, sites, write
from instances.geonames.neighbours import gabriel
from instances.geonames.places import read_places
from optimizer.assessment.indicators import assess
from optimizer.geodata.read import read
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.solution import Status
from optimizer.verification import check
from tests.parts import parts

HOME = Path(__file__).parents[2] / "instances"
FOLDER = HOME / "upper-rhine"
RULE = tomllib.loads((HOME / "geonames/upper_rhine.toml").read_text(encoding="utf-8"))
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def rows(name: str) -> list[dict]:
    """The rows of a layer as it is committed."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    if name.endswith(".csv"):
        return list(csv.DictReader(text.splitlines()))
    return [
        feature["properties"] | {"geometry": feature["geometry"]["coordinates"]}
        for feature in json.loads(text)["features"]
    ]


PEOPLE = rows("demand.geojson")

RULES = {
    "places": {"radius_km": 15, "left_out": [5]},
    "access": {"town_minutes": 5, "kmh": 50, "detour": 1.5, "door_minutes": 2},
    "roads": {"kmh": 60, "detour": 1.2},
    "budget": {"per_person": 1000},
    "hospitals": {
        "persons": 3000,
        "capacity": 1.5,
        "specialised_town_persons": 4000,
        "specialised_capacity": 700,
    },
    "stations": {"persons": 5000},
    "countries": {"FR": "France"},
    "regions": {
        "west": {"name": "West", "country": "FR", "admin1": "44", "towns": {"1": "Á (West)"}},
        "east": {"name": "East", "country": "FR", "admin1": "44", "towns": {"2": "B"}},
    },
}


def written(folder: Path) -> tuple[Path, str]:
    """A file of two towns, a village 11.1 km from the first, and some that do not count, with its
    digest. All are on the meridian 9."""
    table = [
        (1, "Á", 3000, 48.0, "FR"),
        (2, "B", 4000, 48.3, "FR"),
        (3, "Village", 1000, 48.1, "FR"),
        (4, "Too far", 1000, 47.8, "FR"),
        (5, "Left out", 1000, 48.31, "FR"),
        (6, "Abroad", 1000, 48.01, "DE"),
    ]
    names = ("geonameid", "name", "population", "latitude", "countrycode")
    more = {"admin1code": "44", "longitude": 9.0}
    content = {str(row[0]): dict(zip(names, row, strict=True)) | more for row in table}
    file = folder / "cities500.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file, hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_layers_of_two_towns(tmp_path: Path) -> None:
    layers = build(read_places(*written(tmp_path)), RULES)
    # 11.1 km x 1.5 at 50 km/h are 20 minutes for 1,000 of 4,000 persons, beside 5 for all.
    assert layers["demand.geojson"] == [
        {
            "id": "1",
            "jurisdiction": "west",
            "name_en": "Á (West)",
            "persons": 4000,
            "persons_town": 3000,
            "persons_around": 1000,
            "places_around": 1,
            "access_minutes": 10.0,
            "geometry": [9.0, 48.0],
        },
        {
            "id": "2",
            "jurisdiction": "east",
            "name_en": "B",
            "persons": 4000,
            "persons_town": 4000,
            "persons_around": 0,
            "places_around": 0,
            "access_minutes": 5.0,
            "geometry": [9.0, 48.3],
        },
    ]
    assert [(row["id"], row["budget"]) for row in layers["jurisdictions.csv"]] == [
        ("FR", ""),
        ("west", 4),
        ("east", 4),
    ]
    # Nobody has a station; both have a hospital for 1.5 x 4,000 persons, B a specialised one.
    assert [tuple(row.values()) for row in layers["facilities.csv"]] == [
        ("1", "existing", "hospital", 6000, ""),
        ("2", "existing", "hospital", 6000, 700),
    ]
    # 33.3 km x 1.2 at 60 km/h
    (road,) = layers["roads.geojson"]
    assert (road["from"], road["to"], road["minutes"]) == ("1", "2", 40.0)


def test_another_file_or_another_place_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, digest = written(tmp_path)
    with pytest.raises(ValueError, match="is not the cities500"):
        read_places(file, "")
    moved = RULES["regions"]["west"] | {"towns": {"6": "Abroad"}}
    with pytest.raises(ValueError, match="6 is Abroad"):
        build(read_places(file, digest), RULES | {"regions": {"west": moved}})
    assert recipe.main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_neighbours() -> None:
    """A square's corners lie on the circles of its diagonals, which does not part them; a point in
    it is in those of both diagonals, and of the side that it is nearest to."""
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=float)
    assert len(gabriel(square)) == 6
    with_fifth = gabriel(np.vstack([square, [0.5, 0.4]]))
    assert with_fifth == [(0, 3), (0, 4), (1, 2), (1, 4), (2, 3), (2, 4), (3, 4)]


def test_the_committed_layers_are_those_of_the_recipe(tmp_path: Path) -> None:
    """All that follows from the demand points, to the byte."""
    places = [row["geometry"] for row in PEOPLE]
    towns = pd.DataFrame(places, columns=["lon", "lat"], index=[row["id"] for row in PEOPLE])
    for name, made in {
        "jurisdictions.csv": jurisdictions(PEOPLE, RULE),
        "sites.geojson": sites(PEOPLE, RULE["access"]),
        "facilities.csv": facilities(PEOPLE, RULE),
        "roads.geojson": roads(towns, RULE["roads"]),
        "demand.geojson": PEOPLE,
    }.items():
        write(made, tmp_path / name)
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_persons_add_up() -> None:
    assert all(row["persons"] == row["persons_town"] + row["persons_around"] for row in PEOPLE)
    assert f"{sum(row['persons'] for row in PEOPLE):,} persons" in README
    for id, region in RULE["regions"].items():
        here = [row for row in PEOPLE if row["jurisdiction"] == id]
        assert {row["id"]: row["name_en"] for row in here} == region["towns"]
        sums = [sum(row[key] for row in here) for key in list(PEOPLE[0])[4:7]]
        numbers = " | ".join(f"{number:,}" for number in (len(here), *sums))
        assert f"| {region['name']} | {numbers} |" in README


def test_it_is_small_and_one_piece() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 400_000
    names = {row["name_en"] for row in PEOPLE}
    assert {"Sélestat", "Lörrach", "Delémont"} <= names and len(names) == 61
    graph = nx.Graph((row["from"], row["to"]) for row in rows("roads.geojson"))
    assert nx.is_connected(graph) and set(graph) == {row["id"] for row in PEOPLE}


def test_the_source_is_named() -> None:
    (source,) = tomllib.loads((FOLDER / "instance.toml").read_text(encoding="utf-8"))["sources"]
    assert source["licence"] == "CC-BY-4.0" and "GeoNames.org" in source["attribution"]
    licence = (FOLDER / "LICENSE").read_text(encoding="utf-8")
    assert "CC BY 4.0" in licence and "GeoNames.org" in licence


#: The table "What it answers": policy -> minutes, EDE, cost.
ANSWERS = {
    policy.strip("`"): (mean, ede, cost)
    for policy, mean, ede, cost in re.findall(
        r"^\| (`\S+`|as it stands) \| .* \| ([\d.]+) \| ([\d.]+) \| (\d+) \|$", README, re.MULTILINE
    )
}


@pytest.mark.parametrize("policy", parts(ANSWERS, usual=2))
def test_it_answers_what_its_readme_says(policy: str) -> None:
    """To the last digit, proven, and judged."""
    instance = read(FOLDER, None if policy == "as it stands" else policy)
    assert not instance.geography.warnings
    result = solve(instance.case, Limits(gap=0))
    assert result.status is Status.OPTIMAL and result.plan is not None
    assert check(instance.case, result.plan, result).ok
    found = assess(instance.case, result.plan)
    assert (f"{found.efficiency:.2f}", f"{found.equity:.2f}", f"{found.cost:.0f}") == ANSWERS[
        policy
    ]


def test_fairness_and_borders_change_the_plan() -> None:
    assert set(ANSWERS) == {"efficient", "as it stands", "equal", "own-money", "closed-borders"}
    assert len(set(ANSWERS.values())) == 5
