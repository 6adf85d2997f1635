"""Look for every fault of an instance, and say what to do about each."""

from __future__ import annotations

import typer

from optimizer.case.magnitudes import beyond_doubles
from optimizer.commands.console import OUT, tell, warn
from optimizer.commands.exits import BAD_INPUT
from optimizer.commands.options import (
    AsJson,
    InLanguage,
    InstanceName,
    Language,
    Overrides,
    PolicyName,
    Quiet,
)
from optimizer.foundation.faults import InputError
from optimizer.foundation.language import _
from optimizer.geodata import catalogue
from optimizer.geodata.read import read as read_instance


def command(
    instance: InstanceName,
    policy: PolicyName = None,
    overrides: Overrides = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    language: InLanguage = Language.AUTO,
) -> None:
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    try:
        read = read_instance(catalogue.find(instance), policy, overrides or ())
        warnings = read.geography.warnings
        if not (as_json or quiet):
            warn(warnings)
        if beyond := beyond_doubles(read.case):
            raise InputError(beyond)
    except InputError as error:
        if not as_json:
            raise
        faults = tuple(map(str, error.faults))
    if as_json:
        tell({"valid": not faults, "faults": faults, "warnings": warnings})
    elif not quiet:
        OUT.print(_("{instance}: valid", instance=instance))
    raise typer.Exit(BAD_INPUT if faults else 0)
