"""The largest real instance, as a whole; smaller ones are in `tests/instances/test_real.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.geodata.read import read

DELTA = Path(__file__).parents[2] / "instances" / "yangtze-delta"


@pytest.mark.slow
def test_yangtze_delta_is_read() -> None:
    problem = read(DELTA).problem
    assert len(problem.demand.ids) == 2217
    assert len(problem.levels) == len(problem.pairs) == 4
