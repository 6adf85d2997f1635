"""A question to the engine: answered on every road, and judged in every way that there is."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from optimizer.algorithms import ALGORITHMS
from optimizer.algorithms.guard import needs_efficient
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.geodata.geography import Instance
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.solution import Result, Status
from optimizer.verification import check
from tests.verify.catch import SOLVED, Catch, caught, room
from tests.verify.engine.plain import Plain
from tests.verify.engine.priced import prices
from tests.verify.engine.relations import AS_FEASIBLE, NO_WORSE, related
from tests.verify.engine.searching import Searching, choice_of
from tests.verify.engine.town import Town, town_of
from tests.verify.engine.truth import NONE, Truth
from tests.verify.knobs import held

#: Seconds of one answer, and of one local search.
SECONDS, SEARCHING = 5.0, 0.5

#: Asked gap of regions with so many pairs, and of larger ones.
FEW_PAIRS, SMALL_GAP, GAP = 400, 0.0, 1e-3


@dataclass(frozen=True, eq=False)
class Answered:
    """One road's answer."""

    road: str
    case: Case
    result: Result


@dataclass(frozen=True, eq=False)
class Asked:
    """A town; seed: of the local search and the relations; knobs: as `knobs` has them."""

    town: Town
    seed: int
    features: frozenset[str]
    knobs: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.town.file["policy"]["equity"])

    def judged(self) -> list[Catch]:
        with tempfile.TemporaryDirectory() as folder, held(self.knobs):
            return caught(lambda: list(_judged(self.town, self.seed, Path(folder))))

    def smaller(self) -> Iterator[Asked]:
        for town in self.town.smaller():
            yield replace(self, town=town)

    def write(self, folder: Path) -> None:
        self.town.write(folder)
        (folder / "asked.json").write_text(
            json.dumps({"seed": self.seed, "knobs": dict(self.knobs)}), "utf-8"
        )


def _judged(town: Town, seed: int, folder: Path) -> Iterator[Catch]:
    instance = town.read(folder)
    truth = Truth(town, instance.problem)
    yield from _minutes(instance, truth)
    yield from prices(town, instance.problem)
    answers = list(_answers(instance))
    first = answers[0]
    for one in answers:
        yield from _claims(one)
    for one in answers[1:]:
        yield from _agree(f"{one.road} against {first.road}", first.result, one.result)
    if first.result.efficiency_guard is not None or not needs_efficient(first.case.policy):
        yield from _searched(first, truth, np.random.default_rng(seed))
    rng = np.random.default_rng([seed, 1])
    for name, relation, other in list(related(town, rng))[:1]:
        theirs = next(_answers(other.read(folder / "other")))
        yield from _related(name, relation, first.result, theirs.result)


def limits(instance: Instance) -> Limits:
    few = sum(map(len, instance.problem.pairs)) <= FEW_PAIRS
    return Limits(seconds=SECONDS, gap=SMALL_GAP if few else GAP, threads=1)


def _answers(instance: Instance) -> Iterator[Answered]:
    """On every road that takes the question, the program's own choice first."""
    asked = limits(instance)
    result = solve(instance.case, asked)
    yield Answered("auto", instance.case, result)
    for road in ALGORITHMS if instance.problem.adversary is None else ():
        if road == result.algorithm and instance.problem.scenarios is None:
            continue
        try:
            found = solve(instance.case, asked, road)
        except InputError:
            continue  # that road does not take it
        yield Answered(road, instance.case, found)


def _minutes(instance: Instance, truth: Truth) -> Iterator[Catch]:
    """What was read is as the roads say."""
    away = truth.minutes(NONE)
    for pairs in instance.problem.pairs:
        wrong = np.abs(away[pairs.origin, pairs.site] - pairs.minutes)
        if wrong.max(initial=0.0) > 1e-6:
            n = int(wrong.argmax())
            true = float(away[pairs.origin[n], pairs.site[n]])
            yield Catch("minutes", float(pairs.minutes[n]), true)


def _claims(one: Answered) -> Iterator[Catch]:
    """What the independent check says of the plan."""
    result = one.result
    if result.plan is None:
        return
    verdict = check(one.case, result.plan, result)
    for rule in verdict.broken:
        yield Catch(f"{one.road}: check: {rule.name}", result.objective, np.nan, rule.detail)


def _agree(what: str, one: Result, other: Result) -> Iterator[Catch]:
    """No bound of one is above a plan of the other; both or none are infeasible."""
    for mine, theirs in ((one, other), (other, one)):
        if mine.status is Status.INFEASIBLE and theirs.plan is not None:
            yield Catch(f"{what}: infeasible, but there is a plan", np.inf, theirs.objective)
        elif theirs.plan is not None and mine.bound > theirs.objective + _room(theirs):
            yield Catch(f"{what}: the bound is above a plan", mine.bound, theirs.objective)
        elif (
            mine.status is Status.OPTIMAL
            and theirs.plan is not None
            and theirs.objective < mine.objective - _room(mine) - _gap(mine)
        ):
            yield Catch(f"{what}: optimal, but not best", mine.objective, theirs.objective)


def _room(result: Result) -> float:
    return room(result.objective, SOLVED)


def _gap(result: Result) -> float:
    return result.asked_gap * abs(result.objective)


def _searched(one: Answered, truth: Truth, rng: np.random.Generator) -> Iterator[Catch]:
    """Plain rules about the plan, and about the best that a local search finds."""
    result, nothing_fails = one.result, truth.failing is None
    plain = Plain(truth, truth.problem, one.case.policy, result.efficiency_guard)
    told = None
    if result.plan is not None:
        told = choice_of(result.plan, one.case.problem)
        if not plain.stands(told):
            yield Catch("the plan breaks a rule on siting", result.objective, np.nan)
        worth = plain.given(result.plan) if nothing_fails else plain.at_nearest(told, ruled=False)
        if worth is not None:
            off = worth.objective - result.objective
            if (abs(off) if nothing_fails else off) > _room(result):
                yield Catch("the plan is not worth it", result.objective, worth.objective)
    found = Searching(plain, rng, SEARCHING).run(told)
    if found is None:
        return
    known = found.worth.objective
    detail = f"options {found.choice.options} built {sorted(found.choice.built)}"
    if result.status is Status.INFEASIBLE:
        yield Catch("infeasible, but there is a plan", np.inf, known, detail)
    elif result.bound > known + room(known, SOLVED):
        yield Catch("the bound is above a plan", result.bound, known, detail)
    elif result.status is Status.OPTIMAL and known < result.objective - _room(result) - _gap(
        result
    ):
        yield Catch("optimal, but there is a better plan", result.objective, known, detail)


def _related(name: str, relation: str, mine: Result, theirs: Result) -> Iterator[Catch]:
    """mine: of the town before; theirs: of the other."""
    if relation == NO_WORSE:
        if mine.plan is not None and theirs.bound > mine.objective + _room(mine):
            yield Catch(f"{name}: worse", theirs.bound, mine.objective)
        return
    sure = {Status.OPTIMAL, Status.INFEASIBLE}
    if {mine.status, theirs.status} == sure:
        yield Catch(f"{name}: feasible once only", mine.objective, theirs.objective)
    elif relation != AS_FEASIBLE:
        yield from _agree(name, mine, theirs)


def again(folder: Path) -> Asked:
    """A question that was written down."""
    told = json.loads((folder / "asked.json").read_text("utf-8"))
    return Asked(town_of(folder / "town.json"), told["seed"], frozenset(), told["knobs"])
