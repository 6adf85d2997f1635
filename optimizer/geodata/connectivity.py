"""Who reaches whom on the roads: faults of demand points and sites that no road brings together."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np

from optimizer.foundation.faults import Fault
from optimizer.foundation.figures import many
from optimizer.foundation.language import N_, _, spoken, word
from optimizer.geodata.assemble import Parts
from optimizer.geodata.candidate_corridors import Ends
from optimizer.geodata.classes import NEVER_MINUTES
from optimizer.geodata.column_reader import Sheet, Texts
from optimizer.geodata.load import FILE
from optimizer.geodata.services_of_file import place
from optimizer.problem import Corridors, Ints, Level

Layers = Mapping[str, gpd.GeoDataFrame]

#: Ids that are named in a sentence, at most.
TOLD_IDS = 5


def pieces(parts: Parts, build: Ends, decided: bool, faults: list[Fault]) -> None:
    """All demand points, and all sites in use, hang on one piece of the roads.

    Where corridors are decided, those that can be built may join pieces.
    """
    hung, used = parts.hung, np.unique(parts.options.site)
    joined = hung.network.pieces_with(build.start.node, build.end.node)
    piece = joined if decided else hung.network.piece
    demand, sites = piece[hung.demand.node], piece[hung.sites.node[used]]
    needed = np.unique(np.concatenate([demand, sites]))
    if len(needed) == 1:
        return
    each = []
    for one in needed.tolist():
        points = parts.tables.points.ids[demand == one]
        places = parts.tables.places.ids[used][sites == one]
        each.append(
            _(
                "{n:,} nodes with {points} and {sites}",
                n=(piece == one).sum(),
                points=called(many(len(points), "demand point"), points),
                sites=called(many(len(places), "site"), places),
            )
        )
    problem = _(
        "the road graph is in {n} pieces that are needed: {pieces}",
        n=len(needed),
        pieces=word("; ", spoken()).join(each),
    )
    remedy = _("Join them by a road or a ferry")
    if len(np.unique(joined[np.concatenate([hung.demand.node, hung.sites.node[used]])])) == 1:
        remedy = _(
            "Join them by a road or a ferry, or let corridors that join them be built: "
            "policy.corridors = true"
        )
    faults.append(Fault("roads", problem, remedy))


def reach(parts: Parts, corridors: Corridors | None, layers: Layers, faults: list[Fault]) -> None:
    """Each demand point reaches a site, at each level, at least when corridors are built.

    Not where needs may be unmet.
    """
    sheet = Sheet("demand", layers["demand"], faults)
    for row, level in enumerate(parts.levels):
        if not parts.offers[:, row].any():
            problem = _("nothing could offer {level}", level=level.id)
            remedy = _("Add a size that offers it, sites where it may be built, or facilities")
            faults.append(Fault(f"{FILE}, {place(level.service, level.id)}", problem, remedy))
            continue
        lost = np.full(len(sheet), not level.may_be_unmet)
        lost[parts.pairs[row].origin] = False
        if corridors is not None:
            lost[corridors.faster[row].origin] = False
        if lost.any():
            problem = _reaches_none(level, corridors is not None)
            sheet.report(lost, None, problem, _way_out(parts, row, np.flatnonzero(lost)))


def _reaches_none(level: Level, built: bool) -> str:
    """The problem of who reaches no site of a level; built: not even by corridors."""
    if level.border and built:
        sentence = N_(
            "reaches no site of {level} within its {tier} in {minutes:g} minutes, "
            "whatever corridors the money builds"
        )
    elif level.border:
        sentence = N_("reaches no site of {level} within its {tier} in {minutes:g} minutes")
    elif built:
        sentence = N_(
            "reaches no site of {level} in {minutes:g} minutes, whatever corridors the money builds"
        )
    else:
        sentence = N_("reaches no site of {level} in {minutes:g} minutes")
    return _(sentence, level=level.id, tier=level.border, minutes=level.cutoff)


def _way_out(parts: Parts, row: int, lost: Ints) -> Texts:
    """(I,) what may help a demand point that reaches no site of this level."""
    ever = parts.travel(lost, NEVER_MINUTES)
    ever = ever.only(parts.admissible(row, ever))
    nearest = np.full(len(parts.demand_area), np.inf)
    np.minimum.at(nearest, ever.origin, ever.minutes)
    level = parts.levels[row]
    key = f"{place(level.service, level.id)}.cutoff"
    return np.array(
        [
            _(
                "The nearest is {minutes:.1f} minutes away: add a site, or raise {key}",
                minutes=minutes,
                key=key,
            )
            if np.isfinite(minutes)
            else _("There is none that may serve it: add a site")
            for minutes in nearest
        ],
        dtype=object,
    )


def called(count: str, ids: Texts) -> str:
    """How many, and which if they are few."""
    if not 0 < len(ids) <= TOLD_IDS:
        return count
    return _("{count} ({names})", count=count, names=", ".join(ids))
