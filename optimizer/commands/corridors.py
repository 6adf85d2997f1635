"""Route candidate corridors around control lines, at least cost: lines, minutes, money."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.commands.console import ERR, OUT, line, tell, until_stopped
from optimizer.commands.exits import BROKEN, stop, written_files
from optimizer.commands.options import (
    AsJson,
    InLanguage,
    InstanceName,
    Language,
    Overrides,
    Quiet,
)
from optimizer.foundation import stopping
from optimizer.foundation.language import N_, _, of_user
from optimizer.foundation.warning_log import warnings_to
from optimizer.geodata import catalogue
from optimizer.geodata.layers import inputs
from optimizer.geodata.routing.corridor_layer import corridors as find_routes
from optimizer.outputs import corridors as lines
from optimizer.outputs import rows, targets
from optimizer.outputs.manifest import plain


@warnings_to(ERR.print)
@stopping.held()
def command(
    instance: InstanceName,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.gpkg", help="Write the layer.")
    ] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Write it back into the instance.")
    ] = False,
    overrides: Overrides = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    language: InLanguage = Language.AUTO,
) -> None:
    folder = catalogue.find(instance)
    if output is not None:
        lines.check_suffix(output)
    into = [] if output is None else [output]
    with (
        until_stopped(_("stopped: nothing written")),
        line(quiet) as shown,
        stopping.interruptible(),
    ):
        shown.update(_("reading"))
        targets.judge(into, inputs(folder, None, overrides or ()))
        targets.judge(lines.own_files(folder, overrides or ()) if in_place else [])
        file, routes = find_routes(
            folder,
            overrides or (),
            lambda n, of: shown.update(_("routes: {n} of {of}", n=n, of=of)),
        )
    written, faults = written_files(into, lambda path: lines.write(routes, path))
    if in_place:
        written.append(lines.write_back(routes, folder, file.layers.corridors or ""))
    admissible = routes["rejected"] == ""
    if as_json:
        facts = {"corridors": lines.report(routes), "alignment": file.alignment.model_dump()}
        tell(plain(facts | {"files": list(map(str, written))}))
    elif not quiet:
        OUT.print(rows.as_table(lines.rows(routes), of_user(language)))
        OUT.print(_("alignment: {prices}", prices=lines.prices(file.alignment)))
        with_route = N_("{count} of 1 link has a route")
        if len(routes) != 1:
            with_route = N_("{count} of {of:,} links have a route")
        OUT.print(_(with_route, count=admissible.sum(), of=len(routes)))
        for path in written:
            OUT.print(_("written: {file}", file=path))
    stop(faults)
    raise typer.Exit(0 if admissible.any() else BROKEN)
