"""A real instance, read as a whole."""

from __future__ import annotations

from pathlib import Path
from time import process_time

from optimizer.geodata.read import read

DELTA = Path(__file__).parents[2] / "instances" / "yangtze-delta"


def test_yangtze_delta_is_read_in_two_seconds() -> None:
    start = process_time()
    problem = read(DELTA).problem
    assert process_time() - start < 2
    assert len(problem.demand.ids) == 231
    assert len(problem.levels) == len(problem.pairs) == 4
