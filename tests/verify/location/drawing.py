"""One random question to a function of `optimizer.location`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.verify.knobs import turned
from tests.verify.location.asked import Asked
from tests.verify.location.capacities import KINDS as CAPACITIES
from tests.verify.location.hubs import KINDS as HUBS
from tests.verify.location.links import KINDS as LINKS
from tests.verify.location.siting import KINDS as SITING
from tests.verify.location.towns import Drawing

KINDS = {**SITING, **CAPACITIES, **HUBS, **LINKS}


def draw(seed: int, function: str | None = None) -> Asked:
    """The question of this seed. function: absent, any."""
    drawing = Drawing(np.random.default_rng([seed, 101]))
    rng = drawing.rng
    name = function or str(rng.choice([*KINDS], p=_shares()))
    given = KINDS[name].draw(drawing)
    form = "coordinates" if "at" in given else "array"
    if form == "array" and "costs" in given and name in SITING and drawing.some("sparse", 0.15):
        form = "sparse"
    knobs = turned(drawing, name, 0.3)
    return Asked(KINDS[name], name, given, form, seed, frozenset(drawing.features), knobs)


def _shares() -> list[float]:
    """The medians are asked most."""
    often = {"p_median": 6.0, "fixed_charge": 4.0}
    shares = np.array([often.get(name, 1.0) for name in KINDS])
    return (shares / shares.sum()).tolist()


def again(folder: Path) -> Asked:
    """A question that was written down."""
    told = json.loads((folder / "asked.json").read_text("utf-8"))
    given = {name: _read(value) for name, value in told["given"].items()}
    name, form, seed = told["name"], told["form"], told["seed"]
    return Asked(KINDS[name], name, given, form, seed, frozenset(), told["knobs"])


def _read(value: Any) -> Any:
    """Whole numbers stay such: some are rows of others."""
    if isinstance(value, str):
        return float(value)
    if not isinstance(value, list) or (value and isinstance(value[0], list) and _ragged(value)):
        return value
    numbers = np.array(value)
    return numbers.astype(float) if numbers.dtype.kind == "U" else numbers


def _ragged(rows: list[list[Any]]) -> bool:
    """Whether these are groups, and no table."""
    return len({len(row) for row in rows}) > 1
