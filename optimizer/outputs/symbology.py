"""How a plan looks on every map: colours, shapes and classes, told apart by the colour-blind."""

from __future__ import annotations

import math
from dataclasses import dataclass

from optimizer.foundation.tolerances import NO_MINUTES
from optimizer.problem import Level

INK, GREY, PAPER = "#22262b", "#8a9099", "#ffffff"
STEP = 1.5  # millimetres
ROAD = "#bfc2c8"
ZONE = "#c1dcb6"
WATER = "#d3e4ee"
BUILT_UP = "#dcd3cf"
BOUNDARY = "#5f8a4c"
CORRIDOR = "#5c4d7d"
REMOVED = "#a03c78"
CLOSED = "#d9dce0"

#: One colour and shape per service, in the order of the instance; after the last, again the first.
COLOURS = ("#c8501e", "#1565a8", "#6a3d9a", "#b8860b", "#0f7b6c", "#9c2f5f")
SHAPES = ("triangle", "square", "diamond", "pentagon", "hexagon", "star")

#: Minutes as multiples of the standard, up to which each colour holds: blue is within it.
CLASSES = (
    (0.5, "#2c7bb6"),
    (1.0, "#abd9e9"),
    (1.5, "#fee090"),
    (2.0, "#fc8d59"),
    (math.inf, "#d73027"),
)

#: Minutes lost, as multiples of the standard; blue has gained, grey is as before.
LOSSES = ((0.25, "#fee090"), (0.5, "#fc8d59"), (math.inf, "#d73027"))
GAINED, UNCHANGED = "#2c7bb6", "#d9dce0"

#: Persons that are less than one, on a map.
NOBODY = 0.5


@dataclass(frozen=True)
class Class:
    """Minutes in (lower, upper] have this colour; an end that is not finite is none."""

    lower: float
    upper: float
    colour: str

    @property
    def label(self) -> str:
        """The range in figures."""
        lower, upper = (f"{round(edge, 3) + 0.0:g}" for edge in (self.lower, self.upper))
        if self.upper == math.inf:
            return f"> {lower}"
        if self.lower == -math.inf:
            return f"< {upper}"
        return lower if lower == upper else f"{lower} – {upper}"

    def condition(self, value: str) -> str:
        """The range as a condition on a value, an expression; 0 belongs to what starts there."""
        above = f"{value} {'>=' if self.lower == 0 else '>'} {self.lower:g}"
        below = f"{value} <= {self.upper:g}"
        edges = ((above, self.lower), (below, self.upper))
        return " AND ".join(said for said, edge in edges if math.isfinite(edge))


@dataclass(frozen=True)
class Badge:
    """How a facility of a status is drawn: fill and outline colour, size in millimetres."""

    fill: str
    outline: str
    size: float


def classes(level: Level) -> list[Class]:
    """The colours of minutes at a level; the service standard divides blue from orange."""
    edges = [0.0, *(multiple * level.standard for multiple, _ in CLASSES)]
    return [
        Class(lower, upper, colour)
        for lower, upper, (_, colour) in zip(edges[:-1], edges[1:], CLASSES, strict=True)
    ]


def losses(level: Level) -> list[Class]:
    """The colours of minutes that people have more than in another plan."""
    edges = [NO_MINUTES, *(multiple * level.standard for multiple, _ in LOSSES)]
    return [
        Class(-math.inf, -NO_MINUTES, GAINED),
        Class(-NO_MINUTES, NO_MINUTES, UNCHANGED),
        *(
            Class(lower, upper, colour)
            for lower, upper, (_, colour) in zip(edges[:-1], edges[1:], LOSSES, strict=True)
        ),
    ]


def unmet() -> list[Class]:
    """The colours of persons with an unmet need: grey is next to nobody."""
    return [Class(0.0, NOBODY, UNCHANGED), Class(NOBODY, math.inf, INK)]


def colour(service: int) -> str:
    """The colour of a service (row)."""
    return COLOURS[service % len(COLOURS)]


def shape(service: int) -> str:
    """The shape of a service (row)."""
    return SHAPES[service % len(SHAPES)]


def badge(service: int, status: str) -> Badge:
    """Hollow is kept, half-strong is upgraded, full and larger is new, grey and small is closed."""
    own = colour(service)
    return {
        "kept": Badge(PAPER, own, 2.2),
        "upgraded": Badge(paler(own, 0.55), own, 2.8),
        "built": Badge(own, INK, 3.2),
        "closed": Badge(CLOSED, GREY, 1.9),
    }[status]


def paler(colour: str, share: float) -> str:
    """The colour mixed with this share of white."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in parts)


def beside(service: int, services: int) -> tuple[float, float]:
    """(right, up) millimetres by which a facility steps aside for the others at its site."""
    if services == 1:
        return 0.0, 0.0
    angle = 2 * math.pi * service / services + math.pi / 2
    return STEP * math.cos(angle), STEP * math.sin(angle)
