"""GROWTH: how time and memory of a p-median grow with the number of points."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks import numbers, plot
from benchmarks.cases import P_MEDIAN, Benchmark
from benchmarks.child import OURS
from benchmarks.journal import Journal, Row
from benchmarks.location import INTERRUPTED
from benchmarks.record import RECORDS, Records, keep, place
from benchmarks.runner import Runner, revision, state, unfinished
from optimizer.question import Limits

#: One site for so many points.
POINTS_PER_SITE = 10


def run(
    sizes: Annotated[
        str, typer.Option(metavar="N,...", help="How many points.")
    ] = "500,1000,2000,5000,10000,20000,50000",
    seconds: Annotated[float, typer.Option(min=0.1, help="The limit of each solve.")] = 600,
    gap: Annotated[float, typer.Option(help="To which everything is proven.")] = 0.0001,
    threads: Annotated[int, typer.Option(min=1, help="Of each solve.")] = 1,
    memory: Annotated[float, typer.Option(metavar="GB", help="The limit of each solve.")] = 8,
    records: Records = RECORDS,
) -> None:
    """p-medians of random points in a square, p a tenth of them: seconds and memory by size."""
    asked = [_case(int(size)) for size in sizes.split(",")]
    question = {"seconds": seconds, "gap": gap, "threads": threads, "memory": memory}
    journal = Journal(unfinished("growth", records), question)
    runner = Runner(journal, Limits(seconds, gap, threads), memory)
    interrupted = False
    try:
        for case in asked:
            runner.ours(case)
    except KeyboardInterrupt:
        interrupted = True
    done = [(case, row) for case in asked if (row := runner.found(OURS, case))]
    if done:
        _record(runner, done, records)
    if interrupted:
        raise typer.Exit(INTERRUPTED)
    journal.close()
    if any("failed" in row["trouble"] for _, row in done):
        raise typer.Exit(1)


def _case(n: int) -> Benchmark:
    p = max(1, n // POINTS_PER_SITE)
    return Benchmark("random", "uniform", "", P_MEDIAN, {"n": float(n), "p": float(p)})


def _record(runner: Runner, done: list[tuple[Benchmark, Row]], records: Path) -> None:
    limits = runner.limits
    picture = place("growth", records, ".png")
    plot.draw([_panel(done, "seconds"), _panel(done, "peak")], picture)
    sentences = [
        "p-median of random points in a square, each a site too; Euclidean distances from "
        f"coordinates, never a matrix. Proven to {limits.gap:.2%} within {limits.seconds:g} s "
        f"and {runner.memory:g} GB, {limits.threads} thread(s); memory is the peak of a process "
        "that does only this, some 250 MB of which are Python and its libraries.",
        "",
        revision(),
    ]
    more = [f"![Seconds and memory against points]({picture.name})", ""]
    keep("growth", "Growth", sentences, [_row(*one) for one in done], records, more)


def _row(case: Benchmark, row: Row) -> dict[str, str]:
    return {
        "n": numbers.number(case.parameter["n"]),
        "p": numbers.number(case.parameter["p"]),
        "objective": numbers.number(row.get("objective")),
        "gap, %": numbers.percent(row.get("gap")),
        "seconds": numbers.seconds(row.get("seconds")),
        "MB": numbers.number(round(row["peak"])) if "peak" in row else numbers.NONE,
        "state": state(row),
    }


def _panel(done: list[tuple[Benchmark, Row]], of: str) -> plot.Panel:
    """Seconds or memory by size."""
    here = [(case.parameter["n"], row) for case, row in done if row.get(of)]
    series = plot.Series(
        "equisite, p = n / 10",
        [n for n, _ in here],
        [row[of] for _, row in here],
        [row.get("status") != "optimal" for _, row in here],
        "o",
        line=True,
    )
    return plot.Panel("points", {"seconds": "seconds", "peak": "peak memory, MB"}[of], [series])
