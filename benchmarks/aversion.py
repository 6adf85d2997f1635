"""AVERSION: how much of a plan an aversion moves, for docs/measures.md."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import typer

from benchmarks.journal import Journal, Row
from benchmarks.location import INTERRUPTED
from benchmarks.numbers import NONE, percent
from benchmarks.record import RECORDS, Records, keep
from benchmarks.region import Question
from benchmarks.regions import Inquiry, apart_share, elsewhere
from benchmarks.runner import revision, unfinished
from optimizer.question import Limits

COLUMNS = (
    "mean",
    "CVaR 10 %",
    "Gini",
    "worst",
    "unmet, %",
    "options",
    "elsewhere",
    "CPU seconds",
    "gap, %",
)
EFFICIENT, AGAIN = "efficient", "efficient, another seed"


def run(
    instances: Annotated[list[str], typer.Argument(metavar="INSTANCE...")],
    aversions: Annotated[
        str, typer.Option(metavar="A,...", help="Of the measure.")
    ] = "0.5,1,2,3,4",
    gap: Annotated[float, typer.Option(help="To which every plan is proven.")] = 0.005,
    seconds: Annotated[float, typer.Option(min=0.1, help="The limit of each solve.")] = 300,
    threads: Annotated[int, typer.Option(min=1, help="Of each solve.")] = 1,
    memory: Annotated[float, typer.Option(metavar="GB", help="The limit of each process.")] = 8,
    records: Records = RECORDS,
) -> None:
    """The Kolm-Pollak equivalent at half the weight, under several aversions."""
    asked: Row = {"gap": gap, "seconds": seconds, "threads": threads, "memory": memory}
    journal = Journal(unfinished("aversion", records), asked)
    inquiry, rows = Inquiry(journal, memory), []
    of, limits = [float(one) for one in aversions.split(",")], Limits(seconds, gap, threads)
    try:
        for name in instances:
            answers = {
                words: inquiry.ask(words, question)
                for words, question in _questions(name, of, limits).items()
            }
            rows += [_row(name, words, one, answers[EFFICIENT]) for words, one in answers.items()]
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    sentences = [
        f"Each instance as it asks, to {gap:.1%} within {seconds:g} s and {threads} thread(s): its "
        "most efficient plan, and plans with half the weight on the Kolm-Pollak equivalent. Mean "
        "minutes, the mean of the worst-off tenth (CVaR), Gini and unmet needs over the levels by "
        "their weights; the longest way of any served; options that differ and persons who go "
        "elsewhere against the efficient plan.",
        "",
        revision(),
    ]
    keep("aversion", "Aversion of the Kolm-Pollak equivalent", sentences, rows, records)
    journal.close()


def _questions(name: str, aversions: list[float], limits: Limits) -> dict[str, Question]:
    """What each instance is asked, by its words in the table."""
    again = Limits(limits.seconds, limits.gap, limits.threads, seed=1)
    asked = {
        EFFICIENT: Question(name, EFFICIENT, limits=limits),
        AGAIN: Question(name, EFFICIENT, limits=again),
    }
    for aversion in aversions:
        overrides = (f"policy.parameters={{aversion = {aversion}}}",)
        asked[f"aversion {aversion:g}"] = Question(name, overrides=overrides, limits=limits)
    return asked


def _row(name: str, words: str, row: Row, efficient: Row) -> dict[str, str]:
    """One plan, and how it differs from the efficient one."""
    cells = {"instance": name, "plan": words}
    if "levels" not in row:
        return cells | dict.fromkeys(COLUMNS, NONE) | {"gap, %": row["trouble"] or row["status"]}
    levels = list(row["levels"].values())

    def over_levels(of: str) -> float:
        return float(np.average([one[of] for one in levels], weights=row["weights"]))

    values = (
        f"{row['efficiency']:.2f}",
        f"{over_levels('cvar'):.1f}",
        f"{over_levels('gini'):.3f}",
        f"{max(one['worst'] for one in levels):.0f}",
        f"{100 * over_levels('unmet'):.2f}",
        f"{apart_share(row, efficient):.0%}",
        f"{elsewhere(row, efficient):.0%}",
        f"{row['cpu']:,.0f}",
        percent(round(row["gap"], 4)),
    )
    return cells | dict(zip(COLUMNS, values, strict=True))
