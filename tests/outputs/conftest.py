"""The small study of `little`."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.outputs.study import Study
from tests.outputs.little import Little

collect_ignore = ["open_in_qgis.py"]  # for the Python that has QGIS


@pytest.fixture
def little(tmp_path: Path) -> Little:
    return Little(tmp_path)


@pytest.fixture
def study(little: Little) -> Study:
    return little.study()
