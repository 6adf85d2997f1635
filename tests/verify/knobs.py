"""Constants of the code that send small questions over the roads of large ones, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from tests.verify.location.towns import Drawing

LOCATION, ALGORITHMS = "optimizer.location.", "optimizer.algorithms."

MEDIAN = {
    "branching": {
        f"{LOCATION}median.exact.MAX_MIP_PAIRS": 0,
        f"{LOCATION}median.exact.MAX_MIP_PAIRS_FEW_OPEN": 0,
        f"{LOCATION}median.exact.MAX_CORE_PAIRS": 0,
    },
    "branching after a first try": {
        f"{LOCATION}median.exact.MAX_MIP_PAIRS": 0,
        f"{LOCATION}median.exact.MAX_MIP_PAIRS_FEW_OPEN": 0,
    },
    "no small program": {f"{LOCATION}median.exact.DIRECT_MIP_PAIRS": 0},
    "few near pairs": {
        f"{LOCATION}median.exact.NEAR_AT_FIRST": 3,
        f"{LOCATION}median.exact.NEAR_PER_SHARE": 1,
    },
}
CENTER = {"few points at first": {f"{LOCATION}center.exact.MAX_FIRST_POINTS": 4}}
HUBS = {"hubs by flows": {f"{LOCATION}hubs.api.MAX_ENUMERATION_WORK": 0}}
ENGINE = MEDIAN | {"far pairs elsewhere": {f"{ALGORITHMS}full.FEW_COLUMNS": 0}}

#: Function -> what can be turned for it.
TURNED: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "p_median": MEDIAN,
    "fixed_charge": MEDIAN,
    "p_center": CENTER,
    "p_hub": HUBS,
    "engine": ENGINE,
}


def turned(draw: Drawing, what: str, often: float) -> dict[str, float]:
    """Constant -> its value in this question."""
    found: dict[str, float] = {}
    for feature, constants in TURNED.get(what, {}).items():
        if draw.some(feature, often):
            found |= constants
    return found


@contextmanager
def held(knobs: Mapping[str, float]) -> Iterator[None]:
    """The constants so, as long as this lasts."""
    with ExitStack() as stack:
        for knob, value in knobs.items():
            stack.enter_context(patch(knob, value))
        yield
