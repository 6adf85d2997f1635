"""Sites without capacities: p-median, fixed charge, covers, center, and where sites fail."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from tests.verify.location.asked import Given, Kind
from tests.verify.location.spec import MOST_WORK, Spec, least, searched
from tests.verify.location.towns import Drawing, costs, places, weights

TABLE = {
    "costs": ("point", "site"),
    "at": ("point", "axis"),
    "there": ("site", "axis"),
    "weights": ("point",),
    "fixed": ("site",),
    "radius": ("point",),
}
AXES = {name: tuple(axis for axis in runs if axis != "axis") for name, runs in TABLE.items()}


def _drawn(draw: Drawing, most: int = 300) -> Given:
    """Costs of points at sites: a table, or coordinates."""
    points = draw.size(most)
    sites = points if draw.rng.random() < 0.4 else int(draw.rng.integers(1, min(points, 40) + 1))
    if draw.some("coordinates", 0.25):
        at = places(draw, points)
        given: Given = {"at": at, "there": at[draw.rng.permutation(points)[:sites]]}
        if (at == np.round(at)).all() and draw.some("whole costs", 0.6):
            given["rounded"] = True
        return given
    return {"costs": costs(draw, points, sites)}


def _villages(draw: Drawing) -> Given:
    """A town on a grid, each house of which may be a site: many ties, much to branch over."""
    rng, points = draw.rng, int(draw.rng.integers(20, 120))
    draw.features |= {"grid", "coordinates", "over 40" if points >= 40 else "10 to 40"}
    at = rng.integers(0, int(np.sqrt(points) * rng.integers(1, 4)) + 2, (points, 2)).astype(float)
    if draw.some("remote point", 0.6):
        at[0] = np.round(rng.uniform(2, 30) * at.max())
    given: Given = {"at": at, "there": at}
    if draw.some("whole costs", 0.5):
        given["rounded"] = True
    return given


def _sites(given: Given) -> int:
    return len(given["there"]) if "there" in given else given["costs"].shape[1]


def _points(given: Given) -> int:
    return len(given["at"]) if "at" in given else len(given["costs"])


def _count(draw: Drawing, sites: int) -> int:
    few = int(draw.rng.integers(1, min(sites, 10) + 1))
    return few if draw.rng.random() < 0.8 else int(draw.rng.integers(1, sites + 1))


def _typical(given: Given) -> float:
    """A cost as the question has many of."""
    if "at" in given:
        return float(np.ptp(given["at"], axis=0).max()) / 4 + 1
    table = given["costs"]
    return (
        float(np.median(table[np.isfinite(table)], axis=None)) or 1.0
        if np.isfinite(table).any()
        else 1.0
    )


def _fixed(draw: Drawing, given: Given) -> np.ndarray:
    rng, sites = draw.rng, _sites(given)
    fixed = rng.uniform(0.2, 4, sites) * _typical(given) * rng.choice([1.0, _points(given) / 8])
    kind = draw.one("whole fixed costs", "broken fixed costs", "one price", "some are free")
    if kind == "whole fixed costs":
        return np.round(fixed)
    if kind == "one price":
        return np.full(sites, fixed[0])
    return np.where(rng.random(sites) < 0.2, 0.0, fixed) if kind == "some are free" else fixed


def _radius(draw: Drawing, given: Given) -> Any:
    """At a cost that occurs, most often; of each point its own, now and then."""
    about = _typical(given) * draw.rng.uniform(0.1, 2.0)
    if "costs" in given:
        table = given["costs"]
        about = float(draw.rng.choice(table[np.isfinite(table)]))
    if draw.some("a radius of each point", 0.2):
        return about * draw.rng.choice([0.5, 1.0, 1.0, 2.0], _points(given))
    return about


def _median(draw: Drawing) -> Given:
    given = _villages(draw) if draw.rng.random() < 0.35 else _drawn(draw)
    return {**given, "p": _count(draw, _sites(given)), "weights": weights(draw, _points(given))}


def _paying(draw: Drawing) -> Given:
    given = _drawn(draw)
    return {**given, "fixed": _fixed(draw, given)}


def _covering(draw: Drawing) -> Given:
    given = _drawn(draw)
    fixed = _fixed(draw, given) if draw.rng.random() < 0.5 else None
    return {**given, "radius": _radius(draw, given), "fixed": fixed}


def _most_covered(draw: Drawing) -> Given:
    given = _median(draw)
    return {**given, "radius": _radius(draw, given)}


def _center(draw: Drawing) -> Given:
    given = _drawn(draw)
    return {**given, "p": _count(draw, _sites(given))}


def _weighed(given: Given) -> np.ndarray:
    """(I, J) weight times costs, of points that count."""
    weight = given["weights"]
    return weight[weight > 0, None] * given["costs"][weight > 0]


def median_of(given: Given) -> Spec:
    table = _weighed(given)
    return Spec(table, np.zeros(table.shape[1]), given["p"])


def paying_of(given: Given) -> Spec:
    return Spec(given["costs"], given["fixed"], None)


def _within(given: Given) -> np.ndarray:
    return given["costs"] <= np.broadcast_to(given["radius"], len(given["costs"]))[:, None]


def covering_of(given: Given) -> Spec:
    beyond = np.where(_within(given), 0.0, np.inf)
    fixed = given["fixed"]
    return Spec(beyond, np.ones(beyond.shape[1]) if fixed is None else fixed, None)


def most_covered_of(given: Given) -> Spec:
    missed = given["weights"][:, None] * ~_within(given)
    return Spec(missed, np.zeros(missed.shape[1]), given["p"])


def center_of(given: Given) -> Spec:
    table = given["costs"]
    return Spec(table, np.zeros(table.shape[1]), given["p"], largest=True)


def _kind(
    draw: Callable[[Drawing], Given],
    spec: Callable[[Given], Spec],
    less: Callable[[Given], float] | None = None,
) -> Kind:
    """less: what the values are shifted by: what is covered is all that is not missed."""

    def shift(given: Given) -> float:
        return 0.0 if less is None else less(given)

    def value(given: Given, plan: Any) -> float:
        return spec(given).value(tuple(plan.sites.tolist())) - shift(given)

    def best(given: Given) -> float | None:
        found = least(spec(given))
        return None if found is None else found - shift(given)

    def search(given: Given, plan: Any, rng: np.random.Generator) -> float:
        told = () if plan is None else tuple(plan.sites.tolist())
        return searched(spec(given), told, rng) - shift(given)

    return Kind(draw, value, best, search, AXES, maximised=less is not None)


def _expected(given: Given, sites: tuple[int, ...]) -> float:
    """Each site tried fails by the same chance; the cheapest first, the penalty last."""
    q, penalty, most = given["failure"], given["penalty"], given.get("levels") or len(sites)
    tried = np.sort(np.minimum(given["costs"][:, list(sites)], penalty), axis=1)[:, :most]
    chance = q ** np.arange(tried.shape[1])
    paid = tried @ (chance * (1 - q)) + penalty * q ** tried.shape[1]
    fixed = given.get("fixed")
    opening = 0.0 if fixed is None else float(fixed[list(sites)].sum())
    return float(given["weights"] @ paid) + opening


def _failing(draw: Drawing, paying: bool) -> Given:
    given: Given = {"costs": costs(draw, *_few(draw))}
    given["weights"] = weights(draw, len(given["costs"]))
    given["failure"] = float(draw.rng.choice([0.0, 0.05, 0.3, 0.8]))
    given["penalty"] = _typical(given) * float(draw.rng.uniform(0.3, 5))
    if draw.some("few levels", 0.3):
        given["levels"] = int(draw.rng.integers(1, 4))
    more = {"fixed": _fixed(draw, given)} if paying else {"p": _count(draw, _sites(given))}
    return {**given, **more}


def _few(draw: Drawing) -> tuple[int, int]:
    points = draw.size(40)
    return points, int(draw.rng.integers(1, 9 if points < 15 else 13))


def _failing_kind(paying: bool) -> Kind:
    def draw(drawing: Drawing) -> Given:
        return _failing(drawing, paying)

    def value(given: Given, plan: Any) -> float:
        return _expected(given, tuple(plan.sites.tolist()))

    def best(given: Given) -> float | None:
        sites = given["costs"].shape[1]
        sizes = range(sites + 1) if paying else [min(given["p"], sites)]
        if sum(comb(sites, size) for size in sizes) * given["costs"].size > MOST_WORK:
            return None
        every = (one for size in sizes for one in combinations(range(sites), size))
        return min(_expected(given, one) for one in every)

    def search(given: Given, plan: Any, rng: np.random.Generator) -> float:
        """Swaps, one at a time, as long as one is better."""
        sites, found = set(range(given["costs"].shape[1])), np.inf
        size = given.get("p") or int(rng.integers(1, len(sites) + 1))
        starts = [set(rng.choice(len(sites), min(size, len(sites)), replace=False).tolist())]
        starts += [] if plan is None else [set(plan.sites.tolist())]
        for now in starts:
            value, better = _expected(given, tuple(sorted(now))), True
            while better:
                steps = [now - {a} | {b} for a in now for b in sites - now]
                steps += [now | {b} for b in sites - now] if paying else []
                steps += [now - {a} for a in now] if paying else []
                worths = [_expected(given, tuple(sorted(one))) for one in steps]
                better = bool(worths) and min(worths) < value
                if better:
                    value, now = min(worths), steps[int(np.argmin(worths))]
            found = min(found, value)
        return found

    return Kind(draw, value, best, search, AXES)


KINDS = {
    "p_median": _kind(_median, median_of),
    "fixed_charge": _kind(_paying, paying_of),
    "set_cover": _kind(_covering, covering_of),
    "max_cover": _kind(_most_covered, most_covered_of, lambda given: given["weights"].sum()),
    "p_center": _kind(_center, center_of),
    "reliable_p_median": _failing_kind(paying=False),
    "reliable_fixed_charge": _failing_kind(paying=True),
}
