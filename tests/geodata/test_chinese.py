"""Faults and warnings in Chinese: of the file, of each kind of layer, of all layers together."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from shapely import Polygon

from optimizer.foundation.faults import InputError
from optimizer.foundation.language import VARIABLE, _, english
from optimizer.geodata.plan_file import read_plan_file
from tests.geodata.little import Break, all_of, at, declare, faults, line, put, read_little, text


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "zh")


FAULTS: dict[str, tuple[Break, list[str]]] = {
    "file: wrong value": (
        text("standard = 12", "standard = -12"),
        [
            "instance.toml, services.emergency.standard：值不正确（现为 -12）。"
            "应为达标的分钟数，大于 0。"
        ],
    ),
    "file: unknown key": (
        text("cutoff = 40\nbackup", "cutof = 40\nbackup"),
        [
            "instance.toml, services.emergency.cutof：未知的键。是否想写 'cutoff'？已知：name, "
            "weight, standard, cutoff, share, border, backup, referral, floors, entitled, unmet, "
            "levels, sizes, years。"
        ],
    ),
    "file: levels": (
        text("standard = 12", "standard = 50"),
        [
            "instance.toml, services.emergency.cutoff：低于 50 分钟的标准（现为 40.0）。"
            "提高时间上限或降低标准。"
        ],
    ),
    "demand: negative": (
        put("demand", 1, "persons", -5.0),
        ["demand，第 b 行，列 persons：为负数（现为 -5）。填写人数，不小于 0。"],
    ),
    "sites: empty": (
        put("sites", 1, "jurisdiction", None),
        ["sites，第 t 行，列 jurisdiction：为空。填写该值。"],
    ),
    "jurisdictions: unknown": (
        put("jurisdictions", 1, "parent", "W"),
        [
            "jurisdictions，第 P 行，列 parent：在 jurisdictions 中没有该行（现为 'W'）。"
            "已知：V, P, Q。"
        ],
    ),
    "facilities: control line": (
        put("zones", 0, "geometry", at(10).buffer(500)),
        [
            "facilities，第 #2 行，列 site：须建于管控线之内（现为 't，位于生态保护红线内'）。"
            "移动可选点，更改其状态，或修改该区域。"
        ],
    ),
    "roads: no way": (
        put("roads", 1, "minutes", 90.0),
        [
            "demand，第 c 行：在 40 分钟内到不了任何 medical.county 可选点。"
            "最近的在 91.0 分钟之外：增加可选点，或提高 services.medical.levels.county.cutoff。",
            "demand，第 c 行：在 60 分钟内到不了任何 medical.regional 可选点。"
            "最近的在 91.0 分钟之外：增加可选点，或提高 services.medical.levels.regional.cutoff。",
        ],
    ),
    "roads: pieces": (
        put("roads", 1, "from", "d"),
        [
            "roads：所需路网分为互不连通的 2 块：2 个节点，含 2 个需求点（a, b）"
            "和 2 个可选点（s, t）；2 个节点，含 1 个需求点（c）和 1 个可选点（u）。"
            "用道路或轮渡将其连通，或允许建设连通它们的通道：policy.corridors = true。"
        ],
    ),
    "corridors: shares": (
        put("corridors", 0, "cost_shares", "P=0.5"),
        [
            "corridors，第 k 行，列 cost_shares：不是份额列表（现为 'P=0.5'）。"
            "写为 id=份额;id=份额，其中 id 为行政区，份额之和为 1。"
        ],
    ),
    "zones: empty": (
        put("zones", 0, "geometry", Polygon()),
        ["zones，第 1 行，列 geometry：为空或已损坏。绘制面，或删除该行。"],
    ),
    "elsewhere": (
        declare("sites", "EPSG:32651"),
        ["sites：距所有需求点 550 公里。指定其坐标实际所用的坐标系；程序不作猜测。"],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault(case: str, tmp_path: Path) -> None:
    broken, messages = FAULTS[case]
    assert faults(tmp_path, broken) == messages


def test_a_file_that_is_no_layer(tmp_path: Path) -> None:
    (tmp_path / "demand.gpkg").write_bytes(b"nonsense")
    told = faults(tmp_path, text("little.gpkg|demand", "demand.gpkg"))
    assert told == [
        "instance.toml, layers.demand：内容不是 .gpkg 格式（现为 'demand.gpkg'）。"
        "另存为 GeoPackage、GeoJSON、Shapefile、FlatGeobuf、.gdb、.xlsx、.ods 或 CSV。"
    ]


def test_a_plan_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"plan.gpkg：没有该文件。给出由 `equisite solve -o` 写出"):
        read_plan_file(tmp_path / "plan.gpkg")


STRANGE: dict[str, tuple[Break, str, str]] = {
    "nobody at a point": (
        all_of(put("demand", 0, "persons", 0), put("demand", 0, "persons_old", 0)),
        "demand：1 个需求点无人居住",
        "demand: nobody lives at 1 demand point",
    ),
    "roads that meet without touching": (
        put("roads", 1, "geometry", line(12, 20)),
        "roads：1 个节点处的道路相接但未接触，其中节点 b 相差 2.0 公里",
        "roads: 1 node where roads meet without touching, node b by 2.0 km",
    ),
    "what stands in a redline": (
        all_of(
            put("zones", 0, "geometry", at(0).buffer(500)),
            lambda it: it.drop("sites", "egress_minutes"),
        ),
        "sites：s 处的现有设施维持现状：位于生态保护红线内",
        "sites: what stands at s stays as it is, inside ecological redline",
    ),
    "fast": (
        put("roads", 0, "minutes", 0.5),
        "roads：2 行中有 1 行快于 150 公里/时，其中 a:b 为 1,200 公里/时；"
        "minutes 列应为分钟：所填是否正确？",
        "roads: 1 of 2 rows faster than 150 km/h, a:b at 1,200 km/h; the column minutes holds "
        "minutes: are they right?",
    ),
}


@pytest.mark.parametrize("case", STRANGE)
def test_a_warning_knows_its_english(case: str, tmp_path: Path) -> None:
    changed, told, plain = STRANGE[case]
    (warning,) = read_little(tmp_path, changed).geography.warnings
    assert warning == told
    assert english(warning) == english(pickle.loads(pickle.dumps(warning))) == plain


def test_english_knows_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "en")
    assert english(_("has no CRS")) == _("has no CRS") == "has no CRS"
