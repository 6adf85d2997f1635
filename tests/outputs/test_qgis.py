"""A plan opens as a map in a real QGIS, without a click. Skipped where there is no QGIS."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

from optimizer.outputs import Study, write
from optimizer.outputs.layers import layers

SCRIPT = Path(__file__).with_name("open_in_qgis.py")


def python_with_qgis() -> str | None:
    """QGIS lives with the Python of the system."""
    for python in ("/usr/bin/python3", shutil.which("python3")):
        if python and Path(python).exists():
            found = subprocess.run([python, "-c", "import qgis.core"], capture_output=True)
            if found.returncode == 0:
                return python
    return None


@pytest.fixture
def plan(study: Study, tmp_path: Path) -> Path:
    path = tmp_path / "plan.gpkg"
    write(study, path, "zh")
    return path


def test_every_layer_opens_styled(study: Study, plan: Path, tmp_path: Path) -> None:
    python = python_with_qgis()
    if python is None:
        pytest.skip("no QGIS on this machine")
    expected = layers(study)
    names = list(expected)[::-1]
    picture = tmp_path / "map.png"
    run = subprocess.run(
        [python, SCRIPT, plan, picture, *names], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
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
    assert len({tuple(colour) for row in imread(picture) for colour in row}) > 50


def test_ogrinfo_reads_every_layer(study: Study, plan: Path) -> None:
    if shutil.which("ogrinfo") is None:
        pytest.skip("no ogrinfo on this machine")
    run = subprocess.run(["ogrinfo", "-al", "-so", plan], capture_output=True, text=True)
    assert run.returncode == 0
    assert run.stderr == ""  # no warning
    for name, layer in layers(study).items():
        assert f"Layer name: {name}\n" in run.stdout
        for column in layer.columns.drop("geometry"):
            assert f"\n{column}: " in run.stdout
