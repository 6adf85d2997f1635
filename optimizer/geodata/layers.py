"""Layers from the disk: columns under known names, and a CRS that is said and can be true."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from optimizer.foundation.faults import Fault
from optimizer.foundation.language import N_, _
from optimizer.geodata import sources
from optimizer.geodata.column_names import known_in, renamed
from optimizer.geodata.column_reader import Sheet, Texts, as_text
from optimizer.geodata.load import FILE, Loaded, load
from optimizer.geodata.words import SWAPPED, suggest
from optimizer.problem import Bools

#: What the geometry of a layer must be: in words (said with `_`), and its types.
SHAPES = {
    "demand": (N_("a point"), {"Point"}),
    "sites": (N_("a point"), {"Point"}),
    "roads": (N_("a line"), {"LineString", "MultiLineString"}),
    "corridors": (N_("a line"), {"LineString", "MultiLineString"}),
    "zones": (N_("a polygon"), {"Polygon", "MultiPolygon"}),
    "jurisdictions": (N_("a point or a polygon"), {"Point", "Polygon", "MultiPolygon"}),
    "facilities": (N_("a point"), {"Point"}),
    "scenarios": (N_("a polygon"), {"Polygon", "MultiPolygon"}),
}
#: Layers whose places and lengths count.
COMPUTED = ("demand", "sites", "roads", "corridors", "zones", "scenarios")
#: Layers that may be plain tables.
PLAIN = ("jurisdictions", "facilities", "scenarios")


@dataclass(frozen=True)
class Opener:
    """Opens the layers of one instance. Faults join those of `loaded`; what is odd is told."""

    folder: Path
    loaded: Loaded
    warnings: list[str] = field(default_factory=list)

    def layer(self, name: str) -> gpd.GeoDataFrame | None:
        """The layer that `instance.toml` names; None, and a fault, if it fails.

        A plain table gets an empty geometry. Geometry is judged here; columns are not.
        """
        table, faults = self.table(name), self.loaded.faults
        if table is None:
            return None
        if not isinstance(table, gpd.GeoDataFrame):
            if name not in PLAIN:
                remedy = _("Each row needs {shape}", shape=_(SHAPES[name][0]))
                faults.append(Fault(name, _("has no geometry"), remedy))
                return None
            return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([None] * len(table)))
        table = table.set_geometry(_single(table.geometry))
        before = len(faults)
        _judge_shapes(Sheet(name, table, faults))
        remedy = _("Assign the CRS that its coordinates are in; none is guessed")
        if table.crs is None:
            if name not in PLAIN or table.geometry.notna().any():
                faults.append(Fault(name, _("has no CRS"), remedy))
        elif not (table.crs.is_geographic or table.crs.is_projected):
            problem = _("its CRS, {crs}, is neither geographic nor projected", crs=table.crs.name)
            faults.append(Fault(name, problem, remedy))
        elif len(faults) == before:
            _judge_crs(Sheet(name, table, faults))
        return table

    def table(self, name: str) -> pd.DataFrame | None:
        """The layer as it stands, under the names that are known; None, and a fault, if it fails.

        `attrs["columns"]` has the names of the user: known name -> theirs, of those that differ.
        """
        faults, (file, _bar, inside) = self.loaded.faults, self.loaded.layers[name].partition("|")
        source = _source(self.folder, f"{FILE}, layers.{name}", file, inside, faults)
        if source is None:
            return None
        self.warnings.extend(_about(name, sentence) for sentence in source.said)
        table = source.table
        twice = table.columns[table.columns.duplicated()].tolist()
        if twice:
            problem, remedy = _("two columns have this name"), _("Rename one")
            faults.extend(Fault(name, problem, remedy, None, one) for one in twice)
            return None
        known = known_in(name, self.loaded.levels)
        meant, said = renamed(table, known, self.loaded.columns.get(name, {}), faults)
        self.warnings.extend(_about(name, sentence) for sentence in said)
        for doubt in source.doubts:
            mine = meant.get(doubt.column, doubt.column)
            # where each row needs a shape, the rows that have none are told one by one
            if known.has(mine) or (mine == "geometry" and name in PLAIN):
                fault = Fault(name, doubt.problem, doubt.remedy, None, doubt.column, doubt.value)
                faults.append(fault)
        table = table.rename(columns=meant)
        table.attrs["columns"] = {mine: theirs for theirs, mine in meant.items()}
        return table


def _about(layer: str, sentence: str) -> str:
    return _("{layer}: {message}", layer=layer, message=sentence)


def _source(
    folder: Path, where: str, file: str, inside: str, faults: list[Fault]
) -> sources.Source | None:
    """What stands in the file; None, and a fault, where it cannot be read."""
    try:
        path = folder / file
        if not path.exists():
            names = sorted(entry.name for entry in path.parent.glob("*") if entry.name != FILE)
            faults.append(Fault(where, _("no such file"), suggest(path.name, names), value=file))
            return None
        return sources.load(path, inside)
    except sources.UnreadableError as error:
        where = file if error.whole else where  # once, for all layers in it
        value = file if error.value == "" else error.value
        faults.append(Fault(where, error.problem, error.remedy, value=value))
    except (OSError, ValueError):  # a name that no file can have
        problem, remedy = _("cannot be the name of a file"), _("Correct it")
        faults.append(Fault(where, problem, remedy, value=file))
    return None


def _single(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Collections of one shape, which many programs write, as that shape."""
    values: Any = shapes.to_numpy()
    one = shapely.get_num_geometries(values) == 1
    one &= np.isin(shapely.get_type_id(values), (4, 5, 6, 7))  # multi-parts and collections
    if not one.any():
        return shapes
    return gpd.GeoSeries(
        np.where(one, shapely.get_geometry(values, 0), values), index=shapes.index, crs=shapes.crs
    )


def metric_crs(text: object, faults: list[Fault]) -> pyproj.CRS | None:
    """The CRS to compute in: projected, in metres."""
    where, remedy = f"{FILE}, crs", _('Name a projected CRS in metres, such as "EPSG:32650"')
    if not isinstance(text, str):
        return None  # the file's own fault, told where it was loaded
    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        faults.append(Fault(where, _("unknown CRS"), remedy, value=text))
        return None
    if not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info[:2]):
        faults.append(Fault(where, _("is not a projected CRS in metres"), remedy, value=text))
        return None
    return crs


def inputs(folder: Path, policy: str | None, overrides: Sequence[str]) -> list[Path]:
    """All that an instance is read from, before it is: files, and folders that are a layer.

    Raises InputError where there is no instance.
    """
    layers = load(folder, policy, overrides).layers
    named = [folder / at.partition("|")[0] for at in layers.values()]
    return [*dict.fromkeys([folder / FILE, *named])]


def hashes(folder: Path, layers: Mapping[str, str]) -> dict[str, str]:
    """File -> sha256, for `instance.toml` and every file that a layer is read from."""
    paths = {FILE: folder / FILE}
    for at in layers.values():
        path = folder / at.partition("|")[0]
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())
        elif path.suffix.lower() == ".shp":  # a shapefile is several files
            files = sorted(path.parent.glob(f"{path.stem}.*"))
        else:  # a GeoPackage that another program has open is several files too
            files = [path, *sources.logs(path)]
        parent = Path(at.partition("|")[0]).parent
        paths |= {(parent / file.relative_to(path.parent)).as_posix(): file for file in files}
    return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in paths.items()}


def _judge_shapes(sheet: Sheet) -> None:
    """Empty, wrong and invalid geometries."""
    shapes: Any = sheet.table.geometry.to_numpy()
    wanted, types = SHAPES[sheet.layer]
    none = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if sheet.layer not in PLAIN:
        remedy = _("Draw {shape}, or remove the row", shape=_(wanted))
        sheet.report(none, "geometry", _("is empty or broken"), remedy)
    kind = np.array([getattr(shape, "geom_type", "") for shape in shapes], dtype=object)
    wrong = ~none & ~np.isin(kind, list(types))
    remedy = _("It must be {shape}", shape=_(wanted))
    sheet.report(wrong, "geometry", _("wrong type"), remedy, kind)
    lost = ~none & ~wrong & ~_finite(shapes)
    remedy = _("Draw {shape} again", shape=_(wanted))
    sheet.report(lost, "geometry", _("has coordinates that are not numbers"), remedy)
    broken = ~none & ~wrong & ~lost & (shapely.get_dimensions(shapes) == 2)
    broken &= ~shapely.is_valid(shapes)
    why = np.where(broken, shapely.is_valid_reason(shapes), None)
    remedy = _("Repair it (QGIS: Fix geometries)")
    sheet.report(broken, "geometry", _("is invalid"), remedy, why)


def _judge_crs(sheet: Sheet) -> None:
    """Coordinates that cannot be in the CRS that the layer declares."""
    crs, shapes = sheet.table.crs, sheet.table.geometry.to_numpy()
    bounds = np.nan_to_num(np.abs(shapely.bounds(shapes)))
    degrees = (bounds <= (180, 90, 180, 90)).all(axis=1)
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    remedy = _("Assign the CRS that the coordinates are really in; none is guessed")
    problem = _("lies outside the Earth in {crs}", crs=crs.to_string())
    if crs.is_geographic:
        turned = (bounds[:, [1, 0, 3, 2]] <= (180, 90, 180, 90)).all(axis=1)
        if drawn.any() and not degrees[drawn].any() and turned.all():
            sheet.faults.append(Fault(sheet.layer, problem, _(SWAPPED)))
            return
        remedies = np.where(turned, _(SWAPPED), remedy).astype(object)
        sheet.report(~degrees, "geometry", problem, remedies, _drawn(shapes, ~degrees))
    elif drawn.any() and degrees[drawn].all():
        problem = _(
            "has coordinates that are degrees, in {crs}, which is in metres", crs=crs.to_string()
        )
        sheet.faults.append(Fault(sheet.layer, problem, remedy))
    else:
        off = ~_finite(sheet.table.geometry.to_crs(crs.geodetic_crs).to_numpy())
        sheet.report(off, "geometry", problem, remedy, _drawn(shapes, off))


def _drawn(shapes: Any, rows: Bools) -> Texts:
    """(n,) how the shapes in these rows are drawn, the beginning of it."""
    text = np.full(len(shapes), None, dtype=object)
    text[rows] = [shapely.to_wkt(shape)[:60] for shape in shapes[rows]]
    return text


def _finite(shapes: Any) -> Bools:
    """(n,) whether all coordinates are finite; they are where there are none."""
    coordinates, row = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[row[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite


def metric(
    layers: Mapping[str, gpd.GeoDataFrame], crs: pyproj.CRS, faults: list[Fault]
) -> dict[str, gpd.GeoSeries]:
    """Shapes of the layers that need them, in the CRS to compute in; none if it is absent."""
    shapes = {}
    for name in COMPUTED:
        if name not in layers:
            shapes[name] = gpd.GeoSeries([], crs=crs)
            continue
        shapes[name] = layers[name].geometry
        if shapes[name].crs is None:  # a plain table, without any shape
            continue
        shapes[name] = shapes[name].to_crs(crs)
        Sheet(name, layers[name], faults).report(
            ~_finite(shapes[name].to_numpy()),
            "geometry",
            _("cannot be projected to {crs}", crs=crs.to_string()),
            _("Move it, or choose another crs in {file}", file=FILE),
        )
    return shapes


def stretch(places: gpd.GeoSeries) -> float:
    """By how much the CRS of these points stretches or shrinks lengths there, at most (0: none)."""
    degrees = shapely.get_coordinates(places.to_crs(places.crs.geodetic_crs))
    areas = pyproj.Proj(places.crs).get_factors(*degrees.T).areal_scale
    return float(np.abs(np.sqrt(areas) - 1).max())


def indexed(name: str, layer: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """The layer, if there is one, by its ids as text; facilities by site:service."""
    if layer is None:
        return None
    if name == "facilities":
        names = as_text(layer["site"]) + ":" + as_text(layer["service"])
        return layer.set_axis(names, axis="index")
    if "id" not in layer.columns:
        return layer
    ids = as_text(layer["id"])
    return layer.assign(id=ids).set_axis(ids, axis="index")
