"""LOCATION: published instances solved, beside their published optima and beside peers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import numbers, plot, verdict
from benchmarks.asked import kappa
from benchmarks.cases import AVERSIONS, FORMATS, P_MEDIAN, Benchmark, cases
from benchmarks.child import OURS
from benchmarks.journal import Journal, Row
from benchmarks.peers import MOST_POINTS, PEERS, asked_of_peers, missing
from benchmarks.record import RECORDS, Records, keep, place, table
from benchmarks.runner import Runner, revision, state, unfinished
from optimizer.question import Limits

#: Proves whole numbers below ten million, and is above what sums of other numbers are rounded by.
SMALLEST_GAP = 1e-7

#: How many times as long as its p-median a Kolm-Pollak question may take.
FAIR_AT_MOST = 2.0

#: Below this many seconds a ratio compares the noise of the machine.
TOO_SHORT = 0.2

#: The exit code of a run that Ctrl-C ended.
INTERRUPTED = 130


def run(
    data: Annotated[
        Path | None, typer.Argument(metavar="DATA", help="The folder with the instances.")
    ] = None,
    only: Annotated[
        str, typer.Option(metavar="PATTERNS", help="Instances, as pmed*,rl1304; or whole cases.")
    ] = "",
    seconds: Annotated[float, typer.Option(min=0.1, help="The limit of each solve.")] = 300,
    gap: Annotated[float, typer.Option(help="To which everything is proven.")] = SMALLEST_GAP,
    threads: Annotated[int, typer.Option(min=1, help="Of each solve.")] = 1,
    memory: Annotated[float, typer.Option(metavar="GB", help="The limit of each solve.")] = 8,
    peers: Annotated[bool, typer.Option(help="Ask spopt and HiGHS alone too.")] = True,
    kolm_pollak: Annotated[bool, typer.Option(help="Solve each p-median fairly too.")] = True,
    records: Records = RECORDS,
) -> None:
    """Published instances against their optima and against peers; 1 where one is contradicted."""
    asked = _cases(data, tuple(filter(None, only.split(","))))
    limits = Limits(seconds, gap, threads)
    question = {"data": str(data), "seconds": seconds, "gap": gap, "threads": threads}
    journal = Journal(unfinished("location", records), question | {"memory": memory})
    runner = Runner(journal, limits, memory)
    interrupted = False
    try:
        for number, case in enumerate(asked, start=1):
            typer.echo(f"[{number}/{len(asked)}] {case.key}", err=True)
            _solve(runner, case, peers, kolm_pollak)
    except KeyboardInterrupt:
        interrupted = True
    done = [case for case in asked if runner.found(OURS, case)]
    if done:
        _record(runner, done, len(asked), peers, data, records)
    if interrupted:
        raise typer.Exit(INTERRUPTED)
    journal.close()
    if any(_faults(runner, case) for case in done):
        raise typer.Exit(1)


def _cases(data: Path | None, only: tuple[str, ...]) -> list[Benchmark]:
    """What is asked; without anything, one sentence and exit code 2."""
    if data is None:
        sentence = "Name the folder with the published instances: make bench DATA=folder"
    elif not data.is_dir():
        sentence = f"{data} is not a folder; DATA is the folder with the published instances."
    else:
        found = cases(data, only)
        if found:
            return found
        fits = " that fits --only" if only else ""
        sentence = f"{data} has no instance{fits} in a format of {', '.join(FORMATS)}."
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


def _solve(runner: Runner, case: Benchmark, peers: bool, kolm_pollak: bool) -> None:
    """One case by us, by peers, and fairly."""
    ours = runner.ours(case)
    if peers and asked_of_peers(case) and ours.get("points", 0) <= MOST_POINTS:
        for name in PEERS:
            if not missing(name):
                runner.peer(name, case)
    if kolm_pollak and case.problem == P_MEDIAN and ours.get("after"):
        for aversion in AVERSIONS:
            runner.ours(case.fair(aversion), {"kappa": kappa(ours["after"], aversion)})


def _peers(runner: Runner, case: Benchmark) -> dict[str, Row]:
    """What the peers found that were asked."""
    found = ((name, runner.found(name, case)) for name in PEERS)
    return {name: row for name, row in found if row is not None}


def _faults(runner: Runner, case: Benchmark) -> list[str]:
    """What must not be: a published optimum or a peer contradicted, or no answer for a crash."""
    ours = runner.found(OURS, case)
    assert ours is not None
    told = [fault for fault in [verdict.wrong(case, ours)] if fault]
    told += verdict.disagree(ours, _peers(runner, case))
    fair = (runner.found(OURS, case.fair(aversion)) for aversion in AVERSIONS)
    failed = [row["trouble"] for row in (ours, *fair) if row and "failed" in row["trouble"]]
    return told + failed


def _record(
    runner: Runner, done: list[Benchmark], of: int, peers: bool, data: Path | None, records: Path
) -> None:
    limits = runner.limits
    picture = place("location", records, ".png")
    plot.draw([_panel(runner, done)], picture)
    faults = [f"{case.key}: {fault}" for case in done for fault in _faults(runner, case)]
    sentences = [
        f"Instances of {data}; each solve in a process of its own, to a gap of {limits.gap:g} "
        f"within {limits.seconds:g} s and {runner.memory:g} GB, {limits.threads} thread(s). "
        "Seconds are those of the solve without reading the file; a peer's are those of building "
        "its model and solving it, in the same run. Memory is the peak of the process, some 250 MB "
        "of which are Python and its libraries.",
        "",
        f"{len(done)} of {of} cases are here. {_agreement(runner, done)}",
        "",
        "; ".join(faults) + "." if faults else "Nothing contradicts what is published.",
        "",
        revision() + (f" {_versions()}" if peers else ""),
    ]
    more = [f"![Seconds against points]({picture.name})", "", *_fair(runner, done)]
    rows = [_row(runner, case, peers) for case in done]
    keep("location", "Published instances", sentences, rows, records, more)


def _agreement(runner: Runner, done: list[Benchmark]) -> str:
    """How many optima are proven, and how many of them are published as the same."""
    found = [(case, runner.found(OURS, case) or {}) for case in done]
    proven = [case for case, row in found if row.get("status") == "optimal"]
    published = [case for case in proven if case.published]
    return f"{len(proven)} are proven, {len(published)} of them beside a published value."


def _row(runner: Runner, case: Benchmark, peers: bool) -> dict[str, str]:
    ours = runner.found(OURS, case)
    assert ours is not None
    told = [state(ours), *_faults(runner, case)]
    if verdict.improves(case, ours):
        told.append("better than the best known")
    row = {
        "instance": case.instance,
        "problem": case.problem,
        "points": numbers.number(ours.get("points")),
        "p": case.told,
        "ours": numbers.number(ours.get("objective")),
        "published": numbers.number(case.published.optimum) if case.published else numbers.NONE,
        "gap, %": numbers.percent(ours.get("gap")),
        "state": "; ".join(dict.fromkeys(told)),
        "seconds": numbers.seconds(ours.get("seconds")),
        "MB": numbers.number(round(ours["peak"])) if "peak" in ours else numbers.NONE,
    }
    for name in PEERS if peers else ():
        row[f"{name}, s"], row[f"{name} / ours"] = _beside(runner, case, name, ours)
    return row


def _beside(runner: Runner, case: Benchmark, name: str, ours: Row) -> tuple[str, str]:
    """The seconds of a peer, and how many times ours that is."""
    row = runner.found(name, case)
    if row is None:
        asked = asked_of_peers(case) and ours.get("points", 0) <= MOST_POINTS
        return ("not installed" if asked and missing(name) else numbers.NONE), numbers.NONE
    seconds = ours.get("seconds")
    if row["trouble"]:
        limit = runner.limits.seconds
        if limit and seconds and row["trouble"].startswith(">"):
            return row["trouble"], f"> {numbers.times(limit / seconds)}"
        return row["trouble"], numbers.NONE
    ratio = numbers.times(row["seconds"] / seconds) if seconds else numbers.NONE
    return numbers.seconds(row["seconds"]), ratio


def _fair(runner: Runner, done: list[Benchmark]) -> list[str]:
    """Lines of a second table: Kolm-Pollak against the p-median of the same instance."""
    rows: list[dict[str, str]] = []
    ratios: list[float] = []
    for case in done:
        row = {"instance": case.instance, "p": case.told}
        ours = runner.found(OURS, case) or {}
        row["p-median, s"] = numbers.seconds(ours.get("seconds"))
        fair = [(a, runner.found(OURS, case.fair(a))) for a in AVERSIONS]
        if None in [found for _, found in fair] or case.problem != P_MEDIAN:
            continue
        for aversion, found in fair:
            assert found is not None
            took, than = found.get("seconds"), ours["seconds"]
            row[f"EDE {aversion}"] = numbers.number(found.get("objective"))
            row[f"{aversion}: state"] = state(found)
            row[f"{aversion}: s"] = numbers.seconds(took)
            row[f"{aversion}: ratio"] = numbers.times(took / than) if took else numbers.NONE
            if took:
                ratios.append(max(took, TOO_SHORT) / max(than, TOO_SHORT))
        rows.append(row)
    if not rows:
        return []
    over = sum(ratio > FAIR_AT_MOST for ratio in ratios)
    highest = f" at most {numbers.times(max(ratios))} times as long," if ratios else ""
    sentence = (
        f"Kolm-Pollak with aversion 1 and 2 takes{highest} {over} of {2 * len(rows)} solves more "
        f"than {FAIR_AT_MOST:g} times (what is below {TOO_SHORT:g} s counts as that). kappa is "
        "aversion x alpha, alpha from the p-median, and less where the exponent would pass 14."
    )
    return ["## Kolm-Pollak against the p-median", "", sentence, "", *table(rows), ""]


def _panel(runner: Runner, done: list[Benchmark]) -> plot.Panel:
    """Seconds against points, ours by problem and each peer."""
    groups: dict[str, list[Row]] = {}
    for case in done:
        for name, row in (("", runner.found(OURS, case)), *_peers(runner, case).items()):
            if row and row.get("points"):
                groups.setdefault(name or f"equisite, {case.problem}", []).append(row)
    marks: Iterator[str] = iter("os^Dv<>Phpd*X+x")
    series = [
        plot.Series(
            name,
            [row["points"] for row in rows],
            [max(row.get("seconds") or runner.limits.seconds or 0, 1e-3) for row in rows],
            [row.get("status") != "optimal" for row in rows],
            next(marks),
        )
        for name, rows in groups.items()
    ]
    return plot.Panel("points", "seconds", series)


def _versions() -> str:
    """Of the peers."""
    told = []
    for name in ("spopt", "pulp"):
        try:
            told.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            told.append(f"{name} not installed")
    return f"Peers: {', '.join(told)} with its own CBC; HiGHS is the same for all."
