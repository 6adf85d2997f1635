"""RUNNER: solve after solve, each in a process of its own, told and kept as it ends."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from benchmarks import apart
from benchmarks.cases import Benchmark
from benchmarks.child import OURS
from benchmarks.journal import ROOT, Journal, Row
from benchmarks.numbers import number
from optimizer.question import Limits

#: By how much ours may be later than its own limit before it is killed: seconds, and as a share.
LATE_SECONDS, LATE_SHARE = 30.0, 0.5


@dataclass(frozen=True)
class Runner:
    """memory: GB that a solve may hold."""

    journal: Journal
    limits: Limits
    memory: float

    def ours(self, case: Benchmark, known: Mapping[str, float] | None = None) -> Row:
        """What equisite finds."""
        assert self.limits.seconds is not None
        patience = self.limits.seconds + max(LATE_SECONDS, LATE_SHARE * self.limits.seconds)
        return self._solve(OURS, case, dict(known or {}), patience)

    def peer(self, name: str, case: Benchmark) -> Row:
        """What a peer finds; its model is built within the limit too."""
        assert self.limits.seconds is not None
        return self._solve(name, case, {}, self.limits.seconds)

    def found(self, who: str, case: Benchmark) -> Row | None:
        """What is in the journal."""
        return self.journal.rows.get(f"{case.key} | {who}")

    def _solve(self, who: str, case: Benchmark, known: dict[str, float], seconds: float) -> Row:
        row = self.found(who, case)
        if row is None:
            asked: Row = {"instance": case.instance, "format": case.format, "file": case.file}
            asked |= {"problem": case.problem, "parameter": dict(case.parameter)}
            task = {"who": who, "case": asked, "limits": asdict(self.limits), "known": known}
            ended = apart.run(task, seconds, self.memory)
            row = ended.answer | {"trouble": ended.trouble}
            self.journal.add(f"{case.key} | {who}", row)
            typer.echo(f"{case.key} | {who}: {told(row)}", err=True)
        return row


def told(row: Row) -> str:
    """One solve in a few words."""
    if row["trouble"]:
        return str(row["trouble"])
    objective = number(row.get("objective"))
    return f"{objective}, {row['status']}, {row['seconds']:.2f} s, {row['peak']:,.0f} MB"


def state(row: Row) -> str:
    """How a solve of ours ended."""
    words = {"optimal": "proven", "stopped": "open", "infeasible": "infeasible"}
    return row["trouble"] or words[row["status"]]


def revision() -> str:
    """The commit that ran, in words."""
    ran = commit()
    return f"Source: commit {ran}." if ran else "Source: not a git checkout."


def commit() -> str:
    """The commit that ran, and whether the program has changed since; empty outside of git."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    changed = subprocess.run(
        [*git, "status", "--porcelain", "optimizer"], capture_output=True, text=True
    )
    return head.stdout.strip() + " with changes" * bool(changed.stdout)


def unfinished(name: str, folder: Path) -> Path:
    """Where the journal of a run lies until its record is complete."""
    return folder / f"{name}.unfinished.jsonl"
