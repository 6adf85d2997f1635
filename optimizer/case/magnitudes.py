"""Magnitudes: numbers that doubles cannot carry side by side are faults of the input.

A measure that grows exponentially weighs the farthest minutes e^x times the nearest; from e^36 on,
some 2^52, a sum of both forgets the nearest. So does a sum of money with a cost above 10^15. What
is told names the key and the largest value that works.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from optimizer.case import Case
from optimizer.equity import make
from optimizer.foundation.faults import Fault
from optimizer.foundation.language import _
from optimizer.problem import Level, Problem
from optimizer.question import Equity

#: ln of what two numbers may differ by so that their sum knows both: 2^52.
MAX_LOG_RATIO = 36.0

#: The largest amount of money or persons.
MAX_AMOUNT = 1e15

#: Distance classes of leximin: each is a model.
MAX_CLASSES = 10_000


def beyond_doubles(case: Case) -> list[Fault]:
    """Faults, one for each number; empty if all can be carried."""
    return [
        *_amounts(case.problem),
        *(
            fault
            for equity in case.policy.equities()
            for row in case.aggregation(equity).levels
            for fault in _steep(case.problem, equity, row)
        ),
    ]


def _amounts(problem: Problem) -> Iterator[Fault]:
    options = problem.options
    remedy = _("Use another unit: at most {most:g} works", most=MAX_AMOUNT)
    for k in np.flatnonzero(options.cost > MAX_AMOUNT).tolist():
        service = problem.services[int(options.service[k])]
        where = f"facilities, {problem.sites.ids[int(options.site[k])]}:{service.id}"
        if options.size[k] >= 0:
            where = f"services.{service.id}.sizes, {service.sizes[int(options.size[k])].name}"
        what = _("costs more than numbers carry")
        yield Fault(where, what, remedy, value=float(options.cost[k]))
    tables = [
        ("sites", "cost", problem.sites.ids, problem.sites.cost),
        ("demand", "persons", problem.demand.ids, problem.demand.persons),
        ("jurisdictions", "budget", problem.jurisdictions.ids, problem.jurisdictions.budget),
    ]
    if problem.corridors is not None:
        tables.append(("corridors", "cost", problem.corridors.ids, problem.corridors.cost))
    for layer, column, ids, values in tables:
        for row in np.flatnonzero(values > MAX_AMOUNT).tolist():
            what = _("{id}: more than numbers carry", id=ids[row])
            yield Fault(layer, what, remedy, column=column, value=float(values[row]))


def power(problem: Problem, equity: Equity, row: int) -> float:
    """ln of how many times as much as the nearest the farthest count at a level, in any state.

    Of measures that grow exponentially, and as a power; of all others 0.
    """
    level, parameters = problem.levels[row], make(equity.measure, equity.parameters).__dict__
    if equity.measure in ("kolm_pollak", "kolm_pollak_gap"):
        shortest, longest = _minutes(problem, row)
        return float(parameters["aversion"]) * (longest - shortest) / level.standard
    if equity.measure == "alpha_fair":
        return float(parameters["alpha"]) * math.log(_cutoff(problem, row) + 1)
    return 0.0


def _steep(problem: Problem, equity: Equity, row: int) -> Iterator[Fault]:
    """What weighs the farthest minutes of a level too much beside the nearest."""
    level, parameters = problem.levels[row], make(equity.measure, equity.parameters).__dict__
    times = power(problem, equity, row)
    if equity.measure in ("kolm_pollak", "kolm_pollak_gap"):
        shortest, longest = _minutes(problem, row)
        aversion = float(parameters["aversion"])
        if times > MAX_LOG_RATIO:
            what = _(
                "{longest:g} minutes count e^{power:.4g} times as much as {shortest:g} at {level}, "
                "more than numbers carry",
                longest=longest,
                power=times,
                shortest=shortest,
                level=level.id,
            )
            most = MAX_LOG_RATIO * level.standard / (longest - shortest)
            yield Fault("policy.parameters.aversion", what, _at_most(most), value=aversion)
            most = shortest + MAX_LOG_RATIO * level.standard / aversion
            if longest > level.cutoff and most >= level.cutoff:
                yield Fault(f"{_place(level)}.unmet.minutes", what, _at_most(most), value=longest)
    cutoff = _cutoff(problem, row)
    if equity.measure == "alpha_fair":
        alpha = float(parameters["alpha"])
        if times > MAX_LOG_RATIO:
            what = _(
                "a cut-off of {minutes:g} minutes at {level} is more than it can weigh",
                minutes=cutoff,
                level=level.id,
            )
            most = MAX_LOG_RATIO / math.log(cutoff + 1)
            yield Fault("policy.parameters.alpha", what, _at_most(most), value=alpha)
    if equity.measure == "leximin":
        step = float(parameters["step"])
        if cutoff / step > MAX_CLASSES:
            what = _(
                "a cut-off of {minutes:g} minutes at {level} has too many classes",
                minutes=cutoff,
                level=level.id,
            )
            remedy = _(
                "At most {most:,} work: at least {least:.3g}, or cut off",
                most=MAX_CLASSES,
                least=cutoff / MAX_CLASSES,
            )
            yield Fault("policy.parameters.step", what, remedy, value=step)


def _at_most(value: float) -> str:
    digits = 10.0 ** (math.floor(math.log10(value)) - 2)
    return _("At most {most:.3g} works", most=math.floor(value / digits) * digits)


def _minutes(problem: Problem, row: int) -> tuple[float, float]:
    """The shortest and the longest minutes that count at a level, in any state."""
    every, facts = [problem.trips[row].minutes], problem.scenarios
    if facts is not None:
        every += [trips[row].minutes for trips in facts.trips]
    if _some_unserved(problem, row):
        every.append(np.array([problem.levels[row].unserved_minutes]))
    some = [minutes for minutes in every if len(minutes)]
    return min(float(m.min()) for m in some), max(float(m.max()) for m in some)


def _some_unserved(problem: Problem, row: int) -> bool:
    """Whether there are people at a level whom nobody serves, in some state."""
    return problem.scenarios is not None or problem.levels[row].may_be_unmet


def _cutoff(problem: Problem, row: int) -> float:
    """The longest minutes that anybody counts as at a level, in any state."""
    level = problem.levels[row]
    return level.unserved_minutes if _some_unserved(problem, row) else level.cutoff


def _place(level: Level) -> str:
    """Where the keys of a level stand in the file."""
    short = level.id.removeprefix(f"{level.service}.")
    return f"services.{level.service}" + ("" if short == level.id else f".levels.{short}")
