"""All rules x all algorithms: each rule is honoured, or the algorithm is not the one that answers.

Each algorithm has questions that it takes; each rule a change that makes them ask for it, tight
enough to forbid the plan that was best. Whoever answers then, the answer is that of the full model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, product

import numpy as np
import pyomo.environ as pyo
import pytest

from optimizer.algorithms import full, honours, leximin, radius_search, ratio
from optimizer.algorithms import session as sessions
from optimizer.algorithms.median import adaptor
from optimizer.assessment.indicators import assess, worth
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.problem import BUILD, Backup, Corridors, Pairs, Problem, Service, Unmet
from optimizer.problem.adversary import under
from optimizer.question import Bound, Budget, Equity, Floor, Limits, Policy, Quota
from optimizer.robust import scenario_aggregation, solve
from optimizer.robust.attack_generation import HONOURS as AGAINST
from optimizer.robust.attack_generation import NAME as ATTACKED
from optimizer.rules import RULES as ROWS
from optimizer.rules import SitingRule
from optimizer.solution import Result, Status
from optimizer.verification import RULES
from optimizer.verification.verdict import PlainPlan
from tests import random_attacks, random_failures
from tests.algorithms.median.test_adaptor import policy, villages
from tests.parts import parts
from tests.random_problems import draw

EXACT = Limits(gap=0.0, threads=1)
Question = tuple[Problem, Policy]


@cache
def base(name: str) -> Question:
    """A question that the algorithm of this name answers."""
    if name == adaptor.NAME:
        return villages(11), policy()
    if name == radius_search.NAME:
        return villages(37), policy(weight=1.0, equity=Equity("maximum"))
    if name == full.NAME:
        return villages(30), policy(equity=Equity("cvar"))
    if name == ratio.NAME:
        return villages(34), policy(weight=1.0, equity=Equity("gini"), guard=0.5)
    if name == leximin.NAME:
        return villages(38), policy(weight=1.0, equity=Equity("leximin"))
    if name == scenario_aggregation.NAME:
        case = random_failures.draw(0, overflows=False, more=2)
        return case.problem, replace(case.policy, equity=Equity("mean"))
    attacked = random_attacks.draw(12)
    return attacked.problem, attacked.policy


NAMES = (
    *(adaptor.NAME, radius_search.NAME, full.NAME, ratio.NAME, leximin.NAME),
    *(scenario_aggregation.NAME, ATTACKED),
)
HONOURS = {
    adaptor.NAME: adaptor.HONOURS,
    radius_search.NAME: full.HONOURS,
    full.NAME: full.HONOURS,
    ratio.NAME: full.HONOURS,
    leximin.NAME: full.HONOURS,
    scenario_aggregation.NAME: scenario_aggregation.HONOURS,
    ATTACKED: AGAINST,
}


def built(problem: Problem, result: Result) -> int:
    """An option that the plan builds and need not."""
    assert result.plan is not None
    new = (problem.options.kind == BUILD) & ~problem.options.required
    return int(result.plan.options[new[result.plan.options]][0])


def same(problem: Problem, policy: Policy, result: Result) -> Question:
    return problem, policy


def more_required(problem: Problem, policy: Policy, result: Result) -> Question:
    assert result.plan is not None
    options, chosen = problem.options, result.plan.options
    others = np.setdiff1d(np.unique(options.facility), options.facility[chosen])
    required = options.required | (options.facility == others[-1])
    return replace(problem, options=replace(options, required=required)), policy


def no_land(problem: Problem, policy: Policy, result: Result) -> Question:
    options, land = problem.options, problem.sites.land.copy()
    k = built(problem, result)
    land[options.site[k]] = 0.0
    options = replace(options, land=np.full(len(options), 1.0) * (options.kind == BUILD))
    return replace(problem, options=options, sites=replace(problem.sites, land=land)), policy


def no_host(problem: Problem, policy: Policy, result: Result) -> Question:
    hosts = problem.sites.hosts.copy()
    hosts[problem.options.site[built(problem, result)]] = 0
    return replace(problem, sites=replace(problem.sites, hosts=hosts)), policy


def less_land(problem: Problem, policy: Policy, result: Result) -> Question:
    """Half a hectare less than the jurisdiction of something that is built takes there."""
    assert result.plan is not None
    options, at = problem.options, problem.sites.jurisdiction
    area = at[options.site[built(problem, result)]]
    land = np.full(len(options), 1.0) * (options.kind == BUILD)
    chosen = result.plan.options
    here = (at[options.site[chosen]] == area) & (options.kind[chosen] == BUILD)
    quota = Quota("land", problem.jurisdictions.tier[int(area)], at_most=here.sum() - 0.5)
    options = replace(options, land=land)
    sites = replace(problem.sites, land=np.full(len(at), np.inf))
    return replace(problem, options=options, sites=sites), replace(policy, quotas={"q": quota})


def spent(problem: Problem, policy: Policy, result: Result) -> float:
    assert result.plan is not None
    return assess(Case(problem, policy), result.plan).cost


def less_money(problem: Problem, policy: Policy, result: Result) -> Question:
    money = np.full(len(problem.jurisdictions.ids), 0.9 * spent(problem, policy, result))
    areas = replace(problem.jurisdictions, budget=money)
    return replace(problem, jurisdictions=areas), replace(policy, budget=Budget("city"))


def corridors(problem: Problem, policy: Policy, result: Result) -> Question:
    """Two levels of one link, each of which brings somebody nearer for money."""
    areas = len(problem.jurisdictions.ids)
    first = problem.pairs[0]
    way = int(np.argmax(first.minutes))
    faster = [
        Pairs(
            np.full(2, first.origin[way]),
            np.full(2, first.site[way]),
            first.minutes[way] * np.array([0.5, 0.6]),
            np.array([0, 1]),
        )
    ]
    nothing = first.only(np.zeros(len(first), dtype=bool))
    facts = Corridors(
        ids=("good", "better"),
        cost=np.array([1.0, 2.0]),
        shares=np.full((2, areas), 1 / areas),
        bundle=np.eye(2, dtype=bool),
        faster=(*faster, *[nothing] * (len(problem.levels) - 1)),
        link=np.zeros(2, dtype=np.int64),
    )
    return replace(problem, corridors=facts), policy


def small(problem: Problem, policy: Policy, result: Result) -> Question:
    """Every facility has room for half of the persons."""
    need = np.array([problem.demand.persons.sum() * level.share for level in problem.levels])
    room = np.where(problem.options.capacity > 0, 0.5 * need, 0.0)
    return replace(problem, options=replace(problem.options, capacity=room)), policy


def reserving(problem: Problem, policy: Policy, result: Result) -> Question:
    problem, policy = small(problem, policy, result)
    if problem.scenarios is None:
        return problem, policy
    aid = replace(random_failures.Aid("city", 0.3))
    return replace(problem, scenarios=replace(problem.scenarios, aid=aid)), policy


def referring(problem: Problem, policy: Policy, result: Result) -> Question:
    """Two services as two levels of one: the first refers to the second, at the next site only."""
    if len(problem.levels) < 2:
        problem, _ = draw(3)
        assert problem.transfers
        return problem, replace(policy, budget=None)
    levels = [replace(level, service="both") for level in problem.levels]
    levels[0] = replace(levels[0], referral=10.0)
    here = np.arange(len(problem.sites.ids))
    options = replace(problem.options, service=np.zeros(len(problem.options), dtype=np.int64))
    changed = replace(
        problem,
        services=(Service("both", tuple(levels), ()),),
        options=options,
        transfers={0: Pairs(here, (here + 1) % len(here), here + 0.0)},
    )
    return changed, policy


def left_out(problem: Problem, policy: Policy, result: Result) -> Question:
    """Half of the ways are too long, and whoever has none left may be unmet, up to a cap."""
    levels = [
        replace(level, cutoff=longest, unmet=Unmet(1.2 * longest, most=0.3, jurisdiction=0.6))
        for level, pairs in zip(problem.levels, problem.pairs, strict=True)
        for longest in [max(level.standard, float(np.median(pairs.minutes)))]
    ]
    services, rest = [], levels
    for service in problem.services:
        count = len(service.levels)
        services.append(replace(service, levels=tuple(rest[:count])))
        rest = rest[count:]

    def within(trips: tuple[Pairs, ...]) -> tuple[Pairs, ...]:
        both = zip(trips, levels, strict=True)
        return tuple(pairs.only(pairs.minutes <= level.cutoff) for pairs, level in both)

    facts, adversary = problem.scenarios, problem.adversary
    return replace(
        problem,
        services=tuple(services),
        pairs=within(problem.pairs),
        corridors=problem.corridors
        and replace(problem.corridors, faster=within(problem.corridors.faster)),
        scenarios=facts and replace(facts, trips=tuple(map(within, facts.trips))),
        adversary=adversary and replace(adversary, trips=within(adversary.trips)),
    ), policy


def floored(**least: float) -> Callable[[Problem, Policy, Result], Question]:
    def change(problem: Problem, policy: Policy, result: Result) -> Question:
        first = problem.levels[0]
        if "backup" in least:
            services = (
                replace(
                    problem.services[0],
                    levels=(replace(first, backup=Backup(first.cutoff)),),
                ),
                *problem.services[1:],
            )
            problem = replace(problem, services=services)
        return problem, replace(policy, floors={first.id: Floor(**least)})

    return change


def capped(field: str) -> Callable[[Problem, Policy, Result], Question]:
    def change(problem: Problem, policy: Policy, result: Result) -> Question:
        """Just above what the other end of the weights would give."""
        efficient = replace(policy, weight=0.0, equity=Equity("mean"), guard=None)
        other = solve(Case(problem, efficient), EXACT)
        assert other.plan is not None
        seen = worth(Case(under(problem, other.plan.attacks), policy), other.plan)
        values = {
            "efficiency_bound": seen.efficiency * 1.01,
            "equity_bound": seen.equity * 0.99,
            "cost_bound": 0.9 * spent(problem, policy, result),
            "guard": 0.01,
            "bounds": {"mean": Bound(Equity("mean"), seen.efficiency * 1.01)},
        }
        return problem, replace(policy, **{field: values[field]})

    return change


def dispersion(problem: Problem, policy: Policy, result: Result) -> Question:
    return problem, replace(policy, weight=0.9, equity=Equity("range"))


CHANGES: dict[str, Callable[[Problem, Policy, Result], Question]] = {
    "one_option": same,
    "required": more_required,
    "land": no_land,
    "hosts": no_host,
    "corridor_levels": corridors,
    "payments": corridors,
    "quotas": less_land,
    "budget": less_money,
    "served": same,
    "only_open": same,
    "trips": same,
    "minutes": same,
    "capacity": small,
    "reserve": reserving,
    "referral": referring,
    "unmet": left_out,
    "jurisdiction_floor": floored(jurisdiction=0.7),
    "group_floor": floored(group=0.7),
    "backup_floor": floored(backup=0.7),
    "nearest": dispersion,
    **{
        field: capped(field)
        for field in ("efficiency_bound", "equity_bound", "cost_bound", "guard", "bounds")
    },
}


def truth(problem: Problem, policy: Policy) -> Result:
    """The full model's answer, with every attack and every failure as a scenario of its own."""
    if problem.adversary is not None:
        sites = range(len(problem.sites.ids))
        count = min(problem.adversary.count, len(sites))
        attacks = [np.array(some) for some in combinations(sites, count)]
        problem = replace(under(problem, attacks), adversary=None)
    return sessions.Session(Case(problem, policy), full.NAME).solve(policy, EXACT, explain=False)


@cache
def before(name: str) -> Result:
    return solve(Case(*base(name)), EXACT)


@cache
def plain_truth(name: str) -> Result:
    return truth(*base(name))


@pytest.mark.parametrize("name", NAMES)
def test_each_algorithm_answers_its_own_question(name: str) -> None:
    found = before(name)
    assert (found.algorithm, found.status) == (name, Status.OPTIMAL)
    assert found.objective == pytest.approx(plain_truth(name).objective, rel=1e-5, abs=1e-6)


def test_every_rule_has_a_change() -> None:
    assert set(CHANGES) == set(honours.known())


#: Those that honour what the full model does, and rules that each of them is asked in every run.
ALIKE = [name for name in NAMES if HONOURS[name] is full.HONOURS and name != full.NAME]
SOME = ("budget", "capacity", "unmet", "guard", "bounds")

#: Algorithm and rule: those in every run first.
PAIRS = sorted(product(NAMES, CHANGES), key=lambda pair: pair[0] in ALIKE and pair[1] not in SOME)


@pytest.mark.parametrize(
    ("name", "rule"), parts(PAIRS, usual=len(PAIRS) - len(ALIKE) * (len(CHANGES) - len(SOME)))
)
def test_a_rule_is_honoured_or_the_algorithm_refuses(name: str, rule: str) -> None:
    problem, policy = CHANGES[rule](*base(name), before(name))
    try:
        found = before(name) if CHANGES[rule] is same else solve(Case(problem, policy), EXACT)
    except InputError as refused:
        assert name in (scenario_aggregation.NAME, ATTACKED), refused
        assert rule not in HONOURS[name] or rule in ("capacity", "reserve"), refused
        return
    if rule not in HONOURS[name]:
        assert found.algorithm != name
    best = plain_truth(name) if CHANGES[rule] is same else truth(problem, policy)
    assert (found.plan is None) == (best.plan is None)
    if found.plan is not None:
        assert found.status is Status.OPTIMAL
        assert found.objective == pytest.approx(best.objective, rel=1e-5, abs=1e-6)


@pytest.fixture
def lonely(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """A rule that nobody has heard of, in the check: at most so many options stand."""

    def add(most: int) -> None:
        def breaches(case: PlainPlan) -> Iterator[str]:
            if len(case.chosen) > most:
                yield f"{len(case.chosen)} stand"

        monkeypatch.setitem(RULES, "lonely", ("few stand", breaches))

    return add


@pytest.mark.parametrize("name", NAMES)
def test_a_new_rule_goes_to_the_model_that_has_it(
    name: str, lonely: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = before(name).plan
    assert plan is not None
    most = len(plan.options) - 1
    problem, policy = base(name)
    lonely(most)

    class Few(SitingRule):
        id = "lonely"

        def add_to(self, model: pyo.ConcreteModel, case: Case) -> None:
            model.few = pyo.Constraint(expr=pyo.quicksum(model.stands.values()) <= most + nobody)

    nobody = len(problem.services) if problem.scenarios is not None else 0
    monkeypatch.setattr("optimizer.rules.RULES", [*ROWS, Few()])
    for user in ("rules.build", "algorithms.honours"):
        monkeypatch.setattr(f"optimizer.{user}.RULES", [*ROWS, Few()])
    monkeypatch.setattr(full, "HONOURS", full.HONOURS | {"lonely"})
    if name == ATTACKED:
        with pytest.raises(InputError, match="few stand"):
            solve(Case(problem, policy), EXACT)
        return
    found = solve(Case(problem, policy), EXACT)
    assert found.plan is None or len(found.plan.options) <= most
    assert found.algorithm not in (adaptor.NAME, scenario_aggregation.NAME)
    with pytest.raises(InputError, match="median cannot answer this"):
        solve(Case(problem, policy), EXACT, adaptor.NAME)


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_that_no_model_has_is_refused(name: str, lonely: Callable[[int], None]) -> None:
    lonely(1)
    with pytest.raises(InputError, match="few stand"):
        solve(Case(*base(name)), EXACT)
