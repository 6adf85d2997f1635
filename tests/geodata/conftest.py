"""What tests of reading share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from optimizer.geodata import sources
from tests.geodata.calls import counted
from tests.geodata.little import GEOPACKAGE, unchanged

calls = pytest.fixture(counted, name="calls")

#: The layers of the little GeoPackage that have been read.
READ: dict[str, sources.Source] = {}


@pytest.fixture(autouse=True)
def the_unchanged_geopackage_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test gets a copy of what the first one read from the same bytes."""
    load = sources.load

    def once(path: Path, layer: str = "") -> sources.Source:
        if path.name != GEOPACKAGE or path.read_bytes() != unchanged():
            return load(path, layer)
        if layer not in READ:
            READ[layer] = load(path, layer)
        return replace(READ[layer], table=READ[layer].table.copy())

    monkeypatch.setattr(sources, "load", once)
