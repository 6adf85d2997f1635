"""Travel minutes, against sums by hand and against networkx on random graphs."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from optimizer.foundation.faults import InputError
from optimizer.network import minutes
from optimizer.network.graph import Links, Roads
from optimizer.network.minutes import transfer, travel
from optimizer.network.sections import roads
from optimizer.problem import Floats, Pairs

#: a -- 5 -- b -- 0 -- c -- 3 -- d, and no way to e -- 1 -- f.
CHAIN = roads(
    list("abce"),
    list("bcdf"),
    np.array([5.0, 0, 3, 1]),
    np.zeros((4, 2, 2)),
)


def at(nodes: str, *link_minutes: float) -> Links:
    rows = np.array([CHAIN.row[node] for node in nodes])
    return Links(rows, np.array(link_minutes or [0.0] * len(nodes)))


def as_dict(pairs: Pairs) -> dict[tuple[int, int], float]:
    rows = zip(pairs.origin.tolist(), pairs.site.tolist(), strict=True)
    return dict(zip(rows, pairs.minutes.tolist(), strict=True))


def test_access_links_roads_and_egress_add_up() -> None:
    pairs = travel(
        CHAIN, at("ab", 1, 0), at("bd", 0, 2), np.array([0.5, 4]), np.array([0, 0.25]), 100
    )
    # a to b: 0.5 access + 1 link + 5 road; a to d: 0.5 + 1 + 8 + 2 link + 0.25 egress;
    # b at b: only its access; b to d: 4 + 3 + 2 + 0.25
    assert as_dict(pairs) == {(0, 0): 6.5, (0, 1): 11.75, (1, 0): 4, (1, 1): 9.25}


def test_the_limit_is_still_within_reach_and_what_is_beyond_is_not() -> None:
    nothing = np.zeros(2)
    assert as_dict(travel(CHAIN, at("ab"), at("ad"), nothing, nothing, 5)) == {
        (0, 0): 0, (1, 0): 5, (1, 1): 3,
    }  # fmt: skip
    assert as_dict(travel(CHAIN, at("ab"), at("ad"), nothing, nothing, 2.9)) == {(0, 0): 0}


def test_no_road_is_no_pair() -> None:
    assert not len(travel(CHAIN, at("a"), at("e"), np.zeros(1), np.zeros(1), 1e7))


def test_nobody_goes_anywhere_when_access_takes_all_the_time() -> None:
    assert not len(travel(CHAIN, at("a"), at("a"), np.array([20.0]), np.zeros(1), 10))


def test_transfers_drive_and_stay_at_home_for_nothing() -> None:
    # the links of a (2) and d (1) count on the way, not between a site and itself;
    # b is the same place as c
    pairs = transfer(CHAIN, at("adbc", 2, 1, 0, 0), 7)
    assert as_dict(pairs) == {
        (0, 0): 0, (0, 2): 7, (0, 3): 7,
        (1, 1): 0, (1, 2): 4, (1, 3): 4,
        (2, 2): 0, (2, 0): 7, (2, 1): 4, (2, 3): 0,
        (3, 3): 0, (3, 0): 7, (3, 1): 4, (3, 2): 0,
    }  # fmt: skip


def plainly(
    network: Roads, origins: Links, sites: Links, access: Floats, egress: Floats, limit: float
) -> dict[tuple[int, int], float]:
    """The same by one networkx tree for each demand point."""
    found = {}
    for i, node in enumerate(origins.node.tolist()):
        tree = nx.single_source_dijkstra_path_length(network.graph, node, weight="minutes")
        for j, end in enumerate(sites.node.tolist()):
            total = access[i] + origins.minutes[i] + egress[j] + sites.minutes[j]
            if end in tree and tree[end] + total <= limit:
                found[i, j] = tree[end] + total
    return found


@pytest.mark.parametrize("held", [1, 40, minutes.HELD_NUMBERS])
@given(seed=st.integers(0, 10_000))
def test_the_same_as_networkx_however_it_is_cut(held: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    n, e, i, j = (int(number) for number in draw.integers(2, [12, 30, 20, 20]))
    ends = draw.integers(0, n, (2, e)).astype(str)
    network = roads(ends[0], ends[1], draw.integers(0, 9, e) / 2, np.zeros((e, 2, 2)))
    nodes = len(network.nodes)
    origins = Links(draw.integers(0, nodes, i), draw.integers(0, 3, i) / 4)
    sites = Links(draw.integers(0, nodes, j), draw.integers(0, 3, j) / 4)
    access, egress = draw.integers(0, 5, i) / 4, draw.integers(0, 5, j) / 4
    limit = float(draw.integers(1, 30)) / 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(minutes, "HELD_NUMBERS", held)
        found = as_dict(travel(network, origins, sites, access, egress, limit))
    expected = plainly(network, origins, sites, access, egress, limit)
    assert found.keys() == expected.keys()
    assert_allclose([found[pair] for pair in expected], list(expected.values()))


def test_pairs_that_do_not_fit_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.foundation.memory.room", lambda: 1.0)
    with pytest.raises(InputError, match=r"cutoff: 4 or more pairs .* within 60 minutes"):
        travel(CHAIN, at("ab"), at("ab"), np.zeros(2), np.zeros(2), 60)


def test_many_points_stay_sparse() -> None:
    """20,000 points on a road of 20,000 nodes: pairs in number as the limit allows, in seconds."""
    n = 20_000
    names = [f"{number:05}" for number in range(n)]
    network = roads(names[:-1], names[1:], np.ones(n - 1), np.zeros((n - 1, 2, 2)))
    points = Links(np.arange(n), np.zeros(n))
    sites = Links(np.arange(5, n, 100), np.zeros(n // 100))
    pairs = travel(network, points, sites, np.zeros(n), np.zeros(n // 100), 10)
    # each site serves itself and 10 nodes to either side; the first has but 5 to one side
    assert len(pairs) == 21 * len(sites.node) - 5
