"""Where persons live: the way in the own cell, and what is modelled, by hand and in each output."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from matplotlib.text import Text
from rich.console import Console

from optimizer.geodata.read import read
from optimizer.outputs import homes, summary
from optimizer.outputs.formats import write
from optimizer.outputs.manifest import manifest
from optimizer.outputs.map import draw
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.verification.file import check_file
from tests.geodata.little import little
from tests.outputs.test_map import ROMAN
from tests.plans import broken, edited, set_key, study_of

RULE = "where persons live, and how well that is known, is true"


def uncertain(folder: Path) -> Path:
    """Persons: 4000 at a, 3000 at b, which is modelled, 2000 at c, which is coarse."""
    one = little()
    table = one.layers["demand"]
    table["persons"] = [4000, 3000, 2000]
    table["access_minutes"] = [3.0, 6.0, 0.0]
    table["place"] = ["seat", "pseudo", None]
    table["coarse"] = ["false", "true", "true"]
    one.put("facilities", 0, "capacity_county", 9000)
    return one.write(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return uncertain(tmp_path_factory.mktemp("uncertain"))


@pytest.fixture(scope="module")
def solved(folder: Path) -> SolvedInstance:
    return study_of(read(folder))


@pytest.fixture(scope="module")
def plan(solved: SolvedInstance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    write(solved, file)
    return file


def test_the_way_in_the_own_cell_is_as_by_hand(solved: SolvedInstance) -> None:
    told = manifest(solved)["own_cell"]
    own = (4000 * 3 + 3000 * 6) / 9000
    mean = {level.level: level.region.mean for level in solved.indicators.levels}
    for level, one in told["levels"].items():
        assert one["minutes"] == pytest.approx(own)
        assert one["share"] == pytest.approx(own / mean[level])
    weights = {"emergency": 1, "medical.county": 2, "medical.regional": 0.5}
    whole = sum(weight * mean[level] for level, weight in weights.items()) / 3.5
    assert told["share"] == pytest.approx(own / whole)


def test_who_is_not_served_has_no_way(tmp_path: Path) -> None:
    where = uncertain(tmp_path)
    overrides = (
        *("services.emergency.unmet={}", "services.emergency.floors={jurisdiction=0,backup=0}"),
        *("services.emergency.cutoff=12", "services.medical.unmet={}", "policy.cost_bound=10"),
    )
    table = gpd.read_file(where / "little.gpkg", layer="demand")
    study = study_of(read(where, overrides=overrides))
    left = study.indicators.unmet[:, 0]
    persons, access = table["persons"].to_numpy(), table["access_minutes"].to_numpy()
    assert left.any()
    own = manifest(study)["own_cell"]["levels"]["emergency"]["minutes"]
    assert own == pytest.approx((persons * (1 - left)) @ access / persons.sum())


def test_persons_at_uncertain_places_are_as_by_hand(solved: SolvedInstance) -> None:
    told = manifest(solved)["homes"]
    areas = told.pop("jurisdictions")
    assert told["at_modelled"] == 3000
    assert told["at_coarse"] == 2000
    assert told["modelled_share"] == pytest.approx(1 / 3)
    assert areas["P"]["modelled_share"] == 0
    assert areas["Q"]["modelled_share"] == pytest.approx(0.6)
    assert areas["Q"]["coarse_share"] == pytest.approx(0.4)


def test_they_are_in_table_and_layer(solved: SolvedInstance, plan: Path) -> None:
    console = Console(width=200, record=True)
    summary.show(solved, console, "en")
    said = console.export_text()
    assert "3,000 (60.0%)" in said
    assert "are access_minutes, the way in the own cell" in said
    assert "33% of the persons are put at places that are modelled" in said
    rows = gpd.read_file(plan, layer="jurisdictions").set_index("id")
    assert rows.loc["Q", "persons_modelled"] == 3000
    assert rows.loc["Q", "persons_coarse"] == 2000


def test_they_are_on_the_map(solved: SolvedInstance) -> None:
    figure = draw(solved, ROMAN, "en")
    said = [text.get_text() for text in figure.findobj(Text)]
    assert "modelled: no known place (33% of the persons)" in said
    assert "22% of the persons at places of coarse position" in said


def test_nothing_is_told_where_nothing_is_known(study: SolvedInstance) -> None:
    assert homes.stated(study) == {}
    assert homes.table(study, "en") is None
    assert not homes.columns(study.instance)


def test_the_check_derives_them_again(plan: Path, folder: Path, tmp_path: Path) -> None:
    assert check_file(plan, folder).broken == ()
    told = json.loads(json.dumps(manifest_of(plan)))
    told["jurisdictions"]["Q"]["at_modelled"] = 10
    for statement in (
        set_key("homes", told),
        "DELETE FROM manifest WHERE key = 'homes'",
        set_key("own_cell", {"minutes": 1, "share": 0.5, "levels": {}}),
        "UPDATE jurisdictions SET persons_coarse = 7 WHERE id = 'Q'",
    ):
        assert [*broken(edited(plan, tmp_path, statement), folder)] == [RULE]


def manifest_of(plan: Path) -> dict[str, dict[str, dict[str, object]]]:
    table = gpd.read_file(plan, layer="manifest").set_index("key")["value"]
    return dict(json.loads(table["homes"]))
