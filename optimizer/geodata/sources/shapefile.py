"""Shapefiles: three tables that have to agree, text in whatever encoding, numbers as text."""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from optimizer.foundation.language import _
from optimizer.geodata.sources.source import Doubt, Source, UnreadableError, several

UTF_8, CHINESE = "utf-8", "gb18030"
#: Byte 29 of a .dbf -> the encoding that it stands for.
LANGUAGES = {0x4D: CHINESE, 0x7A: CHINESE, 0x4F: "cp950", 0x78: "cp950", 0x03: "cp1252"}
NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Field:
    """A column of a .dbf: its name in bytes, its type, how many decimals it has."""

    name: bytes
    kind: str
    decimals: int


def judge(path: Path) -> Source:
    """How many rows there are, how their text is written, and numbers that are none."""
    table = _beside(path, ".dbf")
    if table is None:
        remedy = _("Copy all of its files: .shp, .shx, .dbf, .prj")
        raise UnreadableError(_("has no .dbf beside it"), remedy)
    fields, records = _dbf(table.read_bytes())
    there = records["deleted"] != b"*"
    shapes = int(_drawn(path, len(records))[there].sum()) if path.suffix.lower() == ".shp" else None
    kept = records[there]
    encoding, said = _encoding(_declared(table), _texts(fields, kept))
    doubts = tuple(_doubts(fields, kept, encoding))
    return Source(pd.DataFrame(), doubts, said, len(kept), shapes, encoding)


def _dbf(data: bytes) -> tuple[list[Field], Any]:
    """The columns and the (n,) rows, a field each, if it says how many they are."""
    broken = UnreadableError(_("has a .dbf that is broken"), _("Save it anew"))
    if len(data) < 33 or data[:1] in (b"{", b"["):
        raise broken
    stated, header, width = struct.unpack("<IHH", data[4:12])
    fields, formats, offsets, at = list[Field](), list[str](), list[int](), 1
    for begin in range(32, header - 1, 32):
        one = data[begin : begin + 32]
        if len(one) < 32 or one[:1] == b"\r":
            break
        kind = chr(one[11])
        size = one[16] + 256 * one[17] if kind == "C" else one[16]
        fields.append(Field(one[:11].partition(b"\0")[0], kind, 0 if kind == "C" else one[17]))
        formats.append(f"S{size}")
        offsets.append(at)
        at += size
    if not fields or at > width or "S0" in formats or header > len(data):
        raise broken
    there = (len(data) - header) // width
    if there != stated:
        problem = _("says that it has {stated:,} rows, but has {n:,}", stated=stated, n=there)
        raise UnreadableError(problem, _("Save it anew from the program that made it"))
    record = np.dtype(
        {
            "names": ["deleted", *map(str, range(len(fields)))],
            "formats": ["S1", *formats],
            "offsets": [0, *offsets],
            "itemsize": width,
        }
    )
    return fields, np.frombuffer(data, record, count=there, offset=header)


def _drawn(path: Path, rows: int) -> Any:
    """(n,) rows with a shape; UnreadableError unless there are as many shapes as rows.

    GDAL would leave out those that one of the files does not count.
    """
    index = _beside(path, ".shx")
    if index is None:
        remedy = _("Copy all of its files: .shp, .shx, .dbf, .prj")
        raise UnreadableError(_("has no .shx beside it"), remedy)
    shapes = (index.stat().st_size - 100) // 8
    if shapes != rows:
        problem = _("has {shapes:,} shapes for {rows:,} rows", shapes=shapes, rows=rows)
        raise UnreadableError(problem, _("Save it anew from the program that made it"))
    if not rows:
        return np.zeros(0, dtype=bool)
    places = np.frombuffer(index.read_bytes(), ">i4", count=2 * rows, offset=100)[::2]
    data = path.read_bytes()
    try:
        kinds = [struct.unpack_from("<i", data, 2 * int(at) + 8)[0] for at in places]
    except struct.error:
        raise UnreadableError(_("has a .shp that is broken"), _("Save it anew")) from None
    return np.array(kinds, dtype=int) != 0


def _declared(table: Path) -> str | None:
    """The encoding that the .cpg names or, without one, the .dbf; None where neither tells."""
    page = _beside(table, ".cpg")
    if page is None:
        return LANGUAGES.get(table.read_bytes()[29])
    name = page.read_bytes()[:40].decode("ascii", "ignore").strip().lower()
    name = name.removeprefix("ansi ").removeprefix("oem ").strip()
    if name in ("gbk", "gb2312", "936", "cp936"):
        return CHINESE
    try:
        return codecs.lookup({"65001": UTF_8, "88591": "latin-1"}.get(name, _page(name))).name
    except (LookupError, ValueError):
        return None


def _page(name: str) -> str:
    return f"cp{name}" if name.isdigit() else name


def _encoding(declared: str | None, texts: list[bytes]) -> tuple[str, tuple[str, ...]]:
    """The encoding in which all text can be read: as declared, else UTF-8, else GB18030."""
    for name in dict.fromkeys(filter(None, (declared, UTF_8, CHINESE))):
        try:
            for one in texts:
                one.decode(name)
        except UnicodeDecodeError:
            continue
        if name == (declared or UTF_8):
            return name, ()
        return name, (_read_as(name.upper(), declared),)
    remedy = _("Save it as UTF-8, with its .cpg")
    raise UnreadableError(_("has text in an unknown encoding"), remedy)


def _read_as(encoding: str, declared: str | None) -> str:
    """Why text is read in an encoding that is not declared."""
    if declared is None:
        return _("its text is read as {encoding}: no encoding is named", encoding=encoding)
    return _(
        "its text is read as {encoding}: it is not {declared}, as it says",
        encoding=encoding,
        declared=declared,
    )


def _texts(fields: list[Field], records: Any) -> list[bytes]:
    """All names of columns and all text, each once."""
    texts = [field.name for field in fields]
    for n, field in enumerate(fields):
        if field.kind == "C":
            texts += [text.rstrip(b" \0") for text in np.unique(records[str(n)]).tolist()]
    return texts


def _doubts(fields: list[Field], records: Any, encoding: str) -> Iterator[Doubt]:
    """Numbers that are none, or have decimals where the column has none: GDAL reads 0, or less."""
    for n, field in enumerate(fields):
        if field.kind not in "NF":
            continue
        wrong: list[bytes] = []
        for value in records[str(n)].tolist():
            text = value.strip(b" \0")
            if not text or not text.strip(b"*"):
                continue  # empty, or too long for the column: no value
            if NUMBER.fullmatch(text) is None or (field.decimals == 0 and not _whole(text)):
                wrong.append(text)
        if wrong:
            name, first = field.name.decode(encoding), wrong[0].decode(encoding, "replace")
            problem = _("is not a number") if field.decimals else _("is not a whole number")
            remedy = _("Correct it, or give the column decimals")
            yield Doubt(name, several(len(wrong), problem), remedy, first)


def _whole(text: bytes) -> bool:
    return b"e" not in text.lower() and float(text).is_integer()


def _beside(path: Path, suffix: str) -> Path | None:
    """The file of the same name with this suffix, in small or capital letters."""
    for one in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if one.is_file():
            return one
    return None
