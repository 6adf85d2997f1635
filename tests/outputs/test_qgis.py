"""A plan, and a sweep, open as a map in a real QGIS. Skipped where there is no QGIS."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

from optimizer.outputs import frontier
from optimizer.outputs.formats import write
from optimizer.outputs.layers import layers
from optimizer.outputs.solved_instance import SolvedInstance
from tests.outputs.little import Little
from tests.outputs.sweeps import instance, sweep
from tests.parts import parts

SCRIPT = Path(__file__).with_name("open_in_qgis.py")


def python_with_qgis() -> str | None:
    """QGIS lives with the Python of the system."""
    for python in ("/usr/bin/python3", shutil.which("python3")):
        if python and Path(python).exists():
            found = subprocess.run([python, "-c", "import qgis.core"], capture_output=True)
            if found.returncode == 0:
                return python
    return None


def opened(path: Path, picture: Path, names: list[str], point: int = 0) -> dict[str, Any]:
    """What QGIS says of the layers of a file; point: what the project variable is set to."""
    python = python_with_qgis()
    if python is None:
        pytest.skip("no QGIS on this machine")
    run = subprocess.run(
        [python, SCRIPT, path, picture, str(point), *names],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    assert len({tuple(colour) for row in imread(picture) for colour in row}) > 50
    return found


@pytest.fixture
def plan(study: SolvedInstance, tmp_path: Path) -> Path:
    path = tmp_path / "plan.gpkg"
    write(study, path, "zh")
    return path


def test_every_layer_opens_styled(study: SolvedInstance, plan: Path, tmp_path: Path) -> None:
    expected = layers(study)
    found = opened(plan, tmp_path / "map.png", list(expected)[::-1])
    for name, layer in found.items():
        assert layer["valid"]
        assert layer["features"] == len(expected[name])
        # Every feature that has a place has a symbol.
        assert layer["drawn"] == expected[name].geometry.notna().sum(), name
        assert layer["columns"] == ["fid", *expected[name].columns.drop("geometry")]
    assert found["facilities"]["legend"][:2] == ["急救站: 保留", "急救站: 新建"]
    assert found["demand"]["legend"] == ["0 – 15", "15 – 30", "30 – 45", "45 – 60", "> 60"]
    # d1, d2, d3, d4 and two cities have names; of the facilities at one site only one is labelled.
    assert found["facilities"]["labelled"] == 2
    assert found["jurisdictions"]["labelled"] == 2


@pytest.mark.parametrize(("point", "stations", "sites"), parts([(4, 3, 3), (0, 2, 2)], usual=1))
def test_one_plan_of_a_sweep_is_drawn(
    little: Little, tmp_path: Path, point: int, stations: int, sites: int
) -> None:
    """The knee (point 2), or what the project variable says."""
    path = tmp_path / "sweep.gpkg"
    frontier.write(instance(little), [sweep(little)], path, "en")
    names = ["no_regret", *list(layers(little.study()))[::-1]]
    found = opened(path, tmp_path / "map.png", names, point)
    assert found["facilities"]["drawn"] == stations + 2  # with the hospitals at s1 and s3
    assert found["demand"]["drawn"] == 4
    assert found["jurisdictions"]["drawn"] == 3
    assert found["jurisdictions"]["labelled"] == 2
    assert found["facilities"]["labelled"] == sites
    # What is the same in all plans is drawn always: four facilities and a corridor.
    assert found["no_regret"]["drawn"] == 5
    assert found["rejected"]["drawn"] == 2
    assert '"point" = coalesce(@point, 2)' in found["demand"]["legend"]


def test_ogrinfo_reads_every_layer(study: SolvedInstance, plan: Path) -> None:
    if shutil.which("ogrinfo") is None:
        pytest.skip("no ogrinfo on this machine")
    run = subprocess.run(["ogrinfo", "-al", "-so", plan], capture_output=True, text=True)
    assert run.returncode == 0
    assert run.stderr == ""  # no warning
    for name, layer in layers(study).items():
        assert f"Layer name: {name}\n" in run.stdout
        for column in layer.columns.drop("geometry"):
            assert f"\n{column}: " in run.stdout
