"""Corridors decided together with facilities: against trying every set of them."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, box
from typer.testing import CliRunner

from optimizer.algorithms.mip.decode import passable
from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.commands.main import app
from optimizer.commands.trial import corridor_trial, trial
from optimizer.foundation.faults import InputError
from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read
from optimizer.network import corridor_sets
from optimizer.outputs.formats import write
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.summary import notes
from optimizer.problem import Corridors, Problem
from optimizer.question import Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Plan, Status
from optimizer.verification import EXIST, check
from optimizer.verification.file import check_file
from tests.enumeration import best_plan
from tests.parts import parts
from tests.random_corridors import Town, built, draw

CHUNK = 15


def subsets(corridors: Corridors) -> Iterator[tuple[int, ...]]:
    """Every set of corridors with one level of each link at most."""
    n = len(corridors.ids)
    for count in range(n + 1):
        for some in itertools.combinations(range(n), count):
            if len({int(corridors.link[a]) for a in some}) == count:
                yield some


@pytest.mark.parametrize("seed", range(60))
def test_minutes_are_those_of_the_roads_with_what_is_built(seed: int) -> None:
    town, problem, _ = draw(seed)
    points, sites = len(problem.demand.ids), len(problem.sites.ids)
    assert problem.corridors is not None
    for some in subsets(problem.corridors):
        fastest = np.full((points, sites), np.inf)
        pairs = passable(problem, 0, np.array(some, dtype=int))
        np.minimum.at(fastest, (pairs.origin, pairs.site), pairs.minutes)
        truth = np.full((points, sites), np.inf)
        there = town.pairs(some, 200.0)
        truth[there.origin, there.site] = there.minutes
        assert fastest == pytest.approx(truth)


def equals_enumeration(town: Town, problem: Problem, policy: Policy, seed: int) -> Plan | None:
    """The best plan, which no set of corridors and sites betters; None: there is none."""
    assert problem.corridors is not None
    best = np.inf
    for some in subsets(problem.corridors):
        try:
            alone = built(town, problem, some)
        except ValueError:  # these bring somebody nowhere
            continue
        found = best_plan(alone, policy)
        if found is not None:
            best = min(best, found.objective)
    result = solve(Case(problem, policy), Limits(gap=0, threads=1))
    if best == np.inf:
        assert result.status is Status.INFEASIBLE, seed
        return None
    assert result.status is Status.OPTIMAL, seed
    assert result.plan is not None
    assert check(Case(problem, policy), result.plan, result).ok, seed
    assert result.objective == pytest.approx(best, rel=1e-6, abs=1e-9), seed
    assert result.bound == pytest.approx(best, rel=1e-6, abs=1e-9), seed
    return result.plan


@pytest.mark.parametrize("first", parts(range(0, 150, CHUNK), usual=2))
def test_joint_siting_equals_enumeration(first: int) -> None:
    for seed in range(first, first + CHUNK):
        equals_enumeration(*draw(seed), seed)


@pytest.mark.parametrize(("seeds", "expected"), parts([(40, (10, 4)), (150, (39, 19))], usual=1))
def test_whom_only_corridors_bring_anywhere(seeds: int, expected: tuple[int, int]) -> None:
    """With a cut-off of 25 minutes; where nothing brings somebody anywhere it is no Problem."""
    alone = solved = 0
    for seed in range(seeds):
        try:
            town, problem, policy = draw(seed, limit=25.0)
        except ValueError:
            continue
        if all(len(np.unique(p.origin)) == len(problem.demand.ids) for p in problem.pairs):
            continue
        alone += 1
        plan = equals_enumeration(town, problem, policy, seed)
        if plan is not None:
            assert len(plan.corridors)
            solved += 1
    assert (alone, solved) == expected


@pytest.fixture
def valley(tmp_path: Path) -> Path:
    return make_valley(tmp_path / "valley")


def make_valley(folder: Path) -> Path:
    """tiny/line with two roads that could be built: one from end to end, one of no use."""
    shutil.copytree("instances/tiny/line", folder)
    lines = [LineString([(120.0, 30.0), (120.1, 30.05), (120.2, 30.0)])]
    lines.append(LineString([(120.05, 30.0), (120.15, 30.0)]))
    gpd.GeoDataFrame(
        {
            "id": ["round", "slow"],
            "from": ["v1", "v2"],
            "to": ["v5", "v4"],
            "minutes": [2.0, 25.0],
            "cost": [8.0, 1.0],
            "name_zh": ["环路", "慢路"],
        },
        geometry=lines,
        crs=4326,
    ).to_file(folder / "corridors.geojson")
    file = folder / "instance.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("[layers]", '[layers]\ncorridors = "corridors.geojson"'), encoding="utf-8"
    )
    return folder


def asked(folder: Path, *more: str) -> Instance:
    return read(folder, "efficient", ["policy.corridors=true", "budget.scale=1.4", *more])


def test_a_corridor_is_built_where_it_saves_more_than_a_station(valley: Path) -> None:
    """Money for two stations and the round road, not for three stations.

    Stations in v3 and v5: v1 is 2 minutes from v5 then, v2 and v4 10 from v3: 24 / 12.
    Without the road 60 / 12.
    """
    instance = asked(valley)
    facts = instance.problem.corridors
    assert facts is not None
    assert facts.shares.tolist() == [[1.0], [1.0]]
    result = solve(instance.case, Limits(gap=0))
    assert result.plan is not None and result.status is Status.OPTIMAL
    assert [facts.ids[a] for a in result.plan.corridors] == ["round"]
    assert result.objective == pytest.approx(2.0)
    without = asked(valley, "policy.corridors=false")
    assert without.problem.corridors is None
    assert solve(without.case, Limits(gap=0)).objective == pytest.approx(5.0)


def test_a_plan_with_a_corridor_is_written_and_judged(valley: Path, tmp_path: Path) -> None:
    instance = asked(valley)
    result = solve(instance.case, Limits(gap=0))
    assert result.plan is not None
    indicators = assess(instance.case, result.plan)
    assert indicators.cost == pytest.approx(28)
    assert indicators.spent.tolist() == pytest.approx([28])
    study = SolvedInstance(instance, result, indicators)
    for name in ("plan.gpkg", "plan.png", "plan.json"):
        write(study, tmp_path / name)
    assert check_file(tmp_path / "plan.gpkg", valley).ok
    layer = gpd.read_file(tmp_path / "plan.gpkg", layer="corridors").set_index("id")
    assert layer["status"].to_dict() == {"round": "built", "slow": "candidate"}
    assert layer["paid_by"].fillna("").to_dict() == {"round": "valley=8", "slow": ""}
    report = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    assert report["corridors"] == {"round": 8.0}
    assert report["paid"] == {"round": {"valley": 8.0}}

    # A plan that hides the road that it uses breaks the rules on minutes.
    layer.loc["round", "status"] = "candidate"
    layer.reset_index().to_file(tmp_path / "plan.gpkg", layer="corridors", mode="w")
    broken = {rule.name for rule in check_file(tmp_path / "plan.gpkg", valley).broken}
    assert {"minutes are true", "minutes are those of the roads"} <= broken


def test_one_level_of_a_link_is_built(valley: Path) -> None:
    """Beside two stations there are 8 for the better level, or 6 for the other, never both."""
    layer = gpd.read_file(valley / "corridors.geojson")
    widened = layer.iloc[[0]].assign(id="widened", minutes=4.0, cost=6.0)
    layer = gpd.GeoDataFrame(pd.concat([layer, widened], ignore_index=True), crs=layer.crs)
    layer["link"] = ["round", "", "round"]
    layer.to_file(valley / "corridors.geojson")
    instance = asked(valley)
    facts = instance.problem.corridors
    assert facts is not None and facts.link.tolist() == [0, 1, 0]
    assert not (facts.bundle[:, 0] & facts.bundle[:, 2]).any()
    result = solve(instance.case, Limits(gap=0))
    assert result.plan is not None
    assert [facts.ids[a] for a in result.plan.corridors] == ["round"]
    both = replace(result.plan, corridors=np.array([0, 2]))
    broken = {rule.detail for rule in check(instance.case, both).broken}
    assert "round, widened: levels of one corridor" in broken
    poor = asked(valley, "budget.scale=1.3")
    cheap = solve(poor.case, Limits(gap=0))
    assert cheap.plan is not None
    assert [facts.ids[a] for a in cheap.plan.corridors] == ["widened"]


def two_budgets(folder: Path, shares: str) -> None:
    """Upland joins: 8 of its own, and a share in the round road, which costs 8."""
    table = folder / "jurisdictions.csv"
    rows = pd.read_csv(table)
    rows.loc[len(rows)] = rows.iloc[0].to_dict() | {"id": "upland", "budget": 8}
    rows.to_csv(table, index=False)
    layer = gpd.read_file(folder / "corridors.geojson")
    layer["cost_shares"] = [shares, ""]
    layer.to_file(folder / "corridors.geojson")


def test_negotiated_shares_build_what_fixed_ones_do_not(valley: Path, tmp_path: Path) -> None:
    """The 20 of valley are two stations, so upland has to pay the whole road."""
    two_budgets(valley, "valley=0.5;upland=0.5")
    fixed = asked(valley, "budget.scale=1")
    assert solve(fixed.case, Limits(gap=0)).objective == pytest.approx(5.0)
    instance = asked(valley, "budget.scale=1", "budget.negotiated=true")
    result = solve(instance.case, Limits(gap=0))
    assert result.objective == pytest.approx(2.0)
    assert result.plan is not None and result.plan.paid is not None
    assert result.plan.paid == pytest.approx(np.array([[0.0, 8.0]]))
    indicators = assess(instance.case, result.plan)
    assert indicators.spent.tolist() == pytest.approx([20, 8])
    study = SolvedInstance(instance, result, indicators)
    assert "paid for round, negotiated: upland 8.0" in list(notes(study))
    path = tmp_path / "plan.gpkg"
    write(study, path)
    assert check_file(path, valley).ok
    layer = gpd.read_file(path, layer="corridors").set_index("id")
    assert layer.at["round", "paid_by"] == "upland=8"
    who_may = "corridors are paid by those who may"
    for told, broken in {
        "valley=8": "budgets are kept",
        "upland=7": who_may,
        "upland=9;valley=-1": who_may,
        "upland": EXIST,
        "ghost=8": EXIST,
    }.items():
        layer.loc["round", "paid_by"] = told
        layer.reset_index().to_file(path, layer="corridors", mode="w")
        assert broken in {rule.name for rule in check_file(path, valley).broken}, told


def test_payments_are_as_near_to_the_shares_as_budgets_allow(valley: Path) -> None:
    two_budgets(valley, "valley=0.5;upland=0.5")
    instance = asked(valley, "budget.scale=1.1", "budget.negotiated=true")
    plan = solve(instance.case, Limits(gap=0)).plan
    assert plan is not None and plan.paid is not None
    # Valley has 22, and 2 of them beside two stations.
    assert plan.paid == pytest.approx(np.array([[2.0, 6.0]]))
    unshared = replace(plan, paid=np.array([[8.0, 0.0]]))
    fixed = asked(valley, "budget.scale=2")
    rules = {rule.name: rule.detail for rule in check(fixed.case, unshared).broken}
    assert list(rules) == ["corridors are paid by those who may"]
    assert "valley pays 8, its share is 4" in rules["corridors are paid by those who may"]


def test_nobody_pays_who_has_no_share(valley: Path) -> None:
    two_budgets(valley, "valley=1")
    instance = asked(valley, "budget.scale=1", "budget.negotiated=true")
    result = solve(instance.case, Limits(gap=0))
    assert result.objective == pytest.approx(5.0)
    assert result.plan is not None
    assert not len(result.plan.corridors) and result.plan.paid is None
    ample = asked(valley, "budget.scale=1.4", "budget.negotiated=true")
    plan = solve(ample.case, Limits(gap=0)).plan
    assert plan is not None and plan.paid == pytest.approx(np.array([[8.0, 0.0]]))
    upland = replace(plan, paid=np.array([[0.0, 8.0]]))
    (broken,) = check(ample.case, upland).broken
    assert broken.detail == "round: upland pays 8 and has no share in it"


def test_without_a_budget_nothing_is_negotiated() -> None:
    _, problem, policy = draw(0)
    assert policy.budget is not None and policy.budget.negotiated
    result = solve(Case(problem, replace(policy, budget=None)), Limits(gap=0, threads=1))
    assert result.plan is not None and result.plan.paid is None


def test_a_corridor_that_nobody_may_pay_for_is_a_fault(valley: Path) -> None:
    table = valley / "jurisdictions.csv"
    rows = pd.read_csv(table)
    rows.loc[len(rows)] = rows.iloc[0].to_dict() | {"id": "state", "tier": "state", "budget": 8}
    rows.to_csv(table, index=False)
    layer = gpd.read_file(valley / "corridors.geojson")
    layer["cost_shares"] = ["state=1", ""]
    layer.to_file(valley / "corridors.geojson")
    asked(valley)
    with pytest.raises(InputError, match=r"row round, column cost_shares: no .* has a share"):
        asked(valley, "budget.negotiated=true")


def test_what_looks_at_more_than_trips_is_refused(valley: Path) -> None:
    with pytest.raises(InputError, match="cannot be asked where corridors are decided"):
        asked(valley, "policy.equity=gini", "policy.parameters={}")
    with pytest.raises(InputError, match="of catchment"):
        asked(valley, "policy.equity=mean", "policy.of=catchment", "policy.parameters={}")


def test_minutes_and_money_of_a_corridor_are_judged(valley: Path) -> None:
    layer = gpd.read_file(valley / "corridors.geojson")
    layer["cost"] = [-8.0, 1.0]
    layer.to_file(valley / "corridors.geojson")
    with pytest.raises(InputError, match="corridors, row round, column cost: is negative"):
        asked(valley)


def test_corridors_in_too_many_sets_are_a_fault(
    valley: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corridor_sets, "MAX_SETS", 0)
    with pytest.raises(InputError, match=r"more than 0 different sets\. Leave some out"):
        asked(valley)


def test_no_layer_of_corridors_is_told() -> None:
    with pytest.raises(InputError, match=r"policy.corridors: there is no layer of corridors"):
        read("instances/tiny/line", overrides=["policy.corridors=true"])


def test_all_corridors_removed_leave_the_roads_as_they_are(valley: Path) -> None:
    wall = box(120.09, 29.9, 120.11, 30.1)
    gpd.GeoDataFrame({"kind": ["ecological"], "name": ["墙"]}, geometry=[wall], crs=4326).to_file(
        valley / "zones.geojson"
    )
    file = valley / "instance.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[layers]", '[layers]\nzones = "zones.geojson"'), encoding="utf-8")
    instance = asked(valley)
    assert instance.problem.corridors is not None and not instance.problem.corridors.ids
    result = solve(instance.case, Limits(gap=0))
    # The wall takes the site in v3 too: v2 and v5 are best then.
    assert result.objective == pytest.approx(70 / 12)


@pytest.mark.parametrize("negotiated", ["true", "false"])
def test_a_sweep_says_which_corridors_are_always_built(
    valley: Path, tmp_path: Path, negotiated: str
) -> None:
    told = [*("sweep", str(valley), "--weights", "0:1:0.5", "--gap", "0")]
    told += ["--set", "policy.corridors=true", "--set", "budget.scale=1.4", "--quiet"]
    told += ["--set", f"budget.negotiated={negotiated}"]
    out = tmp_path / "plans.gpkg"
    for _ in ("solved", "from the journal"):
        out.unlink(missing_ok=True)
        found = CliRunner().invoke(app, [*told, "--journal", str(tmp_path / "k"), "-o", str(out)])
        assert found.exit_code == 0, found.output
    layer = gpd.read_file(out, layer="no_regret").query("kind == 'corridor'").set_index("id")
    assert layer["share"].to_dict() == {"round": 1.0, "slow": 0.0}


def test_the_table_sets_corridors_beside_a_plan_without(valley: Path) -> None:
    setting = ("budget.scale=1.4", "policy.weight=0")
    row = corridor_trial(valley, Limits(gap=0), overrides=setting)
    plain = trial(valley, Limits(gap=0), overrides=setting)
    assert (row["check"], row["check_without"]) == ("holds", "holds")
    assert row["objective"] < plain["objective"]
    assert row["built"] == 1
    assert row["corridor_cost"] == pytest.approx(8.0)
    assert row["equity"] < row["equity_without"]
    assert row["worst"] < row["worst_without"]
