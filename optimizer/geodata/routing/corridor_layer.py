"""The corridors layer, filled: a route for every candidate link, or what stops it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.foundation.warning_log import log_warnings
from optimizer.geodata.column_reader import Sheet, as_text
from optimizer.geodata.instance_file import InstanceFile
from optimizer.geodata.layers import Opener, metric_crs
from optimizer.geodata.load import FILE, load
from optimizer.geodata.routing.context import Ground, ground
from optimizer.geodata.routing.least_cost_path import Prices, Route, prices_of, route
from optimizer.problem import Floats

#: The columns that are filled; all others are the user's own.
FILLED = ("length_km", "minutes", "cost", "cost_shares", "crosses", "rejected", "rejected_by")
#: The layers that a route is made from.
NEEDED = ("jurisdictions", "demand", "roads", "zones")
#: Decimals of a share.
SHARE_DECIMALS = 4

Tell = Callable[[int, int], None]


def corridors(
    folder: Path, overrides: Sequence[str] = (), tell: Tell = lambda done, of: None
) -> tuple[InstanceFile, gpd.GeoDataFrame]:
    """The instance's file, and its corridors layer with a route for each link.

    Of the layer, `attrs["columns"]` has the user's names of columns: known -> theirs, where they
    differ. tell: called with how many links are done, of how many. Raises InputError with every
    fault.
    """
    loaded = load(folder, None, overrides)
    file, faults = loaded.file, loaded.faults
    if file is None:
        raise InputError(faults)
    crs = metric_crs(file.crs, faults)
    if file.layers.corridors is None:
        remedy = _("Name a table with the columns id, from and to")
        raise InputError([Fault(f"{FILE}, layers.corridors", _("is missing"), remedy)])
    opener = Opener(folder, loaded)
    links = opener.table("corridors")
    opened = {name: opener.layer(name) for name in NEEDED if name in loaded.layers}
    layers = {name: layer for name, layer in opened.items() if layer is not None}
    if crs is None or links is None or faults:
        raise InputError(faults)
    tier = None if file.budget is None else file.budget.tier
    log_warnings(opener.warnings)
    under = ground(layers, crs, file.alignment, tier, faults)
    _judge(under, links, faults)
    if faults:
        raise InputError(faults)
    filled = routed(under, links, layers["demand"].crs, tell)
    filled.attrs["columns"] = links.attrs["columns"]
    return file, filled


def routed(
    under: Ground,
    links: pd.DataFrame,
    crs: pyproj.CRS,
    tell: Tell = lambda done, of: None,
) -> gpd.GeoDataFrame:
    """The links, which refer to what is there, with a route for each.

    The lines are in the links' own CRS or, where they are a plain table, in `crs`.
    """
    kinds = as_text(links["kind"]) if "kind" in links.columns else np.full(len(links), "")
    routes = []
    for n, (ends, kind) in enumerate(zip(_ends(under, links), kinds, strict=True)):
        prices: Prices = prices_of(under.surface.alignment, kind)
        routes.append(route(under.surface, ends, prices, under.areas))
        tell(n + 1, len(links))
    payers = [
        sorted({under.payer[a], under.payer[b]})
        for a, b in zip(as_text(links["from"]), as_text(links["to"]), strict=True)
    ]
    filled = {
        "length_km": [round(one.km, 1) for one in routes],
        "minutes": [round(one.minutes, 1) for one in routes],
        "cost": [round(one.cost, 1) for one in routes],
        "cost_shares": [shares(under, one, ends) for one, ends in zip(routes, payers, strict=True)],
        "crosses": [crossed(one.crosses) for one in routes],
        "rejected": [one.reason for one in routes],
        "rejected_by": [one.zone for one in routes],
    }
    own, theirs = pd.DataFrame(links), crs
    if isinstance(links, gpd.GeoDataFrame):
        own, theirs = own.drop(columns=links.geometry.name), links.crs or crs
    lines = gpd.GeoSeries([one.line for one in routes], index=links.index, crs=under.crs)
    return gpd.GeoDataFrame(own.assign(**filled), geometry=lines.to_crs(theirs))


def shares(under: Ground, route: Route, payers: list[str]) -> str:
    """Who pays which share of the cost: `id=share;id=share`.

    By what the corridor costs inside each jurisdiction; what lies in none is shared like the rest.
    Where it meets no polygon the jurisdictions of its ends pay the same.
    """
    total = route.by_area.sum()
    parts = dict.fromkeys(payers, 1 / len(payers))
    if total > 0:
        parts = dict(zip(under.area_ids, route.by_area / total, strict=True))
    rounded = {area: round(float(part), SHARE_DECIMALS) for area, part in parts.items()}
    most = max(rounded, key=lambda area: rounded[area])
    rounded[most] += 1 - sum(rounded.values())
    return ";".join(
        f"{area}={part:.{SHARE_DECIMALS}g}" for area, part in rounded.items() if part > 0
    )


def crossed(crosses: dict[str, float]) -> str:
    """What a line crosses, in words: `water 2.3 km; bridge ecological Lake 0.4 km`."""
    return "; ".join(f"{what} {km:.1f} km" for what, km in crosses.items())


def _ends(under: Ground, links: pd.DataFrame) -> Floats:
    """(n, 2, 2) metres."""
    places = [[under.place[one] for one in as_text(links[column])] for column in ("from", "to")]
    return np.asarray(places, dtype=float).reshape(2, -1, 2).swapaxes(0, 1)


def _judge(under: Ground, links: pd.DataFrame, faults: list[Fault]) -> None:
    """Links without an id of their own, and ends that are nowhere or at one place."""
    if not len(links):
        faults.append(Fault("corridors", _("has no rows"), _("Add at least one")))
        return
    sheet, before = Sheet("corridors", links, faults), len(faults)
    sheet.ids()
    known = np.array(list(under.place), dtype=object)
    for column in ("from", "to"):
        sheet.references(column, known, _("demand or jurisdictions with persons"))
    if len(faults) == before:
        ends = _ends(under, links)
        same = shapely.length(shapely.linestrings(ends)) == 0
        remedy = _("Name two ends at different places")
        sheet.report(same, "to", _("is where it begins"), remedy, as_text(links["to"]))
