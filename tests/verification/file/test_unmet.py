"""Written plans that leave needs unmet: every output, the check that rebuilds it, and stress."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest

from optimizer.assessment.indicators import assess
from optimizer.geodata.read import read
from optimizer.outputs.formats import write
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.stress.failures import LINK, SITE
from optimizer.stress.file import attack, stress_file
from optimizer.verification.file import check_file
from tests.plans import (
    FAILING,
    TINY,
    UNMET,
    broken,
    crowded,
    edited,
    for_some,
    set_key,
    solved,
)

#: A station for the old, and no money for a second one that those of a core would reach.
TOO_LITTLE = (
    "services.emergency.unmet={minutes=70,price=2,group=0.9}",
    "services.emergency.cutoff=10",
    "services.emergency.standard=10",
    "services.medical.unmet={}",
    "policy.cost_bound=17",
)

#: No money at all.
NOTHING = ("services.emergency.unmet={minutes=70,price=2}", "policy.cost_bound=0")


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crowded(tmp_path_factory.mktemp("little"))


@pytest.fixture(scope="module")
def plan(where: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solved(read(where, overrides=UNMET), tmp_path_factory.mktemp("plan") / "plan.gpkg")


def test_the_check_rebuilds_all_of_it(plan: Path, where: Path) -> None:
    verdict = check_file(plan, where)
    assert verdict.broken == ()
    demand = gpd.read_file(plan, layer="demand")
    assert {"unmet_emergency", "unmet_medical_county"} <= set(demand.columns)
    areas = gpd.read_file(plan, layer="jurisdictions")
    assert areas["unmet_medical_county"].max() == demand["unmet_medical_county"].sum() > 0
    assert areas["unmet_share_medical_county"].max() > 0


def test_with_failures(where: Path, tmp_path: Path) -> None:
    path = solved(read(where, overrides=(*UNMET, *FAILING)), tmp_path / "plan.gpkg")
    assert check_file(path, where).broken == ()


def test_unmet_needs_are_of_those_who_are_entitled(tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    where = for_some(tmp_path / "some")
    instance = read(where, overrides=(*TOO_LITTLE, "policy.quotas.beds.at_least=0"))
    result = solve(instance.case, Limits(gap=0))
    assert result.plan is not None
    solved_instance = SolvedInstance(instance, result, assess(instance.case, result.plan))
    for suffix in ("gpkg", "json", "geojson", "png", "svg"):
        write(solved_instance, tmp_path / f"plan.{suffix}")
    path = tmp_path / "plan.gpkg"
    assert check_file(path, where).broken == ()
    demand = gpd.read_file(path, layer="demand").set_index("id")
    assert demand["unmet_emergency"].to_dict() == {"a": 100, "b": 0, "c": 0}
    told = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    assert told["unmet"]["emergency"]["groups"]["old"] == {"persons": 100.0, "share": 1 / 3}
    assert told["unmet_money"] == 200
    classes = gpd.read_file(path, layer="classes").set_index("id")
    assert classes["unmet_share_emergency"].to_dict() == {
        **{"ring:core": 1, "role:core": 1},
        **{"ring:rest": 0, "role:member": 0},
    }
    changed = "UPDATE classes SET unmet_emergency = 0 WHERE id = 'ring:core'"
    assert set(broken(edited(path, tmp_path, changed), where)) == {"the classes layer is true"}


#: What is done to a plan -> the rules that find it.
TAMPERED = {
    "persons of a point": (
        ("UPDATE demand SET unmet_medical_county = unmet_medical_county + 1 WHERE fid = 2",),
        {"the demand layer is true"},
    ),
    "persons of a jurisdiction": (
        ("UPDATE jurisdictions SET unmet_medical_county = unmet_medical_county * 2 WHERE fid = 1",),
        {"the jurisdictions layer is true"},
    ),
    "the share": (
        ("UPDATE jurisdictions SET unmet_share_emergency = 0.5 WHERE fid = 1",),
        {"the jurisdictions layer is true"},
    ),
    "the price": ((set_key("unmet_money", 1e6),), {"the manifest's numbers are true"}),
    "by level": ((set_key("unmet", {}),), {"the manifest's numbers are true"}),
    "the key": (("DELETE FROM manifest WHERE key = 'unmet'",), None),
    "somebody is left out": (
        ("DELETE FROM assignments WHERE level = 'medical.regional' AND demand = 'a'",),
        None,
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_is_changed_is_found(name: str, plan: Path, where: Path, tmp_path: Path) -> None:
    statements, rules = TAMPERED[name]
    found = set(broken(edited(plan, tmp_path, *statements), where))
    assert found and (rules is None or found == rules), found


def test_a_plan_without_anything(tmp_path: Path) -> None:
    """Nothing is built: every output is written, and says that nobody is served."""
    instance = read(TINY / "line", overrides=NOTHING)
    result = solve(instance.case, Limits(gap=0))
    assert result.plan is not None
    assert len(result.plan.options) == 0
    solved_instance = SolvedInstance(instance, result, assess(instance.case, result.plan))
    for suffix in ("gpkg", "json", "geojson", "png", "svg"):
        write(solved_instance, tmp_path / f"plan.{suffix}")
    assert check_file(tmp_path / "plan.gpkg", TINY / "line").broken == ()
    told = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    unmet = told["unmet"]["emergency"]
    assert (unmet["share"], unmet["worst_served"]) == (1.0, None)
    assert told["unmet_money"] == 2 * unmet["persons"]
    assert told["cost"] == 0
    region = told["services"]["emergency"]["region"]
    assert (region["unmet_share"], region["mean"], region["worst"]) == (1.0, 70.0, None)


def test_stress_of_a_plan_without_anything(tmp_path: Path) -> None:
    path = solved(read(TINY / "line", overrides=NOTHING), tmp_path / "plan.gpkg")
    found = stress_file(path, TINY / "line")
    assert (found.sites, found.links) == ((), ())
    everybody = attack(found, SITE, 1, Limits()).objective
    assert everybody == attack(found, LINK, 1, Limits()).objective
    assert everybody == 70 * found.instance.problem.demand.persons.sum()


def test_stress_leaves_out_whoever_is_not_served(plan: Path, where: Path) -> None:
    found = stress_file(plan, where)
    problem, persons = found.instance.problem, found.standing.persons
    for failure in found.sites:
        for row, loss in enumerate(failure.losses):
            served = persons[:, row].sum() - _unmet(plan, problem.levels[row].id)
            assert loss.persons <= served + 1e-6


def _unmet(plan: Path, level: str) -> float:
    column = f"unmet_{level.replace('.', '_')}"
    demand = gpd.read_file(plan, layer="demand")
    return float(demand[column].sum()) if column in demand.columns else 0.0
