"""Misplaced layers and rows: what lies where the region is not, as faults, with distances.

A rule that touches nothing would be dropped without a word: an ecological zone in the sea, a flood
that no road is in. What is a little off is a warning (`strange_places`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from optimizer.foundation.faults import Fault
from optimizer.foundation.language import N_, _
from optimizer.geodata.column_reader import TOLD_ROWS, Sheet
from optimizer.geodata.hanging import Spots
from optimizer.geodata.load import FILE
from optimizer.geodata.tables import Events
from optimizer.geodata.words import SWAPPED
from optimizer.problem import Floats

Layers = Mapping[str, gpd.GeoDataFrame]
Shapes = Mapping[str, gpd.GeoSeries]

#: Metres outside the area that a CRS is for, and between layers of one region, that are an error.
OUTSIDE_METRES, APART_METRES = 100_000.0, 100_000.0
#: Metres from the region at which a zone, a scenario or a corridor is no part of it.
BESIDE_METRES = 10_000.0
#: Metres between a point and the road node of its own id that are an error.
OWN_NODE_METRES = 5_000.0

CRS_REMEDY = N_("Assign the CRS that its coordinates are really in; none is guessed")


def judge(layers: Layers, shapes: Shapes, crs: pyproj.CRS, faults: list[Fault]) -> None:
    """All that layers and rows show by their places; a cause is told without what follows from it.

    shapes: in the CRS to compute in; where `faults` has some already, they may be anywhere.
    """
    at_nothing(layers, faults)
    areas_of_use(layers, crs, faults)
    if not faults:
        layers_apart(layers, shapes, faults)
    if not faults:
        rows_swapped(layers, shapes, faults)


def at_nothing(layers: Layers, faults: list[Fault]) -> None:
    """Points at 0, 0, which is where those without a place land."""
    for layer in ("demand", "sites"):
        if layer not in layers or layers[layer].crs is None:
            continue
        own = layers[layer].geometry
        places = shapely.get_coordinates(own.to_numpy())
        nowhere = (places == 0).all(axis=1)
        if not nowhere.any() or nowhere.all():
            continue
        degrees = shapely.get_coordinates(own.to_crs(own.crs.geodetic_crs).to_numpy())
        others = np.median(degrees[~nowhere], axis=0)
        metres = _geodesic(degrees[nowhere][0], others)
        far = np.where(nowhere & bool(metres > APART_METRES), metres, 0.0)
        problem = N_("stands at 0, 0, {distance} from the others")
        _rows(layer, layers, far, problem, N_("Give it its place, or remove it"), faults)


def areas_of_use(layers: Layers, crs: pyproj.CRS, faults: list[Fault]) -> None:
    """Layers that lie wholly outside the area that their CRS, or the file's, is made for."""
    for name, layer in layers.items():
        if layer.crs is None or not layer.crs.is_projected:
            continue
        far = _outside(layer.geometry, layer.crs)
        if far > OUTSIDE_METRES:
            problem = _("lies {distance} outside {area}", distance=_km(far), area=_area(layer.crs))
            turned = _outside(_turned(layer.geometry), layer.crs) <= OUTSIDE_METRES
            faults.append(Fault(name, problem, _(SWAPPED if turned else CRS_REMEDY)))
    people = layers["demand"].geometry
    far = _outside(people, crs)
    if far <= OUTSIDE_METRES or any(fault.layer == "demand" for fault in faults):
        return
    if _outside(_turned(people), crs) <= OUTSIDE_METRES:
        problem = _("lies {distance} outside {area}", distance=_km(far), area=_area(crs))
        faults.append(Fault("demand", problem, _(SWAPPED)))
    else:
        problem = _("demand lies {distance} outside {area}", distance=_km(far), area=_area(crs))
        remedy = _("Name the zone that the region is in, or put its coordinates right")
        faults.append(Fault(f"{FILE}, crs", problem, remedy))


def layers_apart(layers: Layers, shapes: Shapes, faults: list[Fault]) -> None:
    """Layers none of which is anywhere near the others."""
    people = _hull(shapes, "demand")
    margin = max(APART_METRES, _across(people))
    others = [name for name in ("sites", "roads") if name in layers]
    pair = [name for name in others if _beyond(shapes[name], people, margin) > 0]
    swapped = _hull({"demand": _swapped(layers["demand"].geometry, shapes["demand"].crs)}, "demand")
    if pair and pair == others and all(_beyond(shapes[one], swapped, margin) <= 0 for one in pair):
        far = _nearest(shapes["roads"], people)
        problem = _("lies {distance} from the roads", distance=_km(far))
        faults.append(Fault("demand", problem, _(SWAPPED)))
        return
    for name in pair:
        far = _nearest(shapes[name], people)
        remedy = _remedy(layers, shapes, name, people, margin)
        problem = _("lies {distance} from everybody of demand", distance=_km(far))
        faults.append(Fault(name, problem, remedy))
    if pair:
        return
    region = region_of(shapes)
    for name in ("corridors", "zones", "scenarios"):
        drawn = _drawn(shapes[name])
        if len(drawn) and _beyond(drawn, region, BESIDE_METRES) > 0:
            remedy = _remedy(layers, shapes, name, region, BESIDE_METRES)
            far = _nearest(drawn, region)
            problem = _(
                "touches nothing of the region: the nearest lies {distance} away", distance=_km(far)
            )
            faults.append(Fault(name, problem, remedy))


def rows_swapped(layers: Layers, shapes: Shapes, faults: list[Fault]) -> None:
    """Single points that lie in the region when their coordinates change places."""
    region = _hull(shapes, "roads")
    margin = max(APART_METRES, _across(region))
    for name in [one for one in ("demand", "sites") if one in layers]:
        far = shapely.distance(shapes[name].to_numpy(), region)
        turned = _swapped(layers[name].geometry, shapes[name].crs).to_numpy()
        wrong = (far > margin) & (shapely.distance(turned, region) < margin)
        problem = N_("lies {distance} from all roads")
        _rows(name, layers, np.where(wrong, far, 0), problem, SWAPPED, faults)


def scenarios_apart(layers: Layers, shapes: Shapes, events: Events, faults: list[Fault]) -> None:
    """Scenarios that name nothing, and whose polygon touches nothing: they would not fail."""
    if "scenarios" not in layers:
        return
    names = np.array([bool(s or c or r) for s, c, r in _named(events)], dtype=bool)
    far = np.where(names, 0.0, from_all(shapes))
    problem = N_(
        "touches no site, road or corridor: the nearest is {distance} away, and nothing in it fails"
    )
    remedy = N_("Draw it around what fails, or remove it")
    _rows("scenarios", layers, far, problem, remedy, faults)


def from_all(shapes: Shapes) -> Floats:
    """(n,) metres from the polygon of each scenario to the nearest site, road or corridor."""
    drawn = ~(shapes["scenarios"].isna() | shapes["scenarios"].is_empty).to_numpy()
    things = np.concatenate([shapes[name].to_numpy() for name in ("sites", "roads", "corridors")])
    far = np.zeros(len(drawn))
    if drawn.any():
        areas = shapes["scenarios"].to_numpy()[drawn]
        tree = shapely.STRtree(things)
        far[drawn] = tree.query_nearest(areas, return_distance=True, all_matches=False)[1]
    return far


def _named(events: Events) -> Iterator[tuple[tuple[str, ...], ...]]:
    yield from zip(events.sites, events.corridors, events.roads, strict=True)


def far_from_own(layers: Layers, spots: Mapping[str, Spots], faults: list[Fault]) -> None:
    """Points far from the road node of the same id, on which they would hang.

    Where most are, it is no point that is misplaced, but a layer.
    """
    own = np.concatenate([spots[layer].own for layer in ("demand", "sites")])
    metres = np.concatenate([spots[layer].metres for layer in ("demand", "sites")])[own]
    if len(metres) > 2 and (metres > OWN_NODE_METRES).mean() > 0.5:
        problem = _(
            "{n:,} of {all:,} points of demand and sites stand up to {distance} from the road node "
            "of the same id, on which they would hang",
            n=(metres > OWN_NODE_METRES).sum(),
            all=len(metres),
            distance=_km(metres.max()),
        )
        remedy = _("See that all three are in the CRS that they say, or give the points other ids")
        faults.append(Fault("roads", problem, remedy))
        return
    for layer in ("demand", "sites"):
        far = np.where(spots[layer].own, spots[layer].metres, 0.0)
        problem = N_("stands {distance} from the road node of the same id, on which it would hang")
        remedy = N_("Move the one or the other, or give the point an id that no node has")
        _rows(layer, layers, np.where(far > OWN_NODE_METRES, far, 0.0), problem, remedy, faults)


def region_of(shapes: Shapes) -> shapely.Geometry:
    """The hull of all demand points, sites and roads."""
    return _hull(shapes, "demand", "sites", "roads")


def beyond(some: gpd.GeoSeries, region: shapely.Geometry) -> Floats:
    """(n,) metres by which shapes are no part of the region; 0: they are."""
    far = shapely.distance(some.to_numpy(), region)
    return np.where(far > BESIDE_METRES, far, 0.0)


def _remedy(
    layers: Layers, shapes: Shapes, name: str, region: shapely.Geometry, margin: float
) -> str:
    turned = _drawn(_swapped(layers[name].geometry, shapes[name].crs))
    return _(SWAPPED if _beyond(turned, region, margin) <= 0 else CRS_REMEDY)


def _swapped(own: gpd.GeoSeries, crs: Any) -> gpd.GeoSeries:
    """Shapes with their coordinates changed about, in the CRS to compute in; None: nowhere."""
    turned = _turned(own).to_crs(crs)
    return turned.where(np.isfinite(turned.bounds).all(axis=1), None)


def _turned(own: gpd.GeoSeries) -> gpd.GeoSeries:
    return gpd.GeoSeries(shapely.transform(own.to_numpy(), lambda xy: xy[:, ::-1]), crs=own.crs)


def _hull(shapes: Shapes, *names: str) -> shapely.Geometry:
    every = [shapely.get_coordinates(shapes[name].to_numpy()) for name in names]
    places = np.concatenate(every)
    # A line through all of them has the same hull as the points, and is made much faster.
    through = [places, places[:1]] if len(places) else [np.empty((0, 2))]
    return shapely.convex_hull(shapely.linestrings(np.concatenate(through)))


def _across(region: shapely.Geometry) -> float:
    west, south, east, north = shapely.bounds(region)
    return float(np.hypot(east - west, north - south))


def _drawn(some: gpd.GeoSeries) -> gpd.GeoSeries:
    return some[~(some.isna() | some.is_empty)]


def _nearest(some: gpd.GeoSeries, region: shapely.Geometry) -> float:
    far = shapely.distance(some.to_numpy(), region)
    return float(np.min(far[~np.isnan(far)], initial=np.inf))


def _beyond(some: gpd.GeoSeries, region: shapely.Geometry, margin: float) -> float:
    """By how many metres more than the margin all shapes are away."""
    return _nearest(some, region) - margin


def _outside(places: gpd.GeoSeries, crs: pyproj.CRS) -> float:
    """Metres that the nearest of all coordinates is outside the area that a CRS is for; 0: none."""
    area = crs.area_of_use
    drawn = _drawn(places)
    if area is None or not len(drawn):
        return 0.0
    degrees = shapely.get_coordinates(drawn.to_crs(crs.geodetic_crs).to_numpy())
    degrees = degrees[np.isfinite(degrees).all(axis=1)]
    middle = (area.west + area.east + (360.0 if area.west > area.east else 0.0)) / 2
    half = (area.east - area.west) % 360 / 2 or 180.0
    east = (degrees[:, 0] - middle + 180) % 360 - 180  # of the middle of the area
    north = np.clip(degrees[:, 1], area.south, area.north)
    inside = (np.abs(east) <= half) & (north == degrees[:, 1])
    if not len(degrees) or inside.any():
        return 0.0
    edge = np.stack([middle + np.clip(east, -half, half), north], axis=1)
    return float(_geodesic(degrees, edge).min())


def _geodesic(some: Floats, others: Floats) -> Floats:
    """Metres between places in degrees."""
    a, b = np.broadcast_arrays(np.atleast_2d(some), np.atleast_2d(others))
    ellipsoid = pyproj.Geod(ellps="WGS84")
    return np.asarray(ellipsoid.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2])


def _area(crs: pyproj.CRS) -> str:
    area = crs.area_of_use
    assert area is not None
    return _(
        "the area of {crs} ({west:g} to {east:g} degrees east, {south:g} to {north:g} north)",
        crs=crs.to_string(),
        west=area.west,
        east=area.east,
        south=area.south,
        north=area.north,
    )


def _km(metres: Any) -> str:
    km = float(np.ravel(metres)[0]) / 1000
    return _("{km:,.0f} km", km=km) if km >= 10 else _("{km:.2g} km", km=km)


def _rows(
    layer: str, layers: Layers, far: Floats, problem: str, remedy: str, faults: list[Fault]
) -> None:
    """A fault for each row that is too far (n,) metres away; of more than `TOLD_ROWS` their number.

    problem, remedy: marked sentences, the problem with the value `distance`.
    """
    rows, far_rows = Sheet(layer, layers[layer], faults).rows, np.flatnonzero(far > 0)
    for n in far_rows[:TOLD_ROWS]:
        said = _(problem, distance=_km(far[n]))
        faults.append(Fault(layer, said, _(remedy), rows[n], "geometry"))
    if len(far_rows) > TOLD_ROWS:
        farthest = _("up to {distance}", distance=_km(far[far_rows[TOLD_ROWS:]].max()))
        said = _(problem, distance=farthest)
        more = _("{problem}, in {n:,} more rows", problem=said, n=len(far_rows) - TOLD_ROWS)
        faults.append(Fault(layer, more, _("See the rows above"), None, "geometry"))
