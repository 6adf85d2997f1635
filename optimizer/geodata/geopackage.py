"""GEOPACKAGE: one file to its user, up to three on the disk.

Who has it open may keep what was saved last in FILE-wal, with FILE-shm beside it, or what was there
before in FILE-journal. Those belong to that very file: beside another one they would be read as if
they were its own. So it is read, copied and replaced with them, and never while somebody has it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from optimizer.foundation.language import _

SUFFIX = ".gpkg"

#: What the names of the files beside it end with.
COMPANIONS = ("-wal", "-shm", "-journal")


#: Seconds to wait for whoever is just reading or writing.
PATIENCE_SECONDS = 1.0


class InUseError(OSError):
    """Another program has the file open."""


def companions(path: Path) -> list[Path]:
    """The files that may stand beside it."""
    return [path.with_name(path.name + end) for end in COMPANIONS]


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """While this lasts no other program opens the file, and all that was saved is in it.

    Raises InUseError where one has it open. What is no database has nobody.
    """
    if not path.is_file():
        yield
        return
    with closing(_connected(path, "rw")) as file:
        try:
            file.execute("PRAGMA locking_mode = EXCLUSIVE")
            file.execute("BEGIN EXCLUSIVE")
            file.execute("COMMIT")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise InUseError(None, _("another program has it open")) from error
        except sqlite3.DatabaseError:
            pass
        yield


def stop_if_locked(path: Path) -> None:
    """Raise InUseError where a program that writes to the file lets nobody read it."""
    if path.suffix.lower() != SUFFIX:
        return
    with path.open("rb") as file:
        if file.read(19)[18:] == b"\2":  # with a log readers never wait
            return
    with closing(_connected(path, "ro")) as database:
        try:
            database.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except sqlite3.DatabaseError as error:  # of another kind: told by whoever reads it
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise InUseError(None, _("another program is writing to it")) from error


def copied(path: Path, copy: Path) -> None:
    """Write a new file that is the whole of this one. Raises OSError where it is no database."""
    try:
        with closing(_connected(path, "ro")) as file, closing(sqlite3.connect(copy)) as new:
            file.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        problem = _("it is there and cannot be read: {error}", error=error)
        raise OSError(None, problem) from error


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    """mode: ro or rw; the file is there."""
    address = f"file:{quote(bytes(path.absolute()))}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=PATIENCE_SECONDS, isolation_level=None)
