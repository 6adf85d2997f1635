"""Borders that people are checked at: Hong Kong and Macao, outlined by hand."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from instances.recipe.sources import GEOGRAPHIC

#: Side of a link that crosses a border.
ACROSS = -1


def checked(links: gpd.GeoDataFrame, rule: dict[str, Any]) -> gpd.GeoDataFrame:
    """The links with the `side` on which they are: 0 outside, n in the n-th outline, or `ACROSS`.

    Those across take the minutes of the checks more, for each outline that they enter or leave, and
    have the class `border`; they are entered at their ends alone. rule: `minutes`, `outlines`
    (name -> corners, degrees).
    """
    shapes = gpd.GeoSeries([shapely.Polygon(c) for c in rule["outlines"].values()], crs=GEOGRAPHIC)
    lines = links.geometry.to_numpy()
    ends = [shapely.get_point(lines, end) for end in (0, -1)]
    crossings, side = np.zeros(len(links), dtype=int), np.zeros(len(links), dtype=int)
    for number, shape in enumerate(shapes.to_crs(links.crs), 1):
        start, end = (shapely.within(points, shape) for points in ends)
        crossings += start != end
        side[start & end] = number
    across = crossings > 0
    return links.assign(
        minutes=links["minutes"] + rule["minutes"] * crossings,
        access=links["access"].mask(across, "no"),
        side=np.where(across, ACROSS, side),
        **{"class": links["class"].mask(across, "border")},
    )


def side_of(units: pd.Series, rule: dict[str, Any]) -> np.ndarray:
    """(I,) side of places in these units: the outline to which their province belongs; else 0.

    rule: `provinces`, the first two digits of the units in each outline, in order.
    """
    side = np.zeros(len(units), dtype=int)
    for number, province in enumerate(rule["provinces"], 1):
        side[units.str.startswith(province).to_numpy()] = number
    return side
