"""A plan under stress in a terminal, and as JSON: the worst failures, and the worst attack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
from rich.console import Console

from optimizer.foundation.figures import share
from optimizer.foundation.language import word
from optimizer.outputs.names import called, jurisdiction_name
from optimizer.outputs.rows import as_table
from optimizer.outputs.stress.layers import hardest
from optimizer.outputs.words import name
from optimizer.solution import Solved
from optimizer.stress.attack import Attack
from optimizer.stress.failures import SITE, Failure
from optimizer.stress.file import Stressed


def show(stressed: Stressed, top: int, console: Console, language: str) -> None:
    """Print two tables, and a sentence on the worst failure of all."""
    for title, failures in (
        ("critical sites", stressed.sites),
        ("critical links", stressed.streets),
    ):
        console.print(word(title, language), style="bold")
        rows = [_row(stressed, failure, language) for failure in failures[:top]]
        console.print(as_table(rows, language) if rows else word("none", language))
    console.print(word("how stress counts", language))
    ends = len(stressed.links) - len(stressed.streets)
    if ends:
        console.print(word("dead ends", language).format(ends))
    for sentence in _worst(stressed, language):
        console.print(sentence)


def attacked(
    stressed: Stressed, on: str, count: int, worst: Solved[Attack], language: str
) -> dict[str, Any]:
    """The worst attack as one object; `sentence` says it in the language."""
    plan = worst.plan
    assert plan is not None
    names = [_name(stressed, on, row, language) for row in plan.elements.tolist()]
    sentence = word("attack", language).format(
        count=count,
        what=word(f"attacked {on}" if count > 1 else f"one attacked {on}", language),
        names=word("; ", language).join(names) or "-",
        lost=f"{plan.after - plan.before:,.0f}",
        share=share(_share(plan.after - plan.before, plan.before)),
        bound=f"{worst.bound - plan.before:,.0f}",
    )
    return {
        "on": on,
        "count": count,
        "elements": [stressed.name(on, row) for row in plan.elements.tolist()],
        "before": plan.before,
        "after": plan.after,
        "bound": worst.bound,
        "status": worst.status,
        "seconds": worst.seconds,
        "sentence": sentence,
    }


def report(stressed: Stressed, top: int) -> dict[str, Any]:
    """The worst failures for `--json`: each level in numbers."""
    return {
        "plan": stressed.plan,
        "instance": stressed.instance.geography.name,
        "counts_cut_off_as": "unmet.minutes of the level, or its cut-off",
        "warnings": stressed.instance.geography.warnings,
        "sites": [_numbers(stressed, failure) for failure in stressed.sites[:top]],
        "links": [_numbers(stressed, failure) for failure in stressed.links[:top]],
    }


def _numbers(stressed: Stressed, failure: Failure) -> dict[str, Any]:
    problem = stressed.instance.problem
    numbers: dict[str, Any] = {
        "id": stressed.name(failure.kind, failure.row),
        "kind": failure.kind,
        "lost": failure.weighed,
        "levels": {},
    }
    if failure.kind != SITE:
        numbers["kind"] = "road" if stressed.corridor(failure.row) is None else "corridor"
        numbers["dead_end"] = bool(stressed.standing.ground.dead_end[failure.row])
    for row, (level, loss) in enumerate(zip(problem.levels, failure.losses, strict=True)):
        point, area = hardest(stressed, row, loss) if loss.person_minutes > 0 else (-1, -1)
        numbers["levels"][level.id] = {
            "persons": loss.persons,
            "person_minutes": loss.person_minutes,
            "cut_off": loss.cut_off,
            "beyond_capacity": loss.beyond,
            "most_minutes": float(loss.minutes.max()),
            "hardest_point": None if point < 0 else problem.demand.ids[point],
            "hardest_jurisdiction": None if area < 0 else problem.jurisdictions.ids[area],
        }
    return numbers


def _row(stressed: Stressed, failure: Failure, language: str) -> dict[str, Any]:
    """What a failure takes, and of that the level where it takes most by its weight."""
    problem, weights = stressed.instance.problem, stressed.standing.weights
    lost = weights * [loss.person_minutes for loss in failure.losses]
    level = int(np.argmax(lost))
    loss = failure.losses[level]
    row: dict[str, Any] = {
        "name": _name(stressed, failure.kind, failure.row, language),
        "person_minutes": round(failure.weighed),
        "cut_off": round(sum(one.cut_off for one in failure.losses)),
        "beyond": round(sum(one.beyond for one in failure.losses)),
        "hardest_level": "",
        "who_lose": 0,
        "mean_lost": None,
        "hardest_point": "",
        "most_lost": None,
        "hardest_area": "",
    }
    if loss.person_minutes > 0:
        point, area = hardest(stressed, level, loss)
        row |= {
            "hardest_level": called(stressed.instance, problem.levels[level].id, language),
            "who_lose": round(loss.persons),
            "mean_lost": round(loss.person_minutes / loss.persons, 1),
            "hardest_point": _called(
                stressed.instance.geography.demand, problem.demand.ids[point], language
            ),
            "most_lost": round(float(loss.minutes[point]), 1),
            "hardest_area": jurisdiction_name(stressed.instance, area, language)
            if area >= 0
            else "",
        }
    return row


def _worst(stressed: Stressed, language: str) -> Iterator[str]:
    """One sentence on the failure that takes most of all, dead ends not counted."""
    every = (*stressed.sites[:1], *stressed.streets[:1])
    worst = max(every, key=lambda one: one.weighed, default=None)
    if worst is None or worst.weighed <= 0:
        yield word("nothing is lost", language)
        return
    standing = stressed.standing
    usual = sum(
        weight * float(trips.persons @ trips.minutes)
        for weight, trips in zip(standing.weights, standing.trips, strict=True)
    )
    row = _row(stressed, worst, language)
    yield word("worst failure", language).format(
        name=row["name"],
        lost=f"{worst.weighed:,.0f}",
        share=share(_share(worst.weighed, usual)),
        level=row["hardest_level"],
        persons=f"{row['who_lose']:,}",
        mean=row["mean_lost"],
        point=row["hardest_point"],
        most=row["most_lost"],
    )


def _name(stressed: Stressed, kind: str, row: int, language: str) -> str:
    """What people call a site, a corridor, or the two ends of a road."""
    geography, id = stressed.instance.geography, stressed.name(kind, row)
    if kind == SITE:
        return _called(geography.sites, id, language)
    if stressed.corridor(row) is not None:
        assert geography.corridors is not None
        return _called(geography.corridors, id, language)
    ends = stressed.instance.parts.hung.sections.names[row]
    return " - ".join(_called(geography.demand, end, language) for end in ends)


def _called(layer: gpd.GeoDataFrame, id: str, language: str) -> str:
    """The name of a row in the language, else in the other one, else its id."""
    if id not in layer.index:
        return id
    user = layer.loc[id]
    columns = {"zh": "name_zh", "en": "name_en"}
    given = {key: user.get(column) for key, column in columns.items()}
    names = {key: value for key, value in given.items() if isinstance(value, str)}
    return name(names, id, language)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
