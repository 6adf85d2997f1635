"""Who draws questions, and how much of the time each has."""

from __future__ import annotations

from collections.abc import Mapping

from tests.verify import enumerated
from tests.verify.engine import drawing as engine
from tests.verify.location import drawing as location
from tests.verify.running import Draw

FAMILIES: Mapping[str, tuple[Draw, float]] = {
    "engine": (engine.draw, 4.0),
    "enumerated": (enumerated.draw, 2.0),
    "location": (location.draw, 2.0),
}
