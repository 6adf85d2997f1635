"""What the columns of a layer are called: by the user, and in what is read from them.

A known name in other letters, or cut to ten characters by a Shapefile, is read, and said. One that
is nearly a known name is a fault: what it holds would be left out without a word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from optimizer.foundation.faults import Fault
from optimizer.foundation.language import _
from optimizer.geodata.load import FILE
from optimizer.geodata.tables import GROUP, Levels, capacity_columns, class_of
from optimizer.geodata.words import suggest

#: The columns of each layer that have to be there: where one is not, that is told when it is read.
REQUIRED = {
    "jurisdictions": ("id", "parent", "tier"),
    "demand": ("id", "jurisdiction", "persons"),
    "sites": ("id", "jurisdiction"),
    "facilities": ("site", "service", "status"),
    "roads": ("from", "to", "minutes"),
    "corridors": ("id", "from", "to", "minutes", "cost"),
    "zones": ("kind",),
    "scenarios": ("id",),
}
#: Those that change what is planned where they are there; of `facilities` also its capacities.
OPTIONAL = {
    "jurisdictions": ("role", "budget", "land_quota"),
    "demand": ("access_minutes", "coarse"),
    "sites": ("services", "cost", "land", "hosts", "egress_minutes"),
    "facilities": ("closable", "closing_cost", "running_cost"),
    "roads": ("class", "access"),
    "corridors": ("cost_shares", "link", "kind"),
    "zones": (),
    "scenarios": ("probability", "sites", "corridors", "roads"),
}
#: Those that are only shown.
SHOWN = {
    "jurisdictions": ("name_zh", "name_en", "seat"),
    "demand": ("name_zh", "name_en", "place"),
    "sites": ("name_zh", "name_en"),
    "facilities": ("name",),
    "roads": (),
    "corridors": (),
    "zones": ("id", "name"),
    "scenarios": (),
}
#: So long are the names of columns in a Shapefile.
SHAPEFILE_LENGTH = 10


@dataclass(frozen=True)
class Known:
    """The names that a layer knows; optional: those that change the plan and may be absent."""

    layer: str
    names: tuple[str, ...]
    optional: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Whether a column of this name is read."""
        return name in self.names or self.is_group(name) or self.is_class(name)

    def is_group(self, name: str) -> bool:
        """Whether it counts the persons of a group."""
        return self.layer == "demand" and name.startswith(GROUP) and len(name) > len(GROUP)

    def is_class(self, name: str) -> bool:
        """Whether it may hold a class of demand points: only under just this name."""
        return self.layer in ("demand", "jurisdictions") and class_of(name) is not None


def known_in(layer: str, levels: Levels) -> Known:
    """What is known in a layer where services have these levels."""
    optional = OPTIONAL[layer]
    if layer == "facilities":
        offered = capacity_columns(levels).values()
        capacities = dict.fromkeys(name for names in offered for name in names)
        optional = (*optional, *capacities)
    return Known(layer, (*REQUIRED[layer], *optional, *SHOWN[layer]), optional)


def renamed(
    table: pd.DataFrame, known: Known, named: Mapping[str, str], faults: list[Fault]
) -> tuple[dict[str, str], list[str]]:
    """The user's name -> the known one, for each column that is renamed; what is said of it.

    named: known name -> the user's, as `[columns.LAYER]` says.
    """
    there = [str(name) for name in table.columns]
    meant = _mapped(there, known, named, faults)
    said = []
    free = [name for name in there if name not in meant and not known.has(name)]
    taken = {name for name in there if known.has(name) and name not in meant} | set(meant.values())
    for name, (mine, cut) in _recognised(free, known, taken, faults).items():
        meant[name] = mine
        said.append(
            _(
                "the column {name} is read as {mine}: a Shapefile cuts names to {n} characters",
                name=name,
                mine=mine,
                n=SHAPEFILE_LENGTH,
            )
            if cut
            else _("the column {name} is read as {mine}", name=name, mine=mine)
        )
    taken |= set(meant.values())
    free = [name for name in free if name not in meant]
    faults.extend(_nearly(free, known, taken))
    said.extend(_no_capacities(free, known, table))
    return meant, said


def _mapped(
    there: list[str], known: Known, named: Mapping[str, str], faults: list[Fault]
) -> dict[str, str]:
    """What `[columns.LAYER]` says, as far as it can be."""
    meant: dict[str, str] = {}
    for mine, theirs in named.items():
        where = f"{FILE}, columns.{known.layer}.{mine}"
        if not known.has(mine):
            faults.append(Fault(where, _("no such column is known"), suggest(mine, known.names)))
        elif theirs not in there:
            faults.append(Fault(where, _("no such column"), suggest(theirs, there), value=theirs))
        elif theirs in meant:
            problem = _("its column is {known} already", known=meant[theirs])
            faults.append(Fault(where, problem, _("Name another column"), value=theirs))
        elif mine in there and theirs != mine and mine not in named.values():
            problem = _("there is a column {known} too", known=mine)
            remedy = _("Rename it, or remove this line: {known} is then read", known=mine)
            faults.append(Fault(where, problem, remedy, value=theirs))
        else:
            meant[theirs] = mine
    return meant


def _recognised(
    free: list[str], known: Known, taken: Collection[str], faults: list[Fault]
) -> dict[str, tuple[str, bool]]:
    """Column -> the known name that it is in other letters, or cut, and whether it is cut."""
    meant: dict[str, tuple[str, bool]] = {}
    columns: dict[str, list[str]] = {}
    for name in free:
        plain = _plain(name)
        cut = [
            one
            for one in known.names
            if len(name) == SHAPEFILE_LENGTH < len(one) and one.startswith(plain)
        ]
        if plain in known.names or known.is_group(plain):
            meant[name] = plain, False
        elif len(cut) == 1:
            meant[name] = cut[0], True
        elif cut and not any(one in taken for one in cut):
            problem = _(
                "may be {names}, cut to {n} characters",
                names=_(" or ").join(cut),
                n=SHAPEFILE_LENGTH,
            )
            remedy = _("Say which under [columns.{layer}] in {file}", layer=known.layer, file=FILE)
            faults.append(Fault(known.layer, problem, remedy, None, name))
    for name, (mine, _cut) in meant.items():
        columns.setdefault(mine, [mine] if mine in taken else []).append(name)
    for mine, names in columns.items():
        if len(names) == 1:
            continue
        if not any(_plain(name) == mine for name in names if name != mine):
            for name in names[mine in taken :]:  # what is cut may be a column of another meaning
                del meant[name]
            continue
        problem = _("{names} are the same name", names=_(" and ").join(names))
        remedy = _("Keep one of them, or rename one")
        faults.append(Fault(known.layer, problem, remedy, None, mine))
        for name in names[mine in taken :]:
            del meant[name]
    return meant


def _nearly(free: list[str], known: Known, taken: Collection[str]) -> Iterator[Fault]:
    """Columns one letter away from a known one that is not there."""
    absent = [name for name in known.optional if name not in taken]
    for name in free:
        plain = _plain(name)
        near = [one for one in absent if one_edit(plain, one)]
        if known.layer == "demand":
            ends = (plain[:n] for n in range(len(GROUP) - 1, min(len(plain), len(GROUP) + 2)))
            if any(one_edit(end, GROUP) for end in ends):
                near.append(f"{GROUP}...")
        if near:
            problem = _(
                "is one letter away from {names}, and would not be read",
                names=_(" and ").join(near),
            )
            remedy = _(
                "Rename it {name}, or say so under [columns.{layer}] in {file}; "
                "if it is something else, give it another name",
                name=near[0],
                layer=known.layer,
                file=FILE,
            )
            yield Fault(known.layer, problem, remedy, None, name)


def _no_capacities(free: list[str], known: Known, table: pd.DataFrame) -> Iterator[str]:
    """Numbers that look like the capacities of a level that there is not."""
    if known.layer != "facilities":
        return
    for name in free:
        plain = _plain(name)
        if plain == "capacity" or plain.startswith("capacity_"):
            numbers = pd.to_numeric(table[name], errors="coerce")
            if numbers.notna().any():
                yield _("the column {name} is the capacity of no level, and is not read", name=name)


def _plain(name: str) -> str:
    """A name without what the eye does not tell apart: width, case, spaces around it."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def one_edit(word: str, other: str) -> bool:
    """Whether one letter more, less or another, or two exchanged, make one word the other.

    >>> [one_edit(word, "hosts") for word in ("host", "hostss", "hots", "hosst", "posts", "cost")]
    [True, True, True, True, True, False]
    """
    if word == other:
        return False
    short, long = sorted((word, other), key=len)
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) == len(short) + 1:
        return short[at:] == long[at + 1 :]
    if len(long) != len(short):
        return False
    rest = short[at + 1 :] == long[at + 1 :]
    exchanged = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return rest or exchanged
