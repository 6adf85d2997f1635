"""Classes of demand points, and who crosses between cores and members, from the layers alone."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from optimizer.verification.file.cells import difference
from optimizer.verification.file.written import Written
from optimizer.verification.people import may_use
from optimizer.verification.verdict import NOBODY, PlainPlan

#: Columns of classes, beside all that begin with `class_`.
NAMES = ("role", "ring", "size_class", "stage")
ROLES = {"core", "member", ""}
#: What a core says of who crosses.
CROSSING = ("gives", "draws")


def classes_of_points(written: Written) -> dict[str, list[str]]:
    """Column of a class -> what it says of each demand point, "" where it says nothing.

    The point's own column; where that is empty, those of the jurisdictions around it, the smallest
    first. A column is a class if it is one of text, and of no words but those of roles if it is
    called so.
    """
    geography, problem = written.instance.geography, written.instance.problem
    own, areas = columns_of_classes(geography.demand), columns_of_classes(geography.jurisdictions)
    found: dict[str, list[str]] = {}
    for column in dict.fromkeys([*areas, *own]):
        words = []
        for name, area in zip(
            problem.demand.ids, problem.demand.jurisdiction.tolist(), strict=True
        ):
            word = own.get(column, {}).get(name, "")
            while not word and area >= 0:
                word = areas.get(column, {}).get(problem.jurisdictions.ids[area], "")
                area = int(problem.jurisdictions.parent[area])
            words.append(word)
        if any(words):
            found[column] = words
    return found


def columns_of_classes(table: Any) -> dict[str, dict[str, str]]:
    """Column of a class -> id -> word."""
    found: dict[str, dict[str, str]] = {}
    for column in map(str, table.columns):
        of_class = column in NAMES or (column.startswith("class_") and column != "class_")
        if not of_class or not any(isinstance(cell, str) for cell in table[column]):
            continue
        words = {str(name): _word(cell) for name, cell in table[column].items()}
        if column != "role" or {*words.values()} <= ROLES:
            found[column] = words
    return found


def areas_of_classes(written: Written) -> Iterator[str]:
    """Classes of jurisdictions that are not as their layer says."""
    facts = written.instance.problem.jurisdictions
    columns = columns_of_classes(written.instance.geography.jurisdictions)
    truth = {name_of(column): words for column, words in columns.items()}
    for name in {*truth, *facts.classes}:
        for area, id in enumerate(facts.ids):
            taken = ""
            if name in facts.classes and facts.classes[name].of[area] >= 0:
                taken = facts.classes[name].labels[int(facts.classes[name].of[area])]
            word = truth.get(name, {}).get(id, "")
            yield from difference(f"jurisdictions, {id}", name, taken, word)


def name_of(column: str) -> str:
    """The name of the class that a column holds."""
    return column if column in NAMES else column.removeprefix("class_")


def _word(cell: Any) -> str:
    """The text of a cell, "" where it is empty; a whole number without decimals."""
    if isinstance(cell, float) and not math.isnan(cell) and cell.is_integer():
        return f"{cell:.0f}"
    return "" if str(cell) in {"nan", "NaT", "<NA>", "None"} else str(cell).strip()


def crossing(case: PlainPlan) -> list[dict[int, dict[str, float]]]:
    """By level: core -> persons of members who are served in it, and its own served in members.

    Nothing where there are no cores, or nobody lives in a member or a core.
    """
    problem = case.problem
    facts, roles = problem.jurisdictions, problem.demand.classes.get("role")
    cores = [c for c, role in enumerate(facts.role) if role == "core"]
    nothing: list[dict[int, dict[str, float]]] = [{} for _ in problem.levels]
    if roles is None or not cores or not {"core", "member"} <= {*roles.labels}:
        return nothing

    def around(area: int) -> int:
        while area >= 0 and not facts.role[area]:
            area = int(facts.parent[area])
        return area

    for row, trips in enumerate(case.trips):
        level, may = problem.levels[row], may_use(problem, row)
        gives, draws = defaultdict[int, float](float), defaultdict[int, float](float)
        for trip in trips:
            if trip.site == NOBODY or roles.of[trip.demand] < 0:
                continue
            lives = roles.labels[int(roles.of[trip.demand])]
            there = around(int(problem.sites.jurisdiction[trip.site]))
            persons = may[trip.demand] * level.share * trip.share
            serves = facts.role[there] if there >= 0 else ""
            if (lives, serves) == ("member", "core"):
                gives[there] += persons
            if (lives, serves) == ("core", "member"):
                draws[around(int(problem.demand.jurisdiction[trip.demand]))] += persons
        nothing[row] = {core: {"gives": gives[core], "draws": draws[core]} for core in cores}
    return nothing
