"""What control lines remove, once more: zone by zone, in plain loops; and the corridors layer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.foundation.language import _
from optimizer.geodata.plan_file import Row
from optimizer.geodata.tables import EXISTING
from optimizer.verification.file.cells import difference, shown
from optimizer.verification.file.shapes import Places, moved
from optimizer.verification.file.standing import by_status
from optimizer.verification.file.written import Written

#: Zones where no site may lie, and those that no corridor may cross, in words.
NO_SITE = {
    "ecological": "inside ecological redline",
    "farmland": "inside permanent farmland",
    "water": "inside water",
}
NO_ROAD = {
    "ecological": "crosses ecological redline",
    "farmland": "crosses permanent farmland",
}
OUTSIDE = "outside all development zones"

#: Why something is removed, and the zones that do it: any of them may be told.
Reasons = Mapping[str, tuple[str, frozenset[str]]]


def rejected(written: Written) -> Iterator[str]:
    """Sites and corridors that are not removed and said to be, or the reverse; reasons, zones."""
    geography = written.instance.geography
    truth = {"sites": _sites(written), "corridors": roads_removed(written)}
    tables = {"sites": geography.sites, "corridors": geography.corridors}
    seen = set[tuple[str, str]]()
    for row in written.file.layers.get("rejected", ()):
        layer, name = str(row.get("layer")), str(row.get("id"))
        who = f"rejected, {shown(name)}"
        removal = truth.get(layer, {}).get(name)
        if removal is None or (layer, name) in seen:
            yield _("{who}: is there twice", who=who) if removal else _should_not(who)
            continue
        seen.add((layer, name))
        reason, zones = removal
        yield from difference(who, "reason", row.get("reason"), reason)
        if (row.get("zone") or "") not in zones:
            yield _(
                "{who}: zone is {stated}, in truth {truth}",
                who=who,
                stated=shown(row.get("zone")),
                truth=shown(_(" or ").join(zones)),
            )
        places = Places(written, tables[layer])
        yield from moved("rejected", name, row, places.at("rejected", name))
    for layer, names in truth.items():
        for name in names:
            if (layer, name) not in seen:
                yield _("rejected: {name} of {layer} is missing", name=name, layer=layer)


def _should_not(who: str) -> str:
    return _("{who}: is there and should not be", who=who)


def corridors(written: Written) -> Iterator[str]:
    """Corridors that are missing, and those of which another status is told."""
    geography, plan = written.instance.geography, written.plan
    rows = written.file.layers.get("corridors", ())
    if geography.corridors is None:
        for row in rows:
            yield _should_not(f"corridors, {shown(row['id'])}")
        return
    facts, gone = written.instance.problem.corridors, roads_removed(written)
    built = set() if facts is None else {facts.ids[a] for a in plan.corridors.tolist()}
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_name[str(row["id"])].append(row)
    for name in map(str, geography.corridors.index):
        status = "rejected" if name in gone else "built" if name in built else "candidate"
        who = f"corridors, {name}"
        if not by_name[name]:
            yield _("{who}: is missing", who=who)
        elif len(by_name[name]) > 1:
            yield _("{who}: is there twice", who=who)
        for row in by_name[name]:
            yield from difference(who, "status", row["status"], status)
            if status != "built" and row.get("paid_by"):
                yield _(
                    "{who}: is not built, and paid by {payers}",
                    who=who,
                    payers=shown(row["paid_by"]),
                )
    for name in by_name.keys() - set(map(str, geography.corridors.index)):
        yield _should_not(f"corridors, {shown(name)}")


def _sites(written: Written) -> Reasons:
    """Sites where nothing may stand; what stands there already stays."""
    geography = written.instance.geography
    stands = {site for site, service in by_status(written, EXISTING)}
    zones = _zones(written)
    developed = [shape for kind, name, shape in zones if kind == "development"]
    removed: dict[str, tuple[str, frozenset[str]]] = {}
    points = geography.sites.geometry.to_crs(geography.crs)
    for name, point in zip(map(str, points.index), points, strict=True):
        reason = _met(point, zones, NO_SITE)
        if reason is None and developed and not any(map(point.intersects, developed)):
            reason = OUTSIDE, frozenset({""})
        if reason is not None and name not in stands:
            removed[name] = reason
    return removed


def roads_removed(written: Written) -> Reasons:
    """Corridors that cross what they may not; bridges and tunnels may pass some."""
    geography = written.instance.geography
    if geography.corridors is None:
        return {}
    kinds = {kind: why for kind, why in NO_ROAD.items() if kind not in written.crossings}
    zones = _zones(written)
    lines = geography.corridors.geometry.to_crs(geography.crs)
    met = {
        str(name): _met(line, zones, kinds) for name, line in zip(lines.index, lines, strict=True)
    }
    return {name: reason for name, reason in met.items() if reason is not None}


def _zones(written: Written) -> list[tuple[str, str, Any]]:
    """(kind, name, shape) of each zone, in the metric CRS."""
    geography = written.instance.geography
    if geography.zones is None:
        return []
    kinds, names = written.instance.parts.tables.zones
    shapes = geography.zones.geometry.to_crs(geography.crs)
    return [
        (str(kind), str(name), shape)
        for kind, name, shape in zip(kinds, names, shapes, strict=True)
    ]


def _met(
    shape: Any, zones: list[tuple[str, str, Any]], kinds: Mapping[str, str]
) -> tuple[str, frozenset[str]] | None:
    """The reason of the first kind of zone that a shape touches, and which of that kind it does."""
    for kind, why in kinds.items():
        hit = [name for of, name, zone in zones if of == kind and zone.intersects(shape)]
        if hit:
            return why, frozenset(hit)
    return None
