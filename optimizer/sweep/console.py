"""Console of a sweep: progress while it runs, and a summary when it has ended."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from optimizer.foundation.figures import share
from optimizer.foundation.language import N_, _, spoken, word
from optimizer.sweep.run import Standing, Tell
from optimizer.sweep.task import Answer, Frontier


@contextmanager
def progress_bar(console: Console) -> Iterator[Tell]:
    """A bar on a terminal; elsewhere a line for each point."""
    if not console.is_terminal:
        yield lambda standing: console.print(
            _(
                "{point} ({progress})",
                point=point(standing.latest),
                progress=progress(standing),
            )
        )
        return
    columns = BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        line = bar.add_task(_("nothing solved yet"), total=None)
        yield lambda standing: bar.update(
            line,
            description=progress(standing),
            completed=standing.done,
            total=standing.known,
        )


def progress(standing: Standing) -> str:
    """What is done, the time that the rest takes, and the widest gap."""
    points, solves = N_("{done} of {known} points"), N_("{done} of {known} solves so far")
    parts = [_(points if standing.final else solves, done=standing.done, known=standing.known)]
    if standing.done < standing.known:
        parts.append(_("about {time} left", time=timedelta(seconds=math.ceil(standing.remaining))))
    if math.isfinite(standing.gap):
        parts.append(_("gaps up to {gap}", gap=share(standing.gap, 3)))
    return word(", ", spoken()).join(parts)


def point(answer: Answer) -> str:
    """One point in a few words."""
    result, name = answer.result, _label(answer.task.asked)
    if result is None:
        return _("{point}: failed: {reason}", point=name, reason=answer.failure)
    status = word(f"status {result.status}", spoken())
    if result.plan is None:
        return _(
            "{point}: {status}, no plan, {seconds:.1f} s",
            point=name,
            status=status,
            seconds=result.seconds,
        )
    return _(
        "{point}: {status}, gap {gap}, {seconds:.1f} s",
        point=name,
        status=status,
        gap=share(result.gap, 3),
        seconds=result.seconds,
    )


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
        for sentence in _conclusion(frontier):
            if frontier.cost_bound is None:
                yield sentence
            else:
                yield _(
                    "cost at most {cap:,g}: {conclusion}",
                    cap=frontier.cost_bound,
                    conclusion=sentence,
                )


def _conclusion(frontier: Frontier) -> Iterator[str]:
    knees = [point for point in frontier.points if point.knee]
    if knees and knees[0].indicators is not None:
        yield _(
            "knee at {point}: efficiency {efficiency:,.6g}, equity {equity:,.6g}, "
            "price of fairness {price}",
            point=_label(*(one.answer.task.asked for one in knees)),
            efficiency=knees[0].indicators.efficiency,
            equity=knees[0].indicators.equity,
            price=share(knees[0].price, 2),
        )
    if math.isfinite(frontier.hypervolume):
        yield _(
            "hypervolume {share:.4f} of the box between the two ends", share=frontier.hypervolume
        )
    if math.isfinite(frontier.resolution):
        yield _(
            "proven: no plan is better than every point by more than {share}",
            share=share(frontier.resolution, 3),
        )


def _label(*points: Mapping[str, float]) -> str:
    """What was asked for these points: one value of each key, or its least and its greatest."""
    parts = []
    for key in points[0]:
        name = word(f"asked {key}", spoken())
        least, most = (f"{end(one[key] for one in points):g}" for end in (min, max))
        if least == most:
            parts.append(_("{name} {value}", name=name, value=least))
        else:
            parts.append(_("{name} {least} to {most}", name=name, least=least, most=most))
    return word(", ", spoken()).join(parts)
