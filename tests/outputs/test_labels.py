"""Where names go on a map."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.outputs.map.labels import Box, place

FRAME = Box(0, 0, 200, 100)
NONE = np.empty((0, 4))


def test_a_name_stands_to_the_right_where_nothing_is_in_the_way() -> None:
    # Clearance 5 and half of a width of 20: 15 to the right of the point.
    assert place(np.array([(50.0, 50.0)]), np.array([(20.0, 10.0)]), 5, NONE, FRAME) == [(65, 50)]


def test_a_name_keeps_off_marks_and_inside_the_frame() -> None:
    anchors, sizes = np.array([(185.0, 50.0)]), np.array([(20.0, 10.0)])
    assert place(anchors, sizes, 5, NONE, FRAME) == [(170, 50)]  # to the left: the frame ends
    mark = np.array([(160.0, 45.0, 180.0, 55.0)])
    assert place(anchors, sizes, 5, mark, FRAME) == [(185, 60)]  # above: the left is taken


def test_a_name_rather_covers_a_mark_than_goes_missing() -> None:
    everywhere = np.array([(0.0, 0.0, 200.0, 100.0)])
    assert place(np.array([(50.0, 50.0)]), np.array([(20.0, 10.0)]), 5, everywhere, FRAME) == [
        pytest.approx((65, 50))
    ]


@given(
    st.lists(st.tuples(st.floats(0, 200), st.floats(0, 100)), min_size=1, max_size=15),
    st.floats(5, 60),
)
@settings(max_examples=60, deadline=None)
def test_no_name_covers_another_and_the_first_always_stands(
    anchors: list[tuple[float, float]], width: float
) -> None:
    sizes = np.tile((width, 10.0), (len(anchors), 1))
    found = place(np.array(anchors), sizes, 4, NONE, FRAME)
    assert found[0] is not None
    shown = [spot for spot in found if spot is not None]
    for number, (x, y) in enumerate(shown):
        assert x - width / 2 + 1e-9 >= 0 and x + width / 2 <= 200 + 1e-9
        for a, b in shown[:number]:
            assert abs(x - a) >= width - 1e-6 or abs(y - b) >= 10 - 1e-6
