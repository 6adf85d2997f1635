"""Find the best plan, prove how good it is, print it and write it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from optimizer.algorithms import ALGORITHMS
from optimizer.algorithms.after.aggregation_error import aggregation_bound
from optimizer.assessment.indicators import assess
from optimizer.commands.console import ERR, OUT, progress_line, tell, until_stopped, warn
from optimizer.commands.exits import EXIT, stop, written_files
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
    Threads,
    TimeLimit,
    limits_of,
    write_to,
)
from optimizer.foundation import stopping
from optimizer.foundation.faults import nearest
from optimizer.foundation.language import _, of_user
from optimizer.geodata import catalogue
from optimizer.geodata.layers import inputs
from optimizer.geodata.read import read as read_instance
from optimizer.outputs import summary, targets
from optimizer.outputs.formats import FORMATS, check_suffixes, write
from optimizer.outputs.manifest import plain
from optimizer.outputs.report import report
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.robust import solve
from optimizer.solution import Result

Algorithm = Annotated[str, typer.Option(metavar="NAME", help="auto, full, median")]


@stopping.held()
def command(
    instance: InstanceName,
    output: Annotated[
        list[Path] | None,
        write_to(FORMATS, help="Write the plan, in the format of the suffix; may be repeated."),
    ] = None,
    policy: PolicyName = None,
    overrides: Overrides = None,
    gap: Gap = 0.001,
    time_limit: TimeLimit = None,
    threads: Threads = 2,
    seed: Seed = 0,
    algorithm: Algorithm = "auto",
    as_json: AsJson = False,
    quiet: Quiet = False,
    language: InLanguage = Language.AUTO,
) -> None:
    files = output or []
    check_suffixes(files, language)
    limits = limits_of(gap, time_limit, threads, seed)
    _must_be_known(algorithm)
    folder = catalogue.find(instance)
    targets.judge(files, inputs(folder, policy, overrides or ()))
    with until_stopped(), progress_line(quiet) as progress:
        with stopping.interruptible():
            read = read_instance(folder, policy, overrides or ())
        result = solve(read.case, limits, algorithm, progress)
    if result.plan is None:
        _no_plan(result, read.geography.warnings, as_json)
        raise typer.Exit(EXIT[result.status])
    kept, bound = read.aggregation, None
    if kept is not None:
        with until_stopped(), progress_line(quiet) as progress:
            bound = aggregation_bound(kept.case, read.case, kept.of, result, limits, progress)
    study = SolvedInstance(read, result, assess(read.case, result.plan), bound)
    written, faults = written_files(files, lambda file: write(study, file, language))
    if as_json:
        tell(report(study) | {"files": list(map(str, written))})
    elif not quiet:
        summary.show(study, OUT, of_user(language))
        for file in written:
            OUT.print(_("written: {file}", file=file))
    stop(faults)
    raise typer.Exit(EXIT[result.status])


def _must_be_known(name: str) -> None:
    if name not in ("auto", *ALGORITHMS):
        remedy = nearest(name, ["auto", *ALGORITHMS])
        raise typer.BadParameter(
            _("{name!r}: {remedy}", name=name, remedy=remedy), param_hint="--algorithm"
        )


def _no_plan(result: Result, warnings: Sequence[str], as_json: bool) -> None:
    if as_json:
        tell(plain(result) | {"warnings": warnings})
    else:
        for sentence in summary.without_plan(result):
            ERR.print(sentence)
        warn(warnings, ERR)
