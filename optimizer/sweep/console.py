"""Console of a sweep: progress while it runs, and a summary when it has ended."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from optimizer.foundation.figures import share
from optimizer.sweep.run import Standing, Tell
from optimizer.sweep.task import Answer, Frontier


@contextmanager
def progress_bar(console: Console) -> Iterator[Tell]:
    """A bar on a terminal; elsewhere a line for each point."""
    if not console.is_terminal:
        yield lambda standing: console.print(f"{point(standing.latest)} ({progress(standing)})")
        return
    columns = BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        line = bar.add_task("nothing solved yet", total=None)
        yield lambda standing: bar.update(
            line,
            description=progress(standing),
            completed=standing.done,
            total=standing.known,
        )


def progress(standing: Standing) -> str:
    """What is done, the time that the rest takes, and the widest gap."""
    what = "points" if standing.final else "solves so far"
    told = f"{standing.done} of {standing.known} {what}"
    if standing.done < standing.known:
        told += f", about {timedelta(seconds=math.ceil(standing.left))} left"
    if math.isfinite(standing.gap):
        told += f", gaps up to {share(standing.gap, 3)}"
    return told


def point(answer: Answer) -> str:
    """One point in a few words."""
    result = answer.result
    if result is None:
        return f"{_asked(answer.task.asked)}: failed: {answer.failure}"
    gap = "no plan" if result.plan is None else f"gap {share(result.gap, 3)}"
    return f"{_asked(answer.task.asked)}: {result.status}, {gap}, {result.seconds:.1f} s"


def measures(frontier: Frontier) -> dict[str, float | None]:
    """What is known of a frontier as a whole."""
    return {
        "cost_bound": frontier.cost_bound,
        "hypervolume": frontier.hypervolume,
        "resolution": frontier.resolution,
    }


def conclusion(frontiers: Sequence[Frontier]) -> Iterator[str]:
    """The knee of each frontier, and how much of what is possible it shows."""
    for frontier in frontiers:
        cap = "" if frontier.cost_bound is None else f"cost at most {frontier.cost_bound:,g}: "
        knees = [point for point in frontier.points if point.knee]
        if knees and knees[0].indicators is not None:
            yield (
                f"{cap}knee at {_asked(*(one.answer.task.asked for one in knees))}: "
                f"efficiency {knees[0].indicators.efficiency:,.6g}, "
                f"equity {knees[0].indicators.equity:,.6g}, "
                f"price of fairness {share(knees[0].price, 2)}"
            )
        if math.isfinite(frontier.hypervolume):
            yield f"{cap}hypervolume {frontier.hypervolume:.4f} of the box between the two ends"
        if math.isfinite(frontier.resolution):
            yield (
                f"{cap}proven: no plan is better than every point by more than "
                f"{share(frontier.resolution, 3)}"
            )


def _asked(*points: Mapping[str, float]) -> str:
    """What was asked for these points: one value of each key, or its least and its greatest."""
    words = []
    for key in points[0]:
        ends = [end(asked[key] for asked in points) for end in (min, max)]
        words.append(
            f"{key.replace('_', ' ')} {' to '.join(dict.fromkeys(f'{n:g}' for n in ends))}"
        )
    return ", ".join(words)
