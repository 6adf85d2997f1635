"""The frontier as a picture: what fairness costs, and where better plans are proven impossible."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from optimizer.foundation.figures import share
from optimizer.foundation.language import in_order, word
from optimizer.geodata.geography import Instance
from optimizer.outputs import reported_equity, symbology
from optimizer.outputs.frontier.numbers import draw_numbers
from optimizer.outputs.frontier.places import by_place, most_efficient, place, solved, steps
from optimizer.outputs.frontier.proof import least_efficiency
from optimizer.outputs.map import DPI
from optimizer.outputs.map.fonts import Font
from optimizer.outputs.summary import efficiency_in_words, per_year
from optimizer.solution import Status
from optimizer.sweep.task import Frontier, Point

EMPTY = "#e6e9ed"
STEPS = 400  # of the line below which nothing lies


def draw(instance: Instance, frontiers: Sequence[Frontier], font: Font, language: str) -> Figure:
    """Efficiency across, equity up, so lower left is better; one line per cap on cost."""
    figure = Figure(figsize=(8, 5.6), dpi=DPI, layout="constrained", facecolor=symbology.PAPER)
    FigureCanvasAgg(figure)  # what texts are measured with
    axes = figure.add_subplot()
    axes.margins(0.12)
    colours = [
        symbology.COLOURS[(row + 1) % len(symbology.COLOURS)] for row in range(len(frontiers))
    ]
    for frontier, colour in zip(frontiers, colours, strict=True):
        _draw_points(axes, frontier, colour)
    if len(frontiers) == 1 and most_efficient(frontiers[0]) is not None:
        _draw_empty(axes, instance, frontiers[0])
        _draw_price(axes, frontiers[0], language)
    _describe(figure, axes, instance, font, language)
    keys = _keys(frontiers, colours, instance, language)
    figure.legend(handles=keys, loc="outside lower left", ncols=3, fontsize=8, frameon=False)
    figure.draw_without_rendering()  # so that everything has its place
    draw_numbers(axes, frontiers)
    return figure


def _draw_points(axes: Axes, frontier: Frontier, colour: str) -> None:
    """The points of one frontier, the steps that they attain, and the knee."""
    axes.plot(*steps(frontier).T, color=colour, linewidth=1, zorder=3)
    for at, here in by_place(frontier):
        axes.plot(
            *at,
            marker="o" if all(map(_proven, here)) else "s",
            color=colour,
            markerfacecolor=symbology.PAPER if all(point.dominated for point in here) else colour,
            markersize=5,
            zorder=4,
        )
        if any(point.knee for point in here):
            axes.plot(*at, marker="o", color=colour, fillstyle="none", markersize=12, zorder=4)


def _describe(figure: Figure, axes: Axes, instance: Instance, font: Font, language: str) -> None:
    """Title and axes."""
    policy = instance.policy
    titles = (instance.geography.title.get(one) for one in in_order(language))
    title = font.first(*titles, instance.geography.name)
    figure.suptitle(title, x=0.01, ha="left", fontsize=14, color=symbology.INK)
    axes.set_xlabel(efficiency_in_words(instance, language))
    said = font.first(
        reported_equity.in_words(instance, policy.equity, language), policy.equity.measure
    )
    axes.set_ylabel(f"{said} ({reported_equity.unit(policy.equity, language)})")
    axes.spines[["top", "right"]].set_visible(False)


def _draw_empty(axes: Axes, instance: Instance, frontier: Frontier) -> None:
    """The region where the bounds prove that there is no plan."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    equity = np.linspace(low, high, STEPS)
    least = np.clip(least_efficiency(instance, frontier, equity), left, right)
    axes.fill_betweenx(equity, left, least, color=EMPTY, linewidth=0, zorder=1)
    axes.set(xlim=(left, right), ylim=(low, high))


def _draw_price(axes: Axes, frontier: Frontier, language: str) -> None:
    """A second scale: by how much the efficiency is worse than the best."""
    first = most_efficient(frontier)
    assert first is not None
    best = place(first)[0]
    if best > 0:
        scale = axes.secondary_xaxis(
            "top",
            functions=(
                lambda x: 100 * (np.asarray(x) / best - 1),
                lambda share: best * (1 + np.asarray(share) / 100),
            ),
        )
        scale.set_xlabel(word("price of fairness", language), fontsize=8, color=symbology.GREY)
        scale.tick_params(labelsize=8, colors=symbology.GREY)
        scale.spines["top"].set_color(symbology.GREY)


def _keys(
    frontiers: Sequence[Frontier], colours: Sequence[str], instance: Instance, language: str
) -> list[Line2D | Patch]:
    """What the marks mean that are there."""
    points = [point for frontier in frontiers for point in solved(frontier)]
    looks = {
        "dominated": (any(point.dominated for point in points), "o", 5.0),
        "not proven": (not all(map(_proven, points)), "s", 5.0),
        "knee": (any(point.knee for point in points), "o", 11.0),
    }
    keys: list[Line2D | Patch] = [
        Line2D(
            [], [], color=colour, marker="o", markersize=5, label=_called(one, instance, language)
        )
        for one, colour in zip(frontiers, colours, strict=True)
    ]
    keys += [
        Line2D(
            [],
            [],
            linestyle="",
            marker=marker,
            markersize=size,
            color=colours[0],
            fillstyle="full" if key == "not proven" else "none",
            label=word(key, language),
        )
        for key, (there, marker, size) in looks.items()
        if there
    ]
    if len(frontiers) == 1 and points:
        keys.append(Patch(color=EMPTY, label=word("proven empty", language)))
    return keys


def _called(frontier: Frontier, instance: Instance, language: str) -> str:
    """A member of a family; what is known of it as a whole."""
    if frontier.cost_bound is None:
        said = word("frontier", language)
    else:
        money = f"{frontier.cost_bound:,.6g} {instance.geography.currency}"
        said = word("cost at most", language).format(per_year(instance, money, language))
    if math.isfinite(frontier.resolution):
        said += word("resolved to", language).format(share(frontier.resolution, 2))
    return said


def _proven(point: Point) -> bool:
    result = point.answer.result
    return result is not None and result.status is Status.OPTIMAL
