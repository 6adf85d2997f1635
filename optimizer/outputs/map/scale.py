"""The scale bar."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from optimizer.foundation.tolerances import ROUNDING
from optimizer.outputs import symbology


def round_length(metres: float) -> float:
    """The longest of 1, 2, 5, 10, ... metres that is not above `metres` (> 0)."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(step * power for step in (1, 2, 5) if step * power <= metres * (1 + ROUNDING))


def draw_scale(axes: Axes) -> None:
    """A bar of a round length in the lower left corner of a map whose unit is the metre."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    length = round_length((right - left) / 5)
    x, y = left + 0.03 * (right - left), bottom + 0.03 * (top - bottom)
    thick = 0.006 * (top - bottom)
    for half, colour in enumerate((symbology.INK, symbology.PAPER)):
        axes.add_patch(
            Rectangle(
                (x + half * length / 2, y),
                length / 2,
                thick,
                facecolor=colour,
                edgecolor=symbology.INK,
                linewidth=0.6,
                zorder=20,
            )
        )
    label = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    halo = withStroke(linewidth=2.5, foreground=symbology.PAPER)
    axes.text(
        x + length / 2,
        y + 2 * thick,
        label,
        ha="center",
        va="bottom",
        fontsize=8,
        color=symbology.INK,
        path_effects=[halo],
        zorder=20,
    )
