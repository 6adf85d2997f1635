"""Cells round demand points, however the points lie."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.outputs.cells import ALONE_METRES, cells


def test_one_point_has_a_circle() -> None:
    (cell,) = cells(np.array([(5e5, 3.4e6)]))
    assert cell.area == pytest.approx(math.pi * ALONE_METRES**2, rel=0.02)
    assert cell.centroid.distance(shapely.Point(5e5, 3.4e6)) < 1


def test_two_points_share_the_land_between_them() -> None:
    left, right = cells(np.array([(0.0, 0.0), (30_000.0, 0.0)]))
    assert left.area == pytest.approx(right.area)
    assert left.bounds[2] == pytest.approx(15_000)
    assert right.bounds[0] == pytest.approx(15_000)


def test_points_on_a_line() -> None:
    found = cells(np.array([(0.0, 0.0), (10_000.0, 10_000.0), (20_000.0, 20_000.0)]))
    assert all(cell.geom_type == "Polygon" for cell in found)
    # The middle one reaches half-way to either side: a band as wide as their distance.
    middle = shapely.affinity.rotate(found[1], -45, origin=(10_000, 10_000))
    assert middle.bounds[2] - middle.bounds[0] == pytest.approx(math.hypot(1e4, 1e4))


def test_points_at_one_place_share_a_cell() -> None:
    found = cells(np.array([(0.0, 0.0), (9_000.0, 0.0), (0.0, 0.0)]))
    assert found[0].equals(found[2])
    assert not found[0].equals(found[1])


def test_a_cell_ends_far_from_all_points() -> None:
    # A bay: points round three sides of it, 10 km apart; nobody lives on the 100 km between.
    side = np.arange(0.0, 110_000.0, 10_000.0)
    coast = np.concatenate(
        [
            np.column_stack([np.zeros(11), side]),
            np.column_stack([side, np.zeros(11)]),
            np.column_stack([np.full(11, 100_000.0), side]),
        ]
    )
    land = shapely.union_all(cells(coast))
    assert not land.contains(shapely.Point(50_000, 60_000))


places = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12)


@given(places)
@settings(max_examples=60, deadline=None)
def test_every_point_lies_in_its_own_cell_and_in_no_other(grid: list[tuple[int, int]]) -> None:
    points = 4e5 + 7_000.0 * np.array(grid, dtype=float)
    found = cells(points)
    assert all(cell.geom_type in ("Polygon", "MultiPolygon") and cell.is_valid for cell in found)
    assert all(
        cell.contains(shapely.Point(point)) for cell, point in zip(found, points, strict=True)
    )
    distinct = [found[grid.index(place)] for place in dict.fromkeys(grid)]
    areas = sum(cell.area for cell in distinct)
    assert areas == pytest.approx(shapely.union_all(distinct).area)
