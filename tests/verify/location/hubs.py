"""Hubs: a given number, as many as pay, and as few as bring all within a radius."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product
from math import comb
from typing import Any

import numpy as np

from tests.verify.location.asked import Given, Kind
from tests.verify.location.towns import Drawing, places

AXES = {
    "flows": ("node", "node"),
    "costs": ("node", "node"),
    "fixed": ("node",),
    "capacity": ("node",),
}

#: Plans that are all costed.
MOST = 3_000

Joined = np.ndarray


def _drawn(draw: Drawing) -> Given:
    rng = draw.rng
    n = int(rng.choice([2, 3, 4, 5, 6, 9], p=[0.05, 0.15, 0.3, 0.3, 0.15, 0.05]))
    at = places(draw, n)
    table = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    if draw.some("costs at random", 0.4):
        table = rng.integers(1, 20, (n, n)).astype(float)
        np.fill_diagonal(table, 0.0)
    elif draw.some("whole costs", 0.5):
        table = np.floor(table)
    flows = rng.integers(0, 10, (n, n)) * (rng.random((n, n)) < 0.8)
    if draw.some("populations", 0.3):
        flows = np.round(rng.lognormal(5, 2, (n, n)))
    return {
        "flows": flows.astype(float),
        "costs": table,
        "collection": float(rng.choice([1.0, 0.5, 3.0])),
        "transfer": float(rng.choice([1.0, 0.75, 0.2])),
        "distribution": float(rng.choice([1.0, 2.0])),
    }


def _units(given: Given, joined: Joined) -> np.ndarray:
    """(N, N) what a unit costs over the best hubs of both ends."""
    table = given["costs"]
    first = np.where(joined, given["collection"] * table, np.inf)
    between = (first[:, :, None] + given["transfer"] * table[None]).min(axis=1)
    last = np.where(joined.T, given["distribution"] * table, np.inf)
    return (between[:, :, None] + last[None]).min(axis=1)


def _flowing(given: Given, joined: Joined) -> float:
    return float((given["flows"] * _units(given, joined)).sum())


def _ways(n: int, hubs: tuple[int, ...], r: int) -> Iterator[Joined]:
    """Every way to give each place r of these hubs; a hub has itself."""
    some = list(combinations(hubs, min(r, len(hubs))))
    each = [[one for one in some if i not in hubs or i in one] for i in range(n)]
    for picked in product(*each):
        joined = np.zeros((n, n), dtype=bool)
        for i, one in enumerate(picked):
            joined[i, list(one)] = True
        yield joined


def _count(n: int, sizes: range, r: int) -> float:
    return sum(comb(n, p) * comb(p, min(r, p)) ** (n - p) for p in sizes)


def _obeys(given: Given, plan: Any, r: int) -> bool:
    hubs, joined = set(plan.sites.tolist()), plan.joined
    return all(
        1 <= row.sum() <= r
        and set(np.flatnonzero(row).tolist()) <= hubs
        and (i not in hubs or row[i])
        for i, row in enumerate(joined)
    )


def _improved(
    worth: Callable[[Joined], float], joined: Joined, r: int, rng: np.random.Generator
) -> float:
    """One place at other hubs, as long as that is better."""
    n, value, better = len(joined), worth(joined), True
    hubs = np.flatnonzero(joined.any(axis=0))
    while better:
        better = False
        for i in rng.permutation(n):
            if i in hubs:
                continue
            for one in combinations(hubs, min(r, len(hubs))):
                other = joined.copy()
                other[i] = False
                other[i, list(one)] = True
                if (found := worth(other)) < value - 1e-9 * abs(value):
                    joined, value, better = other, found, True
    return value


def _nearest(given: Given, hubs: list[int], r: int) -> Joined:
    n = len(given["costs"])
    joined = np.zeros((n, n), dtype=bool)
    for i in range(n):
        order = sorted(hubs, key=lambda k: (k != i, given["costs"][i, k]))
        joined[i, order[:r]] = True
    return joined


def _kind(
    draw: Callable[[Drawing], Given],
    worth: Callable[[Given, Joined], float],
    most: Callable[[Given], tuple[range, int]],
) -> Kind:
    """worth: of who has which hubs; most: how many hubs there may be, and how many a place has."""

    def value(given: Given, plan: Any) -> float:
        sizes, r = most(given)
        if len(plan.sites) not in sizes or not _obeys(given, plan, r):
            return np.inf
        return worth(given, plan.joined)

    def least(given: Given) -> float | None:
        (sizes, r), n = most(given), len(given["costs"])
        if _count(n, sizes, r) > MOST:
            return None
        every = (hubs for p in sizes for hubs in combinations(range(n), p))
        return min(worth(given, one) for hubs in every for one in _ways(n, hubs, r))

    def searched(given: Given, plan: Any, rng: np.random.Generator) -> float:
        (sizes, r), n = most(given), len(given["costs"])
        found = [np.inf]
        starts = [] if plan is None else [plan.joined]
        for _ in range(2):
            hubs = rng.choice(n, int(rng.choice(sizes)), replace=False).tolist()
            starts.append(_nearest(given, hubs, r))
        for joined in starts:
            found.append(_improved(lambda one: worth(given, one), joined, r, rng))
        return min(found)

    return Kind(draw, value, least, searched, AXES)


def _hubs_of(joined: Joined) -> np.ndarray:
    return np.flatnonzero(joined.any(axis=0))


def _counted(draw: Drawing) -> Given:
    given = _drawn(draw)
    p = int(draw.rng.integers(1, min(len(given["costs"]), 4) + 1))
    return {**given, "p": p, "allocation": _allocation(draw)}


def _allocation(draw: Drawing) -> int | None:
    name = draw.one("one hub each", "two hubs each", "all hubs each")
    return {"one hub each": 1, "two hubs each": 2}.get(name)


def _paying(draw: Drawing) -> Given:
    given = _drawn(draw)
    rng, n = draw.rng, len(given["costs"])
    typical = float(_flowing(given, np.ones((n, n), dtype=bool))) / n + 1
    given["fixed"] = rng.uniform(0, 2, n) * typical
    if draw.some("capacities", 0.4):
        sent = given["flows"].sum()
        return {**given, "capacity": rng.uniform(0.1, 1.2, n) * sent, "allocation": 1}
    return {**given, "allocation": _allocation(draw)}


def _near(draw: Drawing) -> Given:
    given = _drawn(draw)
    rng, n = draw.rng, len(given["costs"])
    del given["flows"]
    every = _units(given, np.ones((n, n), dtype=bool))
    given["radius"] = float(every.max() * rng.uniform(0.9, 2.0))
    given["fixed"] = rng.integers(1, 20, n).astype(float) if rng.random() < 0.5 else None
    given["multiple"] = draw.some("all hubs each", 0.5)
    return given


def _all_or(given: Given) -> int:
    return given["allocation"] or len(given["costs"])


def _with_fixed(given: Given, joined: Joined) -> float:
    room = given.get("capacity")
    if room is not None:
        load = given["flows"].sum(axis=1) @ joined
        if (load > room * (1 + 1e-9)).any():
            return np.inf
    return _flowing(given, joined) + float(given["fixed"][_hubs_of(joined)].sum())


def _covering(given: Given, joined: Joined) -> float:
    units = _units(given, joined)
    np.fill_diagonal(units, 0.0)
    if (units > given["radius"] * (1 + 1e-9)).any():
        return np.inf
    hubs = _hubs_of(joined)
    return float(len(hubs) if given["fixed"] is None else given["fixed"][hubs].sum())


KINDS = {
    "p_hub": _kind(
        _counted,
        _flowing,
        lambda given: (range(given["p"], given["p"] + 1), min(_all_or(given), given["p"])),
    ),
    "fixed_hub": _kind(
        _paying, _with_fixed, lambda given: (range(1, len(given["costs"]) + 1), _all_or(given))
    ),
    "hub_cover": _kind(
        _near,
        _covering,
        lambda given: (
            range(1, len(given["costs"]) + 1),
            len(given["costs"]) if given["multiple"] else 1,
        ),
    ),
}
