"""The names of the jurisdictions on the map."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from optimizer.foundation.language import in_order
from optimizer.geodata.column_reader import as_text
from optimizer.geodata.tables import rows as rows_of
from optimizer.outputs import symbology
from optimizer.outputs.areas import upwards
from optimizer.outputs.map.fonts import Font
from optimizer.outputs.map.labels import Box, place
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.problem import Floats

CORE, MEMBER = 9.5, 7.5  # points
CLEARANCE = 5.0  # points between a place and its name


def draw_names(
    axes: Axes,
    study: SolvedInstance,
    areas: gpd.GeoDataFrame,
    marks: Floats,
    font: Font,
    language: str,
) -> None:
    """The name of each area at its seat, core jurisdictions first.

    marks: (M, 2) places of facilities, which names should rather not cover. A name that finds
    no free place is left out.
    """
    order = np.lexsort((-areas["persons"], areas["role"] != "core"))
    rows = [row for row in order if areas["persons"].iloc[row] > 0]
    texts = []
    for row in rows:
        area = areas.iloc[row]
        names = [area.get(f"name_{one}") for one in in_order(language)]
        shown = font.first(*(name for name in [*names, area["id"]] if isinstance(name, str)))
        core = area["role"] == "core"
        texts.append(
            axes.text(
                0,
                0,
                shown,
                fontsize=CORE if core else MEMBER,
                color=symbology.INK if core else "#4a4f57",
                ha="center",
                va="center",
                path_effects=[withStroke(linewidth=2.4, foreground=symbology.PAPER, alpha=0.9)],
                zorder=15,
            )
        )
    pixels = axes.figure.dpi / 72
    extents = [text.get_window_extent() for text in texts]
    sizes = np.array([(extent.width, extent.height) for extent in extents]).reshape(-1, 2)
    anchors = axes.transData.transform(_seats(study, areas)[rows]).reshape(-1, 2)
    centres = axes.transData.transform(marks)
    near = 4 * pixels
    boxes = np.hstack([centres - near, centres + near])
    frame = Box(*axes.bbox.extents)
    spots = place(anchors, sizes, CLEARANCE * pixels, boxes, frame)
    for text, spot in zip(texts, spots, strict=True):
        if spot is None:
            text.remove()
        else:
            x, y = axes.transData.inverted().transform(spot)
            text.set_position((x, y))


def _seats(study: SolvedInstance, areas: gpd.GeoDataFrame) -> Floats:
    """(C', 2) the seat of each area, metres: as it is named, else its most populous point."""
    problem, geography = study.instance.problem, study.instance.geography
    points = shapely.get_coordinates(geography.demand.geometry.to_crs(geography.crs))
    seat = np.full(len(problem.jurisdictions.ids), -1)
    above = np.stack(list(upwards(problem.jurisdictions, problem.demand.jurisdiction)))
    for point in np.argsort(problem.demand.persons, kind="stable"):
        seat[above[above[:, point] >= 0, point]] = point
    if "seat" in geography.jurisdictions.columns:
        ids = np.array(problem.demand.ids, dtype=object)
        named = rows_of(as_text(geography.jurisdictions["seat"]), ids)
        seat = np.where(named >= 0, named, seat)
    row_of = {id: row for row, id in enumerate(problem.jurisdictions.ids)}
    return np.asarray(points[[seat[row_of[id]] for id in areas["id"]]])
