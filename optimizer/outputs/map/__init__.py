"""The map picture of a plan, PNG or SVG: drawn in the metric CRS, with its legend beside it."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import shapely
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from optimizer.foundation.language import word
from optimizer.outputs import symbology
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.layers import corridors, facilities, jurisdictions
from optimizer.outputs.map import basemap, fonts
from optimizer.outputs.map.cities import draw_names
from optimizer.outputs.map.fonts import Font
from optimizer.outputs.map.panel import WIDTH, draw_panel
from optimizer.outputs.map.scale import draw_scale
from optimizer.outputs.scenarios import worst_failures
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.problem import Floats

MARGIN = 0.3  # inches
LONG_SIDE = 9.0  # inches of the map
LEAST_SIDE = 5.0
FOOT = 0.35  # for the attribution
PAD = 0.03  # of the map, round what it shows
DPI = 160
SEA = "#f3f5f7"

#: Letters as outlines and ids from a fixed salt: a picture needs no font and repeats exactly.
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "equisite",
    "text.hinting": "none",  # widths in proportion to the size
    "text.parse_math": False,  # a $ in a name is money
    "axes.unicode_minus": False,  # some Chinese fonts have no such sign
}


def write(study: SolvedInstance, path: Path, language: str) -> None:
    """Draw the plan with words in the language (zh or en); the suffix says png or svg.

    Raises InputError where no font of this machine has the language's characters.
    """
    font = fonts.choose(language)
    with style.context("default"), mpl.rc_context({**SETTINGS, "font.family": [font.family]}):
        figure = draw(study, font, language)
        kind = path.suffix.removeprefix(".")
        figure.savefig(path, format=kind, metadata={"Date": None} if kind == "svg" else None)


def draw(study: SolvedInstance, font: Font, language: str) -> Figure:
    """The figure of the plan."""
    geography = study.instance.geography
    every = jurisdictions(study).to_crs(geography.crs)
    areas = every[every["tier"] == focus_tier(study.instance)].reset_index(drop=True)
    stands = facilities(study).to_crs(geography.crs)
    values = basemap.equity_of(study, areas)
    norm = basemap.shades(values)

    figure = Figure(figsize=(1, 1), dpi=DPI, facecolor=symbology.PAPER)
    FigureCanvasAgg(figure)  # what texts are measured with
    panel, axes = figure.add_axes((0, 0, 1, 1)), figure.add_axes((0, 0, 1, 1))
    tall = draw_panel(panel, study, font, language, areas, norm)
    people = shapely.get_coordinates(geography.demand.geometry.to_crs(geography.crs))
    places = shapely.get_coordinates(stands.geometry)
    _arrange(figure, panel, axes, _bounds(areas, people, places), tall)

    basemap.draw_areas(axes, areas, values, norm)
    basemap.draw_zones(axes, geography.zones, geography.crs)
    basemap.draw_roads(axes, geography.roads, geography.crs)
    if geography.corridors is not None:
        basemap.draw_corridors(axes, corridors(study.instance, study.plan), geography.crs)
    basemap.draw_demand(axes, people, study)
    basemap.draw_unmet(axes, people, study)
    basemap.draw_facilities(axes, study, stands)
    failures = worst_failures(study)
    if len(failures):
        basemap.draw_failures(axes, failures.to_crs(geography.crs))
    draw_names(axes, study, areas, places, font, language)
    draw_scale(axes)
    _attribution(figure, study, font, language)
    return figure


def _bounds(areas: gpd.GeoDataFrame, *points: Floats) -> Floats:
    """left, bottom, right, top of all that a map must show, metres."""
    shown = [shapely.bounds(shapely.multipoints(xy)) for xy in points if len(xy)]
    shown += list(shapely.bounds(areas.geometry.dropna().to_numpy()))
    corners = np.array(shown)
    return np.concatenate([corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)])


def _arrange(figure: Figure, panel: Axes, axes: Axes, bounds: Floats, tall: float) -> None:
    """Give the sheet its size, and the map and the panel (this tall) their places on it."""
    size = (bounds[2:] - bounds[:2]) * (1 + 2 * PAD)
    width, height = np.maximum(size * LONG_SIDE / size.max(), (LEAST_SIDE, max(LEAST_SIDE, tall)))
    metres = max(size[0] / width, size[1] / height)  # per inch
    sheet = np.array([3 * MARGIN + width + WIDTH, 2 * MARGIN + height + FOOT])
    figure.set_size_inches(*sheet)
    low = MARGIN + FOOT
    axes.set_position((MARGIN / sheet[0], low / sheet[1], width / sheet[0], height / sheet[1]))
    left = 2 * MARGIN + width
    panel.set_position((left / sheet[0], low / sheet[1], WIDTH / sheet[0], height / sheet[1]))
    centre = (bounds[2:] + bounds[:2]) / 2
    axes.set(
        xlim=centre[0] + np.array([-0.5, 0.5]) * width * metres,
        ylim=centre[1] + np.array([-0.5, 0.5]) * height * metres,
        xticks=[],
        yticks=[],
        facecolor=SEA,
    )
    for spine in axes.spines.values():
        spine.set(color="#c3c8ce", linewidth=0.8)
    panel.set(xlim=(0, WIDTH), ylim=(height, 0))
    panel.set_axis_off()


def _attribution(figure: Figure, study: SolvedInstance, font: Font, language: str) -> None:
    """Whose data this is made of, as their licences ask."""
    sources = study.instance.geography.sources
    said = dict.fromkeys(f"{source.attribution} ({source.licence})" for source in sources)
    if not said:
        return
    line = font.first(f"{word('data', language)}: {'; '.join(said)}")
    x, y = (np.array([MARGIN, MARGIN + FOOT - 0.12]) / figure.get_size_inches()).tolist()
    how: dict[str, Any] = {"fontsize": 6.5, "color": "#6b7178", "va": "top"}
    text = figure.text(x, y, line, **how)
    wide = text.get_window_extent().width
    room = (1 - 2 * x) * figure.bbox.width
    text.set_text(textwrap.fill(line, math.floor(len(line) * room / max(wide, room))))
