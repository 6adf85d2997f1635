"""What stands, and everything that can stand: the facilities layer and the sizes as options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizer.geodata.column_reader import Texts
from optimizer.geodata.tables import (
    CLOSED,
    EXISTING,
    REQUIRED,
    Levels,
    Standing,
    capacity_columns,
    rows,
)
from optimizer.problem import (
    BUILD,
    CLOSE,
    KEEP,
    UPGRADE,
    Bools,
    Costs,
    Floats,
    Ints,
    Options,
    Service,
)


@dataclass(frozen=True, eq=False)
class Supply:
    """(J, S) what stands, must be built and may not be used; (J, L) what a standing one serves.

    closable, closing, running: (J, S) what of that may be closed, for how much money, and what it
    costs per year.
    """

    stands: Bools
    required: Bools
    closed: Bools
    capacity: Floats
    closable: Bools
    closing: Floats
    running: Floats


def supply(standing: Standing, site_ids: Texts, services: tuple[Service, ...]) -> Supply:
    """The facilities layer as arrays.

    The capacity of a standing facility that is not written: the level is not offered; where no
    size of the service has a limit, it is offered without one.
    """
    levels = [level for service in services for level in service.levels]
    shape = (len(site_ids), len(services))
    stands, required, closed = (np.zeros(shape, dtype=bool) for _ in range(3))
    capacity = np.zeros((len(site_ids), len(levels)))
    at = rows(standing.site, site_ids)
    of = rows(standing.service, np.array([service.id for service in services], dtype=object))
    for status, where in ((EXISTING, stands), (REQUIRED, required), (CLOSED, closed)):
        mine = standing.status == status
        where[at[mine], of[mine]] = True
    columns = capacity_columns(shorts(services))
    for number, service in enumerate(services):
        mine = (standing.status == EXISTING) & (of == number)
        default = 0.0 if limited(service) else np.inf
        for level, column in zip(service.levels, columns[service.id], strict=True):
            written = standing.capacity.get(column, np.full(len(at), np.nan))[mine]
            capacity[at[mine], levels.index(level)] = np.where(np.isnan(written), default, written)
    closable, closing, running = np.zeros(shape, dtype=bool), np.zeros(shape), np.zeros(shape)
    closable[at, of], closing[at, of] = standing.closable, standing.closing
    running[at, of] = standing.running
    return Supply(stands, required, closed, capacity, closable, closing, running)


def limited(service: Service) -> bool:
    """Whether a size of this service has a capacity."""
    every = {level.id for level in service.levels}
    return any(
        set(size.capacity) != every or np.isfinite(list(size.capacity.values())).any()
        for size in service.sizes
    )


def shorts(services: tuple[Service, ...]) -> Levels:
    """The short names of the levels of each service."""
    return {
        service.id: tuple(
            level.id.removeprefix(f"{service.id}.")
            for level in service.levels
            if level.id != service.id
        )
        for service in services
    }


def options(
    services: tuple[Service, ...],
    supply: Supply,
    allowed: Bools,
    forbidden: Bools,
    costs: Costs | None = None,
) -> Options:
    """Everything that can stand, by service, site and size. forbidden: (J,) by control lines.

    costs: how money that is paid once counts per year; None: all is paid once.
    """
    levels = [level.id for service in services for level in service.levels]
    open_ = ~forbidden[:, None] & ~supply.closed
    may_build = open_ & ~supply.stands & (allowed | supply.required)
    parts = []
    for s, service in enumerate(services):
        own = np.isin(levels, [level.id for level in service.levels])
        stands = np.flatnonzero(supply.stands[:, s])
        now, runs = np.where(own, supply.capacity[stands], 0.0), supply.running[:, s]
        parts.append(_part(s, stands, -1, KEEP, now, 0.0, 0.0, runs[stands]))
        shut = np.flatnonzero(supply.stands[:, s] & supply.closable[:, s])
        nothing = np.zeros((len(shut), len(levels)))
        parts.append(_part(s, shut, -1, CLOSE, nothing, supply.closing[shut, s], 0.0, 0.0))
        for z, size in enumerate(service.sizes):
            adds = np.array([size.capacity.get(level, 0.0) for level in levels])
            built = np.flatnonzero(may_build[:, s])
            capacity = np.tile(adds, (len(built), 1))
            money = size.cost, size.land, size.running_cost
            parts.append(_part(s, built, z, BUILD, capacity, *money))
            if np.isfinite(size.upgrade_cost):
                grown = stands[~forbidden[stands]]
                capacity = now[~forbidden[stands]] + adds
                more = size.upgrade_cost, size.land, runs[grown] + size.running_cost
                parts.append(_part(s, grown, z, UPGRADE, capacity, *more))
    table = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.lexsort((table["size"], table["site"], table["service"]))
    table = {name: values[order] for name, values in table.items()}
    required = (supply.required | supply.stands)[table["site"], table["service"]]
    cost = table["once"]
    if costs is not None:
        cost = np.array(costs.factors)[table["service"]] * table["once"] + table["running"]
    return Options(**table, cost=cost, required=required)


def _part(
    service: int,
    sites: Ints,
    size: int,
    kind: str,
    capacity: Floats,
    once: float | Floats,
    land: float,
    running: float | Floats,
) -> dict[str, Any]:
    n = len(sites)
    return {
        "service": np.full(n, service, dtype=np.int64),
        "site": sites.astype(np.int64),
        "size": np.full(n, size, dtype=np.int64),
        "kind": np.full(n, kind, dtype="<U8"),
        "capacity": capacity.astype(float),
        "once": np.full(n, once),
        "running": np.full(n, running),
        "land": np.full(n, land),
    }
