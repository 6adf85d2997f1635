"""Implausible magnitudes: speeds, persons, money and capacities in a unit that nobody means.

Each cause is told once, with the likely unit, not row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import shapely

from optimizer.efficiency import EFFICIENCIES
from optimizer.foundation.figures import many
from optimizer.foundation.tolerances import TRACE
from optimizer.geodata.assemble import Parts
from optimizer.geodata.instance_file import InstanceFile
from optimizer.geodata.tables import RAILS, SHIPS
from optimizer.problem import BUILD, KEEP, Bools, Floats
from optimizer.question import Policy

Shapes = Mapping[str, gpd.GeoSeries]

#: Kilometres per hour: below walking pace, faster than cars on roads, faster than trains.
WALK_KMH, CAR_KMH, TRAIN_KMH = 4.0, 150.0, 400.0
#: Kilometres from which a speed can be told from rounded minutes and a rough line.
LONG_KM = 0.2
#: Persons of a region, and for each square kilometre of it, that are few; and too many.
FEW_PERSONS, FEW_PER_KM2, MAX_PERSONS = 1000.0, 0.5, 2e9
#: Square kilometres of a region large enough to have a density.
LARGE_KM2 = 100.0
#: How many times too little, or too much, is another unit.
TOO_LITTLE, TOO_MUCH = 100.0, 1000.0
#: Minutes of a cut-off that are few, of a standard that are many, of access that are too many.
SHORT_CUTOFF, LONG_STANDARD, LONG_ACCESS = 3.0, 600.0, 60.0
#: Measures that are never longer than the longest trip.
IN_MINUTES = ("mean", "maximum", "cvar", "kolm_pollak", "alpha_fair")
#: How much longer than straight no way is.
MAX_DETOUR = 5.0


def strange_numbers(
    file: InstanceFile, policy: Policy, parts: Parts, shapes: Shapes
) -> Iterator[str]:
    """Warnings about magnitudes. shapes: of each layer, in metres."""
    yield from _roads(parts, shapes)
    yield from _corridors(parts, shapes)
    yield from _network(file, parts)
    yield from _standards(parts)
    yield from _persons(parts, shapes)
    yield from _money(file, policy, parts)
    yield from _prices(parts)
    yield from _caps(policy, parts)
    yield from _capacity(parts)
    yield from _standing(parts)
    yield from _land(parts)


def _roads(parts: Parts, shapes: Shapes) -> Iterator[str]:
    ways = parts.tables.ways
    names = [f"{a}:{b}" for a, b in zip(ways.start, ways.end, strict=True)]
    km = shapely.length(shapes["roads"].to_numpy()) / 1000
    rail, ship = np.isin(ways.kind, RAILS), np.isin(ways.kind, SHIPS)
    most = np.where(rail, TRAIN_KMH, CAR_KMH)
    yield from _speeds("roads", names, km, ways.minutes, most, ~ship)
    long = km >= LONG_KM
    if long.sum() >= 10 and np.allclose(km[long], ways.minutes[long], rtol=0.01):
        yield "roads: all go 60 km/h: are the minutes kilometres?"


def _corridors(parts: Parts, shapes: Shapes) -> Iterator[str]:
    table = parts.tables.corridors
    km, every = shapely.length(shapes["corridors"].to_numpy()) / 1000, np.ones(len(table.ids), bool)
    most = np.full(len(km), TRAIN_KMH)
    yield from _speeds("corridors", table.ids.tolist(), km, table.minutes, most, every)


def _speeds(
    layer: str, names: list[str], km: Floats, minutes: Floats, most: Floats, may_be_slow: Bools
) -> Iterator[str]:
    """Faster than `most`, or slower than people walk. All arrays are of the rows of the layer."""
    long = km >= LONG_KM
    with np.errstate(divide="ignore", invalid="ignore"):
        kmh = np.where(long, km / minutes * 60, np.nan)
    fast, slow = kmh > most, (kmh < WALK_KMH) & may_be_slow
    whole = float(km[long].sum() / max(minutes[long].sum(), TRACE) * 60)
    if fast.any():
        worst = int(np.where(fast, kmh, 0).argmax())
        told = f"faster than {most[worst]:g} km/h, {names[worst]} {_kmh(kmh[worst])}"
        yield _speed(layer, fast, told, whole, {"hours": 60.0})
    if slow.any():
        worst = int(np.where(slow, kmh, np.inf).argmin())
        told = f"slower than {WALK_KMH:g} km/h, {names[worst]} {_kmh(kmh[worst])}"
        yield _speed(layer, slow, told, whole, {"seconds": 1 / 60, "metres": 1 / 1000})


def _speed(layer: str, some: Bools, told: str, whole: float, units: Mapping[str, float]) -> str:
    """units: unit that the minutes may be in -> how many times too fast all roads are then."""
    likely = [unit for unit, times in units.items() if 2 * WALK_KMH < whole / times < CAR_KMH]
    what = f"are they {' or '.join(likely)}?" if likely else "are they right?"
    rows = f"{int(some.sum()):,} of {many(len(some), 'row')}"
    return f"{layer}: {rows} {told}; the column minutes holds minutes: {what}"


def _kmh(kmh: float) -> str:
    """A speed in words."""
    if np.isinf(kmh):
        return "in no time"
    return f"at {kmh:,.0f} km/h" if kmh >= 10 else f"at {kmh:.2g} km/h"


def _network(file: InstanceFile, parts: Parts) -> Iterator[str]:
    how = file.network
    if not WALK_KMH / 2 <= how.access_kmh <= CAR_KMH:
        yield f"network.access_kmh: nobody goes to a road at {how.access_kmh:g} km/h"
    if how.detour > MAX_DETOUR:
        yield f"network.detour: no way is {how.detour:g} times as long as straight"
    for layer, column, minutes in (
        ("demand", "access_minutes", parts.tables.points.access),
        ("sites", "egress_minutes", parts.tables.places.egress),
    ):
        given = minutes[minutes > 0]
        if len(given) and np.median(given) > LONG_ACCESS:
            yield f"{layer}: {column} is {np.median(given):g} in the middle: are they seconds?"


def _standards(parts: Parts) -> Iterator[str]:
    for level in parts.levels:
        if level.cutoff < SHORT_CUTOFF:
            yield f"{level.id}: the cut-off is {level.cutoff:g} minutes: are they hours?"
        if level.standard > LONG_STANDARD:
            yield f"{level.id}: the standard is {level.standard:g} minutes: are they seconds?"


def _persons(parts: Parts, shapes: Shapes) -> Iterator[str]:
    persons = float(parts.tables.points.persons.sum())
    places = shapely.get_coordinates(shapes["demand"].to_numpy())
    area = float(shapely.convex_hull(shapely.multipoints(places)).area) / 1e6
    thin = area > LARGE_KM2 and persons / area < FEW_PER_KM2
    if persons < FEW_PERSONS or thin:
        density = f", {persons / area:.2g} for each square kilometre" if area > LARGE_KM2 else ""
        yield (
            f"demand: {persons:,.6g} persons in the whole region{density}: is the column persons "
            "in thousands or ten thousands (万)?"
        )
    if persons > MAX_PERSONS:
        yield f"demand: {persons:,.4g} persons in all, more than in any country"


def _money(file: InstanceFile, policy: Policy, parts: Parts) -> Iterator[str]:
    table, places = parts.options, parts.tables.places
    cost = table.cost + places.cost[table.site]
    cost = np.where(table.kind == BUILD, cost, table.cost)
    priced = cost[cost > 0]
    if not len(priced):
        return
    everything = np.zeros(int(table.facility.max()) + 1)
    np.maximum.at(everything, table.facility, cost)
    given = []
    if policy.budget is not None:
        areas = parts.jurisdictions
        pays = np.array([tier == policy.budget.tier for tier in areas.tier])
        money = float(np.nansum(areas.budget[pays])) * policy.budget.scale
        given.append(("jurisdictions: all budgets together", money))
    if policy.cost_bound is not None:
        given.append(("policy.cost_bound:", policy.cost_bound))
    unit = f" {file.currency}" if file.currency else ""
    for what, money in given:
        if 0 < money < priced.min():
            yield (
                f"{what} {money:,.6g}{unit} pay for nothing, the cheapest option costs "
                f"{priced.min():,.6g}: are both in the same unit?"
            )
        if money > TOO_MUCH * everything.sum():
            yield (
                f"{what} {money:,.6g}{unit} are over {TOO_MUCH:,.0f} times what all that can be "
                f"built costs, {everything.sum():,.6g}: are both in the same unit?"
            )


def _prices(parts: Parts) -> Iterator[str]:
    """What sites, sizes and corridors cost, kind by kind: in one unit they are not so far apart."""
    every = {
        "sites": parts.tables.places.cost,
        "corridors": parts.tables.corridors.cost,
        **{
            f"services.{service.id}": np.array([size.cost for size in service.sizes])
            for service in parts.services
        },
    }
    middle = {name: np.median(some[some > 0]) for name, some in every.items() if (some > 0).any()}
    if not middle:
        return
    low, high = min(middle, key=middle.__getitem__), max(middle, key=middle.__getitem__)
    if middle[high] > TOO_MUCH * TOO_LITTLE * middle[low]:
        yield (
            f"costs: those of {low} are {middle[low]:,.4g} in the middle, those of {high} "
            f"{middle[high]:,.4g}: are both in the same unit?"
        )


def _caps(policy: Policy, parts: Parts) -> Iterator[str]:
    """Caps in minutes that no trip exceeds, and minutes longer than any trip."""
    longest = max(level.cutoff for level in parts.levels)
    caps = {}
    if EFFICIENCIES[policy.efficiency].unit == "minutes":
        caps["policy.efficiency_bound"] = policy.efficiency_bound
    if policy.equity.of == "minutes" and policy.equity.measure in IN_MINUTES:
        caps["policy.equity_bound"] = policy.equity_bound
    for name, cap in caps.items():
        if cap is not None and cap > longest:
            yield (
                f"{name}: {cap:g} minutes are longer than any cut-off ({longest:g}), so that it "
                "asks for nothing: are they seconds?"
            )
    for level in parts.levels:
        if level.backup is not None and level.backup.minutes > LONG_STANDARD:
            yield f"{level.id}: a backup within {level.backup.minutes:g} minutes: are they seconds?"


def _standing(parts: Parts) -> Iterator[str]:
    """What stands against what can be built."""
    table = parts.options
    kept = table.kind == KEEP
    for row, level in enumerate(parts.levels):
        capacity = table.capacity[:, row]
        some = np.isfinite(capacity) & (capacity > 0)
        old, new = capacity[some & kept], capacity[some & (table.kind == BUILD)]
        if not len(old) or not len(new):
            continue
        middle = float(np.median(old))
        if middle < new.min() / TOO_MUCH or middle > TOO_MUCH * new.max():
            yield (
                f"{level.id}: what stands serves {middle:,.6g} persons in the middle, what can be "
                f"built {new.min():,.6g} and more: are both in the same unit?"
            )


def _capacity(parts: Parts) -> Iterator[str]:
    table, persons = parts.options, float(parts.tables.points.persons.sum())
    for row, level in enumerate(parts.levels):
        capacity, need = table.capacity[:, row], persons * level.share
        if not (capacity > 0).any() or np.isinf(capacity).any():
            continue
        most = np.zeros(int(table.facility.max()) + 1)
        np.maximum.at(most, table.facility, capacity)
        if most.sum() < need / TOO_LITTLE:
            yield (
                f"{level.id}: all that can stand serves {most.sum():,.6g} of {need:,.6g} persons: "
                "is the capacity in persons, not in beds or thousands?"
            )
        least = float(capacity[capacity > 0].min())
        if least >= TOO_MUCH * need:
            yield (
                f"{level.id}: the smallest facility serves {least:,.6g} persons, everybody "
                f"{TOO_MUCH:,.0f} times ({need:,.6g} need it): are both in the same unit?"
            )


def _land(parts: Parts) -> Iterator[str]:
    asked = parts.options.land[parts.options.land > 0]
    has = parts.tables.places.land
    limits = has[np.isfinite(has) & (has > 0)]
    if not len(asked) or not len(limits):
        return
    if limits.max() < asked.min():
        yield (
            f"sites: no site has land for anything, {limits.max():,.6g} at most, and the smallest "
            f"size takes {asked.min():,.6g}: are both in hectares?"
        )
    if limits.min() > TOO_MUCH * asked.max():
        yield (
            f"sites: each site has land for {TOO_MUCH:,.0f} times the largest size, "
            f"{limits.min():,.6g} and more, and that takes {asked.max():,.6g}: are both in "
            "hectares?"
        )
