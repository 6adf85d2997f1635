"""SNDlib: a file written by hand is read back, asked, and solved."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.asked import question
from benchmarks.cases import cases
from benchmarks.formats import sndlib
from optimizer.question import Limits

RING = """?SNDlib native format; type: network; version: 1.0
# network ring

NODES (
  A ( 0.00 0.00 )
  B ( 1.00 0.00 )
  C ( 1.00 1.00 )
  D ( 0.00 1.00 )
  E ( 0.00 2.00 )
)

LINKS (
  L1 ( A B ) 0.00 0.00 0.00 0.00 ( 10.00 7.00 )
  L2 ( B C ) 2.50 0.00 1.00 0.00 ( 10.00 7.00 )
  L3 ( C D ) 0.00 0.00 0.00 0.00 ( 10.00 7.00 )
  L4 ( D A ) 0.00 0.00 0.00 0.00 ( 10.00 7.00 )
  L5 ( D E ) 0.00 0.00 0.00 0.00 ( 10.00 9.00 )
  L6 ( A C ) 0.00 0.00 0.00 0.00 ( )
)

DEMANDS (
  A_B ( A B ) 1 12.00 UNLIMITED
  E_D ( E D ) 1 4.00 UNLIMITED
)
"""


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    file = tmp_path / "ring.txt"
    file.write_text(RING, encoding="utf-8")
    (tmp_path / "other.txt").write_text("nothing of this kind\n", encoding="utf-8")
    return file


def test_it_is_read_back(ring: Path) -> None:
    plans = sndlib.read(ring)
    assert plans.places[2].tolist() == [1, 1]
    assert plans.tail.tolist() == [0, 1, 2, 3, 3, 0] and plans.head.tolist() == [1, 2, 3, 0, 4, 2]
    assert plans.existing.tolist() == [0, 2.5, 0, 0, 0, 0] and plans.flow_cost[1] == 1
    assert plans.edge.tolist() == [0, 1, 2, 3, 4] and plans.cost.tolist() == [7, 7, 7, 7, 9]
    assert plans.source.tolist() == [0, 4] and plans.demand.tolist() == [12, 4]
    assert plans.several and plans.requirement().tolist() == [2, 2, 2, 2, 1]
    assert plans.price().tolist() == [111, 111, 111, 111, 111, 157]


def test_a_file_without_links_is_told(tmp_path: Path) -> None:
    file = tmp_path / "empty.txt"
    file.write_text("NODES (\n)\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no section LINKS"):
        sndlib.read(file)


def test_it_is_asked_and_solved(ring: Path) -> None:
    """The ring and its tail, 5 links of 111 km; two modules A-B, as the way around costs more."""
    asked = cases(ring.parent)
    assert [case.key for case in asked] == [
        "ring two-edge-connected",
        "ring two-node-connected",
        "ring network design",
    ]
    found = [question(case, {}).ask(Limits(gap=0)) for case in asked]
    assert [one.objective for one in found] == [555, 555, 23]
    assert [one.bound for one in found] == [555, 555, 23]
