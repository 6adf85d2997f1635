"""What a plan tells of where persons live: the way in the own cell, and what is modelled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from optimizer.assessment.own_cell import own_cell
from optimizer.foundation.figures import number, share
from optimizer.foundation.language import _, word
from optimizer.geodata.geography import Instance
from optimizer.geodata.homes import Homes
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.names import called, jurisdiction_name
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.terminal import Grid
from optimizer.outputs.words import listed
from optimizer.problem import Floats


def columns(instance: Instance) -> dict[str, Floats]:
    """Columns of the layer `jurisdictions`: persons at modelled and at coarse places, if any."""
    homes = instance.geography.homes
    if homes is None or not homes.uncertain:
        return {}
    return {"persons_modelled": homes.at_modelled, "persons_coarse": homes.at_coarse}


def stated(study: SolvedInstance) -> dict[str, Any]:
    """Keys of the manifest: `own_cell` where there is such a way, `homes` where any are uncertain.

    own_cell: minutes and share of all levels by weight, and of each in `levels`.
    homes: persons, at_modelled, at_coarse, shares of the last two; the same by jurisdiction.
    """
    homes, told = study.instance.geography.homes, dict[str, Any]()
    if homes is None:
        return told
    if homes.access.any():
        whole, levels = own_cell(study.instance.case, study.indicators, homes.access)
        by_level = {
            of.id: {"minutes": one.minutes, "share": one.share}
            for of, one in zip(study.instance.problem.levels, levels, strict=True)
        }
        told["own_cell"] = {"minutes": whole.minutes, "share": whole.share, "levels": by_level}
    if homes.uncertain:
        ids = study.instance.problem.jurisdictions.ids
        areas = {ids[c]: _shares(*_of(homes, c)) for c in np.flatnonzero(homes.persons).tolist()}
        told["homes"] = _shares(*homes.in_all) | {"jurisdictions": areas}
    return told


def sentences(study: SolvedInstance, language: str) -> Iterator[str]:
    """What share of the mean minutes is the way in the own cell."""
    homes = study.instance.geography.homes
    if homes is None or not homes.access.any():
        return
    whole, levels = own_cell(study.instance.case, study.indicators, homes.access)
    names = (called(study.instance, level.id, language) for level in study.instance.problem.levels)
    parts = (
        f"{name} {number(one.minutes, 1)} ({share(one.share)})"
        for name, one in zip(names, levels, strict=True)
    )
    yield _(
        "of the mean minutes {minutes} ({share}) are access_minutes, the way in the own cell, "
        "which no plan changes: {levels}",
        minutes=number(whole.minutes, 1),
        share=share(whole.share),
        levels=listed(parts, language),
    )


def table(study: SolvedInstance, language: str) -> Grid | None:
    """One row per jurisdiction that has persons at uncertain places; None where there are none."""
    instance, homes = study.instance, study.instance.geography.homes
    if homes is None or not homes.uncertain:
        return None
    grid = Grid()
    grid.title = word("where persons live", language)
    for place, key in enumerate(("jurisdiction", "persons", "at modelled", "at coarse")):
        grid.add_column(word(key, language), right=place > 0)
    tiers, tier = instance.problem.jurisdictions.tier, focus_tier(instance)
    uncertain = homes.at_modelled + homes.at_coarse
    order = np.argsort(-uncertain / np.maximum(homes.persons, 1), kind="stable")
    for c in order.tolist():
        if tiers[c] == tier and uncertain[c] > 0:
            grid.add_row(jurisdiction_name(instance, c, language), *_cells(*_of(homes, c)))
    grid.add_section()
    grid.add_row(word("all", language), *_cells(*homes.in_all))
    return grid


def _of(homes: Homes, c: int) -> tuple[float, float, float]:
    """Persons of a jurisdiction: all, at modelled places, at coarse ones."""
    return float(homes.persons[c]), float(homes.at_modelled[c]), float(homes.at_coarse[c])


def _cells(*persons: float) -> Iterator[str]:
    everybody, *some = persons
    yield number(everybody, 0)
    for part in some:
        yield f"{number(part, 0)} ({share(part / everybody)})"


def _shares(everybody: float, modelled: float, coarse: float) -> dict[str, float]:
    return {
        "persons": everybody,
        "at_modelled": modelled,
        "at_coarse": coarse,
        "modelled_share": modelled / everybody,
        "coarse_share": coarse / everybody,
    }
