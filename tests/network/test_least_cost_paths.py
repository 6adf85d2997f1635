"""Routes on a lattice: straight where nothing is in the way, along what is cheap, around walls."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.network.least_cost_paths import (
    Lattice,
    cheapest,
    chord_costs,
    chords,
    lattice,
    step_costs,
    straightened,
    turns,
)
from optimizer.problem import Floats

ENDS = np.array([[0.0, 0.0], [1000.0, 0.0]])


def grid() -> Lattice:
    """Cells of 100 m, 500 m around two ends that are a kilometre apart."""
    return lattice(ENDS, 100.0, 500.0)


def way(grid: Lattice, price: Floats) -> Floats:
    """The places of the cheapest way."""
    return grid.place[cheapest(grid, step_costs(grid, price))]


def test_a_lattice_has_cells_around_its_ends() -> None:
    found = grid()
    assert (found.rows, found.columns) == (11, 21)
    assert found.place[0].tolist() == [-500, -500]
    assert found.place[-2:].tolist() == ENDS.tolist()
    assert found.length.max() == pytest.approx(100 * 5**0.5)
    # a cell amid the others leads to 16 more
    middle = 5 * found.columns + 10
    assert (found.start == middle).sum() + (found.end == middle).sum() >= 16


def test_ends_need_not_be_cells() -> None:
    ends = np.array([[3.0, 4.0], [777.0, 333.0]])
    found = lattice(ends, 100.0, 200.0)
    line = found.place[cheapest(found, step_costs(found, np.ones(len(found.place))))]
    assert line[[0, -1]].tolist() == ends.tolist()


def test_a_place_lies_in_the_cell_around_it() -> None:
    found = grid()
    at = found.nearest(np.array([[149.0, -151.0]]))[0]
    assert found.place[at].tolist() == [100, -200]


def test_on_even_ground_the_way_is_straight() -> None:
    found = grid()
    assert turns(way(found, np.ones(len(found.place)))).tolist() == ENDS.tolist()


def test_it_goes_where_it_is_cheap() -> None:
    """A strip at y = 300 costs a tenth: 1000 at 1 against 2 x 300 and 1000 at 0.1."""
    found = grid()
    price = np.where(found.place[:, 1] == 300, 0.1, 1.0)
    assert way(found, price)[:, 1].max() == 300
    assert way(found, np.where(found.place[:, 1] == 300, 0.9, 1.0))[:, 1].max() == 0


def test_chords_cost_what_they_lead_over() -> None:
    """Half of the line lies where a metre costs 3."""
    found = grid()
    price = np.where(found.place[:, 0] > 450, 3.0, 1.0)
    cost = chord_costs(found, price, ENDS[:1], ENDS[1:])
    assert cost[0] == pytest.approx(450 + 3 * 550)


def test_a_chain_takes_allowed_chords_only() -> None:
    """0-1-2-3 on a circle: from 0 to 3 is forbidden, so from 0 to 2 and then to 3."""
    first, second = chords(4)
    cost = np.where(second - first == 1, 1.0, np.where(second - first == 2, 1.8, 2.5))
    allowed = (second - first) < 3
    assert straightened(first, second, cost, allowed, 0.1).tolist() in ([0, 2, 3], [0, 1, 3])
    assert straightened(first, second, cost, allowed | True, 0.1).tolist() == [0, 3]
    assert straightened(first, second, cost, allowed & False, 0.1).tolist() == [0, 1, 2, 3]
