"""The enumeration itself, by hand.

City A: demand point d0 with 30 persons, site j0; city B: d1 with 10, j1. Old are 3 at d0 and 9 at
d1, young all others. Minutes: d0 10 and 40, d1 30 and 20; standard 20, cut-off 60. A station
costs 5 at j0 and 6 at j1, opening either site 2. So the minutes are 10 and 30 with j0 alone, 40
and 20 with j1 alone, 10 and 20 with both.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.problem import (
    BUILD,
    Backup,
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
from optimizer.question import Bound, Budget, Equity, Floor, Policy
from tests.enumeration import Best, best_plan

INF = np.inf
BOTH = (0, 1)


def two_cities(
    capacity: tuple[float, float] = (INF, INF), budget: tuple[float, float] = (0.0, 0.0)
) -> Problem:
    level = Level("s", "s", standard=20, cutoff=60, backup=Backup(40, "city"))
    pairs = Pairs(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([10.0, 40, 30, 20]))
    groups = {"old": np.array([3.0, 9]), "young": np.array([27.0, 1])}
    return Problem(
        Jurisdictions(("A", "B"), np.array([-1, -1]), ("city",) * 2, ("",) * 2, np.array(budget)),
        Demand(("d0", "d1"), np.array([0, 1]), np.array([30.0, 10]), groups),
        Sites(
            ("j0", "j1"),
            np.array([0, 1]),
            cost=np.array([2.0, 2]),
            land=np.array([INF, INF]),
            hosts=np.array([1, 1]),
        ),
        (Service("s", (level,), (Size("station", 5, INF, 0, {"s": INF}),)),),
        Options(
            service=np.array([0, 0]),
            site=np.array([0, 1]),
            size=np.array([0, 0]),
            kind=np.array([BUILD, BUILD]),
            capacity=np.array(capacity)[:, None],
            cost=np.array([5.0, 6]),
            land=np.zeros(2),
            required=np.array([False, False]),
        ),
        (pairs,),
    )


def with_clinic() -> Problem:
    """The same, and a clinic that must stand at j1, standard 30: 40 and 20 minutes."""
    problem, level = two_cities(), Level("c", "c", standard=30, cutoff=60)
    everywhere = problem.pairs[0]
    return replace(
        problem,
        sites=replace(problem.sites, hosts=np.array([2, 2])),
        services=(*problem.services, Service("c", (level,), (Size("clinic", 0, INF, 0, {}),))),
        options=Options(
            service=np.array([0, 0, 1]),
            site=np.array([0, 1, 1]),
            size=np.array([0, 0, 0]),
            kind=np.array([BUILD] * 3),
            capacity=np.array([[INF, 0], [INF, 0], [0, INF]]),
            cost=np.array([5.0, 6, 0]),
            land=np.zeros(3),
            required=np.array([False, False, True]),
        ),
        pairs=(everywhere, everywhere.only(everywhere.site == 1)),
    )


def just(measure: str, **changes: object) -> Policy:
    """Nothing but equity."""
    return Policy(weight=1, equity=Equity(measure, **changes))


def found(problem: Problem, policy: Policy) -> Best:
    best = best_plan(problem, policy)
    assert best is not None
    return best


@pytest.mark.parametrize(
    ("policy", "money", "objective", "options"),
    [
        # Both: (30 x 10 + 10 x 20) / 40; the worst-off travel 20.
        (Policy(weight=0), 0, 12.5, BOTH),
        (just("maximum"), 0, 20, BOTH),
        # The money of A pays for one: j0, (30 x 10 + 10 x 30) / 40.
        (Policy(weight=0, budget=Budget(pooled=1)), 7, 15, (0,)),
        # Half of 16 is the 8 that j1 takes; 40 % are 6.4.
        (Policy(weight=0, budget=Budget(pooled=0.5)), 16, 12.5, BOTH),
        (Policy(weight=0, budget=Budget(pooled=0.4)), 16, 15, (0,)),
        # j0 takes 7 of the 15 that everything costs: 46.67 %.
        (Policy(weight=0, efficiency="cost"), 0, 700 / 15, (0,)),
        (Policy(weight=0, cost_bound=7), 0, 15, (0,)),
        # Both cities are within 40 minutes of the 30 covered persons, more than 60 % of 40.
        (Policy(weight=0, efficiency="cost", floors={"s": Floor(backup=0.6)}), 0, 100, BOTH),
        # j0 covers d0: 10 of 40 persons are left, 25 %.
        (Policy(weight=0, efficiency="uncovered", budget=Budget()), 7, 25, (0,)),
        # Half the mean, half the worst-off quarter: (12.5 + 20) / 2.
        (Policy(equity=Equity("cvar", {"share": 0.25})), 0, 16.25, BOTH),
    ],
)
def test_question(policy: Policy, money: float, objective: float, options: tuple[int, ...]) -> None:
    best = found(two_cities(budget=(money, 0.0)), policy)
    assert best.options == options
    assert best.objective == pytest.approx(objective)


@pytest.mark.parametrize(
    ("equity", "objective"),
    [
        (Equity("mean"), 12.5),
        (Equity("mean", among="city"), 15),
        # Old: (3 x 10 + 9 x 20) / 12 = 17.5. Young: (27 x 10 + 1 x 20) / 28 = 10.35714.
        (Equity("mean", among="groups"), 13.92857),
        (Equity("maximum", among="groups"), 17.5),
        # The worst-off 20 of 40: 10 at 20 and 10 at 10.
        (Equity("cvar", {"share": 0.5}), 15),
        # (1 x 20 + 3 x 12.5) / 4.
        (Equity("ordered_median", {"shares": (0.25, 1.0), "weights": (1.0, 3.0)}), 14.375),
        # kappa = 1 / 20, phi(10) = 20 e^-0.5 = 12.13061, phi(20) = 20.
        (Equity("kolm_pollak"), 14.09796),
        (Equity("kolm_pollak", among="points"), 16.06531),
        # 10 minutes: 20 (e^0.5 - 1).
        (Equity("kolm_pollak_gap"), 12.97443),
        # Old: S = (3 e^-0.5 + 9) / 12 = 0.9016327. Young: (27 e^-0.5 + 1) / 28 = 0.6205831.
        (Equity("kolm_pollak_gap", among="groups"), 9.05759),
        (Equity("deprivation"), 0),
        # phi(10) = 20 + 41 ln(41 / 51) = 11.05160.
        (Equity("alpha_fair"), 13.28870),
        # phi(10) = 20 + 41^2 (1 / 51 - 1 / 41) = 11.96078.
        (Equity("alpha_fair", {"alpha": 2.0}), 13.97059),
        (Equity("leximin", {"step": 15.0}), 30),
        (Equity("range"), 10),
        # (30 x 2.5 + 10 x 7.5) / 40.
        (Equity("mean_absolute_deviation"), 3.75),
        # 2 x 30 x 10 x 10 / 40^2.
        (Equity("absolute_differences"), 3.75),
        # 3.75 / 25, of which 0.01 weighs as much as a minute; 20 / 10 - 1.
        (Equity("gini"), 15),
        (Equity("ratio"), 100),
    ],
)
def test_measure_of_minutes(equity: Equity, objective: float) -> None:
    best = found(two_cities(), Policy(weight=1, equity=equity))
    assert best.options == BOTH
    assert best.objective == pytest.approx(objective, abs=1e-5)


@pytest.mark.parametrize(
    ("equity", "objective"),
    [
        # j0 alone serves the 10 of d1 beyond the standard, by 10 minutes.
        (Equity("deprivation"), 2.5),
        (Equity("mean", of="uncovered"), 25),
        (Equity("mean", of="uncovered", among="points"), 50),
        (Equity("maximum", of="uncovered", among="city"), 100),
        # 9 of 12 old, 1 of 28 young: 0.75 - 0.03571.
        (Equity("range", of="uncovered", among="groups"), 71.42857),
    ],
)
def test_beyond_the_standard(equity: Equity, objective: float) -> None:
    best = found(two_cities(), Policy(weight=1, equity=equity, cost_bound=7))
    assert best.objective == pytest.approx(objective)


@pytest.mark.parametrize(
    ("equity", "objective"),
    [
        # Within the standard j0 has 20 places for the 30 of d0, j1 40 for the 10 of d1.
        (Equity("maximum", of="catchment"), 100 / 3),
        (Equity("range", of="catchment"), 1000 / 3),
        # Mean 60 / 40 = 1.5, mean difference 2 x 300 x 10/3 / 1600 = 1.25.
        (Equity("gini", of="catchment"), 125 / 3),
        # Old: (3 x 2/3 + 9 x 4) / 12 = 19/6. Young: (27 x 2/3 + 4) / 28 = 11/14.
        (Equity("ratio", of="catchment", among="groups"), 100 * (19 / 6 * 14 / 11 - 1)),
    ],
)
def test_places_within_reach(equity: Equity, objective: float) -> None:
    best = found(two_cities(capacity=(20, 40)), Policy(weight=1, equity=equity))
    assert best.objective == pytest.approx(objective)


@pytest.mark.parametrize(
    ("equity", "objective"),
    [
        # The stations at 20, the clinic at 40; the clinic weighs 3 of 4.
        (Equity("maximum"), 35),
        (Equity("maximum", services="worst"), 40),
        (Equity("maximum", services="s"), 20),
        # Kolm-Pollak, s: 14.09796; c: 30 (30 e^(1/3) + 10 e^(-1/3)) / 40.
        (Equity("kolm_pollak"), 0.25 * 14.09796 + 0.75 * 36.77526),
        # Gini, s: 0.15; c: 7.5 / 70.
        (Equity("gini"), 25 * 0.15 + 75 * 7.5 / 70),
        (Equity("gini", services="worst"), 15),
    ],
)
def test_several_levels(equity: Equity, objective: float) -> None:
    policy = Policy(weight=1, equity=equity, level_weights={"s": 1, "c": 3})
    assert found(with_clinic(), policy).objective == pytest.approx(objective, abs=1e-5)


@pytest.mark.parametrize(
    ("equity", "objective"),
    [
        # 20 of d0 find room at j0, 10 go to j1: its mean is (20 x 10 + 10 x 40) / 30 = 20, and
        # d1 has 20 too.
        (Equity("maximum"), 20),
        (Equity("cvar"), 20),
        # Kolm-Pollak sees the trips: kappa = 1 / 20, phi(10) = 20 e^-0.5, phi(20) = 20,
        # phi(40) = 20 e; (20 x 12.13061 + 10 x 54.36564 + 10 x 20) / 40.
        (Equity("kolm_pollak"), 24.65672),
        # Those 10 are in the class that ends at 45.
        (Equity("leximin", {"step": 15.0}), 45),
    ],
)
def test_demand_is_split_where_capacity_ends(equity: Equity, objective: float) -> None:
    best = found(two_cities(capacity=(20, 40)), Policy(weight=1, equity=equity))
    assert best.objective == pytest.approx(objective)


def test_nobody_passes_what_has_room() -> None:
    # 20 of the 30 of d0 sent on to j1 would have 20 minutes in the mean, as d1 has: no range.
    # The guard would allow it; but j0 has room for all.
    policy = replace(just("range"), guard=5.0)
    assert found(two_cities(capacity=(100, 40)), policy).objective == pytest.approx(10)
    # Room for 25: the others go to j1, and d0 has (25 x 10 + 5 x 40) / 30 = 15.
    assert found(two_cities(capacity=(25, 40)), policy).objective == pytest.approx(5)


def test_a_cap_on_dispersion_keeps_people_near_too() -> None:
    policy = Policy(weight=0, bounds={"apart": Bound(Equity("range"), 9.0)})
    assert best_plan(two_cities(capacity=(100, 40)), policy) is None
    assert found(two_cities(capacity=(25, 40)), policy).objective == pytest.approx(650 / 40)


def test_full_facilities_are_passed_as_far_as_the_guard_allows() -> None:
    # Both are full whoever goes where: x of d0 and x of d1 may change places. Then they have
    # 10 + x and 20 + x minutes, all together 12.5 + x, and the guard ends it at 1.1 x 12.5.
    best = found(two_cities(capacity=(30, 10)), just("ratio"))
    assert best.guard == pytest.approx(13.75)
    assert best.objective == pytest.approx(100 * (21.25 / 11.25 - 1))


def test_a_ratio_is_weighed_against_efficiency() -> None:
    # With y = 10 + x the objective is 0.9 (y + 2.5) + 0.1 x 1000 / y, least where 0.9 y^2 = 100.
    problem, policy = two_cities(capacity=(30, 10)), Policy(weight=0.1, equity=Equity("ratio"))
    y = np.sqrt(100 / 0.9)
    best = found(problem, replace(policy, guard=1.0))
    assert best.objective == pytest.approx(0.9 * (y + 2.5) + 100 / y, rel=1e-5)


def test_guard() -> None:
    # j1 alone has the lower Gini, 7.5 / 70, and a mean of 35 minutes: 2.8 times the best.
    best = found(two_cities(), just("gini"))
    assert (best.options, best.guard) == (BOTH, pytest.approx(13.75))
    best = found(two_cities(), replace(just("gini"), guard=1.8))
    assert (best.options, best.objective) == ((1,), pytest.approx(750 / 70))
    # A measure that never gains by making people worse off needs none, but may be given one.
    assert found(two_cities(), just("maximum")).guard is None
    assert found(two_cities(), replace(just("maximum"), guard=0.0)).guard == pytest.approx(12.5)


@pytest.mark.parametrize(
    ("equity", "at_most", "objective", "options"),
    [
        # Only j1 alone is so equal: Gini 7.5 / 70, and 35 minutes in the mean.
        (Equity("gini"), 0.11, 35, (1,)),
        (Equity("range"), 10, 12.5, BOTH),
        (Equity("leximin", {"step": 20.0}), 20, 12.5, BOTH),
        (Equity("kolm_pollak_gap"), 10, 12.5, BOTH),
    ],
)
def test_cap(equity: Equity, at_most: float, objective: float, options: tuple[int, ...]) -> None:
    asked = Policy(weight=0, equity=equity, equity_bound=at_most)
    named = Policy(weight=0, bounds={"cap": Bound(equity, at_most)})
    for policy in (asked, named):
        best = found(two_cities(), policy)
        assert (best.options, best.objective) == (options, pytest.approx(objective))


def test_several_caps_hold_together() -> None:
    together = {"gini": Bound(Equity("gini"), 0.11), "worst": Bound(Equity("maximum"), 30)}
    for name in together:
        policy = Policy(weight=0, bounds={name: together[name]})
        assert best_plan(two_cities(), policy) is not None
    assert best_plan(two_cities(), Policy(weight=0, bounds=together)) is None


def test_leximin_is_an_order() -> None:
    # One station: the farthest are between 20 and 40 minutes away, with j0 the 10 of d1, with j1
    # the 30 of d0. Classes end at 60, 40, 20, 0; what is left open goes to efficiency.
    best = found(two_cities(), replace(just("leximin", parameters={"step": 20.0}), cost_bound=8))
    assert (best.options, best.objective) == ((0,), 40)
    assert best.order == (0, 0, 0.25, 1, 15)


@pytest.mark.parametrize(
    ("problem", "policy"),
    [
        (two_cities(capacity=(20, 15)), Policy()),  # room for 35 of 40
        (two_cities(budget=(6.0, 0.0)), Policy(budget=Budget(pooled=1))),  # j0 takes 7
        # 7 pay for j0, which covers nobody of B.
        (
            two_cities(budget=(7.0, 0.0)),
            Policy(budget=Budget(pooled=1), floors={"s": Floor(jurisdiction=0.1)}),
        ),
        # Caps just below the best: d1 travels 20, and the cheapest station takes 7.
        (two_cities(), Policy(weight=0, equity=Equity("maximum"), equity_bound=19)),
        (two_cities(), Policy(weight=1, efficiency="cost", efficiency_bound=6)),
        (two_cities(), Policy(cost_bound=6)),
        # The efficient plan would need a cheaper station, so there is nothing to be guarded.
        (two_cities(), replace(just("gini"), cost_bound=6)),
    ],
)
def test_no_plan(problem: Problem, policy: Policy) -> None:
    assert best_plan(problem, policy) is None
