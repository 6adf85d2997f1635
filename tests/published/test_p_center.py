"""p-centers of the pmed graphs (OR-Library, Beasley 1985), through the measure `maximum`."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.formats import pmed
from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.question import Limits
from optimizer.robust import solve
from tests.published.bench import FOLDER, fairest, optimum, p_sites

SMALL = {"pmed5": 33}
LARGE = {
    **{"pmed1": 5, "pmed10": 67, "pmed15": 100, "pmed20": 133, "pmed25": 167},
    **{"pmed30": 200, "pmed35": 5, "pmed40": 90},
}


def reachable(minutes: np.ndarray, p: int) -> float:
    """A radius that p sites can keep: always the farthest point next, from the best first one."""
    nearest = minutes.copy()  # (first, point)
    for _ in range(p - 1):
        nearest = np.minimum(nearest, minutes[nearest.argmax(axis=1)])
    return float(nearest.max(axis=1).min())


@pytest.mark.parametrize(
    ("name", "p"),
    [*SMALL.items(), *(pytest.param(*one, marks=pytest.mark.slow) for one in LARGE.items())],
)
def test_p_center(name: str, p: int):
    minutes = pmed.read(FOLDER / "pmedian_orlib" / f"{name}.txt").distances()
    radius = reachable(minutes, p)
    facts = p_sites(minutes, np.ones(len(minutes)), p, radius, radius)
    policy = fairest("maximum")
    result = solve(Case(facts, policy), Limits(gap=0))
    assert result.gap == 0
    assert assess(Case(facts, policy), result.plan).equity == optimum(name, "p-center", p=p)
