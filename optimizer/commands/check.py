"""Judge a written plan rule by rule, without the model that made it."""

from __future__ import annotations

import typer

from optimizer.commands.console import ERR, OUT, tell
from optimizer.commands.exits import BROKEN
from optimizer.commands.options import (
    AsJson,
    InLanguage,
    Language,
    OfInstance,
    PlanFile,
    Quiet,
)
from optimizer.foundation.language import N_, _
from optimizer.foundation.warning_log import warnings_to
from optimizer.geodata import catalogue
from optimizer.outputs.manifest import plain
from optimizer.verification.file import check_file


@warnings_to(ERR.print)
def command(
    plan: PlanFile,
    instance: OfInstance = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    language: InLanguage = Language.AUTO,
) -> None:
    verdict = check_file(plan, None if instance is None else catalogue.find(instance))
    if as_json:
        tell({"ok": verdict.ok, "rules": plain(verdict.rules), "stated": plain(verdict.stated)})
    elif not quiet:
        for rule in verdict.rules:
            name = _(rule.name)
            if rule.detail:
                name = _("{rule}: {detail}", rule=name, detail=rule.detail)
            sentence = N_("holds   {rule}") if rule.holds else N_("BROKEN  {rule}")
            OUT.print(_(sentence, rule=name))
        for line in verdict.stated:
            OUT.print(_("stated  {line}", line=line))
        OUT.print(verdict.conclusion)
    raise typer.Exit(0 if verdict.ok else BROKEN)
