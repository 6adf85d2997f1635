"""Implausible magnitudes: speeds, persons, money and capacities in a unit that nobody means.

Each cause is named once, with the likely unit, not row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import shapely

from optimizer.efficiency import EFFICIENCIES
from optimizer.foundation.figures import many
from optimizer.foundation.language import _
from optimizer.foundation.tolerances import TRACE
from optimizer.geodata.assemble import Parts
from optimizer.geodata.instance_file import InstanceFile
from optimizer.geodata.tables import RAILS, WAITED
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
    rail, waited = np.isin(ways.kind, RAILS), np.isin(ways.kind, WAITED)
    most = np.where(rail, TRAIN_KMH, CAR_KMH)
    yield from _speeds("roads", names, km, ways.minutes, most, ~waited)
    long = km >= LONG_KM
    if long.sum() >= 10 and np.allclose(km[long], ways.minutes[long], rtol=0.01):
        yield _("roads: all go 60 km/h: are the minutes kilometres?")


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
        yield _(
            "{layer}: {n:,} of {rows} faster than {limit:g} km/h, {name} {speed}; "
            "the column minutes holds minutes: {question}",
            layer=layer,
            n=int(fast.sum()),
            rows=many(len(fast), "row"),
            limit=most[worst],
            name=names[worst],
            speed=_kmh(kmh[worst]),
            question=_("are they hours?") if _likely(whole, 60.0) else _("are they right?"),
        )
    if slow.any():
        worst = int(np.where(slow, kmh, np.inf).argmin())
        yield _(
            "{layer}: {n:,} of {rows} slower than {limit:g} km/h, {name} {speed}; "
            "the column minutes holds minutes: {question}",
            layer=layer,
            n=int(slow.sum()),
            rows=many(len(slow), "row"),
            limit=WALK_KMH,
            name=names[worst],
            speed=_kmh(kmh[worst]),
            question=_unit_of_slow(whole),
        )


def _unit_of_slow(whole: float) -> str:
    """The question after the unit of minutes that are too many."""
    seconds, metres = _likely(whole, 1 / 60), _likely(whole, 1 / 1000)
    if seconds and metres:
        return _("are they seconds or metres?")
    if seconds:
        return _("are they seconds?")
    return _("are they metres?") if metres else _("are they right?")


def _likely(whole: float, times: float) -> bool:
    """Whether the speed of all roads is that of people and cars if it is so many times too high."""
    return 2 * WALK_KMH < whole / times < CAR_KMH


def _kmh(kmh: float) -> str:
    """A speed in words."""
    if np.isinf(kmh):
        return _("in no time")
    if kmh >= 10:
        return _("at {kmh:,.0f} km/h", kmh=kmh)
    return _("at {kmh:.2g} km/h", kmh=kmh)


def _network(file: InstanceFile, parts: Parts) -> Iterator[str]:
    how = file.network
    if not WALK_KMH / 2 <= how.access_kmh <= CAR_KMH:
        yield _("network.access_kmh: nobody goes to a road at {kmh:g} km/h", kmh=how.access_kmh)
    if how.detour > MAX_DETOUR:
        yield _("network.detour: no way is {detour:g} times as long as straight", detour=how.detour)
    for layer, column, minutes in (
        ("demand", "access_minutes", parts.tables.points.access),
        ("sites", "egress_minutes", parts.tables.places.egress),
    ):
        given = minutes[minutes > 0]
        if len(given) and np.median(given) > LONG_ACCESS:
            yield _(
                "{layer}: {column} is {median:g} in the middle: are they seconds?",
                layer=layer,
                column=column,
                median=np.median(given),
            )


def _standards(parts: Parts) -> Iterator[str]:
    for level in parts.levels:
        if level.cutoff < SHORT_CUTOFF:
            yield _(
                "{level}: the cut-off is {minutes:g} minutes: are they hours?",
                level=level.id,
                minutes=level.cutoff,
            )
        if level.standard > LONG_STANDARD:
            yield _(
                "{level}: the standard is {minutes:g} minutes: are they seconds?",
                level=level.id,
                minutes=level.standard,
            )


def _persons(parts: Parts, shapes: Shapes) -> Iterator[str]:
    persons = float(parts.tables.points.persons.sum())
    places = shapely.get_coordinates(shapes["demand"].to_numpy())
    area = float(shapely.convex_hull(shapely.multipoints(places)).area) / 1e6
    thin = area > LARGE_KM2 and persons / area < FEW_PER_KM2
    if persons < FEW_PERSONS or thin:
        if area > LARGE_KM2:
            yield _(
                "demand: {persons:,.6g} persons in the whole region, {density:.2g} for each square "
                "kilometre: is the column persons in thousands or ten thousands (万)?",
                persons=persons,
                density=persons / area,
            )
        else:
            yield _(
                "demand: {persons:,.6g} persons in the whole region: is the column persons in "
                "thousands or ten thousands (万)?",
                persons=persons,
            )
    if persons > MAX_PERSONS:
        yield _("demand: {persons:,.4g} persons in all, more than in any country", persons=persons)


def _money(file: InstanceFile, policy: Policy, parts: Parts) -> Iterator[str]:
    table, places = parts.options, parts.tables.places
    cost = table.cost + places.cost[table.site] * parts.counted
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
        given.append((_("jurisdictions: all budgets together"), money))
    if policy.cost_bound is not None:
        given.append(("policy.cost_bound:", policy.cost_bound))
    unit = f" {file.currency}" if file.currency else ""
    for what, money in given:
        if 0 < money < priced.min():
            yield _(
                "{what} {money:,.6g}{unit} pay for nothing, the cheapest option costs "
                "{least:,.6g}: are both in the same unit?",
                what=what,
                money=money,
                unit=unit,
                least=priced.min(),
            )
        if money > TOO_MUCH * everything.sum():
            yield _(
                "{what} {money:,.6g}{unit} are over {times:,.0f} times what all that can be built "
                "costs, {total:,.6g}: are both in the same unit?",
                what=what,
                money=money,
                unit=unit,
                times=TOO_MUCH,
                total=everything.sum(),
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
        yield _(
            "costs: those of {low} are {lower:,.4g} in the middle, those of {high} {higher:,.4g}: "
            "are both in the same unit?",
            low=low,
            lower=middle[low],
            high=high,
            higher=middle[high],
        )


def _caps(policy: Policy, parts: Parts) -> Iterator[str]:
    """Caps in minutes that no trip exceeds, and minutes longer than any trip."""
    longest = max(level.unserved_minutes for level in parts.levels)
    caps = {}
    if EFFICIENCIES[policy.efficiency].unit == "minutes":
        caps["policy.efficiency_bound"] = policy.efficiency_bound
    if policy.equity.of == "minutes" and policy.equity.measure in IN_MINUTES:
        caps["policy.equity_bound"] = policy.equity_bound
    for name, cap in caps.items():
        if cap is not None and cap > longest:
            yield _(
                "{name}: {cap:g} minutes are longer than any cut-off ({longest:g}), so that it "
                "asks for nothing: are they seconds?",
                name=name,
                cap=cap,
                longest=longest,
            )
    for level in parts.levels:
        if level.backup is not None and level.backup.minutes > LONG_STANDARD:
            yield _(
                "{level}: a backup within {minutes:g} minutes: are they seconds?",
                level=level.id,
                minutes=level.backup.minutes,
            )


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
            yield _(
                "{level}: what stands serves {standing:,.6g} persons in the middle, what can be "
                "built {new:,.6g} and more: are both in the same unit?",
                level=level.id,
                standing=middle,
                new=new.min(),
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
            yield _(
                "{level}: all that can stand serves {capacity:,.6g} of {need:,.6g} persons: "
                "is the capacity in persons, not in beds or thousands?",
                level=level.id,
                capacity=most.sum(),
                need=need,
            )
        least = float(capacity[capacity > 0].min())
        if least >= TOO_MUCH * need:
            yield _(
                "{level}: the smallest facility serves {least:,.6g} persons, everybody "
                "{times:,.0f} times ({need:,.6g} need it): are both in the same unit?",
                level=level.id,
                least=least,
                times=TOO_MUCH,
                need=need,
            )


def _land(parts: Parts) -> Iterator[str]:
    needed = parts.options.land[parts.options.land > 0]
    has = parts.tables.places.land
    limits = has[np.isfinite(has) & (has > 0)]
    if not len(needed) or not len(limits):
        return
    if limits.max() < needed.min():
        yield _(
            "sites: no site has land for anything, {land:,.6g} at most, and the smallest size "
            "takes {size:,.6g}: are both in hectares?",
            land=limits.max(),
            size=needed.min(),
        )
    if limits.min() > TOO_MUCH * needed.max():
        yield _(
            "sites: each site has land for {times:,.0f} times the largest size, {land:,.6g} and "
            "more, and that takes {size:,.6g}: are both in hectares?",
            times=TOO_MUCH,
            land=limits.min(),
            size=needed.max(),
        )
