"""Quotas on land and places of jurisdictions and classes, once more and plainly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.foundation.language import N_, _
from optimizer.question import Quota
from optimizer.verification.verdict import PlainPlan, Rules, at_most

#: Places are told for so many persons.
THOUSAND = 1000.0


@dataclass(frozen=True)
class Used:
    """What a jurisdiction or class has of a quota, and the limits; None: none on that side."""

    value: float
    most: float | None
    least: float | None

    @property
    def margin(self) -> float:
        """How far it is within the nearer of both limits; negative: beyond it."""
        above = [] if self.most is None else [self.most - self.value]
        below = [] if self.least is None else [self.value - self.least]
        return min(*above, *below) if above and below else (above + below)[0]


def used(case: PlainPlan, quota: Quota) -> dict[str, Used]:
    """Jurisdiction of the tier, or label of the class, that has a limit -> what stands in it.

    Hectares of the options that stand there and in all below; or 1000 x the sum of their
    capacities / persons who live there, nothing where nobody does.
    """
    problem, table = case.problem, case.problem.options
    limits = dict(_limits(case, quota))
    people, amount = dict.fromkeys(limits, 0.0), dict.fromkeys(limits, 0.0)
    for i, persons in enumerate(problem.demand.persons.tolist()):
        home = _home(case, i, quota.tier)
        if home in people:
            people[home] += persons
    levels = [level.id for level in problem.levels]
    for k in case.chosen:
        where = _place(case, int(problem.sites.jurisdiction[int(table.site[k])]), quota.tier)
        if where not in amount:
            continue
        if quota.of == "land":
            amount[where] += float(table.land[k])
        else:
            amount[where] += float(table.capacity[k, levels.index(str(quota.level))])
    found = {}
    for name, (most, least) in limits.items():
        value = amount[name]
        if quota.of == "places":
            if not people[name] > 0:
                continue
            value = THOUSAND * value / people[name]
        found[name] = Used(value, most, least)
    return found


def _limits(
    case: PlainPlan, quota: Quota
) -> Iterator[tuple[str, tuple[float | None, float | None]]]:
    """What each jurisdiction of the tier, or label of the class, may have at most and at least."""
    problem, areas = case.problem, case.problem.jurisdictions
    if quota.tier in areas.classes:
        labels = [*areas.classes[quota.tier].labels]
        if quota.tier in problem.demand.classes:
            labels += problem.demand.classes[quota.tier].labels
        yield from ((label, (quota.at_most, quota.at_least)) for label in sorted({*labels}))
        return
    for c, name in enumerate(areas.ids):
        most = quota.at_most
        if quota.column is not None:
            own = float(areas.land_quota[c])
            most = own if own == own else None  # NaN: no quota
        if areas.tier[c] == quota.tier and not (most is None and quota.at_least is None):
            yield name, (most, quota.at_least)


def _home(case: PlainPlan, point: int, name: str) -> str | None:
    """The jurisdiction of the tier, or label of the class, that somebody lives in; None: none."""
    demand = case.problem.demand
    if name not in case.problem.jurisdictions.classes:
        return _place(case, int(demand.jurisdiction[point]), name)
    if name not in demand.classes or demand.classes[name].of[point] < 0:
        return None
    return demand.classes[name].labels[int(demand.classes[name].of[point])]


def _place(case: PlainPlan, area: int, name: str) -> str | None:
    """The jurisdiction of the tier that this one is or lies in; or its label, else that above."""
    areas = case.problem.jurisdictions
    while area >= 0:
        if name in areas.classes and areas.classes[name].of[area] >= 0:
            return areas.classes[name].labels[int(areas.classes[name].of[area])]
        if areas.tier[area] == name:
            return areas.ids[area]
        area = int(areas.parent[area])
    return None


def quotas(case: PlainPlan) -> Iterator[str]:
    """No jurisdiction or class has more than its quota at most, or less than at least."""
    for name, quota in case.policy.quotas.items():
        for area, one in used(case, quota).items():
            who: dict[str, object] = {"quota": name, "area": area}
            if one.most is not None and not at_most(one.value, one.most):
                yield _(
                    "{quota}: {area} has {value:.9g}, at most {most:g}",
                    value=one.value,
                    most=one.most,
                    **who,
                )
            if one.least is not None and not at_most(one.least, one.value):
                yield _(
                    "{quota}: {area} has {value:.9g}, at least {least:g}",
                    value=one.value,
                    least=one.least,
                    **who,
                )


#: Rules by id: in words, and what breaks them.
RULES: Rules = {"quotas": (N_("quotas are kept"), quotas)}
