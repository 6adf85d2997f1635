"""What if a site or a road fails? Who loses how much, and what a plan cannot do without."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.commands.console import ERR, OUT, line, tell, until_stopped
from optimizer.commands.exits import EXIT, stop, written_files
from optimizer.commands.options import (
    AsJson,
    InLanguage,
    Language,
    OfInstance,
    PlanFile,
    Quiet,
    Target,
    limits_of,
)
from optimizer.foundation import stopping
from optimizer.foundation.language import _, of_user, word
from optimizer.foundation.warning_log import warnings_to
from optimizer.geodata import catalogue
from optimizer.geodata.layers import inputs
from optimizer.outputs import stress as pressure
from optimizer.outputs import targets
from optimizer.outputs.manifest import plain
from optimizer.outputs.stress import console
from optimizer.solution import Status
from optimizer.stress.file import attack as worst_attack
from optimizer.stress.file import stress_file
from optimizer.verification.file import instance_of


@warnings_to(ERR.print)
@stopping.held()
def command(
    plan: PlanFile,
    instance: OfInstance = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.gpkg", help="Write the layers.")
    ] = None,
    attack: Annotated[
        int | None, typer.Option(min=1, metavar="R", help="Find the worst attack on so many.")
    ] = None,
    on: Annotated[Target, typer.Option(help="What is attacked.")] = Target.SITES,
    top: Annotated[int, typer.Option(min=1, help="Rows of each table.")] = 10,
    time_limit: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="For the attack.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    language: InLanguage = Language.AUTO,
) -> None:
    if output is not None:
        pressure.check_suffix(output)
    limits = limits_of(0.0, time_limit)
    spoken = of_user(language)
    files, attacked, stopped = [] if output is None else [output], None, False
    with line(quiet) as shown:
        with until_stopped(_("stopped: nothing written")), stopping.interruptible():
            shown.update(_("reading"))
            folder = instance_of(plan) if instance is None else catalogue.find(instance)
            targets.judge(files, [plan, *inputs(folder, None, ())])
            stressed = stress_file(
                plan, folder, lambda n, of: shown.update(_("links: {n} of {of}", n=n, of=of))
            )
        if attack is not None:
            shown.update(word("attacking", spoken))
            try:
                worst = worst_attack(stressed, on.kind, attack, limits)
                attacked = console.attacked(stressed, on.kind, attack, worst, spoken)
            except KeyboardInterrupt:
                stopped = True
        written, faults = written_files(
            files, lambda file: pressure.write(stressed, file, language, attacked)
        )
    if as_json:
        words = list(map(str, written))
        tell(plain(console.report(stressed, top) | {"attack": attacked, "files": words}))
    elif not quiet:
        console.show(stressed, top, OUT, spoken)
        if attacked is not None:
            OUT.print(attacked["sentence"])
        for file in written:
            OUT.print(_("written: {file}", file=file))
    if stopped:
        ERR.print(_("stopped before an attack was found"))
    stop(faults)
    status = Status.OPTIMAL if attacked is None else attacked["status"]
    raise typer.Exit(EXIT[Status.STOPPED if stopped else status])
