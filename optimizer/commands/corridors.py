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
from optimizer.foundation.figures import many
from optimizer.foundation.heed import heard
from optimizer.foundation.language import of_user
from optimizer.geodata import catalogue
from optimizer.geodata.layers import inputs
from optimizer.geodata.routing.corridor_layer import corridors as find_routes
from optimizer.outputs import corridors as lines
from optimizer.outputs import rows, targets
from optimizer.outputs.manifest import plain


@heard(ERR.print)
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
    with until_stopped("stopped: nothing written"), line(quiet) as shown, stopping.interruptible():
        shown.update("reading")
        targets.judge(into, inputs(folder, None, overrides or ()))
        targets.judge(lines.own_files(folder, overrides or ()) if in_place else [])
        file, found = find_routes(
            folder, overrides or (), lambda n, of: shown.update(f"routes: {n} of {of}")
        )
    written, faults = written_files(into, lambda path: lines.write(found, path))
    if in_place:
        written.append(lines.write_back(found, folder, file.layers.corridors or ""))
    admissible = found["rejected"] == ""
    if as_json:
        told = {"corridors": lines.report(found), "alignment": file.alignment.model_dump()}
        tell(plain(told | {"files": list(map(str, written))}))
    elif not quiet:
        OUT.print(rows.as_table(lines.rows(found), of_user(language)))
        OUT.print(f"alignment: {lines.prices(file.alignment)}")
        have = "has" if len(found) == 1 else "have"
        OUT.print(f"{admissible.sum()} of {many(len(found), 'link')} {have} a route")
        for path in written:
            OUT.print(f"written: {path}")
    stop(faults)
    raise typer.Exit(0 if admissible.any() else BROKEN)
