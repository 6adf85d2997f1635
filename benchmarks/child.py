"""CHILD: one solve in this process, which does nothing else; `apart` starts it and listens.

python -m benchmarks.child PIPE: the task is read from standard input, and two lines are written
to the pipe: the solve begins, and what it found.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import asked, region
from benchmarks.cases import Benchmark
from benchmarks.formats import pmed
from benchmarks.peers import PEERS
from optimizer.question import Limits
from optimizer.solution import Status

Task = dict[str, Any]
Say = Callable[[dict[str, Any]], None]

#: Who solves a task, where it is no peer.
OURS = "ours"


def peak() -> float:
    """The most memory that this process has held, in MB.

    On Linux ru_maxrss can be that of the process that started this one: it outlives exec.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="utf-8").splitlines()
        kilobytes = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        if kilobytes:
            return int(kilobytes[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def do(task: Task, say: Say) -> None:
    """Read the instance, say so, solve, and say what was found."""
    if task["who"] == region.REGION:
        region.ask(region.question(task["question"]), say, peak)
        return
    case, limits = Benchmark(**task["case"]), Limits(**task["limits"])
    if task["who"] == OURS:
        say(_ours(case, limits, task["known"], say))
    else:
        say(_peer(task["who"], case, limits, say))


def _ours(case: Benchmark, limits: Limits, known: asked.Told, say: Say) -> dict[str, Any]:
    question = asked.question(case, known)
    say({"points": question.points})
    began = time.perf_counter()
    found = question.ask(limits)
    seconds, memory = time.perf_counter() - began, peak()
    told: dict[str, Any] = {"status": str(found.status), "seconds": seconds, "peak": memory}
    told |= {"gap": found.gap, "algorithm": found.algorithm, "nodes": found.nodes}
    if found.plan is None:
        return told
    objective, bound = question.tell(found)
    return told | {"objective": objective, "bound": bound, "after": question.after(found)}


def _peer(name: str, case: Benchmark, limits: Limits, say: Say) -> dict[str, Any]:
    peer, costs = PEERS[name](), pmed.read(Path(case.file)).distances()
    say({"points": len(costs)})
    began = time.perf_counter()
    objective, proven = peer(costs, int(case.parameter["p"]), limits)
    told = {"seconds": time.perf_counter() - began, "peak": peak(), "objective": objective}
    return told | {"status": str(Status.OPTIMAL if proven else Status.STOPPED)}


def _say(line: dict[str, Any]) -> None:
    """One line to whoever listens; what is not a number of JSON is null."""
    clean = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in line.items()
    }
    os.write(int(sys.argv[1]), (json.dumps(clean) + "\n").encode())


if __name__ == "__main__":
    do(json.load(sys.stdin), _say)
