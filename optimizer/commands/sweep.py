"""What does fairness cost? Trade-offs between efficiency and equity, side by side.

Every finished point is kept: the same command, asked again, goes on where it stopped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from optimizer.commands.console import ERR, OUT, progress_line, tell, until_stopped
from optimizer.commands.exits import EXIT, INTERNAL_ERROR, stop, written_files
from optimizer.commands.options import (
    AsJson,
    Gap,
    InLanguage,
    InstanceName,
    Language,
    Overrides,
    PolicyName,
    Quiet,
    Seed,
    limits_of,
    steps,
    write_to,
)
from optimizer.foundation import stopping
from optimizer.foundation.language import _, of_user
from optimizer.foundation.warning_log import warnings_to
from optimizer.geodata import catalogue
from optimizer.geodata.layers import inputs
from optimizer.geodata.read import read as read_instance
from optimizer.outputs import frontier, rows, targets
from optimizer.outputs.manifest import plain
from optimizer.solution import Status
from optimizer.sweep.console import conclusion, measures, progress_bar
from optimizer.sweep.journal import opened
from optimizer.sweep.request import parse
from optimizer.sweep.run import executor
from optimizer.sweep.run import sweep as solve_each


@warnings_to(ERR.print)
@stopping.held()
def command(
    instance: InstanceName,
    weights: Annotated[str | None, steps(help="Weights of equity; else 0:1:0.1.")] = None,
    bounds: Annotated[str | None, steps(help="Caps on equity; efficiency is minimised.")] = None,
    whole: Annotated[
        bool, typer.Option("--frontier", help="All trade-offs there are, to the resolution.")
    ] = False,
    resolution: Annotated[
        float | None,
        typer.Option(help="Of the frontier, as a share; else 0.002."),
    ] = None,
    costs: Annotated[str | None, steps(help="Caps on all money: all of it under each.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes, a point in each.")] = 1,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Of a Dask cluster: tcp://host:8786.")
    ] = None,
    journal: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Finished points are kept here, to go on from.")
    ] = Path("solutions"),
    output: Annotated[
        list[Path] | None,
        write_to(frontier.FORMATS, help="Write points, pictures or all plans; may be repeated."),
    ] = None,
    policy: PolicyName = None,
    overrides: Overrides = None,
    gap: Gap = 0.001,
    time_limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="For each point.")
    ] = None,
    threads: Annotated[int, typer.Option(help="Threads of the solver, for each point.")] = 1,
    seed: Seed = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
    language: InLanguage = Language.AUTO,
) -> None:
    files = output or []
    frontier.check_suffixes(files, language)
    limits = limits_of(gap, time_limit, threads, seed)
    try:
        request = parse(weights, bounds, whole, resolution, costs)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if cluster is not None and workers > 1:
        raise typer.BadParameter(_("--workers are those of this machine: not with --cluster"))
    folder = catalogue.find(instance)
    targets.judge(frontier.files_of(files), inputs(folder, policy, overrides or ()))
    with until_stopped(), progress_line(quiet), stopping.interruptible():
        read = read_instance(folder, policy, overrides or ())
    with (
        opened(journal, read.geography.name, read.case, limits, request) as kept,
        executor(read.case, limits, workers, cluster) as where,
        progress_bar(Console(quiet=True) if quiet else ERR) as standing,
    ):
        result = solve_each(read.case, limits, request, where, kept, standing)
    if not result.frontiers:
        ERR.print(_("stopped before a point was finished: nothing written"))
        raise typer.Exit(EXIT[Status.STOPPED])
    written, faults = written_files(
        files, lambda file: frontier.write(read, result.frontiers, file, language)
    )
    if as_json:
        tell(
            {
                "points": plain(frontier.records(read, result.frontiers)),
                "frontiers": plain([measures(one) for one in result.frontiers]),
                "journal": str(kept.folder),
                "warnings": read.geography.warnings,
                "files": list(map(str, written)),
            }
        )
    elif not quiet:
        spoken = of_user(language)
        OUT.print(rows.as_table(frontier.printed(read, result.frontiers, spoken), spoken))
        for sentence in conclusion(result.frontiers):
            OUT.print(sentence)
        for file in written:
            OUT.print(_("written: {file}", file=file))
        OUT.print(_("finished points are kept in {folder}", folder=kept.folder))
    stop(faults)
    raise typer.Exit(INTERNAL_ERROR if result.status is None else EXIT[result.status])
