"""The map itself: areas, control lines, roads, corridors, people and facilities."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline
from matplotlib.transforms import ScaledTranslation

from optimizer.foundation.tolerances import NO_MINUTES
from optimizer.outputs import reported_equity, symbology
from optimizer.outputs.columns import of_level
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.problem import Bools, Classes, Floats

MILLIMETRE = 1 / 25.4  # in inches
POINT = 72 * MILLIMETRE  # points in a millimetre
MARKERS = {
    "triangle": "^",
    "square": "s",
    "diamond": "D",
    "pentagon": "p",
    "hexagon": "h",
    "star": "*",
}
PALE = LinearSegmentedColormap.from_list("pale", ["#fbf8ec", "#f6e6c1", "#ecc491", "#d99a6c"])
UNKNOWN = "#ececec"
#: Kinds of zone: where nothing may be built, what building must stay inside of, and the land below.
FORBIDDEN, DEVELOPMENT = ("ecological", "farmland"), "development"
LAND = {"water": symbology.WATER, "built_up": symbology.BUILT_UP}
ROAD_WIDTHS = {"motorway": 0.7, "trunk": 0.45}
OTHER_ROAD = 0.25
DOT = "#4d5560"
LOSES = "#d73027"
DOT_ALPHA = 0.35
FAILS = "#7f0000"
UNMET = "#000000"
RIM = 1.1  # points: of a hollow dot
LARGEST_RING = 26.0  # points across: the worst failure
LEAST_CROSS = 3.0  # points across
ROOMY = 150  # facilities that a map takes at their usual size
DRAWN = ("closed", "kept", "upgraded", "built")  # new ones on top
LARGEST_DOT = 22.0  # points across: the demand point with most persons


def equity_of(study: SolvedInstance, areas: gpd.GeoDataFrame) -> Floats:
    """How each area fares, in minutes, over the levels by their weights."""
    column = reported_equity.fares(study.instance.policy)
    levels = study.instance.problem.levels
    values = {row: areas[of_level(column, level)] for row, level in enumerate(levels)}
    return reported_equity.over_levels(study.instance, values)


def shades(values: Floats) -> Normalize:
    """The range of the values, out to whole numbers."""
    known = values[np.isfinite(values)]
    low = np.floor(known.min(initial=np.inf)) if len(known) else 0.0
    high = np.ceil(known.max()) if len(known) else 1.0
    return Normalize(low, max(high, low + 1))


def draw_areas(axes: Axes, areas: gpd.GeoDataFrame, values: Floats, norm: Normalize) -> None:
    """Areas in the shade of their value, grey where they have none."""
    colours = [PALE(norm(value)) if np.isfinite(value) else UNKNOWN for value in values]
    edge = {"edgecolors": symbology.PAPER, "linewidths": 0.9}
    _polygons(axes, areas.geometry, facecolors=colours, zorder=1, **edge)


def draw_zones(axes: Axes, zones: gpd.GeoDataFrame | None, crs: str) -> None:
    """Land and zones where nothing may be built filled, those that bound building outlined."""
    if zones is not None:
        shapes, kind = zones.geometry.to_crs(crs), zones["kind"]
        forbidden, within = kind.isin(FORBIDDEN), kind == DEVELOPMENT
        for land, colour in LAND.items():
            _polygons(axes, shapes[kind == land], facecolors=colour, edgecolors="none", zorder=2)
        _polygons(axes, shapes[forbidden], facecolors=symbology.ZONE, edgecolors="none", zorder=2)
        outline = {"edgecolors": symbology.BOUNDARY, "linewidths": 0.8}
        _polygons(axes, shapes[within], facecolors="none", zorder=2, **outline)


def draw_roads(axes: Axes, roads: gpd.GeoDataFrame, crs: str) -> None:
    """Roads, thin; the wider the faster their class."""
    kinds = roads["class"] if "class" in roads.columns else np.full(len(roads), "")
    widths = [ROAD_WIDTHS.get(kind, OTHER_ROAD) for kind in kinds]
    _lines(axes, roads.geometry.to_crs(crs), colors=symbology.ROAD, linewidths=widths, zorder=3)


def draw_corridors(axes: Axes, corridors: gpd.GeoDataFrame, crs: str) -> None:
    """Candidate corridors, dashed; those that are built, solid and wide."""
    shapes, status = corridors.geometry.to_crs(crs), corridors["status"]
    dashed = {"linewidths": 0.9, "linestyles": (0, (4, 3)), "alpha": 0.7}
    _lines(axes, shapes[status == "candidate"], colors=symbology.CORRIDOR, zorder=4, **dashed)
    _lines(axes, shapes[status == "built"], colors=symbology.CORRIDOR, zorder=4, linewidths=2.2)


def draw_demand(axes: Axes, points: Floats, study: SolvedInstance) -> None:
    """Demand points: the area of a dot is in proportion to its persons; who loses is marked.

    One that is no known place is hollow. Where people are compared by class, each label has its
    colour.
    """
    persons = study.instance.problem.demand.persons
    areas = LARGEST_DOT**2 * persons / persons.max()
    x, y = points.T
    own = np.full(len(persons), DOT)
    if (classes := compared(study)) is not None:
        labels = np.array([*map(symbology.colour, range(len(classes.labels))), DOT])
        own = labels[classes.of]
    colours = np.where(losers(study), LOSES, own)
    some = modelled(study)
    dots: dict[str, Any] = {"alpha": DOT_ALPHA, "zorder": 5}
    axes.scatter(x[~some], y[~some], s=areas[~some], color=colours[~some], linewidths=0, **dots)
    rims: dict[str, Any] = {"edgecolors": colours[some], "linewidths": RIM}
    axes.scatter(x[some], y[some], s=areas[some], facecolors="none", **rims, **dots)


def modelled(study: SolvedInstance) -> Bools:
    """(I,) demand points that are no known place."""
    homes = study.instance.geography.homes
    if homes is None:
        return np.zeros(len(study.instance.problem.demand.ids), dtype=bool)
    return homes.modelled


def compared(study: SolvedInstance) -> Classes | None:
    """The class among which the policy compares people; None where it is none."""
    return study.instance.problem.demand.classes.get(study.instance.policy.equity.among)


def draw_unmet(axes: Axes, points: Floats, study: SolvedInstance) -> None:
    """Demand points with unmet needs: a cross, the larger the more persons have some."""
    persons = unmet(study)
    some = persons > 0
    x, y = points[some].T
    most = study.instance.problem.demand.persons.max()
    areas = np.maximum(LARGEST_DOT**2 * persons[some] / most, LEAST_CROSS**2)
    axes.scatter(x, y, s=areas, marker="x", color=UNMET, linewidths=1.2, zorder=9)


def unmet(study: SolvedInstance) -> Floats:
    """(I,) entitled of each demand point with an unmet need, at the level where they are most."""
    problem = study.instance.problem
    entitled = np.column_stack([problem.entitled(row) for row in range(len(problem.levels))])
    return np.asarray((entitled * study.indicators.unmet).max(axis=1))


def cross() -> Line2D:
    """The cross of unmet needs in the legend."""
    return Line2D([], [], linestyle="", marker="x", markersize=7, color=UNMET, mew=1.2)


def losers(study: SolvedInstance) -> Bools:
    """(I,) demand points that are farther from something than in the most efficient plan."""
    problem = study.instance.problem
    loses = np.zeros(len(problem.demand.ids), dtype=bool)
    for row, lost in enumerate(study.losers):
        loses |= (lost.minutes > NO_MINUTES) & (problem.entitled(row) > 0)
    return loses


def draw_facilities(axes: Axes, study: SolvedInstance, facilities: gpd.GeoDataFrame) -> None:
    """Facilities by service and status, new ones on top; those of one site side by side."""
    services = study.instance.problem.services
    scale = badge_scale(len(facilities))
    points = shapely.get_coordinates(facilities.geometry)
    company = facilities.groupby("site")["id"].transform("size").to_numpy() > 1
    for order, status in enumerate(DRAWN):
        for row, service in enumerate(services):
            chosen = (facilities["service"] == service.id) & (facilities["status"] == status)
            right, up = symbology.beside(row, len(services))
            for together in (False, True):
                x, y = points[chosen.to_numpy() & (company == together)].T
                aside = ScaledTranslation(
                    right * scale * MILLIMETRE * together,
                    up * scale * MILLIMETRE * together,
                    axes.figure.dpi_scale_trans,
                )
                badge = badge_line(row, status, scale)
                badge.set_data(x, y)
                badge.set_transform(axes.transData + aside)
                badge.set_zorder(6 + order)
                axes.add_line(badge)


def draw_failures(axes: Axes, worst: gpd.GeoDataFrame) -> None:
    """Where the worst failures are: a ring, its area in proportion to the minutes lost."""
    places = worst.explode()
    x, y = shapely.get_coordinates(places.geometry).T
    area = LARGEST_RING**2 * places["lost"] / worst["lost"].max()
    axes.scatter(x, y, s=area, facecolors="none", edgecolors=FAILS, linewidths=1.4, zorder=10)


def ring() -> Line2D:
    """The ring of a failure in the legend."""
    return Line2D(
        [],
        [],
        linestyle="",
        marker="o",
        markersize=9,
        markerfacecolor="none",
        markeredgecolor=FAILS,
        markeredgewidth=1.4,
    )


def badge_scale(facilities: int) -> float:
    """How much smaller than usual the marks are, so that many of them leave the map to be seen."""
    return float(min(1.0, (ROOMY / max(facilities, 1)) ** 0.25))


def badge_line(service: int, status: str, scale: float) -> Line2D:
    """The mark of a facility, on the map and in the legend."""
    badge = symbology.badge(service, status)
    return Line2D(
        [],
        [],
        linestyle="",
        marker=MARKERS[symbology.shape(service)],
        markersize=badge.size * scale * POINT,
        markerfacecolor=badge.fill,
        markeredgecolor=badge.outline,
        markeredgewidth=0.9,
    )


def _polygons(axes: Axes, shapes: gpd.GeoSeries, **style: Any) -> None:
    """Polygons with their holes, one path per shape."""
    outlines = [_outline(shape) for shape in shapes]
    axes.add_collection(PathCollection(outlines, **style), autolim=False)


def _outline(shape: Any) -> Outline:
    """One path for all rings of a polygon or multipolygon; an empty path for none."""
    polygons = shapely.get_parts(shapely.orient_polygons(shape)) if shape is not None else []
    rings = [
        Outline(shapely.get_coordinates(ring), closed=True)
        for polygon in polygons
        for ring in shapely.get_rings(polygon)
    ]
    return Outline.make_compound_path(*rings) if rings else Outline(np.empty((0, 2)))


def _lines(axes: Axes, shapes: gpd.GeoSeries, **style: Any) -> None:
    """Lines and multilines."""
    parts, owner = shapely.get_parts(shapes.to_numpy(), return_index=True)
    widths = style.pop("linewidths")
    if isinstance(widths, list):
        widths = np.array(widths)[owner]
    segments = [shapely.get_coordinates(part) for part in parts]
    axes.add_collection(LineCollection(segments, linewidths=widths, **style), autolim=False)
