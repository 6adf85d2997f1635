"""A sweep written down: one row per point, and the frontier as a plot."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from optimizer.equity import MEASURES
from optimizer.evaluate import Indicators
from optimizer.faults import Fault, InputError, nearest
from optimizer.geodata.geography import Instance
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.atomic import replacing
from optimizer.outputs.headings import say
from optimizer.outputs.look import COLOURS, GREY
from optimizer.outputs.picture import SETTINGS, fonts
from optimizer.outputs.rows import write_csv
from optimizer.outputs.summary import efficiency_unit
from optimizer.outputs.words import name
from optimizer.scaling import level_weights
from optimizer.solution import Status
from optimizer.sweep import Point

#: Suffixes of what a sweep can be written as.
FORMATS = (".csv", ".png", ".svg")

COLUMNS = (
    *("weight", "status", "efficiency", "equity", "objective", "bound", "gap", "seconds"),
    *("dominated", "worst_jurisdiction"),
)


def check_suffixes(paths: Sequence[Path], language: str = "auto") -> None:
    """Raise InputError unless a sweep can be written to each of these files."""
    faults = []
    for path in paths:
        if path.suffix.lower() not in FORMATS:
            remedy = nearest(path.suffix or path.name, FORMATS)
            faults.append(Fault("output", "no sweep has this suffix", remedy, value=str(path)))
        elif not path.parent.is_dir():
            remedy = "Make the folder"
            faults.append(Fault("output", "its folder does not exist", remedy, value=str(path)))
    if faults:
        raise InputError(faults)
    if any(path.suffix.lower() != ".csv" for path in paths):
        fonts.choose(fonts.speak(language))


def write(instance: Instance, points: Sequence[Point], path: Path, language: str = "auto") -> None:
    """Write a sweep as CSV or as a plot, by the suffix. Raises InputError as `check_suffixes`."""
    check_suffixes([path], language)
    if path.suffix.lower() == ".csv":
        write_csv(records(instance, points), path)
        return
    language = fonts.speak(language)
    with (
        mpl.rc_context({**SETTINGS, "font.family": [fonts.choose(language).family]}),
        replacing(path) as draft,
    ):
        plot(instance, points, language).savefig(draft, dpi=160)


def records(instance: Instance, points: Sequence[Point]) -> list[dict[str, Any]]:
    """One row per point; None for what a point without a plan has no value for."""
    return [_record(instance, point) for point in points]


def _record(instance: Instance, point: Point) -> dict[str, Any]:
    result, found = point.result, point.indicators
    known: dict[str, Any] = {
        "weight": point.weight,
        "status": str(result.status),
        "seconds": round(result.seconds, 3),
    }
    if found is not None:
        known |= {
            "efficiency": found.efficiency,
            "equity": found.equity,
            "objective": result.objective,
            "bound": result.bound,
            "gap": result.gap,
            "dominated": point.dominated,
            "worst_jurisdiction": worst(instance, found),
        }
    return {column: known.get(column) for column in COLUMNS}


def worst(instance: Instance, found: Indicators) -> str:
    """Id of the jurisdiction with the highest equity measure, weighted over the levels."""
    problem, policy = instance.problem, instance.policy
    tier, weights = focus_tier(instance), level_weights(problem, policy)
    value: dict[int, float] = {}
    for level, weight in zip(found.levels, weights, strict=True):
        for c, people in level.jurisdictions.items():
            if problem.jurisdictions.tier[c] == tier:
                value[c] = value.get(c, 0.0) + weight * people.equity[policy.equity]
    return problem.jurisdictions.ids[max(value, key=lambda c: value[c])]


def plot(instance: Instance, points: Sequence[Point], language: str) -> Figure:
    """Efficiency across, equity up, so lower left is better; the weights stand at their points.

    Hollow points are dominated, square ones not proven to the asked gap. The steps bound what
    the sweep attains: between two points nothing is promised.
    """
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.add_subplot()
    solved = [point for point in points if point.indicators is not None]
    best = sorted(_place(point) for point in solved if not point.dominated)
    axes.step([x for x, _ in best], [y for _, y in best], where="post", color=GREY, zorder=1)
    for place, together in groupby(solved, key=_place):
        here = list(together)
        proven = all(point.result.status is Status.OPTIMAL for point in here)
        dominated = all(point.dominated for point in here)
        marker, fill = ("o" if proven else "s"), ("white" if dominated else COLOURS[1])
        axes.plot(*place, marker=marker, color=COLOURS[1], markerfacecolor=fill)
        ends = dict.fromkeys(f"{point.weight:g}" for point in (here[0], here[-1]))
        axes.annotate(" - ".join(ends), place, (6, 6), textcoords="offset points", fontsize=8)
    policy = instance.policy
    axes.set_xlabel(
        f"{say(policy.efficiency, language)} ({say(efficiency_unit(instance), language)})"
    )
    axes.set_ylabel(
        f"{say(policy.equity, language)} ({say(MEASURES[policy.equity].unit, language)})"
    )
    axes.set_title(name(instance.geography.title, instance.geography.name, language), loc="left")
    axes.margins(0.12)
    figure.supxlabel(say("how to read", language), fontsize=8, color=GREY)
    return figure


def _place(point: Point) -> tuple[float, float]:
    """Where a point is drawn, without rounding's noise."""
    assert point.indicators is not None
    return round(point.indicators.efficiency, 6), round(point.indicators.equity, 6)
