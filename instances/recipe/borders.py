"""Borders that people are checked at: Hong Kong and Macao, outlined by hand."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from instances.recipe.sources import GEOGRAPHIC


def checked(links: gpd.GeoDataFrame, rule: dict[str, Any]) -> gpd.GeoDataFrame:
    """The links; those that cross an outline take the minutes of the checks more, class `border`.

    They are entered at their ends alone. rule: `minutes`, `outlines` (name -> corners, degrees).
    """
    shapes = gpd.GeoSeries([shapely.Polygon(c) for c in rule["outlines"].values()], crs=GEOGRAPHIC)
    lines = links.geometry.to_numpy()
    crossings = np.zeros(len(links), dtype=int)
    for shape in shapes.to_crs(links.crs):
        inside = [shapely.within(shapely.get_point(lines, end), shape) for end in (0, -1)]
        crossings += inside[0] != inside[1]
    at = crossings > 0
    return links.assign(
        minutes=links["minutes"] + rule["minutes"] * crossings,
        **{"class": links["class"].mask(at, "border"), "access": links["access"].mask(at, "no")},
    )
