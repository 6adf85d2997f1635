"""Faults that are put back are found, by a question that has no catch without them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verify.engine.drawing import draw as draw_town
from tests.verify.faults import ENGINE, LOCATION
from tests.verify.knobs import MEDIAN
from tests.verify.location.asked import Asked
from tests.verify.location.drawing import KINDS
from tests.verify.location.drawing import draw as draw_sites

#: Seconds each on a busy machine.
pytestmark = pytest.mark.slow

#: Which town shows a fault; `make verify` comes upon such ones by itself.
TOWNS = {
    "existing may be shut": 5043,
    "worst level on its own scale": 5004,
    "a status that is believed": 5002,
    "a measure that is not what it says": 5024,
    "half of the money is seen": 5065,
    "everybody is entitled": 5004,
}


def village(seed: int) -> Asked:
    """Houses on a grid and one far away, each of which may be a site."""
    rng = np.random.default_rng([seed, 5])
    points = int(rng.integers(20, 100))
    side = int(np.sqrt(points) * rng.integers(1, 4)) + 2
    at = rng.integers(0, side, (points, 2)).astype(float)
    at[0] = np.round(rng.uniform(2, 30) * side)
    weights = (np.ones(points), rng.integers(1, 9, points) * 1.0)
    weights = (*weights, rng.choice([0.1, 0.3, 1.0, 1.0, 1.0], points))
    weight = weights[rng.integers(3)]
    rounded, p = bool(rng.integers(2)), int(rng.integers(2, 12))
    given = {"at": at, "there": at, "rounded": rounded, "p": p, "weights": weight}
    knobs = MEDIAN["branching"]
    return Asked(KINDS["p_median"], "p_median", given, "coordinates", seed, frozenset(), knobs)


#: Which question to `optimizer.location` shows a fault.
SITES = {
    "a leaf seen by local search only": village(73),
    "decided by what is hoped": draw_sites(19, "p_median"),
}


@pytest.mark.parametrize("fault", TOWNS)
def test_a_fault_of_the_engine_is_found(fault: str) -> None:
    question = draw_town(TOWNS[fault], most=9)
    assert question.judged() == []
    with ENGINE[fault]():
        assert question.judged() != []


@pytest.mark.parametrize("fault", SITES)
def test_a_fault_of_location_is_found(fault: str) -> None:
    question = SITES[fault]
    assert question.judged() == []
    with LOCATION[fault]():
        assert question.judged() != []
