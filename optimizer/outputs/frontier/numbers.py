"""The numbers of the points, beside their marks wherever there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from optimizer.outputs.frontier.places import Place, by_place, numbered, steps
from optimizer.outputs.map import labels
from optimizer.problem import Floats
from optimizer.sweep.task import Frontier

CLEARANCE, MARK = 12.0, 8.0  # pixels between a mark and its number, and round a mark


@dataclass(frozen=True)
class Number:
    """What is said at a place; knees and ends come before others."""

    at: Place
    text: str
    later: bool


def draw_numbers(axes: Axes, frontiers: Sequence[Frontier]) -> None:
    """Beside each mark the points that it stands for, first to last; none over another."""
    numbers = sorted(_numbers(frontiers), key=lambda number: number.later)
    texts = [axes.text(*one.at, one.text, fontsize=8, ha="center", va="center") for one in numbers]
    extents = [text.get_window_extent() for text in texts]
    marks = _pixels(axes, np.array([one.at for one in numbers]))
    lines = [_pixels(axes, steps(frontier)) for frontier in frontiers]
    boxes = [_boxes(line[:-1], line[1:]) for line in lines]
    spots = labels.place(
        marks,
        np.array([(extent.width, extent.height) for extent in extents]).reshape(-1, 2),
        CLEARANCE,
        np.vstack([*boxes, _boxes(marks - MARK, marks + MARK)]),
        labels.Box(*axes.bbox.extents),
    )
    for text, spot in zip(texts, spots, strict=True):
        if spot is None:
            text.remove()
        else:
            x, y = axes.transData.inverted().transform(spot)
            text.set_position((x, y))


def _numbers(frontiers: Sequence[Frontier]) -> Iterator[Number]:
    number_of = {id(point): number for number, _, point in numbered(frontiers)}
    for frontier in frontiers:
        places = by_place(frontier)
        for row, (at, here) in enumerate(places):
            numbers = [number_of[id(point)] for point in here]
            ends = dict.fromkeys((min(numbers), max(numbers)))
            first = row in (0, len(places) - 1) or any(point.knee for point in here)
            yield Number(at, "–".join(map(str, ends)), later=not first)


def _pixels(axes: Axes, places: Floats) -> Floats:
    """(N, 2) where these places are drawn."""
    return np.asarray(axes.transData.transform(places.reshape(-1, 2)))


def _boxes(one: Floats, other: Floats) -> Floats:
    """(N, 4) a box round each two points: left, bottom, right, top."""
    return np.hstack([np.minimum(one, other) - 1, np.maximum(one, other) + 1])
