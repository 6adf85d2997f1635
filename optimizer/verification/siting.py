"""Rules on what stands where, and what it costs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from optimizer.foundation.language import N_, _
from optimizer.problem import BUILD, CLOSE, KEEP, UPGRADE
from optimizer.verification.verdict import PlainPlan, Rules, at_most, joined, same


def one_option(case: PlainPlan) -> Iterator[str]:
    """At most one option of each service at each site, and none chosen twice."""
    table = case.problem.options
    count = Counter((int(table.service[k]), int(table.site[k])) for k in case.chosen)
    for (service, site), n in count.items():
        if n > 1:
            yield _(
                "{service} at {site}: {n} options at once",
                service=case.problem.services[service].id,
                site=case.problem.sites.ids[site],
                n=n,
            )


def required(case: PlainPlan) -> Iterator[str]:
    """What stands stays or is closed, where it may be, and what must be built is built."""
    table = case.problem.options
    chosen = {(int(table.service[k]), int(table.site[k])) for k in case.chosen}
    stands = {int(k) for k in range(len(table)) if table.kind[k] in (KEEP, UPGRADE)}
    needed = {
        (int(table.service[k]), int(table.site[k]))
        for k in range(len(table))
        if table.required[k] or k in stands
    }
    for service, site in sorted(needed - chosen):
        yield _(
            "{service} at {site}: must stand and is missing",
            service=case.problem.services[service].id,
            site=case.problem.sites.ids[site],
        )


def land(case: PlainPlan) -> Iterator[str]:
    """The land that the options take at a site is there (hectares)."""
    table, used = case.problem.options, defaultdict[int, float](float)
    for k in case.chosen:
        used[int(table.site[k])] += float(table.land[k])
    for site, hectares in used.items():
        available = float(case.problem.sites.land[site])
        if not at_most(hectares, available):
            yield _(
                "{site}: {used:g} ha used, {available:g} ha there",
                site=case.problem.sites.ids[site],
                used=hectares,
                available=available,
            )


def hosts(case: PlainPlan) -> Iterator[str]:
    """A site hosts no more services than it may."""
    table, services = case.problem.options, defaultdict[int, set[int]](set)
    for k in case.chosen:
        if table.kind[k] != CLOSE:
            services[int(table.site[k])].add(int(table.service[k]))
    for site, hosted in services.items():
        most = int(case.problem.sites.hosts[site])
        if len(hosted) > most:
            name = case.problem.sites.ids[site]
            yield _("{site}: {n} services, at most {most}", site=name, n=len(hosted), most=most)


def one_level(case: PlainPlan) -> Iterator[str]:
    """Of corridors that are levels of one link, one at most is built."""
    facts, levels = case.problem.corridors, defaultdict[int, list[str]](list)
    if facts is not None:
        for a in case.plan.corridors.tolist():
            levels[int(facts.link[a])].append(facts.ids[a])
    for names in levels.values():
        if len(names) > 1:
            yield _("{corridors}: levels of one corridor", corridors=joined(", ", names))


def money_at(case: PlainPlan) -> dict[int, float]:
    """Site -> money spent there: each option, and the site itself once if anything is built."""
    table, spent = case.problem.options, defaultdict[int, float](float)
    for k in case.chosen:
        spent[int(table.site[k])] += float(table.cost[k])
    for site in {int(table.site[k]) for k in case.chosen if table.kind[k] == BUILD}:
        spent[site] += float(case.problem.sites.cost[site])
    return dict(spent)


def fixed_payments(case: PlainPlan) -> list[list[float]]:
    """For each built corridor, by jurisdiction, the money of its share."""
    facts = case.problem.corridors
    if facts is None:
        return []
    built = case.plan.corridors.tolist()
    return [[share * float(facts.cost[a]) for share in facts.shares[a].tolist()] for a in built]


def payments(case: PlainPlan) -> Iterator[str]:
    """Each pays its share of a corridor; negotiated, all is paid by those who have a share in it.

    Those of the budget's tier, for themselves and all within them; nobody pays less than 0.
    """
    facts, rule, paid = case.problem.corridors, case.policy.budget, case.plan.paid
    if facts is None:
        return
    free = rule is not None and rule.negotiated
    if paid is None:
        if free and len(case.plan.corridors):
            yield _("it is not said who pays")
        return
    areas = case.problem.jurisdictions
    above = areas.at(rule.tier).tolist() if rule is not None else []
    for a, amounts, fixed in zip(
        case.plan.corridors.tolist(), paid.tolist(), fixed_payments(case), strict=True
    ):
        name, cost = facts.ids[a], float(facts.cost[a])
        able = {above[c] for c, m in enumerate(facts.shares[a]) if m > 0} if free else set()
        if not same(sum(amounts), cost):
            yield _(
                "{corridor}: {paid:g} paid, it costs {cost:g}",
                corridor=name,
                paid=sum(amounts),
                cost=cost,
            )
        for c, money in enumerate(amounts):
            who: dict[str, object] = {"corridor": name, "area": areas.ids[c], "money": money}
            if not free and not same(money, fixed[c]):
                yield _(
                    "{corridor}: {area} pays {money:g}, its share is {share:g}",
                    share=fixed[c],
                    **who,
                )
            if free and not money >= 0:
                yield _("{corridor}: {area} pays {money:g}", **who)
            if free and money > 0 and c not in able:
                yield _("{corridor}: {area} pays {money:g} and has no share in it", **who)


def corridors_cost(case: PlainPlan) -> float:
    """Money that the built corridors cost, whoever pays."""
    facts = case.problem.corridors
    return 0.0 if facts is None else sum(float(facts.cost[a]) for a in case.plan.corridors)


def paid_for_corridors(case: PlainPlan) -> dict[int, float]:
    """Jurisdiction -> money that it pays for built corridors."""
    amounts = fixed_payments(case) if case.plan.paid is None else case.plan.paid.tolist()
    paid = defaultdict[int, float](float)
    for row in amounts:
        for c, money in enumerate(row):
            paid[c] += money
    return dict(paid)


def budget(case: PlainPlan) -> Iterator[str]:
    """What jurisdictions spend beyond their budgets is covered by what the others may pass on.

    sum_c max(0, spent_c - B_c) <= sum_c min(pooled x B_c, max(0, B_c - spent_c))
    over the jurisdictions c of the budget's tier that have a budget, B_c = scale x budget.
    """
    rule = case.policy.budget
    if rule is None:
        return
    areas = case.problem.jurisdictions
    own = {
        c: rule.scale * float(money)
        for c, money in enumerate(areas.budget)
        if areas.tier[c] == rule.tier and money == money  # NaN: no budget, so no rule
    }
    spent = dict.fromkeys(own, 0.0)
    lies_in = case.problem.sites_at(rule.tier)
    for site, money in money_at(case).items():
        if int(lies_in[site]) in own:
            spent[int(lies_in[site])] += money
    area_at = areas.at(rule.tier)
    for area, money in paid_for_corridors(case).items():
        if int(area_at[area]) in own:
            spent[int(area_at[area])] += money
    over = {c: spent[c] - own[c] for c in own if spent[c] > own[c]}
    spare = sum(min(rule.pooled * own[c], max(0.0, own[c] - spent[c])) for c in own)
    if not at_most(sum(over.values()), spare):
        yield _(
            "beyond their budgets: {areas}; the others may pass on {spare:g}",
            areas=joined(", ", (f"{areas.ids[c]} {money:g}" for c, money in over.items())),
            spare=spare,
        )


#: Rules by id: in words, and what breaks them.
RULES: Rules = {
    "one_option": (N_("one option per service and site"), one_option),
    "required": (N_("what is required stands"), required),
    "land": (N_("land suffices"), land),
    "hosts": (N_("no site hosts too many services"), hosts),
    "corridor_levels": (N_("one level of a corridor is built"), one_level),
    "payments": (N_("corridors are paid by those who may"), payments),
    "budget": (N_("budgets are kept"), budget),
}
