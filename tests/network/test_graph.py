"""The road graph, and how points hang on it."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from optimizer.network.graph import link, roads


def along(*km: tuple[float, float]) -> np.ndarray:
    """(E, 2, 2) roads on the x-axis, from and to these kilometres."""
    return np.array([[[1000 * a, 0], [1000 * b, 0]] for a, b in km], dtype=float)


def test_parallel_roads_keep_the_fastest_and_loops_go() -> None:
    network = roads(
        ["a", "b", "a", "b"],
        ["b", "a", "b", "b"],
        np.array([9.0, 4, 7, 1]),
        along((0, 1), (1, 0), (0, 1), (1, 1)),
    )
    assert network.nodes == ("a", "b")
    assert (network.start.tolist(), network.end.tolist()) == ([0], [1])
    assert network.minutes.tolist() == [4]
    assert_allclose(network.place, [[0, 0], [1000, 0]])


def test_a_road_of_no_minutes_is_a_road() -> None:
    network = roads(["a"], ["b"], np.zeros(1), along((0, 1)))
    assert network.matrix.nnz == 2
    assert network.graph.number_of_edges() == 1
    assert network.piece.tolist() == [0, 0]


def test_pieces_are_numbered_from_the_largest() -> None:
    network = roads(["a", "x", "y"], ["b", "y", "z"], np.ones(3), along((0, 1), (5, 6), (6, 7)))
    assert dict(zip(network.nodes, network.piece.tolist(), strict=True)) == {
        "a": 1, "b": 1, "x": 0, "y": 0, "z": 0,
    }  # fmt: skip


def test_a_point_hangs_on_its_own_node_or_on_the_nearest() -> None:
    network = roads(["a"], ["b"], np.ones(1), along((0, 10)))
    # b is a node, however far away its point is; p is 4 km from the node b:
    # 4 km x 1.5 at 30 km/h = 12 minutes
    places = np.array([[0.0, 0.0], [10_000.0, 4_000.0]])
    links = link(network, ["b", "p"], places, kmh=30, detour=1.5)
    assert [network.nodes[row] for row in links.node] == ["b", "b"]
    assert_allclose(links.minutes, [0, 12])
