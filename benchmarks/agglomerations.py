"""AGGLOMERATIONS: the record of the nineteen, and how much their plans differ by policy."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.journal import Journal, Row
from benchmarks.location import INTERRUPTED
from benchmarks.record import RECORDS, Records
from benchmarks.region import HOLDS, Question
from benchmarks.regions import DONE, Inquiry, answered, apart_share, elsewhere
from benchmarks.runner import commit, unfinished
from docs import instances_page
from optimizer.geodata import catalogue
from optimizer.question import Limits

#: The plan that the others are compared with.
DEFAULT = "default"
#: The same question with another seed: so far apart are plans that are as good.
AGAIN = "again"
FINE, FRONTIER = "fine", "frontier"

#: Columns of the record; then three for each service.
COLUMNS = (
    "instance",
    "question",
    "asked_gap",
    "commit",
    "points",
    "sites",
    "pairs",
    "status",
    "objective",
    "bound",
    "gap",
    "seconds",
    "cpu_seconds",
    "memory_mb",
    "check",
    "mean_minutes",
    "kolm_pollak",
    "money",
    "options_apart",
    "persons_elsewhere",
    "weights_asked",
    "frontier_points",
)


def run(
    instances: Annotated[
        list[str] | None, typer.Argument(metavar="[INSTANCE]...", help="Default: the nineteen.")
    ] = None,
    gap: Annotated[float, typer.Option(help="To which every plan is proven.")] = 0.01,
    fine: Annotated[
        float, typer.Option(metavar="GAP", help="The default policy to this gap too; 0: not.")
    ] = 0.0,
    weights: Annotated[int, typer.Option(help="Of a sweep from 0 to 1; 0: none.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.1, help="The limit of each solve.")] = 900,
    threads: Annotated[int, typer.Option(min=1, help="Of each solve.")] = 2,
    memory: Annotated[float, typer.Option(metavar="GB", help="The limit of each process.")] = 8,
    records: Records = RECORDS,
    page: Annotated[
        Path, typer.Option(metavar="FILE.md", help="Whose tables are made anew.")
    ] = instances_page.PAGE,
) -> None:
    """Each instance under its policies: seconds, memory, verdict, and how much plans differ.

    Answers are kept until all nineteen are there, and the record is written after each instance.
    """
    names = instances or list(instances_page.folders())
    for name in names:
        catalogue.find(name)
    asked: Row = {"gap": gap, "seconds": seconds, "threads": threads, "memory": memory}
    journal = Journal(unfinished("agglomerations", records), asked)
    inquiry = Inquiry(journal, memory)
    file = records / instances_page.RECORD.name
    broken = False
    try:
        for name in names:
            questions = dict(_questions(name, Limits(seconds, gap, threads), fine, weights))
            rows = {key: inquiry.ask(key, one) for key, one in questions.items()}
            _keep(file, [_row(key, one, rows) for key, one in questions.items()])
            instances_page.write(page, file)
            broken |= any(_wrong(row) for row in rows.values())
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    if set(names) >= set(instances_page.folders()) and not broken:
        journal.close()
    raise typer.Exit(int(broken))


def _questions(
    name: str, limits: Limits, fine: float, weights: int
) -> Iterator[tuple[str, Question]]:
    """What each instance is asked, by the name of the question."""
    yield DEFAULT, Question(name, limits=limits, check=True)
    if fine:
        exact = Limits(limits.seconds, fine, limits.threads)
        yield f"{FINE} {fine:g}", Question(name, limits=exact, check=True)
    again = Limits(limits.seconds, limits.gap, limits.threads, seed=1)
    yield AGAIN, Question(name, limits=again)
    for policy in ("efficient", "equal"):
        yield policy, Question(name, policy, limits=limits, check=True)
    if weights > 1:
        steps = tuple(round(n / (weights - 1), 9) for n in range(weights))
        yield f"{FRONTIER} {weights}", Question(name, weights=steps, limits=limits)


def _row(name: str, question: Question, rows: dict[str, Row]) -> dict[str, Any]:
    """One line of the record; a cell without a number is empty."""
    row, default = rows[name], rows[DEFAULT]
    cells: dict[str, Any] = {
        "instance": question.instance,
        "question": name.split()[0],
        "asked_gap": question.limits.gap,
        "commit": commit(),
        "status": row["trouble"] or row.get("status"),
        "gap": _number(row.get("gap"), 5),
        "seconds": _number(row.get("seconds"), 1),
        "cpu_seconds": _number(row.get("cpu"), 1),
        "memory_mb": _number(row.get("memory"), 0),
        "weights_asked": row.get("asked"),
        "frontier_points": row.get("best"),
        "objective": _number(row.get("objective"), 4),
        "bound": _number(row.get("bound"), 4),
        "mean_minutes": _number(row.get("efficiency"), 3),
        "kolm_pollak": _number(row.get("equity"), 3),
        "money": _number(row.get("cost"), 1),
    } | {key: row.get(key) for key in ("points", "sites", "pairs", "check")}
    if "done" in row:
        done = Counter((service, kind) for service, _, kind, _ in row["done"])
        cells |= {f"{one}_{kind}": done[one, kind] for one in row["kept"] for kind in DONE}
        if name != DEFAULT and "done" in default:
            cells["options_apart"] = _number(apart_share(row, default), 4)
            cells["persons_elsewhere"] = _number(elsewhere(row, default), 4)
    return cells


def _number(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _wrong(row: Row) -> bool:
    """Whether a process failed, or a plan breaks a rule."""
    return not answered(row) or row.get("check", HOLDS) != HOLDS


def _keep(file: Path, rows: list[dict[str, Any]]) -> None:
    """Put these into the record instead of those of the same question, in the order of names."""
    kept = instances_page.rows_of(file)
    new = {(row["instance"], row["question"]) for row in rows}
    every = [row for row in kept if (row["instance"], row["question"]) not in new] + rows
    every.sort(key=lambda row: row["instance"])
    more = list(dict.fromkeys(key for row in every for key in row if key not in COLUMNS))
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, [*COLUMNS, *more], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(every)
