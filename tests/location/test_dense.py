"""200 random instances, of every problem: the optimum of the dense model, written out plainly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csc_array, kron, vstack

from optimizer.location import Coordinates, fixed_charge, max_cover, p_center, p_median, set_cover
from optimizer.question import Limits
from optimizer.solution import Solved, Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program
from tests.parts import parts

EXACT = Limits(gap=0, threads=1)  # a second thread burns a core to wait for so little

#: Of each kind of problem; there are five kinds, and two of them come in two variants.
EACH = 40


def drawn(seed: int) -> tuple[np.random.Generator, np.ndarray, Coordinates]:
    """Points in a square, some of them sites, and their distances."""
    random = np.random.default_rng(seed)
    points = random.random((int(random.integers(12, 32)), 2)) * 100
    sites = points[: int(random.integers(5, 12))]
    distance = np.linalg.norm(points[:, None] - sites[None], axis=2)
    if seed % 2:
        distance = np.floor(distance + 1e-9)
    return random, distance, Coordinates(points, sites, rounded=bool(seed % 2))


def dense(
    costs: np.ndarray,
    fixed: np.ndarray,
    *,
    count: int | None = None,
    load: np.ndarray | None = None,
    room: np.ndarray | None = None,
    whole: bool = False,
) -> float:
    """minimise f y + c x: everybody is served, only by what is open; x after y, row by row."""
    points, sites = costs.shape
    n = sites + points * sites
    serve = np.hstack([np.zeros((points, sites)), kron(np.eye(points), np.ones(sites)).toarray()])
    open_only = np.hstack([-np.tile(np.eye(sites), (points, 1)), np.eye(points * sites)])
    rows, lower = [serve, open_only], [np.ones(points), np.full(points * sites, -np.inf)]
    upper = [np.ones(points), np.zeros(points * sites)]
    if count is not None:
        rows.append((np.arange(n) < sites).astype(float)[None])
        lower.append(np.array([count]))
        upper.append(np.array([count]))
    if load is not None and room is not None:
        rows.append(np.hstack([-np.diag(room), np.kron(load, np.eye(sites))]))
        lower.append(np.full(sites, -np.inf))
        upper.append(np.zeros(sites))
    program = Program(
        cost=np.concatenate([fixed, costs.reshape(-1)]),
        offset=0.0,
        rows=csc_array(vstack([csc_array(one) for one in rows])),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        lower=np.zeros(n),
        upper=np.ones(n),
        integer=(np.arange(n) < sites) | whole,
    )
    found = minimise(program, EXACT)
    return found.objective


def is_best(found: Solved, best: float) -> None:
    if not np.isfinite(best):
        assert found.status is Status.INFEASIBLE
        return
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best, rel=1e-6)
    assert found.bound == pytest.approx(best, rel=1e-6)


@pytest.mark.parametrize("seed", parts(range(EACH), usual=12))
def test_p_median(seed: int) -> None:
    random, distance, plane = drawn(seed)
    weights = random.integers(1, 9, len(distance)).astype(float)
    p = 1 + seed % 6 % distance.shape[1]
    best = dense(weights[:, None] * distance, np.zeros(distance.shape[1]), count=p)
    is_best(p_median(plane, p, weights), best)


@pytest.mark.parametrize("seed", parts(range(EACH), usual=12))
def test_fixed_charge(seed: int) -> None:
    random, distance, plane = drawn(seed)
    fixed = random.integers(20, 300, distance.shape[1]).astype(float)
    is_best(fixed_charge(plane, fixed), dense(distance, fixed))


@pytest.mark.parametrize("single_source", [False, True])
@pytest.mark.parametrize("seed", parts(range(EACH // 2), usual=8))
def test_capacities(seed: int, single_source: bool) -> None:
    random, distance, plane = drawn(seed)
    fixed = random.integers(20, 300, distance.shape[1]).astype(float)
    load = random.integers(1, 20, len(distance)).astype(float)
    room = np.floor(load.sum() * random.uniform(0.2, 0.6, distance.shape[1]))
    best = dense(distance, fixed, load=load, room=room, whole=single_source)
    is_best(fixed_charge(plane, fixed, room, load, single_source), best)


@pytest.mark.parametrize("seed", parts(range(EACH // 2), usual=8))
def test_set_cover(seed: int) -> None:
    random, distance, plane = drawn(seed)
    fixed = random.integers(1, 9, distance.shape[1]).astype(float)
    radius = float(np.quantile(distance.min(axis=1), 0.5) + 30)
    beyond = np.where(distance <= radius, 0.0, 1e4)
    best = dense(beyond, fixed)
    is_best(set_cover(plane, radius, fixed), best if best < 1e4 else np.inf)


@pytest.mark.parametrize("seed", parts(range(EACH // 2), usual=8))
def test_max_cover(seed: int) -> None:
    random, distance, plane = drawn(seed)
    weights = random.integers(1, 9, len(distance)).astype(float)
    missed = weights[:, None] * (distance > 15)
    best = weights.sum() - dense(missed, np.zeros(distance.shape[1]), count=2)
    is_best(max_cover(plane, 15, 2, weights), best)


@pytest.mark.parametrize("seed", parts(range(EACH), usual=12))
def test_p_center(seed: int) -> None:
    _, distance, plane = drawn(seed)
    p = 1 + seed % 4
    radii = np.unique(distance)
    sites = np.zeros(distance.shape[1])
    # The smallest radius under which nobody is left out, by halving.
    low, high = 0, len(radii) - 1
    while low < high:
        middle = (low + high) // 2
        left_out = dense((distance > radii[middle]).astype(float), sites, count=p)
        low, high = (middle + 1, high) if left_out > 0.5 else (low, middle)
    is_best(p_center(plane, p), float(radii[low]))
