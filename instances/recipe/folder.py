"""Writing an instance folder: the GeoPackage, instance.toml, README.md. Same input, same bytes."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pyogrio

#: GDAL stamps files with the time of writing; a fixed one keeps them the same.
os.environ["OGR_CURRENT_DATE"] = "2026-01-01T00:00:00.000Z"


def write_layers(path: Path, layers: dict[str, pd.DataFrame]) -> None:
    """Write the layers to a new GeoPackage; a table without geometry stays one."""
    path.unlink(missing_ok=True)
    for name, table in layers.items():
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=path.exists())
