"""GDAL with the drivers of our formats alone: none of them opens a connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import pyogrio
from pyogrio._ogr import _register_drivers  # the only way to GDALAllRegister
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]

#: All others are left out: some fetch addresses that a file names (VRT, WFS, GML, KML, ...).
OURS = {"GPKG", "GeoJSON", "ESRI Shapefile", "FlatGeobuf", "OpenFileGDB", "XLSX", "ODS"}
#: Functions in the views of a GeoPackage that look up places on the web.
LOOKS_UP = "ALLOW_OGR_SQL_FUNCTIONS_FROM_TRIGGER_AND_VIEW"

_ONE_AT_A_TIME = RLock()

set_network_enabled(active=False)  # nor are grids fetched for a CRS


@contextmanager
def only_ours() -> Iterator[None]:
    """Inside, GDAL knows our formats and no other; outside, all those that it came with."""
    with _ONE_AT_A_TIME:
        others = sorted(set(pyogrio.list_drivers()) - OURS)
        before = {name: pyogrio.get_gdal_config_option(name) for name in ("GDAL_SKIP", LOOKS_UP)}
        _register({"GDAL_SKIP": ",".join(others), LOOKS_UP: "NO"})
        try:
            yield
        finally:
            _register(before)


def _register(options: dict[str, object]) -> None:
    pyogrio.set_gdal_config_options(options)
    _register_drivers()
