"""Areas for jurisdictions that have no boundary: the land nearest to their demand points."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from optimizer.problem import Floats

#: Metres around a demand point when there is no second place to measure a spacing by.
ALONE_METRES = 10_000.0
#: A cell ends at this many times the usual spacing of the places.
CELL_SPACINGS = 2.0


def cells(points: Floats) -> NDArray[Any]:
    """(I,) polygons: all that lies nearer to a point than to any other, near the points.

    points: (I, 2) metres. Points at the same place share one cell. Works for one point and for
    points on a line as well.
    """
    places, place = np.unique(points, axis=0, return_inverse=True)
    return np.asarray(_voronoi(places)[place.reshape(-1)])


def _voronoi(places: Floats) -> NDArray[Any]:
    """(P,) Voronoi cells of distinct places, clipped to their neighbourhood."""
    region = _neighbourhood(places)
    # Four places far outside make every cell finite and the triangulation two-dimensional,
    # however few the places are and however they lie; clipping removes all trace of them.
    centre = places.mean(axis=0)
    far = 20 * max(ALONE_METRES, float(np.ptp(places, axis=0).max()))
    frame = centre + far * np.array([(-1.0, -0.9), (0.9, -1.0), (1.0, 0.9), (-0.9, 1.0)])
    diagram = Voronoi(np.vstack([places, frame]) - centre)
    corners = [diagram.regions[row] for row in diagram.point_region[: len(places)]]
    vertices = diagram.vertices[np.concatenate(corners)] + centre
    of = np.repeat(np.arange(len(places)), list(map(len, corners)))
    whole = shapely.convex_hull(shapely.multipoints(shapely.points(vertices), indices=of))
    shapely.prepare(region)
    edge = ~shapely.contains_properly(region, whole)
    whole[edge] = shapely.intersection(whole[edge], region)
    return np.asarray(whole)


def _neighbourhood(places: Floats) -> Any:
    """The land around the places: their hull and a margin, but nothing far from all of them.

    How far is far follows from how far apart the places usually are.
    """
    if len(places) == 1:
        return shapely.buffer(shapely.points(places[0]), ALONE_METRES)
    nearest = cKDTree(places).query(places, k=2)[0][:, 1]
    spacing = float(np.quantile(nearest, 0.9))
    among = shapely.multipoints(places)
    hull = shapely.buffer(shapely.concave_hull(among, ratio=0.3), spacing)
    # Widened and narrowed again, so that it has no holes and slits between the sparsest places.
    # Disc after disc: the outline of many that overlap takes time and memory by their square.
    near = shapely.union_all(shapely.buffer(shapely.points(places), (CELL_SPACINGS + 1) * spacing))
    near = shapely.buffer(near, -spacing)
    return shapely.intersection(hull, near)
