"""How commands end: exit codes, and the files that they write before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from optimizer.foundation import stopping
from optimizer.foundation.faults import Fault, InputError

INTERNAL_ERROR, BAD_INPUT, BROKEN = 1, 2, 3

#: By `solution.Status`, which is text: its module loads what the help need not wait for.
EXIT = {"optimal": 0, "infeasible": 3, "stopped": stopping.EXIT_CODE}


def written_files(
    files: Sequence[Path], write: Callable[[Path], Iterable[Path] | None]
) -> tuple[list[Path], list[Fault]]:
    """Write each of these; the files that are there now, and why others are not."""
    written, faults = list[Path](), list[Fault]()
    for file in files:
        try:
            written += write(file) or [file]
        except InputError as error:
            faults += error.faults
    return written, faults


def stop(faults: Sequence[Fault]) -> None:
    """Raise InputError where there are any."""
    if faults:
        raise InputError(faults)
