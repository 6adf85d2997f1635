"""equisite: the commands and their exit codes; everything else is in `optimizer`."""

from __future__ import annotations

import os
import signal
import sys

# Whether this process is the program, and not one that only imports it. Then nothing is lost while
# the libraries load, which takes seconds: whoever stops that gets no traceback.
if PROGRAM := os.path.basename(sys.argv[0]).removesuffix(".py") in ("equisite", "cli"):
    for _number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(_number) is not signal.SIG_IGN:
            signal.signal(_number, lambda *_: os._exit(4))

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.status import Status as Spinner

import optimizer
from optimizer import stopping
from optimizer.algorithms import ALGORITHMS
from optimizer.carried import beyond_doubles
from optimizer.check_file import check_file, instance_of
from optimizer.faults import Fault, InputError, nearest
from optimizer.figures import many
from optimizer.geodata import catalogue
from optimizer.geodata.corridors import corridors as find_routes
from optimizer.geodata.layers import inputs
from optimizer.harmless import harmless
from optimizer.heed import heard
from optimizer.options import (
    Algorithm,
    AsJson,
    Gap,
    InLanguage,
    InstanceName,
    Language,
    OfInstance,
    Overrides,
    PlanFile,
    PolicyName,
    Quiet,
    Seed,
    Target,
    Threads,
    TimeLimit,
    steps,
    write_to,
)
from optimizer.outputs import Study, check_suffixes, description, frontier, rows, summary, targets
from optimizer.outputs import corridors as lines
from optimizer.outputs import stress as pressure
from optimizer.outputs.headings import speak
from optimizer.outputs.manifest import plain
from optimizer.outputs.report import report
from optimizer.outputs.stress import told
from optimizer.outputs.terminal import Terminal
from optimizer.policy import Limits
from optimizer.solution import Progress, Result, Status
from optimizer.stress_file import attack as worst_attack
from optimizer.stress_file import stress_file
from optimizer.sweep.asked import parse
from optimizer.sweep.journal import opened
from optimizer.sweep.run import executor
from optimizer.sweep.run import sweep as solve_each
from optimizer.sweep.told import conclusion, measures, progress_bar
from optimizer.trial import corridor_trial, trial

INTERNAL_ERROR, BAD_INPUT, BROKEN = 1, 2, 3
EXIT = {Status.OPTIMAL: 0, Status.INFEASIBLE: 3, Status.STOPPED: stopping.CODE}

EPILOG = (
    "Exit codes: 0 solved to the asked gap (check: every rule holds), "
    "1 internal error (sweep: a point failed), "
    "2 bad input or usage, 3 infeasible (sweep: every point; check: a rule is broken; "
    "corridors: no link has a route), "
    "4 stopped by a limit, Ctrl-C or SIGTERM (the best plan is still written)."
)

#: Columns of a table where the terminal does not say how wide it is.
WIDTH = 160

OUT = Terminal(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH)
ERR = Terminal(stderr=True)


app = typer.Typer(
    help="Where the cities of an agglomeration put the facilities that they share, fairly.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command("list")
def list_(as_json: AsJson = False, language: InLanguage = Language.AUTO) -> None:
    """The instances that are here, one line each."""
    found = [catalogue.overview(name, folder) for name, folder in catalogue.known().items()]
    if as_json:
        _tell({"instances": found})
    else:
        OUT.print(rows.as_table(found, speak(language)) if found else catalogue.NONE)


@app.command()
def describe(
    instance: InstanceName,
    policy: PolicyName = None,
    overrides: Overrides = None,
    as_json: AsJson = False,
    language: InLanguage = Language.AUTO,
) -> None:
    """What an instance holds and asks: people, sites, services, money, policies."""
    folder = catalogue.find(instance)
    read = optimizer.read(folder, policy, overrides or ())
    facts = description.describe(read, catalogue.policies(folder))
    _tell(facts) if as_json else description.show(facts, OUT, speak(language))


@app.command()
def validate(
    instance: InstanceName,
    policy: PolicyName = None,
    overrides: Overrides = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Look for every fault of an instance, and say what to do about each."""
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    try:
        found = optimizer.read(catalogue.find(instance), policy, overrides or ())
        warnings = found.geography.warnings
        if not (as_json or quiet):
            _warn(warnings)
        if beyond := beyond_doubles(found.case):
            raise InputError(beyond)
    except InputError as error:
        if not as_json:
            raise
        faults = tuple(map(str, error.faults))
    if as_json:
        _tell({"valid": not faults, "faults": faults, "warnings": warnings})
    elif not quiet:
        OUT.print(f"{instance}: valid")
    raise typer.Exit(BAD_INPUT if faults else 0)


@app.command()
@stopping.held()
def solve(
    instance: InstanceName,
    output: Annotated[
        list[Path] | None, write_to("Write the plan: .gpkg, .geojson, .json, .png or .svg")
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
    """Find the best plan, prove how good it is, print it and write it."""
    files = output or []
    check_suffixes(files, language)
    limits = _limits(gap, time_limit, threads, seed)
    _known_algorithm(algorithm)
    folder = catalogue.find(instance)
    targets.judge(files, inputs(folder, policy, overrides or ()))
    with _until_stopped(), _progress(quiet) as progress:
        with stopping.interruptible():
            read = optimizer.read(folder, policy, overrides or ())
        result = optimizer.solve(read.case, limits, algorithm, progress)
    if result.plan is None:
        _no_plan(result, read.geography.warnings, as_json)
        raise typer.Exit(EXIT[result.status])
    study = Study(read, result, optimizer.evaluate(read.case, result.plan))
    written, faults = _written(files, lambda file: optimizer.write(study, file, language))
    if as_json:
        _tell(report(study) | {"files": list(map(str, written))})
    elif not quiet:
        summary.show(study, OUT, speak(language))
        for file in written:
            OUT.print(f"written: {file}")
    _stop(faults)
    raise typer.Exit(EXIT[result.status])


@app.command()
@heard(ERR.print)
def check(
    plan: PlanFile,
    instance: OfInstance = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Judge a written plan rule by rule, without the model that made it."""
    verdict = check_file(plan, None if instance is None else catalogue.find(instance))
    if as_json:
        _tell({"ok": verdict.ok, "rules": plain(verdict.rules), "stated": plain(verdict.stated)})
    elif not quiet:
        for rule in verdict.rules:
            said = f"{rule.name}: {rule.detail}" if rule.detail else rule.name
            OUT.print(f"{'holds ' if rule.holds else 'BROKEN'}  {said}")
        for line in verdict.stated:
            OUT.print(f"stated  {line}")
        OUT.print(verdict.conclusion)
    raise typer.Exit(0 if verdict.ok else BROKEN)


@app.command()
@heard(ERR.print)
@stopping.held()
def stress(
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
    """What if a site or a road fails? Who loses how much, and what a plan cannot do without."""
    if output is not None:
        pressure.check_suffix(output)
    limits = _limits(0.0, time_limit)
    spoken = speak(language)
    files, attacked, stopped = [] if output is None else [output], None, False
    with _line(quiet) as line:
        with _until_stopped("stopped: nothing written"), stopping.interruptible():
            line.update("reading")
            folder = instance_of(plan) if instance is None else catalogue.find(instance)
            targets.judge(files, [plan, *inputs(folder, None, ())])
            found = stress_file(plan, folder, lambda n, of: line.update(f"links: {n} of {of}"))
        if attack is not None:
            line.update("attack")
            try:
                worst = worst_attack(found, on.kind, attack, limits)
                attacked = told.attacked(found, on.kind, attack, worst, spoken)
            except KeyboardInterrupt:
                stopped = True
        written, faults = _written(
            files, lambda file: pressure.write(found, file, language, attacked)
        )
    if as_json:
        words = list(map(str, written))
        _tell(plain(told.report(found, top) | {"attack": attacked, "files": words}))
    elif not quiet:
        told.show(found, top, OUT, spoken)
        if attacked is not None:
            OUT.print(attacked["sentence"])
        for file in written:
            OUT.print(f"written: {file}")
    if stopped:
        ERR.print("stopped before an attack was found")
    _stop(faults)
    status = Status.OPTIMAL if attacked is None else attacked["status"]
    raise typer.Exit(EXIT[Status.STOPPED if stopped else status])


@app.command()
@heard(ERR.print)
@stopping.held()
def sweep(
    instance: InstanceName,
    weights: Annotated[str | None, steps("Weights of equity; else 0:1:0.1.")] = None,
    bounds: Annotated[str | None, steps("Caps on equity; efficiency is minimised.")] = None,
    whole: Annotated[
        bool, typer.Option("--frontier", help="All trade-offs there are, to the resolution.")
    ] = False,
    resolution: Annotated[
        float | None,
        typer.Option(help="Of the frontier, as a share; else 0.002."),
    ] = None,
    costs: Annotated[str | None, steps("Caps on all money: all of it under each.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes, a point in each.")] = 1,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Of a Dask cluster: tcp://host:8786.")
    ] = None,
    journal: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Finished points are kept here, to go on from.")
    ] = Path("solutions"),
    output: Annotated[
        list[Path] | None,
        write_to("Write the points (.csv), pictures (.png, .svg) or all plans (.gpkg)"),
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
    """What does fairness cost? Trade-offs between efficiency and equity, side by side.

    Every finished point is kept: the same command, asked again, goes on where it stopped.
    """
    files = output or []
    frontier.check_suffixes(files, language)
    limits = _limits(gap, time_limit, threads, seed)
    try:
        asked = parse(weights, bounds, whole, resolution, costs)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if cluster is not None and workers > 1:
        raise typer.BadParameter("--workers are those of this machine: not with --cluster")
    folder = catalogue.find(instance)
    targets.judge(frontier.files_of(files), inputs(folder, policy, overrides or ()))
    with _until_stopped(), _progress(quiet), stopping.interruptible():
        read = optimizer.read(folder, policy, overrides or ())
    with (
        opened(journal, read.geography.name, read.case, limits, asked) as kept,
        executor(read.case, limits, workers, cluster) as where,
        progress_bar(Console(quiet=True) if quiet else ERR) as tell,
    ):
        found = solve_each(read.case, limits, asked, where, kept, tell)
    if not found.frontiers:
        ERR.print("stopped before a point was finished: nothing written")
        raise typer.Exit(EXIT[Status.STOPPED])
    written, faults = _written(
        files, lambda file: frontier.write(read, found.frontiers, file, language)
    )
    if as_json:
        _tell(
            {
                "points": plain(frontier.records(read, found.frontiers)),
                "frontiers": plain([measures(one) for one in found.frontiers]),
                "journal": str(kept.folder),
                "warnings": read.geography.warnings,
                "files": list(map(str, written)),
            }
        )
    elif not quiet:
        spoken = speak(language)
        OUT.print(rows.as_table(frontier.printed(read, found.frontiers, spoken), spoken))
        for sentence in conclusion(found.frontiers):
            OUT.print(sentence)
        for file in written:
            OUT.print(f"written: {file}")
        OUT.print(f"finished points are kept in {kept.folder}")
    _stop(faults)
    raise typer.Exit(INTERNAL_ERROR if found.status is None else EXIT[found.status])


@app.command()
@heard(ERR.print)
@stopping.held()
def corridors(
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
    """Route candidate corridors around control lines, at least cost: lines, minutes, money."""
    folder = catalogue.find(instance)
    if output is not None:
        lines.check_suffix(output)
    into = [] if output is None else [output]
    with _until_stopped("stopped: nothing written"), _line(quiet) as line, stopping.interruptible():
        line.update("reading")
        targets.judge(into, inputs(folder, None, overrides or ()))
        targets.judge(lines.own_files(folder, overrides or ()) if in_place else [])
        file, found = find_routes(
            folder, overrides or (), lambda n, of: line.update(f"routes: {n} of {of}")
        )
    written, faults = _written(into, lambda path: lines.write(found, path))
    if in_place:
        written.append(lines.write_back(found, folder, file.layers.corridors or ""))
    admissible = found["rejected"] == ""
    if as_json:
        told = {"corridors": lines.report(found), "alignment": file.alignment.model_dump()}
        _tell(plain(told | {"files": list(map(str, written))}))
    elif not quiet:
        OUT.print(rows.as_table(lines.rows(found), speak(language)))
        OUT.print(f"alignment: {lines.prices(file.alignment)}")
        have = "has" if len(found) == 1 else "have"
        OUT.print(f"{admissible.sum()} of {many(len(found), 'link')} {have} a route")
        for path in written:
            OUT.print(f"written: {path}")
    _stop(faults)
    raise typer.Exit(0 if admissible.any() else BROKEN)


@app.command()
@heard(ERR.print)
@stopping.held()
def table(
    instances: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INSTANCE]...", help="Default: all real ones (not tiny/...)."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.csv", help="Write the table.")
    ] = None,
    with_corridors: Annotated[
        bool,
        typer.Option("--corridors", help="Decide corridors too, beside a plan without them."),
    ] = False,
    overrides: Overrides = None,
    gap: Gap = 0.01,
    time_limit: TimeLimit = 300,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Solve several instances and judge their plans, one line each."""
    if output is not None:
        rows.check_csv(output)
    limits = _limits(gap, time_limit)
    real = [name for name in catalogue.known() if "/" not in name]
    folders = [catalogue.find(name) for name in instances or real]
    if not folders:
        raise InputError([Fault("instance", catalogue.NONE, "Name the folder of one")])
    if output is not None:
        read = [file for folder in folders for file in inputs(folder, None, overrides or ())]
        targets.judge([output], read)
    one, found, faults = corridor_trial if with_corridors else trial, [], list[Fault]()
    with suppress(KeyboardInterrupt), _progress(quiet) as progress:
        for folder in folders:
            try:
                found.append(one(folder, limits, progress, overrides or ()))
            except InputError as error:
                faults += error.faults
    if not found:
        _stop(faults)
        ERR.print("stopped before an instance was solved: nothing written")
        raise typer.Exit(EXIT[Status.STOPPED])
    files = [] if output is None else [output]
    faults += _written(files, lambda file: rows.write_csv(found, file))[1]
    if as_json:
        _tell({"instances": plain(found)})
    elif not quiet:
        OUT.print(rows.as_table(found))
    _stop(faults)
    stopped = len(found) < len(folders)
    if stopped:
        ERR.print(f"stopped: {len(found)} of {len(folders)} instances")
    checks = [row.get(name) for row in found for name in ("check", "check_without")]
    broken = any(verdict not in (None, "holds") for verdict in checks)
    worst = max(EXIT[Status(row["status"])] for row in found)
    raise typer.Exit(BROKEN if broken else EXIT[Status.STOPPED] if stopped else worst)


def _limits(gap: float, seconds: float | None, threads: int = 2, seed: int = 0) -> Limits:
    try:
        return Limits(seconds, gap, threads, seed)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _known_algorithm(name: str) -> None:
    if name not in ("auto", *ALGORITHMS):
        remedy = nearest(name, ["auto", *ALGORITHMS])
        raise typer.BadParameter(f"{name!r}: {remedy}", param_hint="--algorithm")


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """A line on standard error that says how far a solve is."""
    if quiet:
        yield None
    else:
        with ERR.status("reading") as line:
            yield lambda progress: line.update(summary.progress_line(progress))


def _line(quiet: bool) -> Spinner:
    """A line on standard error that can be updated."""
    return (Console(quiet=True) if quiet else ERR).status("")


@contextmanager
def _until_stopped(
    sentence: str = "stopped before there was a plan: nothing written",
) -> Iterator[None]:
    """A stop before there is anything to write ends it all."""
    try:
        yield
    except KeyboardInterrupt:
        ERR.print(sentence)
        raise typer.Exit(EXIT[Status.STOPPED]) from None


def _written(
    files: Sequence[Path], write: Callable[[Path], Iterable[Path] | None]
) -> tuple[list[Path], list[Fault]]:
    """Write each of these; the files that are there now, and why others are not."""
    written, faults = list[Path](), list[Fault]()
    for file in files:
        try:
            written += write(file) or [file]
        except InputError as error:
            faults += error.faults
    return written, faults


def _stop(faults: Sequence[Fault]) -> None:
    if faults:
        raise InputError(faults)


def _farewell() -> None:
    """Said by whoever is stopped at once, whatever else is going on: past all buffers and locks."""
    cursor = "\x1b[?25h" if sys.stderr.isatty() else ""
    os.write(2, f"{cursor}stopped: nothing more is written\n".encode())


def _no_plan(result: Result, warnings: Sequence[str], as_json: bool) -> None:
    if as_json:
        _tell(plain(result) | {"warnings": warnings})
    else:
        for sentence in summary.without_plan(result):
            ERR.print(sentence)
        _warn(warnings, ERR)


def _warn(warnings: Sequence[str], console: Console | None = None) -> None:
    """What is odd about the input: often it is why the answer is."""
    for warning in warnings:
        (console or OUT).print(f"warning: {warning}")


def _tell(value: Any) -> None:
    """JSON; what a terminal would obey, or cannot show, as its escapes."""
    signs = (sys.stdout.encoding or "ascii").lower().replace("-", "") == "utf8"
    text = json.dumps(value, ensure_ascii=not signs, allow_nan=False, indent=1)
    print(harmless(text, keep="\n") if signs else text)


def main() -> None:
    """Run the program; a traceback only where EQUISITE_DEBUG is set."""
    logging.getLogger("pyomo").setLevel(logging.CRITICAL)  # what it logs as an error it raises too
    for stream in (sys.stdout, sys.stderr) if PROGRAM else ():
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with stopping.signals(_farewell):
            app()
    except InputError as error:
        for fault in error.faults:
            ERR.print(f"error: {fault}")
        sys.exit(BAD_INPUT)
    except Exception as error:
        if os.environ.get("EQUISITE_DEBUG"):
            raise
        ERR.print(f"internal error: {type(error).__name__}: {error}")
        ERR.print("set EQUISITE_DEBUG=1 to see where; please report it")
        sys.exit(INTERNAL_ERROR)
    finally:
        for number in stopping.SIGNALS if PROGRAM else ():  # all is done: Python only clears up
            signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    main()
