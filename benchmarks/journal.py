"""JOURNAL: finished solves on disk, so that a benchmark that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

Row = dict[str, Any]


@dataclass
class Journal:
    """A JSON object per line: first what was asked and by which program, then one per solve.

    What lies there is used only when the first line is the same.
    """

    file: Path
    asked: Row
    rows: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        head = json.dumps(self.asked | {"program": program()}, sort_keys=True)
        lines = self.file.read_text(encoding="utf-8").splitlines() if self.file.is_file() else []
        if lines[:1] == [head]:
            self.rows = dict(filter(None, map(_whole, lines[1:])))
        text = [head, *(json.dumps([key, row]) for key, row in self.rows.items())]
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text("\n".join(text) + "\n", encoding="utf-8")

    def add(self, key: str, row: Row) -> None:
        """This solve is finished."""
        self.rows[key] = row
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, row]) + "\n")

    def close(self) -> None:
        """All is in the record."""
        self.file.unlink()


def _whole(line: str) -> tuple[str, Row] | None:
    """A row, if it was written to its end."""
    try:
        key, row = json.loads(line)
    except ValueError:
        return None
    return key, row


def program() -> str:
    """What tells this state of the sources from every other."""
    digest = hashlib.sha256()
    for folder in ("optimizer", "benchmarks"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
