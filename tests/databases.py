"""GeoPackages that tests change: all in one transaction, which nobody waits for on the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, in a transaction that is committed when this ends, unless by an error.

    The triggers of the spatial index are gone: they call functions that SQLite alone does not have.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("BEGIN")
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (trigger,) in database.execute(query).fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        yield database
        database.execute("COMMIT")
