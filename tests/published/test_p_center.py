"""p-centers of the pmed graphs (OR-Library, Beasley 1985), through the measure `maximum`."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from optimizer.algorithms import solve
from optimizer.evaluate import evaluate
from optimizer.policy import Limits
from tests.published.bench import FOLDER, fairest, optimum, p_sites

SMALL = {"pmed1": 5, "pmed5": 33, "pmed10": 67}
LARGE = {"pmed15": 100, "pmed20": 133, "pmed25": 167, "pmed30": 200, "pmed35": 5, "pmed40": 90}


def distances(name: str) -> np.ndarray:
    """(n, n) shortest paths; of an edge that is repeated the last length counts."""
    text = (FOLDER / "pmedian_orlib" / f"{name}.txt").read_text(encoding="utf-8").split()
    n, m = int(text[0]), int(text[1])
    length = np.zeros((n, n))
    for i, j, cost in np.array(text[3 : 3 + 3 * m], dtype=int).reshape(m, 3):
        length[i - 1, j - 1] = length[j - 1, i - 1] = cost
    return np.asarray(shortest_path(csr_array(length), directed=False))


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
    minutes = distances(name)
    radius = reachable(minutes, p)
    facts = p_sites(minutes, np.ones(len(minutes)), p, radius, radius)
    policy = fairest("maximum")
    result = solve(facts, policy, Limits(gap=0))
    assert result.gap == 0
    assert evaluate(facts, policy, result.plan).equity == optimum(name, "p-center", str(p))
