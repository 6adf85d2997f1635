"""Plans made for failures, from the instance to the file and back: written, read, judged, told."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from typer.testing import CliRunner

from optimizer.commands.main import app
from optimizer.foundation.faults import InputError
from optimizer.geodata.read import read
from tests.plans import FAILING, TINY, broken, crowded, edited, set_key, solved


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crowded(tmp_path_factory.mktemp("little"))


@pytest.fixture(scope="module")
def plan(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solved(read(folder, overrides=FAILING), tmp_path_factory.mktemp("plan") / "plan.gpkg")


def test_what_is_written_passes(plan: Path, folder: Path) -> None:
    assert broken(plan, folder) == {}
    trips = gpd.read_file(plan, layer="failover")
    assert trips["site"].isna().any()  # somebody is cut off
    assert trips["site"].notna().any()  # and somebody goes elsewhere
    assert (trips.geometry.isna() | trips["site"].notna()).all()
    shares = trips.groupby(["scenario", "level", "demand"])["share"].sum()
    assert shares.to_numpy() == pytest.approx(1)


def test_scenarios_are_ranked_by_what_they_take(plan: Path, folder: Path) -> None:
    found = gpd.read_file(plan, layer="scenarios")
    facts = read(folder, overrides=FAILING).problem.scenarios
    assert facts is not None
    assert sorted(found["id"]) == sorted(facts.ids)
    assert found["lost"].is_monotonic_decreasing
    assert found["rank"].tolist() == list(range(1, len(found) + 1))
    assert found["probability"].sum() == pytest.approx(facts.probability.sum())
    by_id = found.set_index("id")
    assert by_id.at["site s", "sites"] == "s"
    assert by_id.at["road a:b", "roads"] == "a:b"
    assert by_id.geometry.geom_type.unique().tolist() == ["MultiPoint"]
    demand = gpd.read_file(plan, layer="demand").set_index("id").geometry
    assert by_id.geometry["site s"].distance(demand["a"]) < 1


TAMPERINGS: dict[str, tuple[str, str, str]] = {
    "faster than the roads": (
        "UPDATE failover SET minutes = minutes - 3 WHERE minutes > 5 AND site IS NOT NULL",
        "minutes are those of the roads",
        " in ",
    ),
    "cut off, but counted as near": (
        "UPDATE failover SET minutes = 1 WHERE site IS NULL",
        "the layers of failures are true",
        "minutes is 1",
    ),
    "served where the site has failed": (
        "UPDATE failover SET site = 's', demand = 'a', minutes = 0 "
        "WHERE scenario = 'site s' AND demand = 'a'",
        "only open facilities serve",
        "in site s",
    ),
    "half of them forgotten": (
        "UPDATE failover SET share = 0.5 WHERE site IS NOT NULL",
        "the objective is true",
        "",
    ),
    "another probability": (
        "UPDATE scenarios SET probability = 0",
        "the layers of failures are true",
        "probability is 0",
    ),
    "another mean": (
        "UPDATE scenarios SET mean = mean + 1",
        "the layers of failures are true",
        "mean is",
    ),
    "a scenario left out": (
        "DELETE FROM scenarios WHERE id = 'site s'",
        "everything in the plan exists",
        "scenarios: site s is missing",
    ),
    "a scenario of no instance": (
        "UPDATE scenarios SET id = 'war' WHERE id = 'site s'",
        "everything in the plan exists",
        "scenarios: site s is missing; scenarios: war is not one",
    ),
    "a trip in no scenario": (
        "UPDATE failover SET scenario = 'war'",
        "everything in the plan exists",
        "failover: there is no scenario war",
    ),
    "persons": (
        "UPDATE failover SET persons = persons + 1",
        "the layers of failures are true",
        "persons is",
    ),
    "another tail": (
        set_key("objective", 1.0),
        "the objective is true",
        "1",
    ),
}


@pytest.mark.parametrize("case", TAMPERINGS)
def test_tampering_is_caught(plan: Path, folder: Path, tmp_path: Path, case: str) -> None:
    statement, rule, told = TAMPERINGS[case]
    found = broken(edited(plan, tmp_path, statement), folder)
    assert told in found[rule]


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.output


ASKED = ("--set", 'policy.failures.draw=["sites","roads"]')


def test_the_terminal_tells_what_failures_mean() -> None:
    told = run("solve", str(TINY / "two-cities"), *ASKED, "--language", "en")
    assert "Made for failures (6)" in told
    assert "road e1:e2" in told
    assert "cut off" in told
    told = run("solve", str(TINY / "two-cities"), *ASKED, "--language", "zh")
    assert "已考虑 6 种失效" in told
    assert "人无处可去" in told
    assert "6 that change something, 10.0% in all" in run(
        "describe", str(TINY / "two-cities"), *ASKED
    )


def test_json_tells_every_scenario() -> None:
    """Site e1 fails: whoever it served goes to w1, or is cut off at the cut-off of 60 minutes."""
    found = json.loads(run("solve", str(TINY / "two-cities"), *ASKED, "--json"))["failures"]
    assert found["calm"] <= found["expected"] == pytest.approx(found["tail"], rel=1e-12)
    one = found["scenarios"]["site e1"]
    assert one["sites"] == ["e1"]
    assert one["probability"] == pytest.approx(0.1 / 6)
    assert one["lost"] == pytest.approx(one["mean"] - found["calm"])
    assert run("solve", str(TINY / "two-cities"), "--json").count('"failures": null') == 1


def test_nothing_that_fails_is_told_where_nothing_can(tmp_path: Path) -> None:
    path = solved(read(TINY / "two-cities"), tmp_path / "plan.gpkg")
    layers = set(gpd.list_layers(path)["name"])
    assert not layers & {"scenarios", "failover"}


ATTACKED = ("policy.failures.attack=2", "policy.failures.tail=0")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("attacked") / "plan.gpkg"
    sets = [word for one in ATTACKED for word in ("--set", one)]
    told = run(
        *("solve", str(TINY / "line"), *sets, "--gap", "0", "-o", str(path)), "--language", "en"
    )
    assert "an attack on any 2 of the sites at once" in told
    assert "in the worst" in told
    return path


def test_a_plan_against_an_attack_is_judged_with_its_attacks(attacked: Path) -> None:
    assert broken(attacked, TINY / "line") == {}
    found = gpd.read_file(attacked, layer="scenarios")
    assert found["id"].str.startswith("attack ").all()
    assert (found["probability"] == 0).all()
    assert (found["sites"].str.split(";").map(len) <= 2).all()


def test_a_worse_attack_is_found(attacked: Path, tmp_path: Path) -> None:
    """The worst attack is left out, and the others are numbered anew."""
    found = gpd.read_file(attacked, layer="scenarios").sort_values("rank")["id"].tolist()
    moved = set(gpd.read_file(attacked, layer="failover")["scenario"])
    worst, left = found[0], sorted(found[1:], key=lambda one: int(one.split()[1]))
    steps = [f"DELETE FROM scenarios WHERE id = '{worst}'"]
    steps.append(f"DELETE FROM failover WHERE scenario = '{worst}'")
    for n, one in enumerate(left, start=1):
        if one != f"attack {n}":
            steps.append(f"UPDATE scenarios SET id = 'attack {n}' WHERE id = '{one}'")
            if one in moved:
                where = f"WHERE scenario = '{one}'"
                steps.append(f"UPDATE failover SET scenario = 'attack {n}' {where}")
    copy = edited(attacked, tmp_path, *steps)
    assert broken(copy, TINY / "line")["no attack is worse"].startswith("an attack on ")


def test_a_plan_against_an_attack_can_be_stressed(attacked: Path) -> None:
    told = run("stress", str(attacked), "--instance", str(TINY / "line"), "--language", "en")
    assert "Worst single failure" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sweep", "--weights", "0:1:1"), "plans against an attack are found one at a time"),
        (("solve", "--algorithm", "full"), "found in rounds"),
    ],
)
def test_what_does_not_go_with_an_attack(words: tuple[str, ...], told: str) -> None:
    sets = [word for one in ATTACKED for word in ("--set", one)]
    done = CliRunner().invoke(app, [words[0], str(TINY / "line"), *words[1:], *sets])
    assert isinstance(done.exception, InputError)
    assert told in str(done.exception)
