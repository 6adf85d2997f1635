"""Networks of SNDlib (Orlowski et al. 2010): no optimum is published, but each failure is tried."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from benchmarks.formats import sndlib
from optimizer.location import network_design, survivable_network
from optimizer.question import Limits
from optimizer.solution import Status
from tests.published.bench import FOLDER

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["nobel-eu", "germany50"])
@pytest.mark.parametrize("nodes_fail", [False, True])
def test_each_failure_is_survived(name: str, nodes_fail: bool) -> None:
    plans = sndlib.read(FOLDER / "sndlib" / f"{name}.txt")
    needs = plans.requirement()
    assert (needs == 2).all()
    found = survivable_network(plans.tail, plans.head, plans.price(), needs, nodes_fail)
    assert found.status is Status.OPTIMAL and found.plan is not None
    kept = found.plan.edges
    assert plans.price()[kept].sum() == found.objective == found.bound
    whole = nx.Graph(list(zip(plans.tail[kept].tolist(), plans.head[kept].tolist(), strict=True)))
    assert whole.number_of_nodes() == len(needs)
    for edge in whole.edges:
        assert nx.is_connected(nx.restricted_view(whole, [], [edge]))
    for node in whole if nodes_fail else ():
        assert nx.is_connected(nx.restricted_view(whole, [node], []))


@pytest.mark.parametrize("name", ["abilene", "nobel-eu"])
def test_what_is_built_carries_all_demands(name: str) -> None:
    plans = sndlib.read(FOLDER / "sndlib" / f"{name}.txt")
    found = network_design(
        *(plans.tail, plans.head, plans.source, plans.sink, plans.demand),
        *(plans.edge, plans.capacity, plans.cost, plans.several, plans.existing),
        limits=Limits(120, 0.01),
    )
    assert found.plan is not None and found.gap <= 0.01
    counts, flows = found.plan.counts, found.plan.flows
    room = plans.existing + np.bincount(plans.edge, plans.capacity * counts, len(plans.tail))
    assert (np.abs(flows).sum(axis=0) <= room * (1 + 1e-6)).all()
    assert plans.cost @ counts == found.objective
    sent = np.zeros((len(plans.demand), len(plans.places)))
    row = np.arange(len(sent))
    np.add.at(sent, (row, plans.source), plans.demand)
    np.add.at(sent, (row, plans.sink), -plans.demand)
    for e, (u, v) in enumerate(zip(plans.tail, plans.head, strict=True)):
        sent[:, u] -= flows[:, e]
        sent[:, v] += flows[:, e]
    assert np.abs(sent).max() <= 1e-6 * plans.demand.sum()
