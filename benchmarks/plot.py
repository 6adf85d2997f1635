"""PLOT: growth on two logarithmic axes, readable without colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

GREY = "0.35"

#: Inches that a legend beside its axes takes.
LEGEND = 2.4


@dataclass(frozen=True)
class Series:
    """One kind of mark: at x, y; hollow where `reached` says that a limit ended the solve."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    reached: Sequence[bool]
    marker: str
    line: bool = False


@dataclass(frozen=True)
class Panel:
    """What the axes are, and what is drawn."""

    x_name: str
    y_name: str
    series: Sequence[Series]


def draw(panels: Sequence[Panel], file: Path) -> None:
    """One picture, the panels side by side."""
    beside = LEGEND * any(len(panel.series) > 1 for panel in panels)
    figure = Figure(figsize=((6.4 + beside) * len(panels), 4.6), layout="constrained")
    for number, panel in enumerate(panels, start=1):
        _fill(figure.add_subplot(1, len(panels), number), panel)
    figure.savefig(file, dpi=120)


def _fill(axes: Axes, panel: Panel) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    for one in panel.series:
        _marks(axes, one)
    if any(any(one.reached) for one in panel.series):
        axes.plot([], [], "o", mfc="white", mec=GREY, label="hollow: a limit ended it")
    axes.set_xlabel(panel.x_name)
    axes.set_ylabel(panel.y_name)
    values = [value for one in panel.series for value in one.y]
    if values:
        # Whole decades, so that at least two of them are labelled.
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        axes.set_ylim(10.0**low, 10.0 ** max(high, low + 1))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axis.set_minor_formatter(NullFormatter())
    axes.grid(True, which="major", color="0.85")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    # Beside the axes where it would hide marks.
    beside = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)} if len(panel.series) > 1 else {}
    axes.legend(frameon=False, fontsize=9, **beside)


def _marks(axes: Axes, one: Series) -> None:
    if one.line:
        axes.plot(one.x, one.y, color=GREY, linewidth=1)
    for reached, fill in ((False, "black"), (True, "white")):
        here = [n for n, was in enumerate(one.reached) if was is reached]
        # A label stands once, beside the kind of mark that is there.
        label = one.name if not reached or all(one.reached) else None
        if here:
            x, y = [one.x[n] for n in here], [one.y[n] for n in here]
            axes.plot(x, y, one.marker, mec="black", mfc=fill, markersize=6, label=label)
