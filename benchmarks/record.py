"""RECORD: what a benchmark found, as Markdown, with the versions and the machine it ran on."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

#: What decides how fast a solve is.
LIBRARIES = ("equisite", "highspy", "pyomo", "numpy", "scipy")

Records = Annotated[
    Path, typer.Option(metavar="FOLDER", file_okay=False, help="Where the record is written.")
]
RECORDS = Path(__file__).parent / "records"

Rows = Sequence[Mapping[str, str]]


def keep(
    name: str,
    title: str,
    sentences: Sequence[str],
    rows: Rows,
    folder: Path,
    more: Sequence[str] = (),
) -> Path:
    """Print what was found, and write it to FOLDER/<date>-<name>.md; more: lines after the rows."""
    body = [*sentences, "", *table(rows), "", *more]
    lines = [f"# {title}", "", *body, machine(), "", versions()]
    text = "\n".join(lines) + "\n"
    print(text)
    file = place(name, folder)
    file.write_text(text, encoding="utf-8")
    return file


def place(name: str, folder: Path, suffix: str = ".md") -> Path:
    """The file of today's record, or of what lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{date.today():%Y-%m-%d}-{name}{suffix}"


def table(rows: Rows) -> list[str]:
    """The lines of a Markdown table under the keys of the first row; words left, numbers right."""
    columns = zip(*(row.values() for row in rows), strict=True)
    align = ["---" if column[0][0].isalpha() else "--:" for column in columns]
    lines = (rows[0].keys(), align, *(row.values() for row in rows))
    return [f"| {' | '.join(line)} |" for line in lines]


def machine() -> str:
    """Cores and memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Machine: {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB of memory, "
        f"{platform.system()}."
    )


def versions() -> str:
    """Of Python and of what the solves run on."""
    libraries = (f"{name} {version(name)}" for name in LIBRARIES)
    return f"Versions: Python {platform.python_version()}, {', '.join(libraries)}."
