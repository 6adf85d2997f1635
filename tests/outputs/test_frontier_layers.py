"""All plans of a sweep in one GeoPackage; its plans and numbers are in `sweeps`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from optimizer.outputs import frontier
from optimizer.outputs.frontier.no_regret import no_regret
from optimizer.sweep.task import Frontier
from tests.outputs.little import Little
from tests.outputs.sweeps import instance, sweep


@pytest.fixture
def path(little: Little, tmp_path: Path) -> Path:
    path = tmp_path / "sweep.gpkg"
    assert frontier.write(instance(little), [sweep(little)], path, "en") == (path,)
    return path


def test_each_kind_has_one_layer_with_all_plans(path: Path) -> None:
    names = {name for name, _ in pyogrio.list_layers(path)}
    kinds = {"facilities", "demand", "assignments", "corridors", "jurisdictions"}
    assert names == kinds | {"rejected", "no_regret", "points", "manifest", "layer_styles"}
    for kind in kinds:
        assert sorted(set(gpd.read_file(path, layer=kind)["point"])) == [1, 2, 3, 4]
    assert "point" not in gpd.read_file(path, layer="rejected").columns


def test_a_point_has_the_layers_of_its_plan(path: Path) -> None:
    facilities = gpd.read_file(path, layer="facilities")
    built = facilities[facilities["service"] == "emergency"].groupby("point")["site"].agg(list)
    assert built.tolist() == [["s3"], ["s1", "s3"], ["s1", "s2"], ["s1", "s2", "s3"]]
    demand = gpd.read_file(path, layer="demand").set_index(["point", "id"])
    assert demand.loc[(1, "d2"), "minutes_emergency"] == 90
    assert demand.loc[(4, "d3"), "minutes_emergency"] == 5


def test_who_loses_is_told_against_the_most_efficient_point(path: Path) -> None:
    demand = gpd.read_file(path, layer="demand").set_index(["point", "id"])
    lost = demand["lost_emergency"]
    assert lost[3].tolist() == [-75, -65, -35, 35]
    # At the other points nobody loses any.
    assert lost[[1, 2, 4]].isna().all()
    assert "lost_medical_county" not in demand.columns


def test_the_points_are_a_table_of_the_rows(little: Little, path: Path) -> None:
    rows = frontier.records(instance(little), [sweep(little)])
    table = pyogrio.read_dataframe(path, layer="points", use_arrow=False)
    assert list(table.columns) == list(rows[0])
    assert table["point"].tolist() == [1, 2, 3, 4, 5, 6]
    assert table["equity"][:4].tolist() == pytest.approx([row["equity"] for row in rows[:4]])
    assert table["status"].tolist()[4:] == ["infeasible", "failed"]
    assert table["equity"][4:].isna().all()


def test_the_manifest_says_what_was_asked_and_what_is_known(path: Path) -> None:
    table = pyogrio.read_dataframe(path, layer="manifest")
    told = {key: json.loads(value) for key, value in table.itertuples(index=False)}
    assert told["instance"] == "little"
    assert told["policy"]["efficiency"] == "cost"
    assert told["sources"][0]["licence"] == "ODbL-1.0"
    assert told["frontiers"] == [{"cost_bound": None, "hypervolume": 0.6, "resolution": 0.02}]
    assert told["shown"] == 2  # the knee


def test_every_layer_has_one_default_style(path: Path) -> None:
    table = pyogrio.read_dataframe(path, layer="layer_styles")
    default = table[table["useAsDefault"].astype(bool)]["f_table_name"]
    assert sorted(default) == [
        *("assignments", "corridors", "demand", "facilities"),
        *("jurisdictions", "no_regret", "rejected"),
    ]
    assert "minutes more than in the most efficient plan: Emergency station" in set(
        table["styleName"]
    )


def test_no_regret_counts_the_plans_worth_having(little: Little) -> None:
    found = no_regret(instance(little), [sweep(little)]).set_index("id")
    # Point 3 is dominated: stations s3; s1 s3; s1 s2 s3. All three upgrade the hospital at s3.
    facilities = found[found["kind"] == "facility"]
    assert facilities["plans"].to_dict() == {
        "s1:emergency": 2,
        "s2:emergency": 1,
        "s3:emergency": 3,
        "s3:medical": 3,
    }
    assert facilities["share"].tolist() == pytest.approx([2 / 3, 1 / 3, 1, 1])
    assert (found.loc["s3:medical", "service"], found.loc["s3:medical", "jurisdiction"]) == (
        "medical",
        "B",
    )


def test_plans_that_are_the_same_count_once(little: Little) -> None:
    found = sweep(little)
    twice = [found, Frontier(found.points[:1])]
    counted = no_regret(instance(little), twice).set_index("id")["plans"]
    assert counted["s3:emergency"] == 3


def test_corridors_are_there_without_a_number(little: Little) -> None:
    found = no_regret(instance(little), [sweep(little)])
    corridors = found[found["kind"] == "corridor"]
    assert corridors["id"].tolist() == ["k2"]  # k1 is rejected
    assert corridors["plans"].isna().all() and corridors["share"].isna().all()
    assert corridors.geom_type.tolist() == ["LineString"]


def test_a_share_of_the_users_is_not_taken_for_ours(little: Little) -> None:
    facts = instance(little)
    assert facts.geography.corridors is not None
    theirs = replace(facts.geography, corridors=facts.geography.corridors.assign(share=0.7))
    found = no_regret(replace(facts, geography=theirs), [sweep(little)])
    corridor = found[found["kind"] == "corridor"].iloc[0]
    assert np.isnan(corridor["share"]) and corridor["share_input"] == 0.7


def test_without_a_plan_nothing_is_built(little: Little, tmp_path: Path) -> None:
    nothing = Frontier(sweep(little).points[4:])
    path = tmp_path / "nothing.gpkg"
    frontier.write(instance(little), [nothing], path, "en")
    assert (gpd.read_file(path, layer="no_regret")["share"].dropna() == 0).all()
    assert len(pyogrio.read_dataframe(path, layer="points")) == 2
    assert "facilities" not in {name for name, _ in pyogrio.list_layers(path)}


def test_of_a_family_the_member_with_most_money_is_drawn(little: Little, tmp_path: Path) -> None:
    family = [replace(sweep(little), cost_bound=cap) for cap in (460.0, 440.0)]
    path = tmp_path / "family.gpkg"
    frontier.write(instance(little), family, path, "en")
    demand = pyogrio.read_dataframe(path, layer="demand")
    assert sorted(demand["point"].unique()) == [1, 2, 3, 4, 7, 8, 9, 10]
    table = pyogrio.read_dataframe(path, layer="manifest").set_index("key")["value"]
    assert table["shown"] == "2"


def test_the_same_sweep_gives_the_same_layers(little: Little, path: Path, tmp_path: Path) -> None:
    frontier.write(instance(little), [sweep(little)], tmp_path / "again.gpkg", "en")
    for name in ("facilities", "demand", "no_regret"):
        first = gpd.read_file(path, layer=name)
        second = gpd.read_file(tmp_path / "again.gpkg", layer=name)
        pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(second))
    assert np.isfinite(gpd.read_file(path, layer="demand")["minutes_emergency"]).all()
