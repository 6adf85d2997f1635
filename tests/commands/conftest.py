"""The program run in this process, and a plan that it wrote."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import LineString

from optimizer.commands import main
from optimizer.foundation import language
from tests.commands.running import LINE, ROOT, Ended, Run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program in this process, as a user with a locale; it ends with an exit code."""

    def run(*arguments: object, locale: str = "C") -> Ended:
        for variable in (language.VARIABLE, *language.LOCALES):
            monkeypatch.setenv(variable, locale)  # and as it was, when the test ends
        monkeypatch.setattr(sys, "argv", ["equisite", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, *capsys.readouterr())

    return run


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only the tiny instances are known, and those of `tmp_path`, where the program runs."""
    monkeypatch.chdir(tmp_path)
    homes = (Path("instances"), ROOT / "instances/tiny")
    monkeypatch.setattr("optimizer.geodata.catalogue.HOMES", homes)


@pytest.fixture
def plan(run: Run, tmp_path: Path) -> Path:
    """A plan of tiny/line as a file."""
    file = tmp_path / "line.gpkg"
    assert run("solve", LINE, "-o", file, "--quiet").code == 0
    return file


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A copy of tiny/redline with two links in one file with the zones: n to m, and back."""
    copy = Path(shutil.copytree(ROOT / "instances/tiny/redline", tmp_path / "linked"))
    demand = gpd.read_file(copy / "demand.geojson")
    zones = gpd.read_file(copy / "zones.geojson")
    first, last = demand["id"].iloc[[0, -1]]
    line = LineString(demand.geometry.iloc[[0, -1]].tolist())
    links = {"id": ["k", "l"], "from": [first, last], "to": [last, first], "own": ["甲", "乙"]}
    zones.to_file(copy / "land.gpkg", layer="zones")
    gpd.GeoDataFrame(links, geometry=[line, line], crs=demand.crs).to_file(
        copy / "land.gpkg", layer="corridors"
    )
    text = (copy / "instance.toml").read_text(encoding="utf-8")
    text = text.replace('"zones.geojson"', '"land.gpkg|zones"\ncorridors = "land.gpkg|corridors"')
    (copy / "instance.toml").write_text(text, encoding="utf-8")
    return copy
