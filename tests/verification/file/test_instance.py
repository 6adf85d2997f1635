"""A written plan against its instance: the roads, the files, and what is no plan at all."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from optimizer.foundation.faults import InputError
from optimizer.geodata.read import read
from optimizer.verification.file import check_file
from tests.plans import TINY, broken, edited, set_key, solved, tiny_plans


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return tiny_plans(tmp_path_factory.mktemp("plans"))


def test_links_access_and_egress_count_on_the_roads(tmp_path: Path) -> None:
    folder = shutil.copytree(TINY / "line", tmp_path / "line")
    for layer, column, minutes in (("demand", "access_minutes", 2), ("sites", "egress_minutes", 1)):
        table = json.loads((folder / f"{layer}.geojson").read_text(encoding="utf-8"))
        for n, feature in enumerate(table["features"]):
            # Off the roads, some 1.1 km north of their nodes
            feature["properties"] |= {"id": f"{layer[0]}{n + 1}", column: minutes}
            feature["geometry"]["coordinates"][1] += 0.01
        (folder / f"{layer}.geojson").write_text(json.dumps(table), encoding="utf-8")
    path = solved(read(folder), tmp_path / "links.gpkg")
    assert broken(path, folder) == {}
    # d3 at s2: access 2, road 10, egress 1, and twice 1.11 km x 1.3 at 30 km/h, 2.88 minutes
    told = edited(path, tmp_path, "UPDATE assignments SET minutes = 4 WHERE demand = 'd3'")
    detail = broken(told, folder)["minutes are those of the roads"]
    assert detail.startswith("emergency, d3 -> s2: 4 minutes, on the roads 18.7")


def test_a_point_may_hang_on_any_of_equally_near_nodes(tmp_path: Path) -> None:
    # u1 is at the place of v1, one minute away by road; a site there hangs on the one or the other.
    folder = shutil.copytree(TINY / "line", tmp_path / "line")
    roads = json.loads((folder / "roads.geojson").read_text(encoding="utf-8"))
    roads["features"].append(json.loads(json.dumps(roads["features"][0])))
    roads["features"][-1]["properties"] |= {"to": "u1", "minutes": 1}
    roads["features"][-1]["geometry"]["coordinates"][1] = [120.0, 30.0]
    (folder / "roads.geojson").write_text(json.dumps(roads), encoding="utf-8")
    for layer in ("demand", "sites"):
        text = (folder / f"{layer}.geojson").read_text(encoding="utf-8")
        changed = text.replace('"id": "v1"', f'"id": "{layer}-v1"')
        (folder / f"{layer}.geojson").write_text(changed, encoding="utf-8")
    assert broken(solved(read(folder), tmp_path / "tie.gpkg"), folder) == {}


def test_changed_inputs_are_named(plans: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(TINY / "line", tmp_path / "line")
    roads = folder / "roads.geojson"
    text = roads.read_text(encoding="utf-8")
    roads.write_text(text.replace('"minutes": 10', '"minutes": 11'), encoding="utf-8")
    found = broken(plans["line"], folder)
    assert found["the inputs are unchanged"].startswith("roads.geojson has changed since")
    assert "in truth 22" in found["minutes are true"]


def test_the_instance_is_found_beside_the_plan(plans: dict[str, Path], tmp_path: Path) -> None:
    beside = shutil.copytree(TINY / "line", tmp_path / "line")
    (beside / "instance.toml").open("a", encoding="utf-8").write("# a note\n")
    copy = shutil.copy(plans["line"], tmp_path / "plan.gpkg")
    assert set(broken(Path(copy))) == {"the inputs are unchanged"}


def test_an_instance_that_is_nowhere(plans: dict[str, Path], tmp_path: Path) -> None:
    copy = edited(plans["line"], tmp_path, set_key("instance", "atlantis"))
    with pytest.raises(InputError, match=r"no such instance.*atlantis.*--instance"):
        check_file(copy)


NOT_A_PLAN: dict[str, tuple[list[str], str]] = {
    "a layer is missing": (
        ["DELETE FROM gpkg_contents WHERE table_name = 'facilities'"],
        "has no layer facilities",
    ),
    "a key is missing": (
        ["DELETE FROM manifest WHERE key = 'policy'"],
        "manifest: has no key policy",
    ),
    "a value is no JSON": (
        ["UPDATE manifest SET value = 'high' WHERE key = 'gap'"],
        "manifest, row gap: is not JSON",
    ),
    "the status is no status": ([set_key("status", "great")], "unknown status.*great"),
    "the overrides are no list": ([set_key("overrides", 3)], "says no policy"),
    "the name of the policy is a list": ([set_key("policy_name", [])], "says no policy"),
    "a column is missing": (
        ["UPDATE manifest SET value = value", "ALTER TABLE assignments DROP COLUMN share"],
        "assignments: has no column share",
    ),
}


@pytest.mark.parametrize("name", NOT_A_PLAN)
def test_a_file_that_is_no_plan(plans: dict[str, Path], tmp_path: Path, name: str) -> None:
    statements, message = NOT_A_PLAN[name]
    copy = Path(shutil.copy(plans["line"], tmp_path / "edited.gpkg"))
    with sqlite3.connect(copy) as database:
        for statement in statements:
            database.execute(statement)
    database.close()
    with pytest.raises(InputError, match=message):
        check_file(copy)


def test_a_file_that_is_no_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    with pytest.raises(InputError, match="no such file"):
        check_file(path)
    path.write_text("minutes\n", encoding="utf-8")
    with pytest.raises(InputError, match="is no GeoPackage"):
        check_file(path)


def test_a_file_that_is_cut_off_or_damaged(plans: dict[str, Path], tmp_path: Path) -> None:
    whole = plans["line"].read_bytes()
    copy = tmp_path / "plan.gpkg"
    copy.write_bytes(whole[: int(0.99 * len(whole))])
    with pytest.raises(InputError, match="is cut off"):
        check_file(copy)
    damaged = bytearray(whole)
    damaged[4096::997] = bytes(255 - byte for byte in damaged[4096::997])
    copy.write_bytes(damaged)
    with pytest.raises(InputError, match=r"is no GeoPackage|has no|is not"):
        check_file(copy)
