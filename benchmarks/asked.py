"""ASKED: a case put to equisite; what comes back is plain numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.cases import (
    CFLP,
    DESIGN,
    EDE,
    LSCP,
    P_CENTER,
    SINGLE_HUB,
    SSCFLP,
    TWO_NODE,
    UFLP,
    Benchmark,
)
from benchmarks.formats import hubs, kolm_pollak, pmed, sjc, sndlib, steinlib, tsplib, warehouses
from optimizer import location
from optimizer.location.base.costs import Coordinates
from optimizer.location.base.result import Opened
from optimizer.location.hubs.flows import Hubs
from optimizer.location.networks.design import Design
from optimizer.location.networks.survivable import Network
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Solved

#: The largest exponent that Kolm-Pollak may reach before its numbers lose their digits.
LARGEST_EXPONENT = 14.0

Answer = Solved[Opened] | Solved[Network] | Solved[Design] | Solved[Hubs]
Told = dict[str, float]


def _as_is(found: Answer) -> tuple[float, float]:
    return found.objective, found.bound


def _nothing(_: Answer) -> Told:
    return {}


@dataclass(frozen=True)
class Question:
    """points: how many; ask: the solve, all that is timed; tell: objective and bound as they are
    published; after: what later cases need to know.
    """

    points: int
    ask: Callable[[Limits], Answer]
    tell: Callable[[Answer], tuple[float, float]] = _as_is
    after: Callable[[Answer], Told] = _nothing


def question(case: Benchmark, known: Told) -> Question:
    """Read the instance. known: what an earlier case of the same instance told."""
    return READ[case.format](case, known)


def _in_the_plane(p: int, places: Floats, known: Told, case: Benchmark) -> Question:
    """p-median, p-center and Kolm-Pollak of places in the plane."""
    plain = Coordinates(places, rounded=case.format == "tsplib" and case.problem != P_CENTER)
    if case.problem == P_CENTER:
        return Question(len(places), lambda limits: location.p_center(plain, p, limits=limits))
    costs = replace(plain, phi=_phi(known)) if case.problem == EDE else plain
    longest = float(np.linalg.norm(np.ptp(places, axis=0)))

    def after(found: Answer) -> Told:
        points = np.arange(len(places))
        assert found.plan is not None
        return _alpha(plain.pair_costs(points, found.plan.served), longest)

    return Question(
        len(places),
        lambda limits: location.p_median(costs, p, limits=limits),
        _equivalent(known, len(places)) if case.problem == EDE else _as_is,
        after,
    )


def _pmed(case: Benchmark, known: Told) -> Question:
    costs, p = pmed.read(Path(case.file)).distances(), int(case.parameter["p"])
    if case.problem == P_CENTER:
        return Question(len(costs), lambda limits: location.p_center(costs, p, limits=limits))
    phi = _phi(known) if case.problem == EDE else None

    def after(found: Answer) -> Told:
        assert found.plan is not None
        return _alpha(costs[np.arange(len(costs)), found.plan.served], float(costs.max()))

    return Question(
        len(costs),
        lambda limits: location.p_median(costs, p, phi=phi, limits=limits),
        _equivalent(known, len(costs)) if case.problem == EDE else _as_is,
        after,
    )


def _tsplib(case: Benchmark, known: Told) -> Question:
    return _in_the_plane(int(case.parameter["p"]), tsplib.read(Path(case.file)), known, case)


def _uniform(case: Benchmark, known: Told) -> Question:
    """Random places in a square, the same for the same number of them."""
    n = int(case.parameter["n"])
    places = np.random.default_rng(n).uniform(0, 10_000, (n, 2))
    return _in_the_plane(int(case.parameter["p"]), places, known, case)


def _phi(known: Told) -> Callable[[Floats], Floats]:
    """What Kolm-Pollak makes of a distance."""
    kappa = known["kappa"]
    return lambda d: np.expm1(kappa * d) / kappa


def _alpha(d: Floats, longest: float) -> Told:
    """The paper's alpha at the p-median, and the largest distance of all."""
    return {"alpha": float(d.sum() / (d @ d)), "longest": longest}


def kappa(told: Told, aversion: float) -> float:
    """From what a p-median told; less where the exponent would be too large."""
    return min(aversion * told["alpha"], LARGEST_EXPONENT / told["longest"])


def _equivalent(known: Told, weight: float) -> Callable[[Answer], tuple[float, float]]:
    """Sums of phi told as the distance that is equivalent to them."""
    k = known["kappa"]

    def tell(found: Answer) -> tuple[float, float]:
        sums = np.maximum([found.objective, found.bound], 0.0)
        objective, bound = np.log1p(k * sums / weight) / k
        return float(objective), float(bound)

    return tell


def _fixed_charge(facts: warehouses.Warehouses, case: Benchmark) -> Question:
    capacity = np.where(
        np.isnan(facts.capacity), case.parameter.get("capacity", np.nan), facts.capacity
    )
    rules = {
        UFLP: {},
        CFLP: {"capacity": capacity, "demand": facts.demand},
        SSCFLP: {"capacity": capacity, "demand": facts.demand, "single_source": True},
    }[case.problem]
    return Question(
        len(facts.costs),
        lambda limits: location.fixed_charge(facts.costs, facts.fixed, limits=limits, **rules),
    )


def _sjc(case: Benchmark, _: Told) -> Question:
    town, radius = sjc.read(Path(case.file)), case.parameter["R"]
    costs = Coordinates(town.places)
    if case.problem == LSCP:
        return Question(
            len(town.places), lambda limits: location.set_cover(costs, radius, limits=limits)
        )
    p = int(case.parameter["p"])
    return Question(
        len(town.places),
        lambda limits: location.max_cover(costs, radius, p, weights=town.demand, limits=limits),
    )


def _steinlib(case: Benchmark, _: Told) -> Question:
    graph = steinlib.read(Path(case.file))
    arrays = graph.tail, graph.head, graph.cost, graph.terminals, graph.nodes
    return Question(graph.nodes, lambda limits: location.steiner_tree(*arrays, limits=limits))


def _sndlib(case: Benchmark, _: Told) -> Question:
    """Edges of a network, or its modules: links carry both ways alike."""
    plans = sndlib.read(Path(case.file))
    if case.problem == DESIGN:
        ends = plans.tail, plans.head, plans.source, plans.sink, plans.demand
        modules = plans.edge, plans.capacity, plans.cost, plans.several
        given = plans.existing, plans.flow_cost
        return Question(
            len(plans.places),
            lambda limits: location.network_design(*ends, *modules, *given, limits=limits),
        )
    edges = plans.tail, plans.head, plans.price(), plans.requirement()
    both = case.problem == TWO_NODE
    return Question(
        len(plans.places),
        lambda limits: location.survivable_network(*edges, both, limits=limits),
    )


def _p_hub(places: hubs.Places, case: Benchmark, unit: float) -> Question:
    """Told in units of so much. What the case says of the factors goes before the file."""
    p, allocation = int(case.parameter["p"]), 1 if case.problem == SINGLE_HUB else None
    factors = {
        "collection": case.parameter.get("chi", places.collection),
        "transfer": case.parameter.get("alpha", places.transfer),
        "distribution": case.parameter.get("delta", places.distribution),
    }
    return Question(
        len(places.flows),
        lambda limits: location.p_hub(
            places.flows, places.costs, p, allocation, **factors, limits=limits
        ),
        lambda found: (found.objective / unit, found.bound / unit),
    )


def _ap(case: Benchmark, _: Told) -> Question:
    return _p_hub(hubs.read_ap(Path(case.file)), case, hubs.THOUSAND)


def _cab(case: Benchmark, _: Told) -> Question:
    places = hubs.read_cab(Path(case.file))
    return _p_hub(places, case, float(places.flows.sum()))


def _ap_fixed(case: Benchmark, _: Told) -> Question:
    places = hubs.read_ap(Path(case.file))
    fixed, capacity = hubs.read_fixed(Path(case.file), case.instance[-2:])
    return Question(
        len(places.flows),
        lambda limits: location.fixed_hub(
            places.flows,
            places.costs,
            fixed,
            capacity,
            collection=places.collection,
            transfer=places.transfer,
            distribution=places.distribution,
            limits=limits,
        ),
        lambda found: (found.objective / hubs.THOUSAND, found.bound / hubs.THOUSAND),
    )


def _kolm_pollak(case: Benchmark, _: Told) -> Question:
    """Required destinations are open because each has an origin of its own that is served there for
    nothing, and nowhere else. Told in the number of the authors' code.
    """
    place, aversion = kolm_pollak.read(Path(case.file)), case.parameter["aversion"]
    bound_to = np.full((len(place.required), place.distances.shape[1]), np.inf)
    bound_to[np.arange(len(place.required)), place.required] = 0.0
    costs = np.vstack([place.distances, bound_to])
    weights = np.concatenate([place.persons, np.ones(len(place.required))])
    phi = _phi({"kappa": aversion * place.alpha()}) if aversion else None

    def tell(found: Answer) -> tuple[float, float]:
        assert found.plan is not None
        value = place.authors(aversion, found.plan.sites)
        return value, value * (found.bound / found.objective)

    p = int(case.parameter["p"])
    return Question(
        len(place.persons),
        lambda limits: location.p_median(costs, p, weights=weights, phi=phi, limits=limits),
        tell,
    )


READ: dict[str, Callable[[Benchmark, Told], Question]] = {
    "pmed": _pmed,
    "tsplib": _tsplib,
    "uniform": _uniform,
    "orlib": lambda case, _: _fixed_charge(warehouses.read_orlib(Path(case.file)), case),
    "holmberg": lambda case, _: _fixed_charge(warehouses.read_holmberg(Path(case.file)), case),
    "delmaire": lambda case, _: _fixed_charge(warehouses.read_delmaire(Path(case.file)), case),
    "sjc": _sjc,
    "sndlib": _sndlib,
    "steinlib": _steinlib,
    "ap": _ap,
    "ap_fixed": _ap_fixed,
    "cab": _cab,
    "kolm_pollak": _kolm_pollak,
}
