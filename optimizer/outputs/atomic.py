"""Writing so that a reader never sees half a file."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from pyogrio.errors import DataLayerError, DataSourceError

from optimizer.foundation.drafts import draft_folder, settle
from optimizer.foundation.faults import Fault, InputError, reason
from optimizer.foundation.language import N_, _
from optimizer.geodata import geopackage

#: Bytes that a disk which is full has no room for.
SPARE_BYTES = 2**17

REMEDY = N_("choose a file in a folder that exists, that you may write to, and that has room")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path with the suffix of `path`, beside it; what is written there takes its place.

    A GeoPackage is replaced with the files that belong to it (see `geopackage`). After an error, or
    when the work is interrupted, `path` is as it was and nothing else is left; after a kill what is
    left is removed by the next writing there. Raises InputError where the folder cannot be written
    to or has no room, and where another program has the GeoPackage open.
    """
    try:
        path = path.resolve()  # a link stays one
        stop_unless_plain(path)
        with draft_folder(path.parent) as folder:
            draft = folder / f"draft{path.suffix.lower()}"  # GDAL reads meanings into some names
            try:
                yield draft
            except (DataSourceError, DataLayerError) as error:
                raise OSError(None, _reason(folder, error)) from error
            if path.exists():
                draft.chmod(path.stat().st_mode & 0o777)
            settle(draft)
            with only_user(path):
                if path.suffix.lower() == geopackage.SUFFIX:
                    for companion in geopackage.companions(path):
                        companion.unlink(missing_ok=True)
                os.replace(draft, path)
            settle(path.parent)
    except OSError as error:
        raise InputError([unwritable(path, error)]) from error


def stop_unless_plain(path: Path) -> None:
    """Raise OSError where something is there that is no file which may be replaced."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if path.exists() and not path.is_file():
        raise OSError(None, N_("it is no plain file"))
    if path.exists() and not os.access(path, os.W_OK):
        raise OSError(None, N_("it is write-protected"))


def only_user(path: Path) -> AbstractContextManager[None]:
    """While this lasts no other program opens a GeoPackage. Raises OSError where one has it."""
    return geopackage.alone(path) if path.suffix.lower() == geopackage.SUFFIX else nullcontext()


def unwritable(path: Path, error: Exception) -> Fault:
    """What keeps a file from being written, as the system says it."""
    why = reason(error) if isinstance(error, OSError) else str(error)
    remedy = _("Close it there, or choose another file")
    if not isinstance(error, geopackage.InUseError):
        remedy = _(REMEDY)
    return Fault("output", _("cannot be written: {reason}", reason=why), remedy, value=str(path))


def _reason(folder: Path, error: Exception) -> str:
    """What the system says of some more bytes there; where it takes them, what GDAL says."""
    try:
        (folder / "more").write_bytes(bytes(SPARE_BYTES))
    except OSError as full:
        return full.strerror or str(full)
    return str(error)
