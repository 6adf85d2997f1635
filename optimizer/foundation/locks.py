"""File locks: who else is at work in a file or folder, where the system can say so (not Windows).

Where they cannot, nothing is ever taken, and nobody waits.
"""

from __future__ import annotations

import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: What `opened` gives where a folder cannot be opened.
NONE = -1


def opened(folder: Path) -> int:
    """A descriptor of a folder that is no link, to be locked and closed; NONE on Windows.

    Raises FileNotFoundError where there is none.
    """
    return NONE if fcntl is None else os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)


def take(descriptor: int, wait: bool) -> None:
    """Lock it until it is closed, or its process ends.

    Raises BlockingIOError where another has it and nobody waits, OSError on a file system that
    has no locks.
    """
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def close(descriptor: int) -> None:
    """Give it back."""
    if descriptor != NONE:
        os.close(descriptor)
