"""A plan under stress, from the written plan to tables and layers, worked out by hand.

The ring of `make_valley`: v1 to v5, 10 minutes between neighbours, and the road `round`, built, of
2 minutes between v5 and v1. Stations in v3 and v5. Thousands of persons: 2, 1, 4, 1, 4.

v5 fails: v1 goes 20 minutes, not 2, v5 goes 20. v3 fails: v3 goes 20, v2 goes 12, not 10. `round`
fails: v1 goes 20. v2 - v3 fails: v2 goes 12. v4 has a second station 10 minutes away.
"""

from __future__ import annotations

import io
import json
import sqlite3
import xml.etree.ElementTree as ET
from pathlib import Path

import geopandas as gpd
import pytest
from rich.console import Console

from optimizer.assessment.indicators import assess
from optimizer.foundation.faults import InputError
from optimizer.outputs import stress
from optimizer.outputs.formats import write as write_plan
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.stress import console as told
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.stress.file import Stressed, attack, stress_file
from tests.outputs.test_qgis import opened
from tests.test_corridors import asked, make_valley

EXACT = Limits(gap=0)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_valley(tmp_path_factory.mktemp("ring") / "valley")
    for name in ("demand", "sites", "roads"):
        layer = gpd.read_file(folder / f"{name}.geojson")
        layer.assign(mine=[f"own {n}" for n in range(len(layer))], rank=7).to_file(
            folder / f"{name}.geojson"
        )
    instance = asked(folder)
    result = solve(instance.case, EXACT)
    assert result.plan is not None
    found = assess(instance.case, result.plan)
    write_plan(SolvedInstance(instance, result, found), folder.parent / "plan.gpkg")
    return folder.parent / "plan.gpkg"


@pytest.fixture(scope="module")
def stressed(plan: Path) -> Stressed:
    """The instance is found beside the plan."""
    return stress_file(plan)


@pytest.fixture(scope="module")
def file(stressed: Stressed, plan: Path) -> Path:
    stress.write(stressed, plan.with_name("stress.gpkg"), "zh", {"on": "site"})
    return plan.with_name("stress.gpkg")


def test_sites_are_ranked(stressed: Stressed) -> None:
    found = {stressed.name(one.kind, one.row): one.weighed for one in stressed.sites}
    assert found == pytest.approx({"v5": 116_000, "v3": 82_000})
    assert list(found) == ["v5", "v3"]
    loss = stressed.sites[0].losses[0]
    assert (loss.persons, loss.cut_off, loss.beyond) == (6000, 0, 0)
    assert loss.minutes.tolist() == pytest.approx([18, 0, 0, 0, 20])


def test_links_are_ranked_and_built_corridors_are_among_them(stressed: Stressed) -> None:
    found = {stressed.name(one.kind, one.row): one.weighed for one in stressed.links}
    assert list(found)[:2] == ["round", "v2 - v3"]
    assert found["round"] == pytest.approx(36_000) and found["v2 - v3"] == pytest.approx(2000)
    assert all(lost == 0 for lost in list(found.values())[2:])
    assert "v1 - v2" not in found  # nobody goes there


def test_attacks(stressed: Stressed) -> None:
    """All stations: 12,000 persons count 60 minutes. `round` and v2 - v3 cut v1 and v2 off."""
    sites = attack(stressed, "site", 2, EXACT)
    assert sites.plan is not None and sites.plan.before == pytest.approx(24_000)
    assert sites.objective == sites.bound == pytest.approx(720_000)
    links = attack(stressed, "link", 2, EXACT)
    assert links.plan is not None and links.objective == pytest.approx(24_000 + 116_000 + 50_000)
    one = told.attacked(stressed, "link", 2, links, "zh")
    assert one["elements"] == ["v2 - v3", "round"] and "环路" in one["sentence"]


def test_layers(file: Path) -> None:
    sites = gpd.read_file(file, layer="critical_sites")
    assert sites["id"].tolist() == ["v5", "v3"] and sites["rank"].tolist() == [1, 2]
    assert sites["lost"].tolist() == pytest.approx([116_000, 82_000])
    assert sites["persons_emergency"].tolist() == [6000, 5000]
    assert sites["most_emergency"].tolist() == pytest.approx([20, 20])
    assert sites["point_emergency"].tolist() == ["v5", "v3"]
    assert sites["mine"].tolist() == ["own 4", "own 2"] and sites["rank_input"].tolist() == [7, 7]
    assert sites.geometry[0].x == pytest.approx(120.2)
    links = gpd.read_file(file, layer="critical_links").set_index("id")
    assert links["kind"].to_dict()["round"] == "corridor"
    assert links.at["v2 - v3", "kind"] == "road" and links.at["v2 - v3", "mine"] == "own 1"
    assert links.at["round", "name_zh"] == "环路" and not links["dead_end"].any()
    assert set(links.geom_type) == {"MultiLineString"}
    assert links.geometry["v2 - v3"].bounds == pytest.approx((120.05, 30, 120.1, 30))
    losses = gpd.read_file(file, layer="losses").set_index("id")
    assert losses["most_emergency"].tolist() == pytest.approx([18, 2, 20, 0, 20])
    assert losses["failure_emergency"].fillna("").tolist() == ["v5", "v3", "v3", "", "v5"]
    assert losses["mine"].tolist() == [f"own {n}" for n in range(5)]
    assert losses.crs == links.crs == sites.crs == "EPSG:4326"


def test_manifest_and_styles(file: Path, stressed: Stressed) -> None:
    with sqlite3.connect(file) as base:
        manifest = dict(base.execute("select key, value from manifest"))
        styles = list(base.execute("select f_table_name, styleName, styleQML from layer_styles"))
        assert base.execute("pragma integrity_check").fetchone() == ("ok",)
    assert json.loads(manifest["sources"])[0]["attribution"] == "The equisite authors"
    assert json.loads(manifest["plan"]) == "plan.gpkg"
    assert json.loads(manifest["attack"]) == {"on": "site"}
    assert [name for _, name, _ in styles] == [
        "关键路段：中断损失（人·分钟）",
        "关键路段：中断损失（人·分钟）: 急救站",
        "单点失效最多增加分钟: 急救站",
        "关键设施点：失效损失（人·分钟）",
        "关键设施点：失效损失（人·分钟）: 急救站",
    ]
    for _, _, text in styles:
        assert len(ET.fromstring(text).findall(".//symbol")) >= 4
    # v5 takes all that the worst takes, v3 more than half of it: one class.
    assert "58,000 – 116,000" in styles[3][2]


def test_every_layer_opens_styled_in_qgis(file: Path, tmp_path: Path) -> None:
    found = opened(file, tmp_path / "map.png", ["critical_sites", "losses", "critical_links"])
    assert all(layer["valid"] and layer["drawn"] == layer["features"] for layer in found.values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tables(stressed: Stressed, language: str) -> None:
    console = Console(file=io.StringIO(), width=250)
    told.show(stressed, 1, console, language)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "116,000" in text and "82,000" not in text
    assert {"zh": "最严重的单点失效", "en": "Worst single failure: "}[language] in text
    # 24,000 person-minutes are travelled where nothing fails.
    assert "483.3%" in text and {"zh": "急救站", "en": "Emergency station"}[language] in text
    assert {"zh": "环路", "en": "环路"}[language] in text


def test_json(stressed: Stressed) -> None:
    found = told.report(stressed, 1)
    assert [one["id"] for one in (*found["sites"], *found["links"])] == ["v5", "round"]
    assert found["links"][0]["kind"] == "corridor"
    assert found["sites"][0]["levels"]["emergency"]["hardest_point"] == "v5"


def test_what_cannot_be_is_told(plan: Path, tmp_path: Path) -> None:
    copy = tmp_path / "plan.gpkg"
    copy.write_bytes(plan.read_bytes())
    valley = plan.parent / "valley"
    layer = gpd.read_file(copy, layer="assignments")
    layer.loc[layer["demand"] == "v2", "site"] = "v1"
    layer[layer["demand"] != "v4"].to_file(copy, layer="assignments", mode="w")
    with pytest.raises(InputError) as found:
        stress_file(copy, valley)
    assert [one.problem for one in found.value.faults] == [
        "emergency, v2 -> v1: nothing is open there",
        "emergency, v4: is served nowhere",
    ]
    layer.loc[layer["demand"] == "v2", "site"] = "nowhere"
    layer.to_file(copy, layer="assignments", mode="w")
    with pytest.raises(InputError, match="there is no site nowhere"):
        stress_file(copy, valley)
    changed = make_valley(tmp_path / "valley")  # its layers have not the user's columns
    with pytest.raises(InputError, match=r"demand.geojson has changed since"):
        stress_file(plan, changed)


def test_other_files_are_refused_and_a_broken_write_leaves_nothing(
    stressed: Stressed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("stress.csv", "nowhere/stress.gpkg"):
        with pytest.raises(InputError):
            stress.write(stressed, tmp_path / name)
    (tmp_path / "stress.gpkg").write_text("before")
    monkeypatch.setattr(stress, "store", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        stress.write(stressed, tmp_path / "stress.gpkg")
    assert [one.name for one in tmp_path.iterdir()] == ["stress.gpkg"]
    assert (tmp_path / "stress.gpkg").read_text() == "before"
