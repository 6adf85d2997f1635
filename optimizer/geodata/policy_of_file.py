"""The policy as `instance.toml` asks it: judged, and made a `Policy`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from optimizer.efficiency import EFFICIENCIES
from optimizer.equity import INDICATORS, Class, Leximin, Measure, Ratio, make
from optimizer.equity.aggregation import OF, WEIGHTED, WORST
from optimizer.foundation.faults import Fault
from optimizer.foundation.language import _
from optimizer.geodata.failures import CORRIDORS, DRAWS
from optimizer.geodata.instance_file import (
    WORD,
    EquityTable,
    FailuresTable,
    InstanceFile,
    PolicyTable,
    QuotaTable,
)
from optimizer.geodata.load import FILE
from optimizer.geodata.words import suggest
from optimizer.question import PLACES, Bound, Budget, Equity, Floor, Policy, Quota, keys


@dataclass(frozen=True)
class _Entry:
    """An equity as the file asks it. key: of the measure's name; cap: its key and its number."""

    where: str
    key: str
    equity: Equity
    cap: tuple[str, float | None]


def policy(file: InstanceFile, weights: Mapping[str, float], floors: Mapping[str, Floor]) -> Policy:
    """The policy; there is no fault in it. weights, floors: by level."""
    table = file.policy
    return Policy(
        **{key: getattr(table, key) for key in keys()},
        equity=_equity(table.equity, table),
        bounds={
            name: Bound(_equity(bound.measure, bound), bound.at_most)
            for name, bound in table.bounds.items()
        },
        level_weights=weights,
        floors=floors,
        budget=None if file.budget is None else Budget(**file.budget.model_dump()),
        tail=1.0 if table.failures is None else table.failures.tail,
        quotas={name: Quota(**quota.model_dump()) for name, quota in table.quotas.items()},
    )


def equities(policy: Policy) -> dict[str, Equity]:
    """Where an equity stands in the file -> the equity."""
    bounds = {f"policy.bounds.{name}": bound.equity for name, bound in policy.bounds.items()}
    return {"policy": policy.equity} | bounds


def levels_of(equity: Equity, weights: Mapping[str, float]) -> tuple[str, ...]:
    """The levels that an equity is about."""
    if equity.services not in (WEIGHTED, WORST):
        return (equity.services,)
    return tuple(level for level, weight in weights.items() if weight > 0)


def wrong_policy(table: PolicyTable, weights: Mapping[str, float]) -> Iterator[Fault]:
    """What makes no sense in the policy, whatever the layers say. weights: by level."""
    if table.efficiency not in EFFICIENCIES:
        remedy = suggest(table.efficiency, EFFICIENCIES)
        yield Fault(f"{FILE}, policy.efficiency", _("unknown"), remedy, value=table.efficiency)
    for entry in _entries(table):
        yield from _wrong_measure(entry)
        yield from _wrong_services(entry, weights)
    if table.equity == Leximin.name and 0 < table.weight < 1:
        remedy = _("Set weight to 1, and efficiency_bound if efficiency counts too")
        problem = _("leximin is an order, not a number that can be weighed")
        yield Fault(f"{FILE}, policy.weight", problem, remedy, value=table.weight)
    if table.corridors:
        yield from _wrong_beside(
            table,
            _("cannot be asked where corridors are decided"),
            _("Choose an additive or monotone measure of minutes, or set corridors to false"),
        )
    if table.failures is not None:
        yield from _wrong_beside(
            table,
            _("cannot be asked where something can fail"),
            _("Choose an additive or monotone measure of minutes, or leave policy.failures out"),
        )
        yield from _wrong_failures(table, table.failures)
    for key, names in (("bounds", table.bounds), ("quotas", table.quotas)):
        for name in names:
            if not re.fullmatch(WORD, name):
                remedy = _("Leave out spaces and any of . ; : | =")
                problem = _("{word!r} cannot be a name", word=name)
                yield Fault(f"{FILE}, policy.{key}", problem, remedy)
    seen = dict[str, str]()
    for name, quota in table.quotas.items():
        yield from _wrong_quota(f"{FILE}, policy.quotas.{name}", quota, weights)
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            problem = _("{one} and {other} are too alike", one=other, other=name)
            remedy = _("Rename one: capitals, and . and _, look alike in a plan's columns")
            yield Fault(f"{FILE}, policy.quotas", problem, remedy)


def _wrong_quota(at: str, quota: QuotaTable, levels: Collection[str]) -> Iterator[Fault]:
    """Places of no level, no limit, or two that no plan can keep."""
    if quota.of == PLACES and quota.level is None:
        remedy = _("Name one: {names}", names=", ".join(levels))
        yield Fault(f"{at}.level", _("places are those of a level"), remedy)
    elif quota.of == PLACES and quota.level not in levels:
        yield Fault(
            f"{at}.level", _("unknown"), suggest(str(quota.level), levels), value=quota.level
        )
    elif quota.of != PLACES and quota.level is not None:
        remedy = _("Leave it out, or set of to places")
        yield Fault(f"{at}.level", _("land is of no level"), remedy, value=quota.level)
    if quota.column is not None and quota.of == PLACES:
        problem, remedy = _("holds hectares, not places"), _("Set of to land, or write at_most")
        yield Fault(f"{at}.column", problem, remedy, value=quota.column)
    if quota.column is not None and quota.at_most is not None:
        problem = _("the column says how much at most")
        yield Fault(f"{at}.at_most", problem, _("Keep one of them"), value=quota.at_most)
    if (quota.at_most, quota.at_least, quota.column) == (None, None, None):
        yield Fault(at, _("limits nothing"), _("Write at_most, at_least or both"))
    most, least = quota.at_most, quota.at_least
    if most is not None and least is not None and least > most:
        problem, remedy = (
            _("is above at_most, {most:g}", most=most),
            _("Lower it, or raise at_most"),
        )
        yield Fault(f"{at}.at_least", problem, remedy, value=least)


def _wrong_beside(table: PolicyTable, problem: str, remedy: str) -> Iterator[Fault]:
    """Measures that see more than how near people are: faster trips are not all they look at."""
    for entry in _entries(table):
        kind = getattr(INDICATORS.get(entry.equity.measure), "kind", None)
        ordered = table.failures is not None and entry.equity.measure == Leximin.name
        if kind is Class.DISPERSION or entry.equity.of == "catchment" or ordered:
            value = _("{measure} of {of}", measure=entry.equity.measure, of=entry.equity.of)
            yield Fault(f"{FILE}, {entry.where}.{entry.key}", problem, remedy, value=value)


def _wrong_failures(table: PolicyTable, failures: FailuresTable) -> Iterator[Fault]:
    """Draws that are none; help that has no giver."""
    at = f"{FILE}, policy.failures"
    for word in failures.draw:
        if word not in DRAWS:
            yield Fault(f"{at}.draw", _("unknown"), suggest(word, DRAWS), value=word)
    if CORRIDORS in failures.draw and not table.corridors:
        problem = _("no corridor is decided, so none can fail")
        remedy = _("Set policy.corridors to true, or draw something else")
        yield Fault(f"{at}.draw", problem, remedy, value=CORRIDORS)
    if failures.reserve > 0 and failures.aid is None:
        problem = _("there is no aid to keep it from")
        remedy = _("Name the tier whose jurisdictions help one another: aid")
        yield Fault(f"{at}.reserve", problem, remedy, value=failures.reserve)


def _entries(table: PolicyTable) -> Iterator[_Entry]:
    """The equity that is minimised, and those of the named bounds."""
    own = _equity(table.equity, table)
    yield _Entry("policy", "equity", own, ("equity_bound", table.equity_bound))
    for name, bound in table.bounds.items():
        equity, where = _equity(bound.measure, bound), f"policy.bounds.{name}"
        yield _Entry(where, "measure", equity, ("at_most", bound.at_most))


def _equity(measure: str, table: EquityTable) -> Equity:
    return Equity(measure, table.parameters, table.of, table.among, table.services)


def _wrong_measure(entry: _Entry) -> Iterator[Fault]:
    """An unknown measure, a wrong parameter, something that it does not see, a cap below all."""
    equity, at = entry.equity, f"{FILE}, {entry.where}"
    able = {name: kind for name, kind in sorted(INDICATORS.items()) if issubclass(kind, Measure)}
    if equity.of not in OF:
        yield Fault(f"{at}.of", _("unknown"), suggest(equity.of, OF), value=equity.of)
    if equity.measure not in able:
        problem, remedy = _("unknown measure"), suggest(equity.measure, able)
        if equity.measure in INDICATORS:
            problem = _("is reported, never minimised or capped")
            remedy = _("Choose one of: {names}", names=", ".join(able))
        yield Fault(f"{at}.{entry.key}", problem, remedy, value=equity.measure)
        return
    sees = able[equity.measure].sees
    if equity.of in OF and equity.of not in sees:
        remedy = _(
            "Set {key} to another measure, or of to {seen}",
            key=entry.key,
            seen=_(" or ").join(name for name in OF if name in sees),
        )
        problem = _("{measure} cannot measure it", measure=equity.measure)
        yield Fault(f"{at}.of", problem, remedy, value=equity.of)
    try:
        measure = make(equity.measure, equity.parameters)
    except ValueError as error:
        yield Fault(f"{at}.parameters", str(error), _("Correct the parameter"))
        return
    key, cap = entry.cap
    # Catchment as a burden is 1 - places per person, which no number is below.
    bounded = equity.of != "catchment" or measure.kind is Class.DISPERSION
    least = 1.0 if measure.unit == "ratio" else 0.0
    if bounded and cap is not None and cap < least:
        problem = _("no plan has {measure} below {least:g}", measure=equity.measure, least=least)
        yield Fault(f"{at}.{key}", problem, _("Write {least:g} or more", least=least), value=cap)


def _wrong_services(entry: _Entry, weights: Mapping[str, float]) -> Iterator[Fault]:
    """An unknown level; a ratio that would be capped over several levels at once."""
    services, at = entry.equity.services, f"{FILE}, {entry.where}.services"
    known = [WEIGHTED, WORST, *weights]
    if services not in known:
        yield Fault(at, _("unknown"), suggest(services, known), value=services)
        return
    several = services == WEIGHTED and len(levels_of(entry.equity, weights)) > 1
    ratio = issubclass(INDICATORS.get(entry.equity.measure, Measure), Ratio)
    if several and ratio and entry.cap[1] is not None:
        problem = _(
            "a weighted sum of {measure} over several levels has no cap",
            measure=entry.equity.measure,
        )
        remedy = _("Set services to {worst}, or to one level", worst=WORST)
        yield Fault(at, problem, remedy, value=services)
