"""Steiner trees of the PACE challenge 2018, graphs of SteinLib (Koch, Martin and Voß 2000)."""

from __future__ import annotations

import pytest

from benchmarks.formats import optima, steinlib
from optimizer.location import steiner_tree
from optimizer.question import Limits
from optimizer.solution import Status
from tests.published.bench import FOLDER

SMALL = ["t1_instance001", "t1_instance006", "t2_instance001"]
LARGE = [
    *(f"t1_instance{n:03}" for n in (7, 8, 9, 10, 11, 20, 40, 60, 80)),
    *("t2_instance010", "t2_instance020", "t3_instance001", "t3_instance002"),
]


@pytest.mark.parametrize(
    "name", [*SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in LARGE)]
)
def test_a_tree_of_the_challenge(name: str):
    instance = f"pace18_{name}.gr"
    graph = steinlib.read(dict(steinlib.find(FOLDER))[instance])
    arrays = graph.tail, graph.head, graph.cost, graph.terminals, graph.nodes
    found = steiner_tree(*arrays, limits=Limits(gap=0, seconds=300))
    (published,) = [one for one in optima.read(FOLDER) if one.instance == instance]
    assert found.status is Status.OPTIMAL
    assert found.objective == published.optimum
