"""The small study of `little`."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.outputs.solved_instance import SolvedInstance
from tests.outputs.little import Little

collect_ignore = ["open_in_qgis.py"]  # for the Python that has QGIS


@pytest.fixture
def little(tmp_path: Path) -> Little:
    return Little(tmp_path)


@pytest.fixture
def study(little: Little) -> SolvedInstance:
    return little.study()
