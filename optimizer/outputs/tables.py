"""The tables of a plan for a terminal: who has what, whose money, what failures do."""

from __future__ import annotations

import math
from collections.abc import Mapping

from optimizer.assessment.exchange import core_minutes
from optimizer.assessment.indicators import Summary
from optimizer.assessment.money import all_apart
from optimizer.assessment.scenarios import FailureSummary
from optimizer.assessment.transfers import from_pool
from optimizer.foundation.figures import number, share, signed
from optimizer.foundation.language import N_, _, word
from optimizer.foundation.tolerances import NO_MONEY
from optimizer.outputs import reported_equity
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.names import called, jurisdiction_name
from optimizer.outputs.scenarios import MAX_FAILURES
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.terminal import Grid
from optimizer.outputs.words import listed, term
from optimizer.problem import BUILD, CLOSE, KEEP, UPGRADE

#: How many of the worst-off jurisdictions are named.
MAX_WORST = 3


def by_level(study: SolvedInstance, language: str) -> Grid:
    """One row per level: its facilities, how people reach them, how full they are."""
    policy = study.instance.policy
    shut = {CLOSE: "closed"} if study.instance.problem.options.closed.any() else {}
    some_unmet = any(level.may_be_unmet for level in study.instance.problem.levels)
    table = _table(
        language,
        *("service", "weight", "kept", "built", "upgraded", *shut.values()),
        *("mean", "worst", "coverage", "backup", policy.equity.measure, "load", "capacity"),
        *(["unmet"] if some_unmet else []),
    )
    equity = reported_equity.by_level(study)
    weights = study.instance.case.level_weights
    for row, level in enumerate(study.indicators.levels):
        table.add_row(
            called(study.instance, level.level, language),
            share(weights[row]),
            *(str(level.facilities[kind]) for kind in (KEEP, BUILD, UPGRADE, *shut)),
            number(level.region.mean),
            number(level.region.worst),
            share(level.region.coverage),
            share(level.region.backup),
            reported_equity.amount(equity.get(row, math.nan), policy.equity),
            number(level.load, 0),
            number(level.capacity, 0)
            if math.isfinite(level.capacity)
            else word("no limit", language),
            *([_unmet(level.region)] if some_unmet else []),
        )
    return table


def _unmet(people: Summary) -> str:
    """Persons whose need is unmet, and their share; a dash where all are served."""
    if people.unmet is None:
        return "-"
    return f"{number(people.unmet, 0)} ({share(people.unmet_share)})"


def by_group(study: SolvedInstance, language: str) -> Grid:
    """One row per population group: mean minutes and coverage at each level."""
    levels = study.indicators.levels
    table = _table(language, "group", "persons")
    for level in levels:
        table.add_column(called(study.instance, level.level, language))
    groups = study.instance.problem.demand.groups
    everybody = study.instance.problem.demand.persons.sum()
    table.add_row(
        word("all", language),
        number(everybody, 0),
        *(_access(level.region, language) for level in levels),
    )
    for group, persons in groups.items():
        if persons.any():
            cells = (_access(level.groups.get(group), language) for level in levels)
            table.add_row(word(group, language), number(persons.sum(), 0), *cells)
    return table


def by_class(study: SolvedInstance, language: str) -> Grid:
    """One row per class and label: persons, minutes to the nearest core, and each level."""
    demand, levels = study.instance.problem.demand, study.indicators.levels
    away = demand.core_minutes
    table = _table(language, "class", "persons", *([] if away is None else ["to a core"]))
    for level in levels:
        table.add_column(called(study.instance, level.level, language))
    for name_of, classes in demand.classes.items():
        for row, label in enumerate(classes.labels):
            inside = classes.of == row
            persons = demand.persons[inside]
            minutes = [] if away is None else [number(core_minutes(away[inside], persons).mean)]
            cells = (_access(level.classes[name_of].get(label), language) for level in levels)
            table.add_row(
                word("label", language).format(term(name_of, language), term(label, language)),
                number(persons.sum(), 0),
                *minutes,
                *cells,
            )
    return table


def by_core(study: SolvedInstance, language: str) -> Grid:
    """One row per core: by level, persons of members served in it, and its own served in members.

    The last row is of all cores together.
    """
    table = _table(language, "core")
    table.title = word("gives and draws", language)
    found = [level.exchange for level in study.indicators.levels]
    for level in study.indicators.levels:
        table.add_column(called(study.instance, level.level, language))
    for row in dict.fromkeys(core for one in found if one for core in one.cores):
        cells = [_both(one.cores[row].gives, one.cores[row].draws) if one else "-" for one in found]
        table.add_row(jurisdiction_name(study.instance, row, language), *cells)
    table.add_section()
    cells = [_both(one.in_cores, one.in_members) if one else "-" for one in found]
    table.add_row(word("all", language), *cells)
    return table


def _both(gives: float, draws: float) -> str:
    return f"{number(gives, 0)} / {number(draws, 0)}"


def worst_off(study: SolvedInstance, language: str) -> Grid:
    """One row per level: the jurisdictions with the longest mean minutes."""
    table = _table(language, "service")
    for place in range(1, MAX_WORST + 1):
        table.add_column(f"{word('worst-off', language)} {place}", right=False)
    tier, tiers = focus_tier(study.instance), study.instance.problem.jurisdictions.tier
    for level in study.indicators.levels:
        people = [(level.jurisdictions[c], c) for c in level.jurisdictions if tiers[c] == tier]
        people.sort(key=lambda pair: -pair[0].mean)
        cells = (
            f"{jurisdiction_name(study.instance, c, language)} {_access(summary, language)}"
            for summary, c in people[:MAX_WORST]
        )
        table.add_row(called(study.instance, level.level, language), *cells)
    return table


def money(study: SolvedInstance, language: str) -> Grid:
    """One row per jurisdiction that spends or gives: spent, its budget, from or to the pool.

    Where all money is per year, also what of it is paid once, and what per year.
    """
    instance, spent = study.instance, study.indicators.spent
    problem, apart = instance.problem, instance.problem.costs is not None
    heads = ("jurisdiction", "spent", "budget", "pool")
    table = _table(language, *heads, *(("paid_once", "per_year") if apart else ()))
    title = N_("{name} ({unit} per year; once: {unit})") if apart else N_("{name} ({unit})")
    table.title = _(title, name=word("money", language), unit=instance.geography.currency)
    once, running = study.indicators.once, study.indicators.running
    own, pool = instance.case.budgets, from_pool(instance.case, spent)
    tier = focus_tier(instance)
    for row in sorted(range(len(spent)), key=lambda row: -spent[row]):
        if problem.jurisdictions.tier[row] == tier and max(spent[row], abs(pool[row])) > NO_MONEY:
            table.add_row(
                jurisdiction_name(instance, row, language),
                number(spent[row], 1),
                number(own[row], 1),
                signed(pool[row]) if abs(pool[row]) > NO_MONEY else "",
                *((number(once[row], 1), number(running[row], 1)) if apart else ()),
            )
    total = own[own == own].sum() if instance.policy.budget else math.nan
    table.add_section()
    every = all_apart(problem, study.plan) if apart else ()
    table.add_row(
        *(word("all", language), number(study.indicators.cost, 1), number(total, 1), ""),
        *(number(amount, 1) for amount in every),
    )
    if study.indicators.unmet_money > 0:
        priced = number(study.indicators.unmet_money, 1)
        table.add_row(word("price of unmet needs", language), priced, "", "")
    return table


def failures(study: SolvedInstance, failure_summary: FailureSummary, language: str) -> Grid:
    """One row where nothing fails, then the scenarios that cost most: mean minutes by level."""
    table = _table(language, "failure", "probability", "mean", "lost_mean")
    for level in study.indicators.levels:
        table.add_column(called(study.instance, level.level, language))
    worst = study.instance.policy.tail
    where = "over the worst" if worst > 0 else "in the worst"
    table.title = word("made for failures", language).format(
        count=len(failure_summary.scenarios),
        calm=number(failure_summary.calm),
        expected=number(failure_summary.expected),
        tail=number(failure_summary.tail),
        where=word(where, language).format(share(worst, 0)),
    )
    calm = 1 - sum(one.probability for one in failure_summary.scenarios)
    regions = (_access(level.region, language) for level in study.indicators.levels)
    table.add_row(
        word("none", language), share(max(calm, 0.0), 2), number(failure_summary.calm), "", *regions
    )
    for row in failure_summary.ranked[:MAX_FAILURES]:
        one = failure_summary.scenarios[row]
        cells = (
            word("access", language).format(number(level.mean, 1), share(level.coverage))
            + (
                word("of them cut off", language).format(number(level.cut_off, 0))
                * (level.cut_off > 0)
            )
            for level in one.levels
        )
        table.add_row(
            one.id,
            share(one.probability, 2),
            number(one.mean),
            number(one.lost),
            *cells,
        )
    return table


def counts(of: Mapping[str, float], language: str) -> str:
    """What there is, and how many of each."""
    return listed(
        (
            _("{name} ({count:,.0f})", name=term(what, language), count=count)
            for what, count in of.items()
        ),
        language,
    )


def _access(people: Summary | None, language: str) -> str:
    """Minutes, coverage and unmet needs; a dash where nobody is entitled."""
    if people is None:
        return "-"
    told = word("access", language).format(number(people.mean, 1), share(people.coverage))
    if people.unmet:
        told += word("of them unmet", language).format(share(people.unmet_share))
    return told


def _table(language: str, *headings: str) -> Grid:
    """A table with a column of names, then columns of numbers."""
    table = Grid()
    for place, heading in enumerate(headings):
        table.add_column(word(heading, language), right=place > 0)
    return table
