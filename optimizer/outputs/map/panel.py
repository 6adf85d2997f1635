"""The column beside the map: title, key numbers, legend. Units: inches, from the top down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from optimizer.foundation.figures import share
from optimizer.foundation.language import in_order, word
from optimizer.foundation.tolerances import TRACE
from optimizer.outputs import reported_equity, symbology
from optimizer.outputs.areas import CELLS
from optimizer.outputs.layers import STATUS, statuses
from optimizer.outputs.map import basemap
from optimizer.outputs.map.fonts import Font
from optimizer.outputs.map.scale import round_length
from optimizer.outputs.names import called
from optimizer.outputs.scenarios import worst_failures
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.summary import per_year
from optimizer.outputs.words import term

WIDTH = 3.6  # inches
LINE = 0.235  # inches from one line to the next
SOFT = "#5a6069"


@dataclass
class Panel:
    """Writes downwards; `y` is the height of the current line."""

    axes: Axes
    study: SolvedInstance
    font: Font
    language: str
    y: float = 0.2

    def say(self, key: str) -> str:
        """A fixed word."""
        return word(key, self.language)

    def called(self, id: str) -> str:
        """The name of a service or level, in the first language that the font can draw it in."""
        names = (called(self.study.instance, id, one) for one in in_order(self.language))
        return self.font.first(*names, id)

    def text(self, x: float, value: str, size: float = 8, room: float = WIDTH, **how: Any) -> None:
        """A text on the current line, made smaller where it is wider than its room."""
        style: dict[str, Any] = {"color": symbology.INK, "va": "center"} | how
        drawn = self.axes.text(x, self.y, self.font.first(value), fontsize=size, **style)
        wide = drawn.get_window_extent().width / self.axes.figure.dpi
        drawn.set_fontsize(size * min(1.0, room / max(wide, TRACE)))

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
    study: SolvedInstance,
    font: Font,
    language: str,
    areas: gpd.GeoDataFrame,
    norm: Normalize,
) -> float:
    """Fill the column; its height in inches. areas: what the map shades, in the range `norm`."""
    panel = Panel(axes, study, font, language)
    for part in (_title, _access, _supply):
        part(panel)
        panel.rule()
    _people(panel)
    _failures(panel)
    _ground(panel)
    panel.rule()
    _shades(panel, areas, norm)
    return panel.y


def _title(panel: Panel) -> None:
    """What this is, how good it is proven to be, and what it costs."""
    geography, result = panel.study.instance.geography, panel.study.result
    titles = (geography.title.get(one) for one in in_order(panel.language))
    panel.text(0, panel.font.first(*titles, geography.name), 17)
    panel.next(1.4)
    called_policy = f" · {geography.policy_name}" if geography.policy_name else ""
    panel.text(0, panel.say("plan") + called_policy, 9.5, color=SOFT)
    panel.next(1.2)
    if (kept := panel.study.instance.aggregation) is not None:
        into = term(kept.into, panel.language)
        panel.text(0, panel.say("coarse look").format(into), 8.5, color=basemap.LOSES)
        panel.next()
    proven = panel.say("proven gap").format(share(result.gap, 2))
    if not np.isfinite(result.gap):
        proven = panel.say("no bound")
    panel.text(0, f"{panel.say(result.status)}: {proven}", 8.5)
    panel.next()
    money = f"{panel.study.indicators.cost:,.0f} {geography.currency}"
    money = per_year(panel.study.instance, money, panel.language)
    panel.text(0, f"{panel.say('cost of the plan')} {money}", 8.5)
    panel.next()


def _access(panel: Panel) -> None:
    """One line per level: mean minutes, share covered, equity."""
    equity, by_level = panel.study.instance.policy.equity, reported_equity.by_level(panel.study)
    columns = ((2.1, "mean"), (2.85, "coverage"), (WIDTH, "equity"))
    for x, key in columns:
        panel.text(x, panel.say(key), 7, color=SOFT, ha="right")
    panel.next()
    problem = panel.study.instance.problem
    order = {service.id: row for row, service in enumerate(problem.services)}
    for row, indicators in enumerate(panel.study.indicators.levels):
        level = problem.levels[row]
        panel.text(
            0,
            panel.called(level.id),
            room=1.5,
            color=symbology.colour(order[level.service]),
        )
        region = indicators.region
        fair = reported_equity.amount(by_level.get(row, np.nan), equity, decimals=1)
        values = (f"{region.mean:.1f}", share(region.coverage), fair)
        for (x, _), value in zip(columns, values, strict=True):
            panel.text(x, value, ha="right")
        panel.next()
    said = reported_equity.in_words(panel.study.instance, equity, panel.language)
    unit = reported_equity.unit(equity, panel.language)
    note = f"{panel.say('mean in minutes')}; {panel.say('equity')}: {said} ({unit})"
    panel.text(0, note, 6.5, color=SOFT)
    panel.next()


def _supply(panel: Panel) -> None:
    """One line per service: its marks and how many of each there are."""
    study = panel.study
    options, chosen = study.instance.problem.options, study.plan.options
    kinds = statuses(study.instance.problem)
    scale = basemap.badge_scale(len(chosen))
    columns = np.linspace(1.75, 3.25, len(kinds)).tolist()
    for x, kind in zip(columns, kinds, strict=True):
        panel.text(x, panel.say(STATUS[kind]), 7, color=SOFT, ha="center")
    panel.next()
    for row, service in enumerate(study.instance.problem.services):
        panel.text(0, panel.called(service.id), room=1.4)
        for x, kind in zip(columns, kinds, strict=True):
            here = (options.service[chosen] == row) & (options.kind[chosen] == kind)
            panel.mark(x - 0.12, basemap.badge_line(row, STATUS[kind], scale))
            panel.text(x, str(int(here.sum())))
        panel.next()


def _people(panel: Panel) -> None:
    """How large a dot is for how many persons, and which colour means a loss."""
    most = float(panel.study.instance.problem.demand.persons.max())
    large = round_length(most)
    for x, persons in ((0.16, large), (1.6, large / 5)):
        across = basemap.LARGEST_DOT * np.sqrt(persons / most)
        dot = Line2D([], [], marker="o", markersize=across, color=basemap.DOT, mew=0)
        dot.set_alpha(basemap.DOT_ALPHA)
        panel.mark(x, dot)
        panel.text(
            x + 0.24, f"{persons:,.0f} {panel.say('persons after a number')}", 7.5, room=1.15
        )
    panel.next()
    if (classes := basemap.compared(panel.study)) is not None:
        name = term(panel.study.instance.policy.equity.among, panel.language)
        for row, label in enumerate(classes.labels):
            said = panel.say("label").format(name, term(label, panel.language))
            _dot(panel, symbology.colour(row), said)
    if basemap.losers(panel.study).any():
        _dot(panel, basemap.LOSES, panel.say("loses against"))
    _uncertain(panel)
    _unmet(panel)


def _uncertain(panel: Panel) -> None:
    """What a hollow dot is, and the share of persons whose place is modelled or coarse."""
    homes = panel.study.instance.geography.homes
    if homes is None:
        return
    everybody, at_modelled, at_coarse = homes.in_all
    if at_modelled > 0:
        hollow = Line2D([], [], marker="o", markersize=7, mfc="none", mec=basemap.DOT)
        hollow.set(markeredgewidth=basemap.RIM, alpha=basemap.DOT_ALPHA)
        panel.mark(0.16, hollow)
        said = panel.say("modelled place").format(share(at_modelled / everybody, 0))
        panel.text(0.4, said, 7.5, WIDTH - 0.4)
        panel.next()
    if at_coarse > 0:
        said = panel.say("coarse place").format(share(at_coarse / everybody, 0))
        panel.text(0.4, said, 7.5, WIDTH - 0.4)
        panel.next()


def _unmet(panel: Panel) -> None:
    """What a cross is, and by level how many persons have an unmet need."""
    levels = [one for one in panel.study.indicators.levels if one.region.unmet]
    if levels:
        panel.mark(0.16, basemap.cross())
        panel.text(0.4, panel.say("needs are unmet"), 7.5)
        panel.next()
    for one in levels:
        told = f"{one.region.unmet:,.0f} ({share(one.region.unmet_share)})"
        panel.text(0.4, panel.called(one.level), 7.5, room=1.6)
        panel.text(WIDTH, told, 7.5, ha="right")
        panel.next()


def _dot(panel: Panel, colour: str, said: str) -> None:
    """What the colour of a demand point means."""
    dot = Line2D([], [], marker="o", markersize=7, color=colour, mew=0)
    dot.set_alpha(basemap.DOT_ALPHA)
    panel.mark(0.16, dot)
    panel.text(0.4, said, 7.5, WIDTH - 0.4)
    panel.next()


def _failures(panel: Panel) -> None:
    """What a ring is, and how much the worst of them takes."""
    worst = worst_failures(panel.study)
    if len(worst):
        panel.mark(0.16, basemap.ring())
        panel.text(0.4, panel.say("worst failures").format(worst["lost"].max()), 7.5, WIDTH - 0.4)
        panel.next()


def _ground(panel: Panel) -> None:
    """The lines and zones that are on this map, two in a row."""
    geography = panel.study.instance.geography
    kinds = set() if geography.zones is None else set(geography.zones["kind"])
    keys: dict[str, Artist] = {"road": _stroke(symbology.ROAD)}
    if geography.corridors is not None:
        keys["candidate corridor"] = _stroke(symbology.CORRIDOR, linestyle=(0, (4, 3)))
        if len(panel.study.plan.corridors):
            keys["built corridor"] = _stroke(symbology.CORRIDOR, 2.2)
    if kinds.intersection(basemap.FORBIDDEN):
        keys["no building"] = _patch(facecolor=symbology.ZONE)
    for land in [land for land in basemap.LAND if land in kinds]:
        keys[land] = _patch(facecolor=basemap.LAND[land])
    if basemap.DEVELOPMENT in kinds:
        keys["development"] = _patch(facecolor="none", edgecolor=symbology.BOUNDARY)
    for number, (key, sample) in enumerate(keys.items()):
        if number and number % 2 == 0:
            panel.next()
        x = 1.48 * (number % 2)
        sample.set_transform(Affine2D().translate(x, panel.y) + panel.axes.transData)
        panel.axes.add_artist(sample)
        panel.text(x + 0.32, panel.say(key), 7.5, room=1.15)
    panel.next()


def _stroke(colour: str, width: float = 1.0, **style: Any) -> Line2D:
    """A sample of a line, at the origin."""
    return Line2D([0, 0.24], [0, 0], color=colour, linewidth=width, **style)


def _patch(**style: Any) -> Rectangle:
    """A sample of an area, at the origin."""
    return Rectangle((0, -0.055), 0.24, 0.11, **style)


def _shades(panel: Panel, areas: gpd.GeoDataFrame, norm: Normalize) -> None:
    """What the shade of an area says, and what the areas are."""
    policy = panel.study.instance.policy
    shown = policy.equity.measure if reported_equity.fares(policy) == "equity" else "mean"
    said = f"{panel.say(shown)} ({panel.say('minutes')})"
    panel.text(0, f"{said}, {panel.say('all services')}", 7.5)
    panel.next()
    low, high = float(norm.vmin or 0), float(norm.vmax or 0)
    panel.axes.imshow(
        np.linspace(0, 1, 256)[None, :],
        cmap=basemap.PALE,
        extent=(0, WIDTH, panel.y + 0.07, panel.y - 0.07),
        aspect="auto",
    )
    panel.next(0.9)
    for at, side in ((0.0, "left"), (0.5, "center"), (1.0, "right")):
        panel.text(at * WIDTH, f"{low + at * (high - low):g}", 7, ha=side)
    panel.next()
    if (areas["area"] == CELLS).any():
        panel.text(0, panel.say("cells"), 6.5, color=SOFT)
        panel.next()
