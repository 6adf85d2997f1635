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
from optimizer.commands.options import InLanguage, Language, Quiet
from optimizer.foundation import stopping
from optimizer.foundation.drafts import draft_folder, settle
from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import N_, _
from optimizer.geodata import catalogue

REMEDY = N_("Name a folder that is new or empty, in one that you may write to")


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
        typer.Option("--example", help="Copy one of the examples that come along."),
    ] = False,
    quiet: Quiet = False,
    language: InLanguage = Language.AUTO,
) -> None:
    if not example:
        raise typer.BadParameter(_("say what is to be in it"), param_hint="--example")
    source = catalogue.example(name)
    try:
        _copy(source, folder)
    except OSError as error:
        problem = _("cannot be written: {reason}", reason=_(error.strerror or str(error)))
        raise InputError([Fault("folder", problem, _(REMEDY), value=str(folder))]) from error
    if not quiet:
        OUT.print(_("written: {folder}, a copy of {name}", folder=folder, name=source.name))
        for one in catalogue.sources(folder):
            OUT.print(_("source: {name} ({licence}) {attribution}", **one.model_dump()))
        OUT.print(_("licence of its data: {file}", file=folder / "LICENSE"))
        command_line = ("equisite", "solve", str(folder), "-o", str(folder / "plan.gpkg"))
        OUT.print(_("next: {command}", command=shlex.join(command_line)))


def _copy(source: Path, folder: Path) -> None:
    """Copy the files, when all are ready, into a folder that is not there yet or empty.

    Raises InputError where something is in it, OSError where it cannot be written to.
    """
    made = not folder.exists()
    folder.mkdir(exist_ok=True)
    try:
        with draft_folder(folder) as draft:
            if any(entry.name != draft.name for entry in folder.iterdir()):
                raise InputError([Fault("folder", _("is not empty"), _(REMEDY), value=str(folder))])
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
