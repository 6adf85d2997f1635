"""Each jurisdiction's and each group's minutes along the frontier: who gains and who loses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from optimizer.assessment.indicators import Indicators, Summary
from optimizer.foundation.figures import signed
from optimizer.foundation.language import in_order, word
from optimizer.geodata.geography import Instance
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.frontier.places import loosest, place, solved
from optimizer.outputs.map.fonts import Font
from optimizer.outputs.names import jurisdiction_name
from optimizer.outputs.reported_equity import over_levels
from optimizer.outputs.summary import efficiency_in_words, per_year
from optimizer.outputs.symbology import GREY, INK, PAPER
from optimizer.problem import Floats
from optimizer.sweep.task import Frontier

LOSES, GAINS, OTHERS = "#c8501e", "#1565a8", "#d9dce0"
WIDTH, HEIGHT = 1.75, 1.35  # inches of a panel
ROOM = 1.05  # inches for a name
TICKS = 4  # steps of the scale across
NO_CHANGE = 0.05  # minutes that are drawn as none
MIN_PANELS, MAX_PANELS = 4, 7  # panels in a row


@dataclass(frozen=True, eq=False)
class Line:
    """Minutes of some people at each plan of a frontier, from the most efficient on."""

    name: str
    minutes: Floats

    @property
    def change(self) -> float:
        """Minutes that they have more at the fairest plan than at the most efficient one."""
        return float(self.minutes[-1] - self.minutes[0])


def draw(instance: Instance, frontiers: Sequence[Frontier], font: Font, language: str) -> Figure:
    """A panel for each, those who lose most first; of a family the member with most money."""
    points = [one for one in solved(loosest(frontiers)) if not one.dominated]
    plans = {place(one): one.indicators for one in points if one.indicators is not None}
    efficiency = np.array([at for at, _ in plans])
    indicators = list(plans.values())
    kinds = [
        kind(instance, indicators, font, language)
        for kind in (_jurisdictions, _groups)
        if indicators
    ]
    lines = [sorted(kind, key=lambda line: -line.change) for kind in kinds if kind]
    across = min(
        MAX_PANELS, max(MIN_PANELS, math.ceil(1.2 * math.sqrt(max(map(len, lines), default=1))))
    )
    down = sum(math.ceil(len(kind) / across) for kind in lines)
    figure = Figure(
        figsize=(across * WIDTH + 0.6, max(down, 1) * HEIGHT + 1.5),
        layout="constrained",
        facecolor=PAPER,
    )
    FigureCanvasAgg(figure)  # what texts are measured with
    _describe(figure, instance, loosest(frontiers), font, language)
    _draw_panels(figure, lines, efficiency, across, down)
    return figure


def _describe(
    figure: Figure, instance: Instance, frontier: Frontier, font: Font, language: str
) -> None:
    """Title, axes, and what the colours mean."""
    titles = (instance.geography.title.get(one) for one in in_order(language))
    said = [font.first(*titles, instance.geography.name), word("people", language)]
    if frontier.cost_bound is not None:
        money = f"{frontier.cost_bound:,.6g} {instance.geography.currency}"
        money = per_year(instance, money, language)
        said.append(word("cost at most", language).format(money))
    figure.suptitle("\n".join(said), x=0.01, ha="left", fontsize=11, color=INK)
    colours = {"loses": LOSES, "gains": GAINS, "others": OTHERS}
    keys = [
        Line2D([], [], color=colour, label=word(key, language)) for key, colour in colours.items()
    ]
    figure.legend(
        handles=keys,
        title=word("people axes", language).format(efficiency_in_words(instance, language)),
        loc="outside lower left",
        alignment="left",
        ncols=3,
        fontsize=8,
        title_fontsize=8,
        frameon=False,
    )


def _draw_panels(
    figure: Figure, kinds: Sequence[Sequence[Line]], efficiency: Floats, across: int, down: int
) -> None:
    """One row of panels after the other; each kind begins a row of its own."""
    first: Axes | None = None
    row = 0
    for kind in kinds:
        for number, line in enumerate(kind):
            cell = (row + number // across) * across + number % across + 1
            axes = figure.add_subplot(down, across, cell, sharex=first, sharey=first)
            first = first or axes
            _draw_panel(axes, line, kind, efficiency)
            axes.tick_params(labelsize=7, colors=GREY, labelleft=number % across == 0)
            axes.tick_params(labelbottom=number + across >= len(kind))
        row += math.ceil(len(kind) / across)


def _draw_panel(axes: Axes, line: Line, others: Sequence[Line], efficiency: Floats) -> None:
    """These people's minutes, those of all others behind, and what they gain or lose."""
    for other in others:
        axes.plot(efficiency, other.minutes, color=OTHERS, linewidth=0.6, zorder=1)
    colour = GREY if abs(line.change) < NO_CHANGE else LOSES if line.change > 0 else GAINS
    axes.fill_between(
        efficiency, line.minutes, line.minutes[0], color=colour, alpha=0.25, linewidth=0, zorder=2
    )
    axes.plot(efficiency, line.minutes, color=colour, linewidth=1.4, marker=".", zorder=3)
    title = axes.set_title(line.name, fontsize=8, loc="left", color=INK, pad=3)
    wide = title.get_window_extent().width / axes.figure.dpi
    title.set_fontsize(8 * min(1.0, ROOM / max(wide, ROOM)))
    axes.set_title(signed(line.change), fontsize=8, loc="right", color=colour, pad=3)
    axes.locator_params(axis="x", nbins=TICKS)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)


def _jurisdictions(
    instance: Instance, plans: Sequence[Indicators], font: Font, language: str
) -> list[Line]:
    """The jurisdictions of the focus tier where somebody lives."""
    facts, tier = instance.problem.jurisdictions, focus_tier(instance)
    lines = []
    for row in dict.fromkeys(c for level in plans[0].levels for c in level.jurisdictions):
        if facts.tier[row] == tier:
            names = (jurisdiction_name(instance, row, one) for one in in_order(language))
            people = [[level.jurisdictions.get(row) for level in plan.levels] for plan in plans]
            lines.append(Line(font.first(*names, facts.ids[row]), _minutes(instance, people)))
    return lines


def _groups(
    instance: Instance, plans: Sequence[Indicators], font: Font, language: str
) -> list[Line]:
    """The population groups that somebody belongs to."""
    return [
        Line(
            font.first(word(group, language), group),
            _minutes(
                instance, [[level.groups.get(group) for level in plan.levels] for plan in plans]
            ),
        )
        for group in dict.fromkeys(name for level in plans[0].levels for name in level.groups)
    ]


def _minutes(instance: Instance, people: Sequence[Sequence[Summary | None]]) -> Floats:
    """(P,) mean minutes over the levels by their weights. people: by plan, by level.

    None: nobody of them is entitled to the level, so it takes them no minutes.
    """
    means = np.array([[summary.mean if summary else 0.0 for summary in plan] for plan in people])
    return over_levels(instance, dict(enumerate(means.T)))
