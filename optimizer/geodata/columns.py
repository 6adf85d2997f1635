"""The columns of each layer: judged, and turned into arrays. What is wrong becomes a fault.

Judged is what a layer says by itself and about others. Ids that are None belong to a layer that
could not be read: references to it are not judged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import networkx as nx
import numpy as np
import pandas as pd

from optimizer.foundation.faults import Fault
from optimizer.foundation.language import _
from optimizer.foundation.tolerances import WRITTEN_SHARES
from optimizer.geodata.column_reader import Sheet, Texts, as_text
from optimizer.geodata.tables import (
    EXISTING,
    GROUP,
    KINDS,
    MODELLED,
    NO_ACCESS,
    STATUSES,
    Areas,
    Candidates,
    Events,
    Levels,
    Places,
    Points,
    Standing,
    Tables,
    Ways,
    capacity_columns,
    class_of,
)
from optimizer.problem import ROLE, ROLES, Bools, Floats

#: How yes and no may be written.
YES, NO = ("true", "yes", "1"), ("false", "no", "0")
#: The layers with ids that the others refer to.
NEEDED = ("jurisdictions", "demand", "sites")


def tables(layers: Mapping[str, pd.DataFrame], levels: Levels, faults: list[Fault]) -> Tables:
    """Judge every layer that could be opened. What is returned makes sense if there are no faults.

    A layer that is not there, or has no rows, has nothing to complain about.
    """

    def sheet(name: str) -> Sheet:
        if len(layers.get(name, ())):
            return Sheet(name, layers[name], faults)
        return Sheet(name, pd.DataFrame(), [])

    for name in (*NEEDED, "roads"):
        if name in layers and not len(layers[name]):
            faults.append(Fault(name, _("has no rows"), _("Add at least one")))
    for name in ("zones", "scenarios"):  # somebody believes that they hold something back
        if name in layers and not len(layers[name]):
            remedy = _("Add them, or leave the layer out of [layers]")
            faults.append(Fault(name, _("has no rows"), remedy))
    known = (*NEEDED, "corridors")
    ids = {name: sheet(name).ids() if len(layers.get(name, ())) else None for name in known}
    area_ids, site_ids, demand_ids = ids["jurisdictions"], ids["sites"], ids["demand"]
    ends = None
    if area_ids is not None and demand_ids is not None:
        ends = np.concatenate([area_ids, demand_ids])
    return Tables(
        areas(sheet("jurisdictions"), area_ids, demand_ids),
        points(sheet("demand"), area_ids),
        places(sheet("sites"), area_ids, levels),
        standing(sheet("facilities"), site_ids, levels),
        ways(sheet("roads")),
        corridors(sheet("corridors"), ends, area_ids),
        zones(sheet("zones")),
        events(sheet("scenarios"), site_ids, ids["corridors"], _names_of_roads(layers)),
    )


def areas(sheet: Sheet, ids: Texts | None, demand_ids: Texts | None = None) -> Areas:
    """Jurisdictions, nested without a cycle."""
    parent = sheet.references("parent", ids, "jurisdictions", empty=True)
    own = sheet.text("id", "")
    above = nx.DiGraph((a, b) for a, b in zip(own, parent, strict=True) if a and b)
    for cycle in nx.simple_cycles(above):
        first = cycle.index(min(cycle))
        around = " > ".join([*cycle[first:], *cycle[: first + 1]])
        remedy = _("Give one of them another parent, or none")
        problem = _("the parents form a cycle, {around}", around=around)
        sheet.faults.append(Fault(sheet.layer, problem, remedy, None, "parent"))
    return Areas(
        own,
        parent,
        sheet.filled("tier"),
        sheet.words("role", ROLES, optional=True),
        sheet.numbers("budget", np.nan, np.nan, _("Write money, 0 or more")),
        sheet.numbers("land_quota", np.nan, np.nan, _("Write hectares, 0 or more")),
        _seats(sheet, demand_ids),
        _classes(sheet),
    )


def points(sheet: Sheet, area_ids: Texts | None) -> Points:
    """Demand points and their persons, by group too."""
    groups = [str(name) for name in sheet.table.columns if str(name).startswith(GROUP)]
    amount = _("Write persons, 0 or more")
    persons = sheet.numbers("persons", remedy=amount)
    if len(sheet) and (persons == 0).all():
        remedy = _("Write how many live at each demand point")
        sheet.faults.append(Fault(sheet.layer, _("nobody lives here"), remedy, None, "persons"))
    return Points(
        sheet.text("id", ""),
        sheet.references("jurisdiction", area_ids, "jurisdictions"),
        persons,
        {name.removeprefix(GROUP): sheet.numbers(name, remedy=amount) for name in groups},
        sheet.numbers("access_minutes", 0.0, remedy=_("Write minutes, 0 or more")),
        _yes(sheet, "coarse"),
        np.isin(sheet.text("place", "", free=True), MODELLED),
        _classes(sheet),
    )


def places(sheet: Sheet, area_ids: Texts | None, services: Collection[str]) -> Places:
    """Sites, what may be built there, and how much of it."""
    return Places(
        sheet.text("id", ""),
        sheet.references("jurisdiction", area_ids, "jurisdictions"),
        _allowed(sheet, list(services)),
        sheet.numbers("cost", 0.0, remedy=_("Write money, 0 or more")),
        sheet.numbers(
            "land", np.inf, np.inf, _("Write hectares, 0 or more, or nothing for no limit")
        ),
        sheet.numbers(
            "hosts",
            np.inf,
            np.inf,
            _("Write a whole number of services, or nothing for no limit"),
            whole=True,
        ),
        sheet.numbers("egress_minutes", 0.0, remedy=_("Write minutes, 0 or more")),
    )


def standing(sheet: Sheet, site_ids: Texts | None, levels: Levels) -> Standing:
    """Facilities: what stands, what must be built and what may not be used."""
    site = sheet.references("site", site_ids, "sites")
    service = sheet.words("service", levels)
    both = _texts([f"{a}:{b}" for a, b in zip(site, service, strict=True)])
    sheet.twice(both, "site", _("the same service in more than one row"))
    capacity: dict[str, Floats] = {}
    offered = capacity_columns(levels)
    for column in dict.fromkeys(name for names in offered.values() for name in names):
        capacity[column] = sheet.numbers(column, np.nan, np.nan, _("Write persons, 0 or more"))
        theirs = [name for name, columns in offered.items() if column in columns]
        wrong = ~np.isnan(capacity[column]) & np.isin(service, list(levels))
        wrong &= ~np.isin(service, theirs)
        remedies = [
            _("Its capacity stands in {columns}", columns=", ".join(offered.get(name, ())))
            for name in service
        ]
        sheet.report(wrong, column, _("is not for this service"), _texts(remedies), service)
    status = sheet.words("status", STATUSES)
    return Standing(site, service, status, capacity, *_closing(sheet, status))


def _closing(sheet: Sheet, status: Texts) -> tuple[Bools, Floats, Floats]:
    """(n,) which facilities may be closed, for how much money, and what they cost per year."""
    money, stands = _("Write money, 0 or more"), status == EXISTING
    closable = _yes(sheet, "closable")
    closing = sheet.numbers("closing_cost", 0.0, 0.0, money)
    running = sheet.numbers("running_cost", 0.0, 0.0, money)
    remedy = _("Write false, or change the status to {status}", status=EXISTING)
    sheet.report(closable & ~stands, "closable", _("nothing stands that could close"), remedy)
    remedy = _("Write true in closable, or leave the cost out")
    never = (closing > 0) & ~closable
    sheet.report(never, "closing_cost", _("is not closable"), remedy, closing)
    remedy = _("Leave it out: what is built costs per year what its size says")
    sheet.report(
        (running > 0) & ~stands, "running_cost", _("nothing stands that could run"), remedy, running
    )
    return closable, closing, running


def ways(sheet: Sheet) -> Ways:
    """Roads."""
    minutes = sheet.numbers("minutes", remedy=_("Write minutes, 0 or more"))
    kind = _texts([text.casefold().replace(" ", "_") for text in sheet.text("class", "")])
    closed, said = np.isin(kind, NO_ACCESS), sheet.text("access", "", free=True) != ""
    may = np.where(said, _yes(sheet, "access"), ~closed).astype(bool)
    return Ways(sheet.filled("from"), sheet.filled("to"), minutes, kind, may, said & ~may)


def corridors(sheet: Sheet, ends: Texts | None, area_ids: Texts | None) -> Candidates:
    """Corridors. ends: what they may join. Without shares the two ends' areas pay half each."""
    start, end = (sheet.references(c, ends, _("demand or jurisdictions")) for c in ("from", "to"))
    minutes = sheet.numbers("minutes", remedy=_("Write minutes, 0 or more"))
    cost = sheet.numbers("cost", remedy=_("Write money, 0 or more"))
    shares = sheet.text("cost_shares", "")
    known = None if area_ids is None else set(area_ids)
    wrong = np.array([text != "" and not _adds_up(text, known) for text in shares], dtype=bool)
    remedy = _("Write id=share;id=share with ids of jurisdictions and shares that sum to 1")
    sheet.report(wrong, "cost_shares", _("is not a list of shares"), remedy, shares)
    paid = tuple(
        {} if bad else _shares(text) for text, bad in zip(shares, wrong.tolist(), strict=True)
    )
    link = sheet.text("link", "")
    return Candidates(sheet.text("id", ""), start, end, minutes, cost, paid, link)


def zones(sheet: Sheet) -> tuple[Texts, Texts]:
    """The kind of each control line, and what it is called: its name, else its id or number."""
    name = sheet.text("name", "", free=True)
    return sheet.words("kind", KINDS), np.where(name == "", sheet.rows, name)


def events(
    sheet: Sheet, site_ids: Texts | None, corridor_ids: Texts | None, roads: Texts | None
) -> Events:
    """Scenarios of failure, each with what fails in it. roads: `from:to`, either way."""
    known = {"sites": site_ids, "corridors": corridor_ids, "roads": roads}
    lists = {column: sheet.lists(column, ids, column) for column, ids in known.items()}
    drawn = sheet.drawn()
    empty = ~drawn & np.array([not any(row) for row in zip(*lists.values(), strict=True)], bool)
    remedy = _("Draw a polygon around it, or name it in sites, corridors or roads")
    sheet.report(empty, None, _("says nothing of what fails"), remedy)
    remedy = _("Write a share from 0 to 1")
    probability = sheet.numbers("probability", np.nan, np.nan, remedy)
    sheet.report(probability > 1, "probability", _("is above 1"), remedy, probability)
    if len(sheet):
        sheet.ids()
    return Events(sheet.text("id", ""), probability, **lists)


def _seats(sheet: Sheet, demand_ids: Texts | None) -> Texts:
    """(n,) the demand point of each jurisdiction's government, "" where none is named."""
    seats = sheet.text("seat", "")
    if demand_ids is not None:
        problem = _("no such row in {layer}", layer="demand")
        sheet.unknown("seat", seats, list(demand_ids), problem)
    return seats


def _classes(sheet: Sheet) -> dict[str, Texts]:
    """Name -> class of each row."""
    found: dict[str, Texts] = {}
    for column, words in class_columns(sheet.table).items():
        name = class_of(column) or ""
        if name in found:
            problem, remedy = _("is a class of the same name as another"), _("Rename one")
            sheet.faults.append(Fault(sheet.layer, problem, remedy, None, column, name))
        found[name] = words
    return found


def class_columns(table: pd.DataFrame) -> dict[str, Texts]:
    """Column of a class -> its word in each row. Numbers are something else of the user's.

    So is a column `role` with other words than the known ones.
    """
    found: dict[str, Texts] = {}
    for column in map(str, table.columns):
        if class_of(column) is not None and any(isinstance(cell, str) for cell in table[column]):
            words = as_text(table[column])
            if column != ROLE or {*words} <= {*ROLES, ""}:
                found[column] = words
    return found


def _names_of_roads(layers: Mapping[str, pd.DataFrame]) -> Texts | None:
    """What roads are called, either way; None where the layer could not be read."""
    table = layers.get("roads")
    if table is None or not {"from", "to"} <= set(table.columns):
        return None
    ends = list(zip(as_text(table["from"]), as_text(table["to"]), strict=True))
    return _texts([f"{a}:{b}" for pair in ends for a, b in (pair, pair[::-1])])


def _allowed(sheet: Sheet, services: list[str]) -> Bools:
    """(J, S) which services may be built where; all of them where there is no such column."""
    allowed = np.ones((len(sheet), len(services)), dtype=bool)
    if not sheet.has("services"):
        return allowed
    lists = sheet.lists("services", _texts(services), "services", _("unknown service"))
    for column, service in enumerate(services):
        allowed[:, column] = [service in words for words in lists]
    return allowed


def _yes(sheet: Sheet, column: str) -> Bools:
    """(n,) yes or no; no where the column is absent or empty."""
    values = _texts([text.lower() for text in sheet.text(column, "", free=True)])
    known = np.isin(values, [*YES, *NO, ""])
    sheet.report(~known, column, _("is neither yes nor no"), _("Write true or false"), values)
    return np.isin(values, YES)


def _shares(text: str) -> dict[str, float]:
    """Id -> share, of `id=share;id=share`."""
    parts = (part.partition("=") for part in text.split(";") if part)
    return {name.strip(): float(share) for name, _equals, share in parts}


def _adds_up(text: str, known: set[str] | None) -> bool:
    """Whether it is `id=share;id=share` with known ids and shares that sum to 1."""
    parts = [part.partition("=") for part in text.split(";")]
    try:
        shares = [float(share) for *_name, share in parts]
    except ValueError:
        return False
    ids = [name.strip() for name, *_share in parts]
    named = known is None or known.issuperset(ids)
    return named and min(shares) >= 0 and abs(sum(shares) - 1) <= WRITTEN_SHARES


def _texts(values: list[str]) -> Texts:
    return np.array(values or [], dtype=object)
