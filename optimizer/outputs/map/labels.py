"""Where the names on a map go: none over another, the important ones first."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizer.foundation.tolerances import TRACE
from optimizer.problem import Floats

#: Directions round a point (right, up), the preferred first.
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
DISTANCES = (1.0, 1.8)  # times the clearance asked for


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    def shared(self, others: Floats) -> Floats:
        """(N,) areas shared with other boxes. others: (N, 4) left, bottom, right, top."""
        mine = np.array([self.left, self.bottom, self.right, self.top])
        width = np.minimum(mine[2], others[:, 2]) - np.maximum(mine[0], others[:, 0])
        height = np.minimum(mine[3], others[:, 3]) - np.maximum(mine[1], others[:, 1])
        return np.asarray(np.clip(width, 0, None) * np.clip(height, 0, None))


def place(
    anchors: Floats, sizes: Floats, clearance: float, marks: Floats, frame: Box
) -> list[tuple[float, float] | None]:
    """(x, y) of the centre of each label, in pixels, or None where it would cover another.

    anchors: (N, 2) points to name, the most important first; sizes: (N, 2) of the labels;
    marks: (M, 4) boxes that a label should rather not cover; it must not leave the frame.
    """
    taken = np.empty((0, 4))
    centres: list[tuple[float, float] | None] = []
    for anchor, size in zip(anchors, sizes, strict=True):
        best: tuple[float, Box] | None = None
        for box in _candidates(anchor, size, clearance):
            if not _inside(box, frame) or box.shared(taken).any():
                continue
            covered = float(box.shared(marks).sum())
            if best is None or covered < best[0] - TRACE:
                best = (covered, box)
        if best is None:
            centres.append(None)
            continue
        box = best[1]
        taken = np.vstack([taken, [box.left, box.bottom, box.right, box.top]])
        centres.append(((box.left + box.right) / 2, (box.bottom + box.top) / 2))
    return centres


def _candidates(anchor: Floats, size: Floats, clearance: float) -> list[Box]:
    """Boxes of this size round the anchor, the nearest first."""
    boxes = []
    for distance in DISTANCES:
        for right, up in AROUND:
            away = clearance * distance / math.hypot(right, up)
            x = anchor[0] + right * (away + size[0] / 2)
            y = anchor[1] + up * (away + size[1] / 2)
            boxes.append(Box(x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2))
    return boxes


def _inside(box: Box, frame: Box) -> bool:
    return (
        box.left >= frame.left
        and box.right <= frame.right
        and box.bottom >= frame.bottom
        and box.top <= frame.top
    )
