"""Solve several instances and judge their plans, one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from optimizer.commands.console import ERR, OUT, progress_line, tell
from optimizer.commands.exits import BROKEN, EXIT, stop, written_files
from optimizer.commands.options import (
    AsJson,
    Gap,
    InLanguage,
    Language,
    Overrides,
    Quiet,
    TimeLimit,
    limits_of,
)
from optimizer.commands.trial import HOLDS, corridor_trial, trial
from optimizer.foundation import stopping
from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _, of_user, word
from optimizer.foundation.warning_log import warnings_to
from optimizer.geodata import catalogue
from optimizer.geodata.layers import inputs
from optimizer.outputs import rows, targets
from optimizer.outputs.manifest import plain
from optimizer.solution import Status

#: Columns with verdicts: HOLDS, or the names of broken rules.
CHECKS = ("check", "check_without")


@warnings_to(ERR.print)
@stopping.held()
def command(
    instances: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INSTANCE]...", help="Default: all real ones (not tiny/...)."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.csv", help="Write the table.")
    ] = None,
    with_corridors: Annotated[
        bool,
        typer.Option("--corridors", help="Decide corridors too, beside a plan without them."),
    ] = False,
    overrides: Overrides = None,
    gap: Gap = 0.01,
    time_limit: TimeLimit = 300,
    as_json: AsJson = False,
    quiet: Quiet = False,
    language: InLanguage = Language.AUTO,
) -> None:
    if output is not None:
        rows.check_csv(output)
    limits = limits_of(gap, time_limit)
    real = [name for name in catalogue.known() if "/" not in name]
    folders = [catalogue.find(name) for name in instances or real]
    if not folders:
        raise InputError([Fault("instance", _(catalogue.NONE), _("Name the folder of one"))])
    if output is not None:
        read = [file for folder in folders for file in inputs(folder, None, overrides or ())]
        targets.judge([output], read)
    one, trials, faults = corridor_trial if with_corridors else trial, [], list[Fault]()
    with suppress(KeyboardInterrupt), progress_line(quiet) as progress:
        for folder in folders:
            try:
                trials.append(one(folder, limits, progress, overrides or ()))
            except InputError as error:
                faults += error.faults
    if not trials:
        stop(faults)
        ERR.print(_("stopped before an instance was solved: nothing written"))
        raise typer.Exit(EXIT[Status.STOPPED])
    files = [] if output is None else [output]
    faults += written_files(files, lambda file: rows.write_csv(trials, file))[1]
    if as_json:
        tell({"instances": plain(trials)})
    elif not quiet:
        OUT.print(rows.as_table(_shown(trials, of_user(language)), of_user(language)))
    stop(faults)
    stopped = len(trials) < len(folders)
    if stopped:
        ERR.print(_("stopped: {count} of {of} instances", count=len(trials), of=len(folders)))
    checks = [row.get(name) for row in trials for name in CHECKS]
    broken = any(verdict not in (None, HOLDS) for verdict in checks)
    worst = max(EXIT[Status(row["status"])] for row in trials)
    raise typer.Exit(BROKEN if broken else EXIT[Status.STOPPED] if stopped else worst)


def _shown(trials: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """The rows for people: what became of each plan in words."""
    return [
        dict(row)
        | {"status": word(f"status {row['status']}", language)}
        | {
            name: word("; ", language).join(map(_, row[name].split("; ")))
            for name in CHECKS
            if row.get(name)
        }
        for row in trials
    ]
