"""The instances that are here, one line each; or the presets, and all that one of them sets."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from optimizer.commands.console import OUT, tell
from optimizer.commands.options import (
    AsJson,
    InLanguage,
    Language,
)
from optimizer.foundation.language import _, of_user
from optimizer.geodata import catalogue
from optimizer.geodata.presets import preset, presets
from optimizer.outputs import presets as told
from optimizer.outputs import rows


class Listed(StrEnum):
    """What there is to list."""

    INSTANCES = "instances"
    PRESETS = "presets"


def command(
    what: Annotated[
        Listed,
        typer.Argument(
            metavar="presets", help="Presets, which are policies with sources, and no instances."
        ),
    ] = Listed.INSTANCES,
    name: Annotated[
        str | None, typer.Argument(metavar="PRESET", help="One of them, figure by figure.")
    ] = None,
    as_json: AsJson = False,
    language: InLanguage = Language.AUTO,
) -> None:
    if what is Listed.PRESETS:
        _presets(name, as_json, of_user(language))
        return
    if name is not None:
        raise typer.BadParameter(_("only presets are listed one by one"), param_hint="PRESET")
    instances = [catalogue.overview(name, folder) for name, folder in catalogue.known().items()]
    if as_json:
        tell({"instances": instances})
    else:
        OUT.print(rows.as_table(instances, of_user(language)) if instances else _(catalogue.NONE))


def _presets(name: str | None, as_json: bool, language: str) -> None:
    """All of them, or one."""
    some = presets() if name is None else {name: preset(name)}
    if as_json:
        tell({"presets": [{"preset": key} | one.model_dump() for key, one in some.items()]})
    elif name is None:
        OUT.print(rows.as_table(told.overview(some, language), language))
    else:
        told.show(name, some[name], OUT, language)
