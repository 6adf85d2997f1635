"""GeoJSON, looked through before GDAL reads it: it would fetch a CRS that is only an address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from optimizer.foundation.language import _
from optimizer.geodata.sources.source import Doubt, Source, UnreadableError, several

#: What a layer can be; other JSON is for other programs.
LAYERS = {"FeatureCollection", "Feature"}
#: The largest whole number that GDAL reads, and the largest that is kept beside empty values.
LARGEST, EXACT = 2**63 - 1, 2**53


def judge(path: Path) -> Source:
    """Addresses, names given twice in one object, and values that GDAL would make others of."""
    twice: set[str] = set()

    def looked_through(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            names = [name for name, _value in pairs]
            twice.update(name for name in members if names.count(name) > 1)
        for name, value in pairs:
            if name.lower() == "crs" and isinstance(value, dict) and not _named(value):
                problem = _("has a CRS that is an address; none is opened")
                remedy = _("Write the name of its CRS, or save it as GeoPackage")
                raise UnreadableError(problem, remedy)
        return members

    try:
        read = json.loads(path.read_bytes(), object_pairs_hook=looked_through)
    except UnicodeDecodeError:
        problem = _("has text that is not UTF-8")
        raise UnreadableError(problem, _("Save it as UTF-8")) from None
    except RecursionError:
        raise UnreadableError(_("is nested too deeply"), _("Save it anew")) from None
    except ValueError as error:
        problem = _("is not JSON: {error}", error=error)
        raise UnreadableError(problem, _("Save it anew")) from None
    if not isinstance(read, dict) or read.get("type") not in LAYERS:
        remedy = _("Save it as GeoJSON, a FeatureCollection")
        raise UnreadableError(_("is no layer of features"), remedy)
    if twice:
        problem = _("names {names} twice in one object", names=", ".join(sorted(twice)))
        raise UnreadableError(problem, _("Keep one of them"))
    rows = read.get("features", []) if read["type"] == "FeatureCollection" else [read]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnreadableError(_("has features that are none"), _("Save it anew"))
    shapes = sum(row.get("geometry") is not None for row in rows)
    return Source(pd.DataFrame(), tuple(_doubts(rows)), rows=len(rows), shapes=shapes)


def _named(crs: dict[str, Any]) -> bool:
    """Whether a CRS is a name, and no address."""
    kinds = [value for key, value in crs.items() if key.lower() == "type"]
    return all(str(kind).upper() in ("NAME", "EPSG", "OGC") for kind in kinds)


def _doubts(rows: list[dict[str, Any]]) -> Iterator[Doubt]:
    """Columns of yes and no beside numbers, and of whole numbers that would be rounded."""
    values: dict[str, list[Any]] = {}
    for row in rows:
        of = row.get("properties")
        for name, value in of.items() if isinstance(of, dict) else ():
            values.setdefault(name, []).append(value)
        if "id" in row:
            values.setdefault("id", []).append(row["id"])
    for name, column in values.items():
        over = [value for value in column if type(value) is int and abs(value) > LARGEST]
        if over:
            problem = _(
                "has a whole number in {column} that is too long to be read, {number}",
                column=name,
                number=str(over[0])[:20],
            )
            raise UnreadableError(problem, _('Write it as text, between ""'))
        kinds = {type(value) for value in column}
        if str in kinds or kinds & {dict, list}:
            continue  # GDAL keeps each as the text that stands there
        if bool in kinds and kinds & {int, float}:
            truths = [value for value in column if isinstance(value, bool)]
            problem = several(len(truths), _("is yes or no among numbers"))
            yield Doubt(name, problem, _("Write numbers, or true and false"), truths[0])
        long = [value for value in column if type(value) is int and abs(value) > EXACT]
        # one that is a float, or is not there, makes floats of all
        if long and (kinds - {int} or len(column) < len(rows)):
            problem = several(len(long), _("is a whole number too long to be kept"))
            yield Doubt(name, problem, _('Write it as text, between ""'), long[0])
