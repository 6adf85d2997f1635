"""The layers as arrays: what the mathematics needs of them, ids not yet rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.geodata.column_reader import Texts
from optimizer.problem import ROLE, Bools, Floats, Ints

STATUSES = EXISTING, REQUIRED, CLOSED = ("existing", "required", "closed")
#: Kinds of zone. Control lines, then land that only makes corridors dearer (sites avoid water),
#: then land that may be flooded.
KINDS = ECOLOGICAL, FARMLAND, DEVELOPMENT, WATER, BUILT_UP, STEEP, FLOOD = (
    *("ecological", "farmland", "development"),
    *("water", "built_up", "steep"),
    "flood",
)
#: Classes of road that are entered at junctions alone, if nothing else is said.
MOTORWAYS = ("motorway", "motorway_link", "expressway", "freeway", "高速", "高速公路")
SHIPS, RAILS = ("ferry", "轮渡"), ("rail", "railway", "铁路")
#: Classes of road on which people wait: at a quay, at a border.
WAITED = (*SHIPS, "border", "口岸")
NO_ACCESS = (*MOTORWAYS, *SHIPS, *RAILS)
#: What `place` says of a demand point that stands for persons whose place is not known.
MODELLED = ("modelled", "pseudo", "pseudo-urban")
#: How the column of a population group begins.
GROUP = "persons_"
#: Columns of classes of demand points, and how those of any other class begin.
CLASSES, CLASS = (ROLE, "ring", "size_class", "stage"), "class_"

#: Service -> the short names of its levels; none for a service without a hierarchy.
Levels = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Areas:
    """Jurisdictions. parent: id, "" at the top; budget, land_quota: NaN where there is none.

    seat: id of a demand point, "" where none is named; classes: name -> class, "" where none is.
    """

    ids: Texts
    parent: Texts
    tier: Texts
    role: Texts
    budget: Floats
    land_quota: Floats
    seat: Texts
    classes: Mapping[str, Texts]


@dataclass(frozen=True, eq=False)
class Points:
    """Demand points. groups: name -> persons; access: minutes from home to the point.

    coarse: the position is uncertain; modelled: the point is no known place.
    classes: name -> class, "" where the point has none of its own.
    """

    ids: Texts
    jurisdiction: Texts
    persons: Floats
    groups: Mapping[str, Floats]
    access: Floats
    coarse: Bools
    modelled: Bools
    classes: Mapping[str, Texts]


@dataclass(frozen=True, eq=False)
class Places:
    """Sites. allowed: (J, S) what may be built; land and hosts: inf where there is no limit."""

    ids: Texts
    jurisdiction: Texts
    allowed: Bools
    cost: Floats
    land: Floats
    hosts: Floats
    egress: Floats


@dataclass(frozen=True, eq=False)
class Standing:
    """Facilities. capacity: column -> persons, NaN where nothing is written.

    closable: may be closed, for `closing` money; running: money per year.
    """

    site: Texts
    service: Texts
    status: Texts
    capacity: Mapping[str, Floats]
    closable: Bools
    closing: Floats
    running: Floats


@dataclass(frozen=True, eq=False)
class Ways:
    """Roads between node ids. kind: (E,) the word of their class, in small letters.

    access: (E,) roads that may be entered between their junctions; shut: (E,) roads that are said
    not to be, whatever their class.
    """

    start: Texts
    end: Texts
    minutes: Floats
    kind: Texts
    access: Bools
    shut: Bools


@dataclass(frozen=True, eq=False)
class Candidates:
    """Corridors that could be built.

    start, end: what they join; shares: id -> part of the cost; link: of which each is a level,
    "" where it is none.
    """

    ids: Texts
    start: Texts
    end: Texts
    minutes: Floats
    cost: Floats
    shares: tuple[Mapping[str, float], ...]
    link: Texts


@dataclass(frozen=True, eq=False)
class Events:
    """Scenarios of failure. probability: NaN where nothing is written.

    sites, corridors, roads: of each event, the names of what fails (a road: `from:to`); all that
    its polygon touches fails too.
    """

    ids: Texts
    probability: Floats
    sites: tuple[tuple[str, ...], ...]
    corridors: tuple[tuple[str, ...], ...]
    roads: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Tables:
    """zones: kind and name of each control line."""

    areas: Areas
    points: Points
    places: Places
    standing: Standing
    ways: Ways
    corridors: Candidates
    zones: tuple[Texts, Texts]
    events: Events


def capacity_columns(levels: Levels) -> dict[str, tuple[str, ...]]:
    """Service -> the columns of `facilities` with its capacity, by level."""
    return {
        service: tuple(f"capacity_{short}" for short in names) or ("capacity",)
        for service, names in levels.items()
    }


def class_of(column: str) -> str | None:
    """The class that a column of this name holds; None: it is of another kind."""
    if column in CLASSES:
        return column
    return column.removeprefix(CLASS) or None if column.startswith(CLASS) else None


def class_column(name: str) -> str:
    """The column that holds a class of this name."""
    return name if name in CLASSES else f"{CLASS}{name}"


def rows(ids: Texts, known: Texts) -> Ints:
    """Row of each id among the known ones, -1 where it is not there."""
    row = {name: n for n, name in enumerate(known)}
    return np.array([row.get(name, -1) for name in ids], dtype=np.int64)
