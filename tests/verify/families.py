"""Who draws questions, and how much of the time each has."""

from __future__ import annotations

from collections.abc import Mapping

from tests.verify.location import drawing as location
from tests.verify.running import Draw

FAMILIES: Mapping[str, tuple[Draw, float]] = {"location": (location.draw, 1.0)}
