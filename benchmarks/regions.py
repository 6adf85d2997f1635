"""REGIONS: questions about instances, each in a process of its own, kept as they end."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

import typer

from benchmarks import apart
from benchmarks.journal import Journal, Row
from benchmarks.numbers import number
from benchmarks.region import REGION, Question
from benchmarks.runner import LATE_SECONDS, LATE_SHARE
from optimizer.geodata import catalogue

#: What plans do, as it is counted.
DONE = ("build", "upgrade", "close")


@dataclass(frozen=True)
class Inquiry:
    """memory: GB that a process may hold."""

    journal: Journal
    memory: float

    def ask(self, name: str, question: Question) -> Row:
        """What is found; what failed or was killed is asked again by the next run."""
        key = _key(name, question)
        row = self.journal.rows.get(key)
        if row is None:
            limit = question.limits.seconds
            assert limit is not None
            patience = limit + max(LATE_SECONDS, LATE_SHARE * limit)
            task = {"who": REGION, "question": asdict(question)}
            ended = apart.run(task, patience * max(1, len(question.weights)), self.memory)
            row = ended.answer | {"trouble": ended.trouble}
            if answered(row):
                self.journal.add(key, row)
            typer.echo(f"{question.instance} | {name}: {_told(row)}", err=True)
        return row


def answered(row: Row) -> bool:
    """Whether the process came to its end, or to a limit of ours."""
    trouble = row["trouble"]
    return not trouble or trouble.startswith((">", "no memory (>"))


def _key(name: str, question: Question) -> str:
    """The question, and the very layers that it is about."""
    digest = hashlib.sha256()
    for file in sorted(catalogue.find(question.instance).glob("instance.*")):
        digest.update(file.read_bytes())
    return f"{question.instance} {digest.hexdigest()[:12]} | {name}"


def _told(row: Row) -> str:
    """One answer in a few words."""
    if row["trouble"]:
        return str(row["trouble"])
    if "asked" in row:
        return f"{row['best']} of {row['asked']} points, {row['seconds']:,.0f} s"
    objective, took = number(row.get("objective")), f"{row['seconds']:,.1f} s"
    return f"{objective}, {row['status']}, {took}, {row['memory']:,.0f} MB"


def apart_share(a: Row, b: Row) -> float:
    """Jaccard distance between what two plans do: build (in which size), upgrade, close."""
    one, other = ({tuple(choice) for choice in row["done"]} for row in (a, b))
    return 1 - len(one & other) / len(one | other) if one | other else 0.0


def elsewhere(a: Row, b: Row) -> float:
    """Share of the persons in need who are served elsewhere in another plan (or by nobody in one
    of them), over the levels by their weights."""
    total = 0.0
    for weight, need, one, other in zip(
        a["weights"], a["needs"], a["served"], b["served"], strict=True
    ):
        before = {(i, j): persons for i, j, persons in one}
        stay = sum(min(persons, before.get((i, j), 0.0)) for i, j, persons in other)
        total += weight * (1 - min(stay / need, 1.0))
    return float(total / sum(a["weights"]))
