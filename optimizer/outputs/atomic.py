"""Writing so that a reader never sees half a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optimizer.faults import Fault, InputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path of the same name in a new folder beside `path`; what is written there takes its place.

    After an error, or when the work is interrupted, `path` is as it was and nothing else is left.
    Raises InputError when the folder cannot be written to.
    """
    try:
        folder = tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-")
    except OSError as error:
        raise InputError([_unwritable(path, error)]) from error
    with folder as name:
        draft = Path(name, path.name)
        yield draft
        try:
            os.replace(draft, path)
        except OSError as error:
            raise InputError([_unwritable(path, error)]) from error


def _unwritable(path: Path, error: OSError) -> Fault:
    reason = error.strerror or "unknown error"
    return Fault(
        layer="output",
        problem=f"cannot be written: {reason}",
        remedy="choose a file in a folder that exists and that you may write to",
        value=str(path),
    )
