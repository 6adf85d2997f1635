"""The program in this process, and a copy of an instance with a fault."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
LINE = ROOT / "instances/tiny/line"


class Ended(NamedTuple):
    """An exit code, and what was printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


def edited(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of tiny/line with one thing changed."""
    copy = Path(shutil.copytree(LINE, folder / "edited"))
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    return copy
