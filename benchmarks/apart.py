"""APART: a solve in a process of its own, which can be measured and killed."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]

#: Seconds between two looks at the memory.
LOOK_EVERY = 0.1

#: Seconds for reading an instance, before the solve begins.
READING = 600.0

Task = dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """answer: what was found; without one, `trouble` says why there is none."""

    answer: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""


def run(task: Task, seconds: float, memory: float) -> Ended:
    """Do the task; kill it when its solve takes longer than this, or more memory (GB)."""
    with tempfile.TemporaryFile() as errors, _started(task, errors) as (child, pipe):
        answer, trouble = _listen(child, pipe, seconds, memory)
        if trouble or "status" in answer:
            return Ended(answer, trouble)
        child.wait()
        errors.seek(0)
        return Ended(answer, _why(child.returncode, errors.read().decode(errors="replace")))


@contextmanager
def _started(task: Task, errors: Any) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process, and where to listen; nothing is left of it in the end.

    It has a session of its own, so that Ctrl-C reaches us alone.
    """
    listen, speak = os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.child", str(speak)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        pass_fds=(speak,),
        cwd=ROOT,
        start_new_session=True,
    )
    os.close(speak)
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(task).encode())
        child.stdin.close()
        yield child, listen
    finally:
        for one in _tree(child.pid):
            with _gone():
                one.kill()
        child.wait()
        os.close(listen)


def _listen(
    child: subprocess.Popen[bytes], pipe: int, seconds: float, memory: float
) -> tuple[dict[str, Any], str]:
    """All that it says until its end, and why it was ended early."""
    answer: dict[str, Any] = {}
    text, peak, ends = b"", 0.0, time.perf_counter() + READING
    while True:
        ready, _, _ = select.select([pipe], [], [], LOOK_EVERY)
        if ready:
            read = os.read(pipe, 65536)
            *lines, text = (text + read).split(b"\n")
            for line in lines:
                answer |= json.loads(line)
                ends = time.perf_counter() + seconds
            if not read:
                break
        held = _held(child.pid)
        peak = max(peak, held)
        if held > 1024 * memory:
            return answer | {"peak": peak}, f"no memory (> {memory:g} GB)"
        if time.perf_counter() > ends:
            return answer | {"peak": peak}, f"> {seconds:g} s"
    return answer | {"peak": max(peak, answer.get("peak", 0.0))}, ""


def _held(pid: int) -> float:
    """Memory of the process and what it started, in MB."""
    total = 0
    for one in _tree(pid):
        with _gone():
            total += one.memory_info().rss
    return total / 2**20


def _tree(pid: int) -> list[psutil.Process]:
    """The process and all below it."""
    with _gone():
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    return []


@contextmanager
def _gone() -> Iterator[None]:
    """What has ended meanwhile is no fault."""
    try:
        yield
    except psutil.NoSuchProcess:
        return


def _why(code: int, errors: str) -> str:
    """In words, why a process ended without an answer."""
    last = errors.strip().splitlines()[-1:] or ["it said nothing"]
    if "MemoryError" in last[0] or "bad_alloc" in errors or code == -9:
        return "no memory"
    return f"failed: {last[0]}"
