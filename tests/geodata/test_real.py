"""A real instance, read as a whole."""

from __future__ import annotations

from pathlib import Path

from optimizer.geodata.read import read

DELTA = Path(__file__).parents[2] / "instances" / "yangtze-delta"


def test_yangtze_delta_is_read() -> None:
    problem = read(DELTA).problem
    assert len(problem.demand.ids) == 2217
    assert len(problem.levels) == len(problem.pairs) == 4
