"""The summary of a plan for a terminal: how good, for whom, at whose cost."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from optimizer.efficiency import EFFICIENCIES
from optimizer.equity import make
from optimizer.equity.aggregation import unit_of
from optimizer.foundation.figures import many, number, share
from optimizer.foundation.language import _, spoken, word
from optimizer.geodata.geography import Instance
from optimizer.geodata.presets import Applied
from optimizer.outputs import aggregation, homes, quotas, reported_equity, tables
from optimizer.outputs.areas import focus_tier
from optimizer.outputs.layers import paid_by
from optimizer.outputs.names import called, jurisdiction_name
from optimizer.outputs.rows import cell
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.words import listed, term
from optimizer.solution import Progress, Result, Status


def show(study: SolvedInstance, console: Console, language: str) -> None:
    """Print the summary of a solved study."""
    console.print(outcome(study.result), style="bold")
    for sentence in aggregation.sentences(study, language):
        console.print(sentence)
    console.print(scaling(study))
    for sentence in homes.sentences(study, language):
        console.print(sentence)
    console.print(tables.by_level(study, language))
    if study.instance.problem.demand.groups:
        console.print(tables.by_group(study, language))
    if study.instance.problem.demand.classes:
        console.print(tables.by_class(study, language))
    if any(level.exchange for level in study.indicators.levels):
        console.print(tables.by_core(study, language))
    console.print(tables.worst_off(study, language))
    console.print(tables.money(study, language))
    if (places := homes.table(study, language)) is not None:
        console.print(places)
    if study.instance.policy.quotas:
        console.print(quotas.table(study, language))
    if study.failure_summary is not None and study.failure_summary.scenarios:
        console.print(tables.failures(study, study.failure_summary, language))
    for sentence in (*attacks(study, language), *losses(study, language), *notes(study)):
        console.print(sentence)


def outcome(result: Result) -> str:
    """Status, objective, bound, gap, seconds, nodes and algorithm in one line."""
    return _(
        "{status}: objective {objective}, bound {bound}, gap {gap}, "
        "{seconds:.1f} s, {nodes}, algorithm {algorithm}",
        status=word(f"status {result.status}", spoken()),
        objective=number(result.objective, 4),
        bound=number(result.bound, 4),
        gap=share(result.gap, 3),
        seconds=result.seconds,
        nodes=many(result.nodes, "node"),
        algorithm=result.algorithm,
    )


def progress_line(progress: Progress) -> str:
    """How far a solve is."""
    return _(
        "{seconds:.0f} s: objective {objective}, bound {bound}, gap {gap}, {nodes}",
        seconds=progress.seconds,
        objective=number(progress.objective, 4),
        bound=number(progress.bound, 4),
        gap=share(progress.gap, 2),
        nodes=many(progress.nodes, "node"),
    )


def without_plan(result: Result) -> Iterator[str]:
    """What there is to say where no plan was found."""
    yield _(
        "{status}: no plan, nothing written ({seconds:.1f} s)",
        status=word(f"status {result.status}", spoken()),
        seconds=result.seconds,
    )
    for reason in result.reasons:
        yield f"- {reason}"


def scaling(study: SolvedInstance) -> str:
    """What was minimised, and what one minute of equity weighs."""
    case, language, indicators = study.instance.case, spoken(), study.indicators
    policy = case.policy
    equity, unit = policy.equity, efficiency_unit(study.instance)
    minimised = _(
        "minimised {efficiency_weight:g} x efficiency + {equity_weight:g} x equity: "
        "{efficiency} {total} {unit}, {equity} {value} {equity_unit}",
        efficiency_weight=1 - policy.weight,
        equity_weight=policy.weight,
        efficiency=word(EFFICIENCIES[policy.efficiency].title, language),
        total=number(indicators.efficiency),
        unit=term(unit, language),
        equity=reported_equity.in_words(study.instance, equity, language),
        value=reported_equity.amount(indicators.equity, equity),
        equity_unit=reported_equity.unit(equity, language),
    )
    own = unit_of(equity)
    fair = _weighing(case.equity.scale, own, term(own, language, f"in {own}"))
    if where := make(equity.measure, equity.parameters).one_to_one:
        fair = _("{amount} of equity ({where})", amount=fair, where=_(where))
    else:
        fair = _("{amount} of equity", amount=fair)
    weighing = _(
        "{equity} weighs as much as {efficiency} of efficiency; terms {first:.4f} and {second:.4f}",
        equity=fair,
        efficiency=_weighing(case.efficiency_scale, unit, term(unit, language)),
        first=indicators.terms[0],
        second=indicators.terms[1],
    )
    return f"{minimised}\n{weighing}"


def _weighing(scale: float, unit: str, called: str) -> str:
    """So many of the unit, which is called so."""
    if (unit, scale) == ("minutes", 1):
        return _("1 minute")
    return _("{amount:,.4g} {unit}", amount=scale, unit=called)


def efficiency_unit(instance: Instance) -> str:
    """The unit of the efficiency; money in the instance's currency."""
    unit = instance.case.efficiency.unit
    return instance.geography.currency if unit == "money" else unit


def efficiency_in_words(instance: Instance, language: str) -> str:
    """What the efficiency is, and its unit."""
    title = word(EFFICIENCIES[instance.policy.efficiency].title, language)
    unit = word(efficiency_unit(instance), language)
    if instance.case.efficiency.unit == "money":
        unit = per_year(instance, unit, language)
    return f"{title} ({unit})"


def per_year(instance: Instance, money: str, language: str) -> str:
    """An amount of money, or its unit, as what it is where all money is per year."""
    if instance.problem.costs is None:
        return money
    return f"{money} {word('per year after money', language)}"


def attacks(study: SolvedInstance, language: str) -> Iterator[str]:
    """Where plans are made against an attack: whether a worse one is known not to be."""
    adversary = study.instance.problem.adversary
    if adversary is not None:
        proven = study.result.status is Status.OPTIMAL
        key = "against attack" if proven else "against attack, stopped"
        what = word("attacked site" if adversary.streets is None else "attacked link", language)
        yield word(key, language).format(count=adversary.count, what=what)


def losses(study: SolvedInstance, language: str) -> Iterator[str]:
    """By level, who travels longer than in the most efficient plan, and where they live."""
    instance, guard = study.instance, study.result.efficiency_guard
    tier, tiers = focus_tier(instance), instance.problem.jurisdictions.tier
    for row, lost in enumerate(study.losers):
        areas = [c for c in lost.jurisdictions if tiers[c] == tier]
        areas.sort(key=lambda c: -lost.jurisdictions[c])
        named = (
            f"{jurisdiction_name(instance, c, language)} {number(lost.jurisdictions[c], 0)}"
            for c in areas[: tables.MAX_WORST]
        )
        yield word("worse off" if lost.persons else "nobody is worse off", language).format(
            service=called(instance, study.indicators.levels[row].level, language),
            persons=number(lost.persons, 0),
            share=share(lost.share),
            mean=number(lost.mean, 1),
            most=number(lost.most, 1),
            areas=word(", ", language).join(named),
        )
    if guard is not None:
        efficiencies = study.indicators.efficiency, guard
        yield word("guard", language).format(*map(number, efficiencies), efficiency_unit(instance))


def notes(study: SolvedInstance) -> Iterator[str]:
    """What is closed and built, what a preset set, what was removed, what is strange."""
    options, chosen = study.instance.problem.options, study.plan.options
    closed = chosen[options.closed[chosen]]
    if len(closed):
        sites, services = study.instance.problem.sites.ids, study.instance.problem.services
        names = (f"{services[options.service[k]].id} {sites[options.site[k]]}" for k in closed)
        yield _("closed: {names}", names=listed(names, spoken()))
    corridors, built = study.instance.problem.corridors, study.plan.corridors
    if corridors is not None:
        yield _(
            "corridors built: {count} of {of}, {cost} {currency}: {names}",
            count=len(built),
            of=len(corridors.ids),
            cost=number(float(corridors.cost[built].sum()), 0),
            currency=study.instance.geography.currency,
            names=listed((corridors.ids[a] for a in built.tolist()), spoken()),
        )
        budget = study.instance.policy.budget
        if budget is not None and budget.negotiated:
            yield from _negotiated(study)
    preset = study.instance.geography.preset
    if preset is not None:
        yield _("preset {name}: {figures}", name=preset.name, figures=figures_set(preset))
    gone = removed(study.instance)
    if gone:
        yield _("removed by control lines: {counts}", counts=tables.counts(gone, spoken()))
    for warning in study.instance.geography.warnings:
        yield _("warning: {warning}", warning=warning)


def _negotiated(study: SolvedInstance) -> Iterator[str]:
    """Who pays how much for each corridor."""
    for road, paid in paid_by(study.instance.problem, study.plan).items():
        if paid:
            shares = (f"{area} {number(money, 1)}" for area, money in paid.items())
            text = listed(shares, spoken())
            yield _("paid for {corridor}, negotiated: {shares}", corridor=road, shares=text)
        else:
            yield _("paid for {corridor}, negotiated: nothing", corridor=road)


def figures_set(preset: Applied) -> str:
    """The keys that a preset set, with their values, and how each is known."""
    figures = (
        f"{one.key} = {cell(one.value)} ({word(f'known {one.known}', spoken())})"
        for one in preset.figures
    )
    return listed(figures, spoken())


def removed(instance: Instance) -> dict[str, int]:
    """Layer -> how many of its rows a control line removed."""
    layers = instance.geography.rejected["layer"].value_counts()
    return {str(layer): int(count) for layer, count in sorted(layers.items())}
