"""Small questions drawn straight from the types, against the enumerations of the other tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.algorithms import ALGORITHMS
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.problem import Problem
from optimizer.question import Limits, Policy
from optimizer.robust import solve
from optimizer.robust.attack_generation import against
from optimizer.solution import Result, Status
from optimizer.verification import check
from tests import (
    random_attacks,
    random_corridors,
    random_failures,
    random_link_attacks,
    random_medians,
    random_problems,
    random_together,
    random_unmet,
)
from tests.enumerating.measures import DEFINITIONS
from tests.enumerating.question import Search
from tests.enumeration import best_plan
from tests.test_random_problems import features
from tests.verify.catch import SOLVED, Catch, caught, room

#: To what each search of a ratio is proven; all others are proven to the last digit.
GAPS = {Search.NONE: 0.0, Search.ALONE: 1e-5, Search.ADDED: 1e-3}


@dataclass(frozen=True)
class Truth:
    """What the tests' own search says is best; None: no plan. gap: that can be asked."""

    features: frozenset[str]
    best: Callable[[], float | None]
    answers: Callable[[float], Iterator[tuple[str, Problem, Policy, Result]]]
    gap: Callable[[], float]


@dataclass(frozen=True)
class Enumerated:
    """One case; it is as small as it can be from the start."""

    name: str
    seed: int
    truth: Truth

    @property
    def features(self) -> frozenset[str]:
        return self.truth.features

    def judged(self) -> list[Catch]:
        return caught(lambda: list(_judged(self.truth)))

    def smaller(self) -> Iterator[Enumerated]:
        return iter(())

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        text = f"from tests.verify.enumerated import CASES\nCASES[{self.name!r}]({self.seed})\n"
        (folder / "question.py").write_text(text, "utf-8")


def _judged(truth: Truth) -> Iterator[Catch]:
    best = truth.best()
    if best is not None and np.isinf(best):
        return  # refused, or not: no number can be compared
    for road, problem, policy, result in truth.answers(truth.gap()):
        if result.plan is not None:
            for rule in check(Case(problem, policy), result.plan, result).broken:
                yield Catch(f"{road}: check: {rule.name}", result.objective, np.nan, rule.detail)
        if best is None:
            if result.status is not Status.INFEASIBLE:
                yield Catch(f"{road}: a plan, but there is none", result.objective, np.inf)
        elif result.status is Status.INFEASIBLE:
            yield Catch(f"{road}: infeasible, but there is a plan", np.inf, best)
        else:
            near = room(best, max(SOLVED, truth.gap()))
            if result.bound > best + near:
                yield Catch(f"{road}: the bound is above a plan", result.bound, best)
            if abs(result.objective - best) > near:
                yield Catch(f"{road}: another optimum", result.objective, best)


def _roads(
    problem: Problem, policy: Policy, gap: float
) -> Iterator[tuple[str, Problem, Policy, Result]]:
    for road in ("auto", *ALGORITHMS):
        try:
            yield (
                road,
                problem,
                policy,
                solve(Case(problem, policy), Limits(gap=gap, threads=1), road),
            )
        except InputError:
            if road == "auto":
                raise


def _problem(seed: int) -> Truth:
    """All features, every measure minimised, and capped, in turn; some may leave needs unmet."""
    measure = [*DEFINITIONS][seed // 3 % len(DEFINITIONS)]
    drawn = {
        0: lambda: random_problems.draw(seed),
        1: lambda: random_problems.draw_minimising(measure, seed),
        2: lambda: random_problems.draw_capping(measure, seed),
    }
    problem, policy = drawn[seed % 3]()
    if seed % 5 < 2:
        problem, policy = random_unmet.left_out(seed, problem, policy)
    return _enumerated(problem, policy)


def _together(seed: int) -> Truth:
    """Unmet needs, entitlement, closing, quotas and classes in each."""
    return _enumerated(*random_together.draw_together(seed))


def _enumerated(problem: Problem, policy: Policy) -> Truth:
    """Against all plans."""
    found = best_plan(problem, policy)
    told = {*features(problem, policy), *random_unmet.features(problem, policy)}
    return Truth(
        frozenset(told),
        lambda: None if found is None else found.objective,
        lambda gap: _roads(problem, policy, gap),
        lambda: 0.0 if found is None else GAPS[found.search],
    )


def _corridors(seed: int) -> Truth:
    town, problem, policy = random_corridors.draw(seed)

    def best() -> float | None:
        ways = range(len(town.ways.start))
        links = town.ways.link
        every = [tuple(a for a in ways if n >> a & 1) for n in range(2 ** len(ways))]
        found = [
            best_plan(random_corridors.built(town, problem, some), policy)
            for some in every
            if len(set(links[list(some)].tolist())) == len(some)
        ]
        return min((one.objective for one in found if one is not None), default=None)

    told = {"corridors", policy.efficiency, policy.equity.measure}
    told |= {"negotiated"} if policy.budget and policy.budget.negotiated else set()
    return Truth(frozenset(told), best, lambda gap: _roads(problem, policy, gap), lambda: 0.0)


def _failures(seed: int) -> Truth:
    drawn = random_failures.draw(seed, seed % 2 == 0, seed % 5)
    if seed % 3 == 0:
        drawn = random_unmet.left_out_where_all_works(drawn, seed)
    told = {"failures", drawn.policy.equity.measure, f"tail {drawn.policy.tail}"}
    told |= {"capacities"} if seed % 2 == 0 else set()
    return Truth(
        frozenset(told),
        lambda: random_failures.best(drawn),
        lambda gap: _roads(drawn.problem, drawn.policy, gap),
        lambda: 0.0,
    )


def _attacks(seed: int) -> Truth:
    links = seed % 2 == 0
    draws = random_link_attacks if links else random_attacks
    drawn = draws.draw(seed)

    def answers(gap: float) -> Iterator[tuple[str, Problem, Policy, Result]]:
        found = against(drawn.case, Limits(gap=gap, threads=1))
        yield "against", drawn.problem, drawn.policy, found.result

    told = {"attack on links" if links else "attack on sites", drawn.policy.equity.measure}
    return Truth(frozenset(told), lambda: draws.best(drawn), answers, lambda: 0.0)


def _medians(seed: int) -> Truth:
    problem, policy = random_medians.draw_median(seed, 7)
    if seed % 3 == 0:
        problem, policy = random_unmet.left_out(seed, problem, policy)
    found = best_plan(problem, policy)
    return Truth(
        frozenset({policy.efficiency, policy.equity.measure}),
        lambda: None if found is None else found.objective,
        lambda gap: _roads(problem, policy, gap),
        lambda: 0.0,
    )


CASES: dict[str, Callable[[int], Case]] = {
    "problems": _problem,
    "corridors": _corridors,
    "failures": _failures,
    "attacks": _attacks,
    "medians": _medians,
    "together": _together,
}


def draw(seed: int) -> Enumerated:
    """The question of this seed: the cases in turn; seeds that the quick tests do not have."""
    name = [*CASES][seed % len(CASES)]
    for first in range(100_000, 10**9, 10**7):
        try:
            return Enumerated(name, seed, CASES[name](first + seed // len(CASES)))
        except ValueError:
            continue  # facts that are none: somebody reaches nothing
    raise ValueError(f"seed {seed}: no facts")
