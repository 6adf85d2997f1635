"""The road graph: junctions, sections between them, and points that hang between junctions."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from optimizer.network.sections import Cuts, Sections, roads, sections


def along(*km: tuple[float, float]) -> np.ndarray:
    """(E, 2, 2) roads on the x-axis, from and to these kilometres."""
    return np.array([[[1000 * a, 0], [1000 * b, 0]] for a, b in km], dtype=float)


def cut(*where: tuple[int, float]) -> Cuts:
    road, share = zip(*where, strict=True)
    return Cuts(np.array(road), np.array(share), np.zeros((len(where), 2)))


def apart(found: Sections, closed: tuple[int, ...] = ()) -> dict[tuple[str, str], float]:
    """Minutes of each section, by the names of its two ends."""
    network = found.roads(np.array(closed, dtype=np.int64))
    names = network.nodes
    return {
        (names[a], names[b]): round(minutes, 9)
        for a, b, minutes in zip(network.start, network.end, network.minutes, strict=True)
    }


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


def test_a_road_is_cut_in_proportion_and_stays_one_link() -> None:
    # 12 minutes, drawn from b to a; cut at a quarter (twice, by two points) and at two thirds
    found, node = sections(
        ["b", "b"], ["a", "c"], np.array([12.0, 5]), along((1, 0), (1, 2)),
        cut((0, 0.25), (0, 2 / 3), (0, 0.25)),
    )  # fmt: skip
    quarter, thirds, again = (found.nodes[n] for n in node.tolist())
    assert quarter == again
    whole = {("b", quarter): 3, (quarter, thirds): 5, ("a", thirds): 4, ("b", "c"): 5}
    assert apart(found) == whole
    assert found.names == (("a", "b"), ("b", "c"))
    assert sorted(found.roads().link.tolist()) == [0, 0, 0, 1]
    assert apart(found, closed=(0,)) == {("b", "c"): 5}


def test_of_parallel_roads_one_may_be_cut_and_both_are_one_link() -> None:
    found, (node,) = sections(
        ["a", "b"], ["b", "a"], np.array([9.0, 8]), along((0, 1), (1, 0)), cut((1, 0.5))
    )
    middle = found.nodes[node]
    # The slow one goes straight, the fast one over the middle.
    assert apart(found) == {("a", "b"): 9, ("b", middle): 4, ("a", middle): 4}
    assert found.links.tolist() == [[0, 1]]
    assert found.of_links(np.array([0])).tolist() == [0, 1]
    assert apart(found, closed=(1,)) == {("a", "b"): 9}


def test_who_hangs_on_a_loop_leaves_it_on_the_shorter_side() -> None:
    found, (node,) = sections(["a"], ["a"], np.array([10.0]), along((0, 0)), cut((0, 0.2)))
    assert apart(found) == {("a", found.nodes[node]): 2}
    assert found.names == (("a", "a"),)


def test_a_node_of_the_user_is_never_mistaken_for_a_cut() -> None:
    found, _ = sections(
        ["a", "a:b 0.5"], ["b", "a"], np.ones(2), along((0, 1), (5, 0)), cut((0, 0.5))
    )
    assert found.roads().row["a:b 0.5"] == 1
