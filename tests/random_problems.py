"""Small random problems with every feature, drawn straight from the types: no geometry, no file.

A problem is drawn so that everybody could be served if everything were built; whether the money,
land, hosts, capacities, referrals, floors and caps allow it is left to chance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.problem import (
    BUILD,
    KEEP,
    UPGRADE,
    Backup,
    Classes,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
    Size,
)
from optimizer.question import Policy
from tests.enumerating.siting import sitings
from tests.random_equities import chance
from tests.random_policies import capping, draw_policy, minimising

#: Side of the square in which everything lies, in minutes.
SIDE = 50.0

PROVINCE_P, PROVINCE_Q, CITY_A, CITY_B = range(4)

STATUSES = ("candidate", "existing", "required", "closed")


@dataclass(frozen=True)
class Extent:
    """How large a problem is.

    least, most: sets of options that it may have, since an enumeration tries them all; services:
    how likely it has one, two and three; sites: from how many to below how many.
    """

    least: int
    most: int
    services: tuple[float, float, float]
    sites: tuple[int, int]


#: For all features together; where many problems are drawn for one measure.
MANY = Extent(1, 1500, (0.4, 0.4, 0.2), (2, 5))
FEW = Extent(12, 200, (0.7, 0.3, 0.0), (3, 6))


@dataclass(frozen=True)
class Places:
    """Where things lie, in minutes east and north: cities A (west) and B (east)."""

    homes: np.ndarray
    sites: np.ndarray
    home_city: np.ndarray
    site_area: np.ndarray
    jurisdictions: Jurisdictions
    whole: bool  # minutes are whole numbers, so that ties and exact standards occur

    def minutes(self, origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """(origins, targets) minutes in a straight line."""
        distance = np.hypot(*(origins[:, None] - targets[None]).transpose(2, 0, 1))
        return np.round(distance) if self.whole else distance


def draw(seed: int) -> tuple[Problem, Policy]:
    """The problem and the policy of this seed."""
    rng = np.random.default_rng(seed)
    problem = draw_problem(rng, MANY)
    return problem, draw_policy(rng, problem)


def draw_minimising(measure: str, seed: int) -> tuple[Problem, Policy]:
    """A smaller problem, and a policy that minimises the measure."""
    rng = np.random.default_rng(seed)
    problem = draw_problem(rng, FEW)
    return problem, minimising(rng, problem, measure)


def draw_capping(measure: str, seed: int) -> tuple[Problem, Policy]:
    """A smaller problem, and a policy that caps the measure."""
    rng = np.random.default_rng(seed)
    problem = draw_problem(rng, FEW)
    return problem, capping(rng, problem, measure)


def draw_with_people(seed: int, entitled: bool, classes: bool) -> tuple[Problem, Policy]:
    """A smaller problem where levels are for some only, or demand points have classes."""
    rng = np.random.default_rng(seed)
    problem = with_people(rng, draw_problem(rng, FEW), entitled, classes)
    return problem, draw_policy(rng, problem)


def with_people(
    rng: np.random.Generator, problem: Problem, entitled: bool, classes: bool
) -> Problem:
    """The problem with levels for some only, and classes of demand points."""
    demand, services = problem.demand, problem.services
    if entitled:
        demand = replace(demand, groups=_parted(rng, demand))
        services = tuple(_for_some(rng, service) for service in services)
    if classes:
        demand = replace(demand, classes=_classes(rng, demand))
    return replace(problem, demand=demand, services=services)


def _parted(rng: np.random.Generator, demand: Demand) -> dict[str, np.ndarray]:
    """Groups: who is registered, who is not (all others, or some), and the old of both."""
    persons = demand.persons
    registered = np.round(persons * rng.uniform(0, 1, len(persons)))
    if chance(rng, 0.3):  # somewhere nobody is
        registered[rng.integers(len(persons))] = 0.0
    if not registered.any():
        registered = persons.copy()
    migrant = persons - registered
    if chance(rng, 0.4):
        migrant = np.round(migrant * rng.uniform(0, 1, len(persons)))
    return {
        "registered": registered,
        "migrant": migrant,
        "old": np.round(persons * rng.uniform(0, 1, len(persons))),
    }


def _for_some(rng: np.random.Generator, service: Service) -> Service:
    """The service with some or all of its levels for who is registered."""
    levels = [
        replace(level, entitled=("registered",)) if chance(rng, 0.75) else level
        for level in service.levels
    ]
    return replace(service, levels=tuple(levels))


def _classes(rng: np.random.Generator, demand: Demand) -> dict[str, Classes]:
    """Rings and roles; some points have no ring, but one has where somebody may use all levels."""
    points = len(demand.ids)
    rings = rng.integers(-1, 3, points)
    able = demand.groups.get("registered", demand.persons)
    rings[int(able.argmax())] = rng.integers(0, 3)
    found = {"ring": Classes(("circle", "core", "rest"), rings)}
    if chance(rng, 0.5):
        found["role"] = Classes(("core", "member"), rng.integers(0, 2, points))
    return found


def draw_problem(rng: np.random.Generator, extent: Extent) -> Problem:
    """A problem in which there is something to decide, if the extent asks for that."""
    problem = _any_problem(rng, extent)
    while len(list(sitings(problem))) < extent.least:
        problem = _any_problem(rng, extent)
    return problem


def _any_problem(rng: np.random.Generator, extent: Extent) -> Problem:
    places = _places(rng, extent)
    demand = _demand(rng, places)
    drawn, tables = [], []
    for number in range(rng.choice([1, 2, 3], p=extent.services)):
        service = _service(rng, f"s{number}", float(demand.persons.sum()))
        drawn.append(service)
        tables.append(_statuses(rng, len(places.sites)))
    _thin_out(rng, drawn, tables, extent.most)
    sites = _sites(rng, places, tables)
    options = _options(rng, drawn, tables)
    pairs, eased = _pairs(places, drawn, options)
    return Problem(
        places.jurisdictions,
        demand,
        sites,
        tuple(eased),
        options,
        tuple(pairs),
        _transfers(places, eased),
    )


def _places(rng: np.random.Generator, extent: Extent) -> Places:
    homes = rng.uniform(0, SIDE, (rng.integers(2, 6), 2))
    sites = rng.uniform(0, SIDE, (rng.integers(*extent.sites), 2))

    def city(points: np.ndarray) -> np.ndarray:
        return np.where(points[:, 0] < SIDE / 2, CITY_A, CITY_B).astype(np.int64)

    site_area = city(sites)
    if chance(rng, 0.1):  # a site outside all cities, straight below its province
        site_area[0] = PROVINCE_P
    budget = np.array([np.nan, np.nan, *rng.uniform(20, 120, 2)])
    if chance(rng, 0.1):
        budget[CITY_B] = np.nan
    if chance(rng, 0.1):
        budget[CITY_A] = 0.0
    province_of_b = PROVINCE_Q if chance(rng, 0.5) else PROVINCE_P
    jurisdictions = Jurisdictions(
        ids=("P", "Q", "A", "B"),
        parent=np.array([-1, -1, PROVINCE_P, province_of_b]),
        tier=("province", "province", "city", "city"),
        role=("core", "core", "core", "member"),
        budget=budget,
    )
    return Places(homes, sites, city(homes), site_area, jurisdictions, chance(rng, 0.4))


def _demand(rng: np.random.Generator, places: Places) -> Demand:
    n = len(places.homes)
    persons = rng.integers(1, 100, n).astype(float)
    if chance(rng, 0.15):
        persons[rng.integers(n)] = 0.0
    groups = {}
    for name in ("old", "rural")[: rng.integers(0, 3)]:
        groups[name] = np.round(persons * rng.uniform(0, 1, n))
    return Demand(tuple(f"d{i}" for i in range(n)), places.home_city, persons, groups)


def _service(rng: np.random.Generator, name: str, persons: float) -> Service:
    names = [name] if chance(rng, 0.5) else [f"{name}.low", f"{name}.high"]
    levels = []
    for row, level in enumerate(names):
        standard = float(rng.integers(15, 35))
        levels.append(
            Level(
                level,
                name,
                standard=standard,
                cutoff=standard + float(rng.integers(5, 50)),
                share=1.0 if row == 0 else float(rng.uniform(0.1, 0.6)),
                border=str(rng.choice(["city", "province"])) if chance(rng, 0.2) else None,
                backup=_backup(rng, standard) if chance(rng, 0.35) else None,
                referral=float(rng.integers(2, 20)) if row + 1 < len(names) else None,
            )
        )
    if len(levels) == 2 and chance(rng, 0.2):
        levels[0] = replace(levels[0], referral=None)
    limited = chance(rng, 0.6)
    sizes = []
    for number in range(rng.choice([1, 2], p=[0.4, 0.6] if len(levels) == 1 else [0.1, 0.9])):
        # The first size offers every level, so that each can be had; another may offer one alone.
        own = levels[0] if chance(rng, 0.75) else levels[-1]
        offered = [n for n in levels if number == 0 or n is own or chance(rng, 0.3)]
        capacity = {
            level.id: persons * level.share * float(rng.uniform(0.5, 1.9)) if limited else np.inf
            for level in offered
        }
        upgrade = float(rng.uniform(1, 10)) if chance(rng, 0.6) else np.inf
        cost, land = float(rng.uniform(2, 10)) * len(offered), float(rng.uniform(0, 3))
        sizes.append(Size(f"size {number}", cost, upgrade, land, capacity))
    return Service(name, tuple(levels), tuple(sizes))


def _backup(rng: np.random.Generator, standard: float) -> Backup:
    tier = str(rng.choice(["city", "province", "site"], p=[0.4, 0.2, 0.4]))
    return Backup(standard + float(rng.integers(5, 30)), tier)


def _statuses(rng: np.random.Generator, n_sites: int) -> list[str]:
    """What one service has at each site."""
    statuses = rng.choice(STATUSES, n_sites, p=[0.6, 0.16, 0.06, 0.18]).tolist()
    _keep_buildable(rng, statuses)
    return statuses


def _keep_buildable(rng: np.random.Generator, statuses: list[str]) -> None:
    """Make sure that the service can be built somewhere."""
    if not {"candidate", "required"} & set(statuses):
        statuses[rng.integers(len(statuses))] = "candidate"


def _choices(service: Service, status: str) -> int:
    """How many ways the service can stand at a site of this status, nothing included."""
    upgrades = sum(np.isfinite(size.upgrade_cost) for size in service.sizes)
    return {
        "candidate": 1 + len(service.sizes),
        "existing": 1 + upgrades,
        "required": len(service.sizes),
    }.get(status, 1)


def _thin_out(
    rng: np.random.Generator, services: list[Service], tables: list[list[str]], most: int
) -> None:
    """Take facilities away until the sets of options can all be tried."""

    def possible() -> int:
        counts = [
            _choices(service, status)
            for service, statuses in zip(services, tables, strict=True)
            for status in statuses
        ]
        return int(np.prod(counts))

    while possible() > most:
        statuses = tables[rng.integers(len(tables))]
        there = [j for j, status in enumerate(statuses) if status != "closed"]
        if len(there) > 1:
            statuses[rng.choice(there)] = "closed"
            _keep_buildable(rng, statuses)


def _sites(rng: np.random.Generator, places: Places, tables: list[list[str]]) -> Sites:
    n = len(places.sites)
    standing = np.array([sum(table[j] == "existing" for table in tables) for j in range(n)])
    hosts = np.where(rng.random(n) < 0.12, 1, 9)
    return Sites(
        tuple(f"j{j}" for j in range(n)),
        places.site_area,
        cost=np.where((standing > 0) | (rng.random(n) < 0.3), 0.0, rng.uniform(1, 10, n)),
        land=np.where(rng.random(n) < 0.5, np.inf, rng.uniform(1, 8, n)),
        hosts=np.maximum(hosts, standing).astype(np.int64),
    )


def _options(rng: np.random.Generator, services: list[Service], tables: list[list[str]]) -> Options:
    levels = [level.id for service in services for level in service.levels]
    rows: list[tuple[int, int, int, str, np.ndarray, float, float, bool]] = []
    for number, (service, statuses) in enumerate(zip(services, tables, strict=True)):
        added = [
            np.array([size.capacity.get(level, 0.0) for level in levels]) for size in service.sizes
        ]
        for site, status in enumerate(statuses):
            if status in ("candidate", "required"):
                for s, size in enumerate(service.sizes):
                    must = status == "required"
                    rows.append((number, site, s, BUILD, added[s], size.cost, size.land, must))
            if status == "existing":
                stands = added[rng.integers(len(added))] * rng.uniform(0.3, 1.0)
                rows.append((number, site, -1, KEEP, stands, 0.0, 0.0, True))
                for s, size in enumerate(service.sizes):
                    if np.isfinite(size.upgrade_cost):
                        more = stands + added[s]
                        cost = size.upgrade_cost
                        rows.append((number, site, s, UPGRADE, more, cost, size.land, True))
    service_of, site_of, size_of, kind, capacity, cost, land, required = zip(*rows, strict=True)
    return Options(
        service=np.array(service_of),
        site=np.array(site_of),
        size=np.array(size_of),
        kind=np.array(kind),
        capacity=np.array(capacity),
        cost=np.array(cost),
        land=np.array(land),
        required=np.array(required),
    )


def _pairs(
    places: Places, services: list[Service], options: Options
) -> tuple[list[Pairs], list[Service]]:
    """The admissible pairs of each level; a border or cut-off that leaves anybody out is eased."""
    minutes = places.minutes(places.homes, places.sites)
    pairs, eased, row = [], [], 0
    for service in services:
        levels = []
        for level in service.levels:
            possible = np.zeros(len(places.sites), dtype=bool)
            possible[options.site[options.capacity[:, row] > 0]] = True
            allowed = np.broadcast_to(possible, minutes.shape)
            if level.border is not None:
                home = places.jurisdictions.at(level.border)[places.home_city]
                here = places.jurisdictions.at(level.border)[places.site_area]
                inside = allowed & (home[:, None] == here[None])
                if inside.any(axis=1).all():
                    allowed = inside
                else:
                    level = replace(level, border=None)
            farthest = np.where(allowed, minutes, np.inf).min(axis=1).max()
            level = replace(level, cutoff=max(level.cutoff, float(farthest)))
            origin, site = np.nonzero(allowed & (minutes <= level.cutoff))
            pairs.append(Pairs(origin, site, minutes[origin, site]))
            levels.append(level)
            row += 1
        eased.append(Service(service.id, tuple(levels), service.sizes))
    return pairs, eased


def _transfers(places: Places, services: list[Service]) -> dict[int, Pairs]:
    between = places.minutes(places.sites, places.sites)
    levels = [level for service in services for level in service.levels]
    transfers = {}
    for row, level in enumerate(levels):
        if level.referral is not None:
            origin, site = np.nonzero(between <= level.referral)
            transfers[row] = Pairs(origin, site, between[origin, site])
    return transfers
