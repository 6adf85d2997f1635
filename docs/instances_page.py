"""Tables of docs/instances-know.md, from the layers and the record.

python docs/instances_page.py makes them anew; a test keeps those of the layers true.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pandas as pd
import pyogrio

PAGE = Path(__file__).with_name("instances-know.md")
ROOT = PAGE.parents[1]
#: Written by `python -m benchmarks agglomerations`.
RECORD = ROOT / "benchmarks/records/agglomerations.csv"

#: Roads that the source has; all others are links, ferries and borders that the recipe adds.
MEASURED_ROADS = ("motorway", "trunk", "primary")
#: Places that are none: road nodes that stand for townships without a position.
MODELLED = ("pseudo", "pseudo-urban")
#: Question of the record -> how the page calls its plan.
POLICIES = {
    "efficient": "efficient",
    "default": "default",
    "again": "default, another seed",
    "equal": "equal",
}
DONE = ("build", "upgrade", "close")

Row = dict[str, str]
Rows = Sequence[Row]


def rows_of(record: Path) -> list[Row]:
    """The record, a dict for each line; none where there is no file yet."""
    if not record.is_file():
        return []
    with record.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(page: Path, record: Path) -> None:
    """Put the tables of today between their markers."""
    page.write_text(filled(page.read_text(encoding="utf-8"), record), encoding="utf-8")


def filled(text: str, record: Path = RECORD) -> str:
    """The page with the tables of today: each between `<!-- NAME -->` and `<!-- end NAME -->`."""
    for name, make in TABLES.items():
        start, end = f"<!-- {name} -->", f"<!-- end {name} -->"
        table = "\n".join(make(rows_of(record)))
        between = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        text = between.sub(lambda _, body=f"{start}\n{table}\n{end}": body, text)
    return text


@cache
def folders() -> tuple[str, ...]:
    """Those of the nineteen, in the order of instances/README.md."""
    text = (ROOT / "instances/README.md").read_text(encoding="utf-8")
    first = re.findall(r"^\| ([a-z-]+) \|", text, re.MULTILINE)
    return tuple(dict.fromkeys(one for one in first if _file(one).is_file()))


def _file(folder: str) -> Path:
    """The layers of an agglomeration; instances of other places have other files."""
    return ROOT / "instances" / folder / "instance.gpkg"


def _layer(folder: str, name: str) -> pd.DataFrame:
    """A layer without its geometry."""
    return pyogrio.read_dataframe(_file(folder), layer=name, read_geometry=False)


def _table(head: str, rows: Iterator[str] | list[str]) -> list[str]:
    """Markdown: the first column is words, the others are numbers."""
    columns = head.count("|") - 1
    return [head, "|---|" + "--:|" * (columns - 1), *rows]


def _persons(_: Rows) -> list[str]:
    """How well it is known where persons live."""
    head = (
        "| folder | persons | at a seat | at a township | of that, matched by neighbours only "
        "| at a coarse seat | at a modelled place | own cell, minutes |"
    )
    return _table(head, map(_persons_of, folders()))


def _persons_of(folder: str) -> str:
    people = _layer(folder, "demand")
    persons, place = people["persons"], people["place"]
    modelled = place.isin(MODELLED)
    known = ~modelled & ~people["coarse"].astype(bool)

    def share(of: pd.Series) -> str:
        return f"{persons[of].sum() / persons.sum():.0%}"

    cells = [
        share(known & (place == "seat")),
        share(known & (place == "town")),
        share(known & (people["match_quality"] == "C")),
        share(~modelled & ~known),
        share(modelled),
        f"{(people['access_minutes'] * persons).sum() / persons.sum():.1f}",
    ]
    return f"| {folder} | {persons.sum():,} | {' | '.join(cells)} |"


def _supply(_: Rows) -> list[str]:
    """What stands, and how that is known."""
    head = (
        "| folder | hospitals by counted workers | by assumption | county places per 1000 "
        "| regional places per 1000 referred | may be closed | emergency stations (assumed) "
        "| hubs (airports, stations) | roads of the source | links added "
        "| money a head, CNY a year |"
    )
    return _table(head, map(_supply_of, folders()))


def _supply_of(folder: str) -> str:
    standing, roads = _layer(folder, "facilities"), _layer(folder, "roads")
    persons = _layer(folder, "demand")["persons"].sum()
    budget = _layer(folder, "jurisdictions")["budget"].sum()
    hospitals = standing[standing["service"] == "medical"]
    counted = hospitals["capacity_src"] == "health workers"
    source = roads["class"].isin(MEASURED_ROADS)
    cells = [
        counted.sum(),
        (~counted).sum(),
        round(1000 * hospitals["capacity_county"].sum() / persons),
        round(1000 * hospitals["capacity_regional"].sum() / (REFERRED * persons)),
        hospitals["closable"].sum(),
        (standing["service"] == "emergency").sum(),
        (standing["service"] == "transport").sum(),
        source.sum(),
        (~source).sum(),
        round(1e6 * budget / persons),
    ]
    return f"| {folder} | {' | '.join(f'{cell:,}' for cell in cells)} |"


#: Share of the persons who are referred to a regional hospital, in every instance.
REFERRED = 0.15


def _of(record: Rows, folder: str, question: str) -> Row | None:
    found = [row for row in record if (row["instance"], row["question"]) == (folder, question)]
    return found[0] if found else None


def _solved(record: Rows) -> list[str]:
    """What the default policy took: to the first gap and, where it was asked, to a finer one."""
    head = (
        "| folder | points | sites | useful pairs | objective | bound | gap | seconds "
        "| CPU seconds | MB | check | finer: gap | seconds | CPU seconds | MB "
        "| points of the frontier |"
    )
    return _table(head, filter(None, (_solved_of(record, folder) for folder in folders())))


def _solved_of(record: Rows, folder: str) -> str:
    row = _of(record, folder, "default")
    if row is None:
        return ""
    fine, swept = _of(record, folder, "fine"), _of(record, folder, "frontier")
    cells = [
        *(_count(row[name]) for name in ("points", "sites", "pairs")),
        *(_decimal(row[name], 2) for name in ("objective", "bound")),
        *_took(row),
        row["check"] or row["status"],
        *(_took(fine) if fine else ["", "", "", ""]),
        f"{swept['frontier_points']} of {swept['weights_asked']}" if swept else "",
    ]
    return f"| {folder} | {' | '.join(cells)} |"


def _took(row: Row) -> list[str]:
    """Gap, time and memory; a limit that was met is told by the gap."""
    gap = f"{100 * float(row['gap']):.2f}%" if row["gap"] else row["status"]
    return [gap, _count(row["seconds"]), _count(row["cpu_seconds"]), _count(row["memory_mb"])]


def _count(text: str) -> str:
    return f"{float(text):,.0f}" if text else ""


def _decimal(text: str, digits: int) -> str:
    return f"{float(text):.{digits}f}" if text else ""


def _percent(text: str) -> str:
    return f"{float(text):.0%}" if text else ""


def _plans(record: Rows) -> list[str]:
    """What the plans of each policy do, and how much they differ from that of the default."""
    services = [key.removesuffix("_build") for key in (record or [{}])[0] if key.endswith("_build")]
    words = "".join(f" {one}: built, upgraded, closed |" for one in services)
    head = (
        f"| folder | policy |{words} mean minutes | Kolm-Pollak | options that differ "
        "| persons elsewhere |"
    )
    rows = (
        _plan_of(folder, word, row, services)
        for folder in folders()
        for question, word in POLICIES.items()
        if (row := _of(record, folder, question))
    )
    return _table(head, rows)


def _plan_of(folder: str, word: str, row: Row, services: list[str]) -> str:
    cells = [
        *(", ".join(row[f"{one}_{kind}"] for kind in DONE) for one in services),
        _decimal(row["mean_minutes"], 2),
        _decimal(row["kolm_pollak"], 2),
        _percent(row["options_apart"]),
        _percent(row["persons_elsewhere"]),
    ]
    return f"| {folder} | {word} | {' | '.join(cells)} |"


#: Name of a marked part of the page -> how it is made from the record.
TABLES: dict[str, Callable[[Rows], list[str]]] = {
    "persons": _persons,
    "supply": _supply,
    "solved": _solved,
    "plans": _plans,
}


if __name__ == "__main__":
    write(PAGE, RECORD)
