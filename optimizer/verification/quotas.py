"""Quotas on land and places of jurisdictions, once more and plainly."""

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
    """What a jurisdiction has of a quota, and the limits; None: there is none on that side."""

    value: float
    most: float | None
    least: float | None

    @property
    def margin(self) -> float:
        """How far it is within the nearer of both limits; negative: beyond it."""
        above = [] if self.most is None else [self.most - self.value]
        below = [] if self.least is None else [self.value - self.least]
        return min(*above, *below) if above and below else (above + below)[0]


def used(case: PlainPlan, quota: Quota) -> dict[int, Used]:
    """Jurisdiction of the tier that has a limit -> what stands in it and all below it.

    Hectares of the options that stand; or 1000 x the sum of their capacities / persons who live
    there, nothing where nobody does.
    """
    problem, table = case.problem, case.problem.options
    people, amount = dict[int, float](), dict[int, float]()
    for area, persons in zip(
        problem.demand.jurisdiction.tolist(), problem.demand.persons.tolist(), strict=True
    ):
        c = _within(case, area, quota.tier)
        people[c] = people.get(c, 0.0) + persons
    levels = [level.id for level in problem.levels]
    for k in case.chosen:
        c = _within(case, int(problem.sites.jurisdiction[int(table.site[k])]), quota.tier)
        if quota.of == "land":
            more = float(table.land[k])
        else:
            more = float(table.capacity[k, levels.index(str(quota.level))])
        amount[c] = amount.get(c, 0.0) + more
    found = {}
    for c, tier in enumerate(problem.jurisdictions.tier):
        most = quota.at_most
        if quota.column is not None:
            own = float(problem.jurisdictions.land_quota[c])
            most = own if own == own else None  # NaN: no quota
        if tier != quota.tier or (most is None and quota.at_least is None):
            continue
        value = amount.get(c, 0.0)
        if quota.of == "places":
            if not people.get(c, 0.0) > 0:
                continue
            value = THOUSAND * value / people[c]
        found[c] = Used(value, most, quota.at_least)
    return found


def _within(case: PlainPlan, area: int, tier: str) -> int:
    """The jurisdiction of the tier that this one is or lies in; -1: none."""
    areas = case.problem.jurisdictions
    while area >= 0 and areas.tier[area] != tier:
        area = int(areas.parent[area])
    return area


def quotas(case: PlainPlan) -> Iterator[str]:
    """No jurisdiction has more than its quota at most, or less than at least."""
    for name, quota in case.policy.quotas.items():
        for c, one in used(case, quota).items():
            who: dict[str, object] = {"quota": name, "area": case.problem.jurisdictions.ids[c]}
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
