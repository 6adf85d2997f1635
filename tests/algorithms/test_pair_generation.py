"""Pairs are left out of the model, and nothing that was best is lost."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.algorithms import Session, full, pair_generation
from optimizer.case import Case
from optimizer.model import restriction, size
from optimizer.model.admissible import useful_pairs
from optimizer.model.restriction import ELSEWHERE, Restriction, is_relaxation, nearest
from optimizer.problem import Pairs
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.verification import check
from tests.parts import parts
from tests.random_problems import draw
from tests.test_enumeration import agree, best_of

CHUNKS = [range(first, first + 20) for first in range(0, 300, 20)]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[Restriction]:
    """Every model of a restriction, the least to begin with."""
    made: list[Restriction] = []
    monkeypatch.setattr(pair_generation, "FEW_PAIRS", -1)
    monkeypatch.setattr(restriction, "LEAST_PAIRS", 1)
    plain = pair_generation.search

    def seen(model_of, *given):  # type: ignore[no-untyped-def]
        def noted(narrow: Restriction):  # type: ignore[no-untyped-def]
            made.append(narrow)
            return model_of(narrow)

        return plain(noted, *given)

    monkeypatch.setattr(pair_generation, "search", seen)
    return made


@pytest.mark.parametrize("seeds", parts(CHUNKS, usual=1))
def test_the_best_plan_is_the_best_of_all(rounds: list[Restriction], seeds: range) -> None:
    generated = 0
    for seed in seeds:
        problem, policy = draw(seed)
        best, before = best_of(seed), len(rounds)
        if best is None:
            continue
        agree(problem, policy, best, seed, threads=1, algorithm=full.NAME)
        generated += len(rounds) > before
    assert generated >= 5
    assert not all(narrow.kept[0].all() for narrow in rounds)


@pytest.mark.parametrize("seeds", parts([range(36, 42), range(60)], usual=1))
def test_who_goes_elsewhere_gets_all_pairs(rounds: list[Restriction], seeds: range) -> None:
    """Some question asks for more than two models: the second was too narrow."""
    most = 0
    for seed in seeds:
        problem, policy = draw(seed)
        before = len(rounds)
        if is_relaxation(Case(problem, policy)) and best_of(seed) is not None:
            solve(Case(problem, policy), Limits(gap=0, threads=1), full.NAME)
        most = max(most, len(rounds) - before)
    assert most > 2


@pytest.mark.parametrize(("seeds", "least"), parts([(range(36, 42), 1), (range(120), 2)], usual=1))
def test_the_plan_of_an_earlier_round_is_kept(
    rounds: list[Restriction], monkeypatch: pytest.MonkeyPatch, seeds: range, least: int
) -> None:
    """Who stops the building of a later model has the best plan so far, and what is proven."""
    kept = 0
    for seed in seeds:
        problem, policy = draw(seed)
        case, best = Case(problem, policy), best_of(seed)
        if not is_relaxation(case) or best is None:
            continue
        session, begun = Session(case, full.NAME), len(rounds)
        plain = session._model

        def once(case: Case, narrow: Restriction | None = None, begun: int = begun) -> object:
            if narrow is not None and len(rounds) > begun + 1:
                raise KeyboardInterrupt
            return plain(case, narrow)  # noqa: B023

        monkeypatch.setattr(session, "_model", once)
        try:
            result = session.solve(policy, Limits(gap=0, threads=1))
        except KeyboardInterrupt:
            continue  # there was no plan in the first round
        if len(rounds) > begun + 1 and result.plan is not None:
            kept += 1
            assert check(case, result.plan, result).ok
            assert result.bound <= best.objective + 1e-6 <= result.objective + 2e-6
    assert kept > least


def test_a_small_machine_builds_of_fewer_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of 2 GB has room for 175,000 pairs at 5.7 kB; a large one for all that is tried."""
    monkeypatch.setattr(size, "room", lambda: 2e9)
    assert pair_generation.most_pairs() == 175_438
    monkeypatch.setattr(size, "room", lambda: float("inf"))
    assert pair_generation.most_pairs() == pair_generation.FEW_PAIRS


def test_elsewhere_is_as_near_as_the_nearest_that_is_left_out() -> None:
    pairs = Pairs(np.array([0, 0, 0, 1]), np.array([2, 0, 1, 0]), np.array([5.0, 7.0, 9.0, 4.0]))
    kept = np.array([False, True, False, True])
    near = Restriction((kept,)).of(0, pairs)
    assert near.origin.tolist() == [0, 0, 1]
    assert near.site.tolist() == [ELSEWHERE, 0, 0]
    assert near.minutes.tolist() == [5.0, 7.0, 4.0]
    assert Restriction((np.ones(4, dtype=bool),)).of(0, pairs) is pairs


def test_the_nearest_are_counted_for_each_point() -> None:
    pairs = Pairs(np.array([0, 0, 2, 2, 2]), np.array([0, 1, 0, 1, 2]), np.arange(5.0))
    assert nearest(pairs, np.array([1, 9, 2])).tolist() == [True, False, True, True, False]


@pytest.mark.parametrize("seed", range(5))
def test_as_many_of_the_nearest_are_kept_as_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(restriction, "LEAST_PAIRS", 1)
    problem, _ = draw(seed)
    useful = [useful_pairs(problem, level) for level in range(len(problem.levels))]
    every = sum(map(len, useful))
    assert all(kept.all() for kept in restriction.first(problem, every).kept)
    sizes = []
    for most in range(every + 1):
        kept = restriction.first(problem, most).kept
        sizes.append(sum(int(level.sum()) for level in kept))
        # One more of each would be too many, and one is kept of each at least.
        for pairs, level in zip(useful, kept, strict=True):
            counts = np.bincount(pairs.origin[level], minlength=len(problem.demand.ids))
            assert counts[np.unique(pairs.origin)].min() >= 1
    assert sizes == sorted(sizes) and sizes[-1] == every
    assert all(size <= max(most, sizes[0]) for most, size in enumerate(sizes))
