"""JOURNAL: finished answers on disk, so that no point of a sweep is solved twice.

A folder per sweep, a file per answer. A file is whole or not there: it is written under another
name, then renamed. An answer counts for the very question that it answers: the same policy, the
same start, the same bound.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.case import Case
from optimizer.foundation import locks
from optimizer.foundation.drafts import settle
from optimizer.foundation.faults import Fault, InputError, reason
from optimizer.foundation.language import _
from optimizer.question import Limits
from optimizer.solution import Assignment, Plan, Progress, Result, Status
from optimizer.sweep.request import Request
from optimizer.sweep.task import Answer, Task

#: How the file of an answer ends, and how one that is being written does.
SUFFIX, DRAFT = ".json.gz", ".writing"


@dataclass(frozen=True)
class Journal:
    """The finished answers of one sweep."""

    folder: Path

    def answer(self, task: Task) -> Answer | None:
        """What was found before; None where nothing was, or where its file is damaged."""
        try:
            kept = json.loads(gzip.decompress(self._file(task).read_bytes()))
            if kept["question"] != digest(task):
                return None
            return Answer(task, _result(kept["result"]))
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
            return None

    def keep(self, answer: Answer) -> None:
        """Write an answer down, unless it is a failure: those are tried again by the next run."""
        if answer.result is not None:
            kept = {"question": digest(answer.task), "result": answer.result}
            _write(self._file(answer.task), gzip.compress(_text(kept).encode(), mtime=0))

    def _file(self, task: Task) -> Path:
        return self.folder / f"{task.key}{SUFFIX}"


@contextmanager
def opened(
    parent: Path, instance: str, case: Case, limits: Limits, request: Request
) -> Iterator[Journal]:
    """The journal of this sweep, in a folder of `parent` that is named after all that is asked.

    Raises InputError where the folder cannot be written, or where another run is at work in it.
    """
    words = {
        "equisite": version("equisite"),
        "instance": instance,
        "policy": case.policy,
        "limits": limits,
        "sweep": request,
    }
    folder = parent / f"{instance}-{digest(words, case.problem)[:12]}.sweep"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise _unwritable(folder, error) from error
    with lock:
        try:
            locks.take(lock.fileno(), wait=False)
        except BlockingIOError as error:
            problem = _("another run of the same sweep is at work here")
            raise _fault(folder, problem, _("Wait until it ends; then ask again")) from error
        for draft in folder.glob(f"*{DRAFT}"):
            draft.unlink()
        _write(folder / "sweep.json", _text(words, indent=1).encode())
        yield Journal(folder)


def digest(*values: Any) -> str:
    """A fingerprint of values: dataclasses, mappings, sequences, arrays, text and numbers."""
    return hashlib.sha256(_text(values, _fingerprint).encode()).hexdigest()


def _unwritable(folder: Path, error: OSError) -> InputError:
    problem = _("cannot be written: {reason}", reason=reason(error))
    return _fault(folder, problem, _("Choose another folder with --journal"))


def _fault(folder: Path, problem: str, remedy: str) -> InputError:
    return InputError([Fault("journal", problem, remedy, value=str(folder))])


def _text(
    value: Any, array: Callable[[np.ndarray], Any] = np.ndarray.tolist, indent: int | None = None
) -> str:
    """JSON with every float to its last bit; those that are not finite by name."""

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return array(value)
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, Mapping):
            return dict(value)
        if is_dataclass(value):
            return {item.name: getattr(value, item.name) for item in fields(value)}
        raise TypeError(f"{type(value).__name__} has no place in a journal")

    return json.dumps(value, default=plain, ensure_ascii=False, indent=indent)


def _fingerprint(array: np.ndarray) -> Any:
    """Shape and digest; numbers count as numbers, however wide they are stored."""
    if array.dtype.kind not in "biuf":
        return array.tolist()
    wide = np.ascontiguousarray(array, dtype=float if array.dtype.kind == "f" else np.int64)
    return [*array.shape, hashlib.sha256(wide.tobytes()).hexdigest()]


def _result(kept: dict[str, Any]) -> Result:
    """The result that is kept in a journal."""
    read = {
        "status": Status(kept["status"]),
        "plan": _plan(kept["plan"]),
        "efficient": _plan(kept["efficient"]),
        "reasons": tuple(kept["reasons"]),
        "trace": tuple(Progress(**step) for step in kept.get("trace", ())),
    }
    return Result(**kept | read)


def _plan(kept: dict[str, Any] | None) -> Plan | None:
    if kept is None:
        return None
    return Plan(
        options=np.array(kept["options"], dtype=np.int64),
        assignments=_assignments(kept["assignments"]),
        corridors=np.array(kept["corridors"], dtype=np.int64),
        scenarios=tuple(map(_assignments, kept["scenarios"])),
        paid=None if kept["paid"] is None else np.array(kept["paid"], dtype=float),
    )


def _assignments(kept: list[dict[str, Any]]) -> tuple[Assignment, ...]:
    """One for each level."""
    return tuple(
        Assignment(
            demand=np.array(one["demand"], dtype=np.int64),
            site=np.array(one["site"], dtype=np.int64),
            minutes=np.array(one["minutes"], dtype=float),
            share=np.array(one["share"], dtype=float),
        )
        for one in kept
    )


def _write(path: Path, content: bytes) -> None:
    """Replace a file as a whole; on disk when this returns. Raises InputError where it cannot."""
    draft = path.with_name(f"{path.name}{DRAFT}")
    try:
        draft.write_bytes(content)
        settle(draft)
        draft.replace(path)
        settle(path.parent)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise _unwritable(path.parent, error) from error
