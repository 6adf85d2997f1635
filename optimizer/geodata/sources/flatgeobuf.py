"""FlatGeobuf: its rows are counted, since GDAL reads no more than the header says there are."""

from __future__ import annotations

import struct
from pathlib import Path

import pandas as pd

from optimizer.foundation.language import _
from optimizer.geodata.sources.source import Source, UnreadableError

#: Where the header begins; the places of two of its fields in the table of them.
HEADER, COUNT, NODE = 8, 20, 22
#: Bytes of a box in the index, and how many boxes are in one where nothing is said.
BOX, BOXES = 40, 16


def judge(path: Path) -> Source:
    """How many rows there are."""
    data = path.read_bytes()
    try:
        (size,) = struct.unpack_from("<I", data, HEADER)
        count = _field(data, COUNT, "<Q", 0)
        at = HEADER + 4 + size + BOX * _boxes(count, _field(data, NODE, "<H", BOXES))
        rows = 0
        while at < len(data):
            (size,) = struct.unpack_from("<I", data, at)
            at, rows = at + 4 + size, rows + 1
    except struct.error:
        at = -1
    if at != len(data):
        raise UnreadableError(_("is broken"), _("Save it anew"))
    return Source(pd.DataFrame(), rows=rows)


def _field(data: bytes, place: int, kind: str, default: int) -> int:
    """A number of the header, as flatbuffers keep it."""
    table = HEADER + 4 + int(struct.unpack_from("<I", data, HEADER + 4)[0])
    fields = table - int(struct.unpack_from("<i", data, table)[0])
    if place >= struct.unpack_from("<H", data, fields)[0]:
        return default
    (offset,) = struct.unpack_from("<H", data, fields + place)
    return int(struct.unpack_from(kind, data, table + offset)[0]) if offset else default


def _boxes(count: int, node: int) -> int:
    """How many boxes the index of so many rows has, all levels together."""
    if not count or node < 2:
        return 0
    boxes = count
    while True:  # a level above even where there is one row
        count = -(-count // node)
        boxes += count
        if count == 1:
            return boxes
