"""Money, land and capacity of what stands, once more from the layers and `instance.toml`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.foundation.language import _
from optimizer.geodata.instance_file import InstanceFile, ServiceTable
from optimizer.geodata.plan_file import Row
from optimizer.verification.file.cells import difference, shown
from optimizer.verification.file.classes import areas_of_classes
from optimizer.verification.file.written import Written
from optimizer.verification.verdict import same

#: What a plan may do with what stands.
OF_STANDING = ("kept", "upgraded", "closed")


def per_year(settings: InstanceFile, years: int | None = None) -> float:
    """What 1 that is paid once counts: per year, so much that it pays 1 back in so many years.

    sum over t = 1 .. years of a / (1 + rate)^t = 1; 1 where all money is paid once.
    """
    costs = settings.costs
    if costs is None:
        return 1.0
    return 1 / sum((1 + costs.rate) ** -t for t in range(1, (years or costs.years) + 1))


def paid(written: Written) -> Iterator[str]:
    """Facilities, opened sites, corridors and land quotas that are not as the layers say.

    Classes of jurisdictions too, by which quotas can be.
    """
    settings, problem = written.settings, written.instance.problem
    geography = written.instance.geography
    standing = _rows(geography.facilities)
    for row in written.file.layers["facilities"]:
        table = settings.services[str(row["service"])]
        own = standing.get(f"{row['site']}:{row['service']}", {})
        truth = _truth(settings, table, own, row)
        for column, value in truth.items():
            if column in row:
                yield from difference(f"facilities, {shown(row['id'])}", column, row[column], value)
    stands = {name.rpartition(":")[0] for name, row in standing.items() if _stands(row)}
    layers = (
        ("sites", geography.sites, problem.sites, stands),
        ("corridors", geography.corridors, problem.corridors, set[str]()),
    )
    for layer, given, facts, free in layers:
        cells = _rows(given)
        for name, cost in zip(facts.ids, facts.cost.tolist(), strict=True) if facts else ():
            once = 0.0 if name in free else _number(cells[name].get("cost"), 0.0)
            if not same(cost, per_year(settings) * once):
                yield _(
                    "{layer}, {name}: costs {truth:g} and was taken for {cost:g}",
                    layer=layer,
                    name=name,
                    truth=per_year(settings) * once,
                    cost=cost,
                )
    areas = _rows(geography.jurisdictions)
    for name, most in zip(
        problem.jurisdictions.ids, problem.jurisdictions.land_quota.tolist(), strict=True
    ):
        truth_of_area = _number(areas[name].get("land_quota"), math.nan)
        yield from difference(f"jurisdictions, {name}", "land_quota", most, truth_of_area)
    yield from areas_of_classes(written)


def _truth(
    settings: InstanceFile, table: ServiceTable, own: Mapping[str, Any], row: Row
) -> dict[str, float | None]:
    """Money, land and capacities of a facility. own: its row in the layer of the instance."""
    status, stands = row["status"], row["status"] in OF_STANDING
    adds = status in ("built", "upgraded")
    size = next((size for size in table.sizes if adds and size.name == row["size"]), None)
    once = running = land = 0.0
    if status == "closed":
        once = _number(own.get("closing_cost"), 0.0)
    elif stands:
        running = _number(own.get("running_cost"), 0.0)
    if size is not None:
        once = size.cost if status == "built" else size.upgrade_cost or 0.0
        running, land = running + size.running_cost, size.land
    found: dict[str, float | None] = {
        "cost": per_year(settings, table.years) * once + running,
        "paid_once": once,
        "per_year": running,
        "land": land,
    }
    service = str(row["service"])
    limited = any(one.capacity is not None for one in table.sizes)
    for short in table.levels or (service,):
        column = f"capacity_{short}" if table.levels else "capacity"
        room = 0.0
        if stands and status != "closed":
            room = _number(own.get(column), 0.0 if limited else math.inf)
        if size is not None:
            if isinstance(size.capacity, dict):
                room += size.capacity.get(short, 0.0)
            else:
                room += math.inf if size.capacity is None else size.capacity
        level = f"{service}_{short}" if table.levels else service
        found[f"capacity_{level.replace('.', '_')}"] = room if math.isfinite(room) else None
    return found


def _stands(row: Mapping[str, Any]) -> bool:
    return str(row.get("status")) == "existing"


def _rows(layer: Any) -> dict[str, dict[str, Any]]:
    """Id -> the cells of a layer's row."""
    if layer is None:
        return {}
    return {
        str(name): dict(zip(layer.columns, cells, strict=True))
        for name, cells in zip(layer.index, layer.itertuples(index=False, name=None), strict=True)
    }


def _number(cell: Any, empty: float) -> float:
    """The number in a cell, which a plain table may have as text; `empty` where there is none."""
    text = str(cell).strip()
    if cell is None or text in ("", "nan", "None", "<NA>", "NaT"):
        return empty
    return float(text)
