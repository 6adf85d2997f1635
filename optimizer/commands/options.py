"""OPTIONS: what commands can be told, as the help says it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from optimizer.question import Limits


def write_to(formats: Iterable[str], help: str) -> Any:
    """-o FILE, again and again; formats: the suffixes that a file may have."""
    files = f"FILE ({' '.join(formats)})"
    return typer.Option("--output", "-o", metavar=files, help=help)


def steps(help: str) -> Any:
    """FIRST:LAST:STEP."""
    return typer.Option(metavar="FIRST:LAST:STEP", help=help)


class Language(StrEnum):
    """Of sentences, tables and pictures."""

    AUTO = "auto"
    ZH = "zh"
    EN = "en"


class Target(StrEnum):
    """Of an attack."""

    SITES = "sites"
    LINKS = "links"

    @property
    def kind(self) -> str:
        """What one of them is."""
        return self.value.removesuffix("s")


InstanceName = Annotated[
    str,
    typer.Argument(
        metavar="INSTANCE", help="A folder with an instance.toml, or a name that `list` shows."
    ),
]
PolicyName = Annotated[
    str | None,
    typer.Option("--policy", metavar="NAME", help="A policy that the instance names, or a preset."),
]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN.gpkg", help="A plan that `solve` wrote.")]
OfInstance = Annotated[
    str | None,
    typer.Option(
        "--instance", metavar="INSTANCE", help="What the plan is for; else the plan says it."
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a key of instance.toml, as in budget.pooled=1; may be repeated.",
    ),
]
Gap = Annotated[float, typer.Option(help="Relative gap to prove: 0.001 is 0.1 %.")]
TimeLimit = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="Stop then, and keep the best plan.")
]
Threads = Annotated[int, typer.Option(help="Threads of the solver.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the solver's random choices.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no tables.")]
InLanguage = Annotated[
    Language, typer.Option("--language", help="Of sentences, tables and pictures.")
]


def limits_of(gap: float, seconds: float | None, threads: int = 2, seed: int = 0) -> Limits:
    """The limits, or what is wrong with them as a fault of usage."""
    try:
        return Limits(seconds, gap, threads, seed)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
