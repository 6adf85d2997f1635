"""The instances that are here, one line each."""

from __future__ import annotations

from optimizer.commands.console import OUT, tell
from optimizer.commands.options import (
    AsJson,
    InLanguage,
    Language,
)
from optimizer.foundation.language import of_user
from optimizer.geodata import catalogue
from optimizer.outputs import rows


def command(as_json: AsJson = False, language: InLanguage = Language.AUTO) -> None:
    found = [catalogue.overview(name, folder) for name, folder in catalogue.known().items()]
    if as_json:
        tell({"instances": found})
    else:
        OUT.print(rows.as_table(found, of_user(language)) if found else catalogue.NONE)
