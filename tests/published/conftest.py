"""The data are not part of the repository: without them these tests are skipped."""

from __future__ import annotations

import pytest

from tests.published.bench import FOLDER


@pytest.fixture(autouse=True)
def _bench() -> None:
    if not (FOLDER / "optima.csv").is_file():
        pytest.skip("no benchmark data: set EQUISITE_BENCH to their folder")
