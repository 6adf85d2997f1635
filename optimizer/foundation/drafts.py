"""Drafts: folders for files that are not finished yet; those of dead runs are removed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from optimizer.foundation import locks

#: How the name of such a folder begins, and what it looks like: no folder of the user's does.
PREFIX = ".writing-"
_NAME = re.compile(re.escape(PREFIX) + "[a-z0-9_]{8}")


@contextmanager
def draft_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, which is gone with all that is in it when this ends.

    A run that is killed leaves its folder, and the lock on it falls: so the next run that writes
    there knows which folders nobody lives in, and removes them. Raises OSError where `parent`
    cannot be written to.
    """
    _sweep(parent)
    folder, lock = _locked(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        locks.close(lock)


def settle(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on the disk; where there is none, do not.

    Raises OSError where the disk does not take it. Windows has no such lists to wait for.
    """
    if os.name == "nt" and path.is_dir():
        return
    with suppress(FileNotFoundError):
        # Windows takes only what is open for writing, Linux no folder that is.
        file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def _locked(parent: Path) -> tuple[Path, int]:
    """A folder, and the lock that says that its run is alive."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=PREFIX))
        with suppress(FileNotFoundError):  # another run took it for left behind, before the lock
            lock = locks.opened(folder)
            with suppress(OSError):  # a file system without locks: there nothing is ever swept
                locks.take(lock, wait=True)
            if folder.exists():
                return folder, lock
            locks.close(lock)


def _sweep(parent: Path) -> None:
    """Remove the folders here that are ours and in which nobody writes."""
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                _remove_if_dead(Path(entry.path))


def _remove_if_dead(folder: Path) -> None:
    with suppress(OSError):
        lock = locks.opened(folder)
        try:
            if lock != locks.NONE and os.fstat(lock).st_uid == os.geteuid():
                locks.take(lock, wait=False)
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            locks.close(lock)
