"""Start an instance in a folder that is new or empty: a copy of an example."""

from __future__ import annotations

import os
import shlex
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from optimizer.commands.console import OUT
from optimizer.commands.options import Quiet
from optimizer.foundation import stopping
from optimizer.foundation.drafts import draft_folder, settle
from optimizer.foundation.faults import Fault, InputError
from optimizer.geodata import catalogue

REMEDY = "Name a folder that is new or empty, in one that you may write to"


@stopping.held()
def command(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where it is to be: new, or empty.")
    ],
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Of the example; else the first one."),
    ] = None,
    example: Annotated[
        bool,
        typer.Option("--example", help=f"Copy an example: {', '.join(catalogue.EXAMPLES)}."),
    ] = False,
    quiet: Quiet = False,
) -> None:
    if not example:
        raise typer.BadParameter("say what is to be in it", param_hint="--example")
    source = catalogue.example(name)
    try:
        _copy(source, folder)
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}"
        raise InputError([Fault("folder", problem, REMEDY, value=str(folder))]) from error
    if not quiet:
        OUT.print(f"written: {folder}, a copy of {source.name}")
        for one in catalogue.sources(folder):
            OUT.print(f"source: {one.name} ({one.licence}) {one.attribution}")
        OUT.print(f"licence of its data: {folder / 'LICENSE'}")
        command_line = ("equisite", "solve", str(folder), "-o", str(folder / "plan.gpkg"))
        OUT.print(f"next: {shlex.join(command_line)}")


def _copy(source: Path, folder: Path) -> None:
    """Copy the files, when all are ready, into a folder that is not there yet or empty.

    Raises InputError where something is in it, OSError where it cannot be written to.
    """
    made = not folder.exists()
    folder.mkdir(exist_ok=True)
    try:
        with draft_folder(folder) as draft:
            if any(entry.name != draft.name for entry in folder.iterdir()):
                raise InputError([Fault("folder", "is not empty", REMEDY, value=str(folder))])
            files = [file.name for file in sorted(source.iterdir()) if file.is_file()]
            for name in files:
                shutil.copyfile(source / name, draft / name)  # not its mode: it is to be edited
                settle(draft / name)
            for name in files:
                os.replace(draft / name, folder / name)
    except BaseException:
        if made:
            with suppress(OSError):  # somebody else has put something there
                folder.rmdir()
        raise
    settle(folder)
