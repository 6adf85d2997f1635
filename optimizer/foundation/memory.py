"""MEMORY: how much there is, and the fault of what would not fit into it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _

#: Where a container's limit stands, in bytes or "max".
LIMIT = Path("/sys/fs/cgroup/memory.max")
#: The part of the memory that one question may take.
PART = 0.9
GIGABYTE = 1e9


def room() -> float:
    """Bytes that a question may take on this machine; inf where it does not say."""
    try:
        there = float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # not every system knows these
        return float("inf")
    with suppress(OSError, ValueError):
        there = min(there, float(LIMIT.read_text()))
    return PART * there


def require_room(needed: float, where: str, what: str, remedy: str) -> None:
    """Raise InputError where so many bytes are more than there are. what: needs them."""
    there = room()
    if needed > there:
        problem = _(
            "{what} takes some {needed:,.1f} GB of memory, {there:,.1f} are there",
            what=what,
            needed=needed / GIGABYTE,
            there=there / GIGABYTE,
        )
        raise InputError([Fault(where, problem, remedy)])
