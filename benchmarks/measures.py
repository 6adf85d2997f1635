"""MEASURES: one agglomeration under every measure, for docs/measures.md."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from benchmarks.record import RECORDS, Records, keep
from optimizer.assessment.indicators import assess
from optimizer.assessment.losers import losers_by_level
from optimizer.case import Case
from optimizer.equity import INDICATORS, Class, Measure
from optimizer.geodata import catalogue
from optimizer.geodata.read import read
from optimizer.problem import Problem
from optimizer.question import Equity, Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Plan, Result

#: So far from the most efficient plan that it guards nothing.
NO_GUARD = 9.0

#: Where there is no number.
NONE = "-"


def run(
    instance: Annotated[str, typer.Argument(metavar="INSTANCE")] = "lan-xi",
    level: Annotated[str, typer.Option(help="The one level that counts.")] = "transport",
    gap: Annotated[float, typer.Option(help="To which each plan is proven, if it can be.")] = 0.001,
    time_limit: Annotated[float, typer.Option(metavar="SECONDS", help="For each plan.")] = 300,
    records: Records = RECORDS,
) -> None:
    """One agglomeration solved under every measure at weight 1, side by side."""
    facts = read(catalogue.find(instance))
    problem = facts.problem
    number = [one.id for one in problem.levels].index(level)
    weights = {one.id: float(one.id == level) for one in problem.levels}
    policy = replace(facts.policy, weight=1.0, level_weights=weights)
    limits = Limits(time_limit, gap, threads=1)
    rows: list[dict[str, str]] = []
    efficient = None
    for equity, guard in questions():
        asked = replace(policy, equity=equity, guard=guard)
        result = solve(Case(problem, asked), limits)
        efficient = efficient or result.plan
        rows.append(_row(problem, asked, number, result, efficient))
        typer.echo(", ".join(rows[-1].values()), err=True)
    sentences = [
        f"{instance}, the level {level} alone. Each measure alone is minimised (weight 1), to "
        f"{gap:.1%} or for {time_limit:g} s with one thread.",
    ]
    keep("measures", f"Measures: {instance}, {level}", sentences, rows, records)


def questions() -> Iterator[tuple[Equity, float | None]]:
    """The mean first; then every measure by class, dispersion among cities; each with its guard.

    Gini among persons too, and the range without a guard, to show what that is for.
    """
    able = [name for name, kind in INDICATORS.items() if issubclass(kind, Measure)]
    for wanted in Class:
        for name in sorted(able, key=lambda name: (name != "mean", name)):
            if INDICATORS[name].kind is wanted:
                among = "city" if wanted is Class.DISPERSION else "persons"
                yield Equity(name, among=among), None
    yield Equity("gini", among="persons"), None
    yield Equity("range", among="city"), NO_GUARD


def _row(
    problem: Problem, policy: Policy, number: int, result: Result, efficient: Plan | None
) -> dict[str, str]:
    """What the persons have at the level, and what it took."""
    guard = ", no guard" if policy.guard == NO_GUARD else ""
    row = {"minimised": policy.equity.measure, "among": policy.equity.among + guard}
    columns = ("mean", "worst", "Gini", "CVaR 10 %", "EDE", "worse off, %", "money")
    told = dict.fromkeys(columns, NONE)
    if result.plan is not None and efficient is not None:
        found = assess(Case(problem, policy), result.plan)
        region = found.levels[number].region
        losers = losers_by_level(problem, result.plan, efficient)[number]
        numbers = (
            f"{region.mean:.1f}",
            f"{region.worst:.1f}",
            f"{region.equity['gini']:.3f}",
            f"{region.equity['cvar']:.1f}",
            f"{region.equity['kolm_pollak']:.1f}",
            f"{100 * losers.share:.1f}",
            f"{found.cost:,.0f}",
        )
        told = dict(zip(columns, numbers, strict=True))
    gap = f"{100 * result.gap:.2f}" if math.isfinite(result.gap) else NONE
    return row | told | {"seconds": f"{result.seconds:,.1f}", "gap, %": gap}
