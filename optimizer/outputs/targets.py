"""Output targets: where a run is to write, judged before it begins."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from optimizer.foundation.drafts import draft_folder
from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.outputs.atomic import only_user, stop_unless_plain, unwritable

#: Bytes that must fit on the disk: less than any output, more than a disk has that is full.
MIN_BYTES = 4096


def judge(outputs: Sequence[Path], inputs: Sequence[Path] = ()) -> None:
    """Raise InputError, with every fault, unless these files can be written.

    Each must be another one, and none of `inputs`, nor in a folder that is one of those.
    """
    faults = [
        Fault("output", _("two outputs are the same file"), _("Name another one"), value=str(later))
        for first, later in combinations(outputs, 2)
        if _same(first, later)
    ]
    for path in outputs:
        faults += [
            Fault(
                "output",
                _("is an input: {file}", file=file),
                _("Choose another file"),
                value=str(path),
            )
            for file in inputs
            if _same(path, file) or _within(path, file)
        ][:1] or list(_unwritable(path))
    if faults:
        raise InputError(faults)


def _same(one: Path, other: Path) -> bool:
    """Whether both names lead to one file, be it there or not."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return os.path.realpath(one) == os.path.realpath(other)


def _within(path: Path, file: Path) -> bool:
    """Whether a file is part of an input that is several: a folder, or a Shapefile."""
    path, file = Path(os.path.realpath(path)), Path(os.path.realpath(file))
    if file.suffix.lower() == ".shp":
        return path.parent == file.parent and path.stem == file.stem
    return file.is_dir() and file in path.parents


def _unwritable(path: Path) -> Iterator[Fault]:
    """What would keep this file from being written now."""
    try:
        real = path.resolve()
        stop_unless_plain(real)
        with only_user(real), draft_folder(real.parent) as folder:
            (folder / real.name).write_bytes(bytes(MIN_BYTES))
    except (OSError, RuntimeError, ValueError) as error:  # loops of links, names no system takes
        yield unwritable(path, error)
