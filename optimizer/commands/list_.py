"""The instances that are here, one line each."""

from __future__ import annotations

from optimizer.commands.console import OUT, tell
from optimizer.commands.options import (
    AsJson,
    InLanguage,
    Language,
)
from optimizer.foundation.language import _, of_user
from optimizer.geodata import catalogue
from optimizer.outputs import rows


def command(as_json: AsJson = False, language: InLanguage = Language.AUTO) -> None:
    instances = [catalogue.overview(name, folder) for name, folder in catalogue.known().items()]
    if as_json:
        tell({"instances": instances})
    else:
        OUT.print(rows.as_table(instances, of_user(language)) if instances else _(catalogue.NONE))
