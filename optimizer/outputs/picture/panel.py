"""The column beside the map: title, key numbers, legend. Units: inches, from the top down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from optimizer.outputs import look
from optimizer.outputs.layers import STATUS
from optimizer.outputs.names import called
from optimizer.outputs.picture import ground
from optimizer.outputs.picture.fonts import Font
from optimizer.outputs.picture.scale import round_length
from optimizer.outputs.study import Study
from optimizer.outputs.words import name, word
from optimizer.problem import BUILD, KEEP, UPGRADE

WIDTH = 3.6  # inches
LINE = 0.235  # inches from one line to the next
SOFT = "#5a6069"


@dataclass
class Panel:
    """Writes downwards; `y` is the height of the current line."""

    axes: Axes
    canvas: FigureCanvasAgg
    study: Study
    font: Font
    language: str
    y: float = 0.2

    def say(self, key: str) -> str:
        """A fixed word."""
        return word(key, self.language)

    def text(self, x: float, value: str, size: float = 8, room: float = WIDTH, **how: Any) -> None:
        """A text on the current line, made smaller where it is wider than its room."""
        style = {"color": look.INK, "va": "center", "parse_math": False} | how
        drawn = self.axes.text(x, self.y, self.font.first(value), fontsize=size, **style)
        wide = drawn.get_window_extent(self.canvas.get_renderer()).width / self.canvas.figure.dpi
        drawn.set_fontsize(size * min(1.0, room / max(wide, 1e-9)))

    def mark(self, x: float, artist: Line2D) -> None:
        """A mark on the current line."""
        artist.set_data([x], [self.y])
        self.axes.add_line(artist)

    def next(self, lines: float = 1.0) -> None:
        """Go down."""
        self.y += lines * LINE

    def rule(self) -> None:
        """A thin line across."""
        self.next(-0.1)
        self.axes.add_line(Line2D([0, WIDTH], [self.y] * 2, color="#d0d4d9", linewidth=0.7))
        self.next(0.9)


def draw_panel(
    axes: Axes,
    canvas: FigureCanvasAgg,
    study: Study,
    font: Font,
    language: str,
    norm: Normalize,
) -> float:
    """Fill the column; its height in inches."""
    panel = Panel(axes, canvas, study, font, language)
    for part in (_title, _access, _supply, _ground):
        part(panel)
        panel.rule()
    _shades(panel, norm)
    return panel.y


def _title(panel: Panel) -> None:
    """What this is, how good it is proven to be, and what it costs."""
    geography, result = panel.study.instance.geography, panel.study.result
    panel.text(0, name(geography.title, geography.name, panel.language), 17)
    panel.next(1.4)
    called_policy = f" · {geography.policy_name}" if geography.policy_name else ""
    panel.text(0, panel.say("plan") + called_policy, 9.5, color=SOFT)
    panel.next(1.2)
    gap = f"{panel.say('gap')} {result.gap:.2%}" if np.isfinite(result.gap) else ""
    panel.text(0, f"{panel.say(result.status)} · {gap}".rstrip(" ·"), 8.5)
    panel.next()
    money = f"{panel.study.indicators.cost:,.0f} {geography.currency}"
    panel.text(0, f"{panel.say('cost')} {money}", 8.5)
    panel.next()


def _access(panel: Panel) -> None:
    """One line per level: mean minutes, share covered, equity."""
    equity = panel.study.instance.policy.equity
    columns = ((2.1, "mean"), (2.85, "coverage"), (WIDTH, "equity"))
    for x, key in columns:
        panel.text(x, panel.say(key), 7, color=SOFT, ha="right")
    panel.next()
    problem = panel.study.instance.problem
    order = {service.id: row for row, service in enumerate(problem.services)}
    for level, found in zip(problem.levels, panel.study.indicators.levels, strict=True):
        panel.text(
            0,
            called(panel.study, level.id, panel.language),
            room=1.5,
            color=look.colour(order[level.service]),
        )
        region = found.region
        values = (f"{region.mean:.1f}", f"{region.coverage:.0%}", f"{region.equity[equity]:.1f}")
        for (x, _), value in zip(columns, values, strict=True):
            panel.text(x, value, ha="right")
        panel.next()
    panel.text(0, f"{panel.say('mean minutes')}; {panel.say('equity')}: {_equity(panel)}", 6.5)
    panel.next()


def _supply(panel: Panel) -> None:
    """One line per service: its marks and how many of each there are."""
    study = panel.study
    options, chosen = study.instance.problem.options, study.plan.options
    kinds = (KEEP, UPGRADE, BUILD)
    columns = (1.75, 2.5, 3.25)
    for x, kind in zip(columns, kinds, strict=True):
        panel.text(x, panel.say(STATUS[kind]), 7, color=SOFT, ha="center")
    panel.next()
    for row, service in enumerate(study.instance.problem.services):
        panel.text(0, called(study, service.id, panel.language), room=1.4)
        for x, kind in zip(columns, kinds, strict=True):
            here = (options.service[chosen] == row) & (options.kind[chosen] == kind)
            panel.mark(x - 0.12, ground.badge_line(row, STATUS[kind]))
            panel.text(x, str(int(here.sum())))
        panel.next()


def _ground(panel: Panel) -> None:
    """The other things on the map that there are."""
    geography, demand = panel.study.instance.geography, panel.study.instance.problem.demand
    most = float(demand.persons.max())
    large = round_length(most)
    for x, persons in ((0.12, large), (1.6, large / 5)):
        across = ground.LARGEST_DOT * np.sqrt(persons / most)
        dot = Line2D([], [], marker="o", markersize=across, color=ground.DOT, alpha=0.5, mew=0)
        panel.mark(x, dot)
        panel.text(x + 0.2, f"{persons:,.0f} {panel.say('persons')}", 7.5, room=1.25)
    panel.next()
    keys: list[tuple[str, dict[str, Any]]] = [("road", {"color": look.ROAD, "linewidth": 1.0})]
    if geography.corridors is not None:
        dashed = {"color": look.CORRIDOR, "linewidth": 1.0, "linestyle": (0, (4, 3))}
        keys.append(("candidate corridor", dashed))
    for number, (key, style) in enumerate(keys):
        x = 1.48 * number
        panel.axes.add_line(Line2D([x, x + 0.24], [panel.y] * 2, **style))
        panel.text(x + 0.32, panel.say(key), 7.5)
    panel.next()
    if geography.zones is not None:
        panel.axes.add_patch(
            Rectangle((0, panel.y - 0.055), 0.24, 0.11, facecolor=look.ZONE, edgecolor="none")
        )
        panel.text(0.32, panel.say("zone"), 7.5)
        panel.next()


def _shades(panel: Panel, norm: Normalize) -> None:
    """What the shade of an area says."""
    panel.text(0, f"{panel.say('areas')}: {_equity(panel)}", 7.5)
    panel.next()
    low, high = float(norm.vmin or 0), float(norm.vmax or 0)
    panel.axes.imshow(
        np.linspace(0, 1, 256)[None, :],
        cmap=ground.PALE,
        extent=(0, WIDTH, panel.y + 0.07, panel.y - 0.07),
        aspect="auto",
    )
    panel.next(0.9)
    for share, side in ((0.0, "left"), (0.5, "center"), (1.0, "right")):
        panel.text(share * WIDTH, f"{low + share * (high - low):g}", 7, ha=side)
    panel.next()


def _equity(panel: Panel) -> str:
    """The policy's measure in words, with its unit."""
    policy = panel.study.instance.policy
    return panel.say(policy.equity) + panel.say(", minutes, all services by weight")
