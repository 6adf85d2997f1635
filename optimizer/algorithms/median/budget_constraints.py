"""Budget rows of a median: what each site costs, and the money that it is paid from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from optimizer.assessment.unmet import priced, unmet_price
from optimizer.case import Case
from optimizer.efficiency import OfMoney
from optimizer.foundation.tolerances import room
from optimizer.location.median.side_constraints import SideRows
from optimizer.problem import BUILD, Bools, Floats, Ints, Pairs
from optimizer.question import Policy


@dataclass(frozen=True, eq=False)
class Offers:
    """What can stand at each site of a service with one level and no capacities.

    option: (J,) row of the cheapest option, -1 where none can stand. price: (J,) what it costs,
    the site included; where it may be closed, how much more than closing it does. closed: (J,) row
    of the option that closes what stands there, -1 where none does; spent: (J,) what that costs,
    which is part of all that can be done there. required: (J,) it must stand. free: (J,) nobody
    asks what it costs.
    """

    option: Ints
    price: Floats
    closed: Ints
    spent: Floats
    required: Bools
    free: Bools

    @property
    def able(self) -> Bools:
        """(J,) sites where something can stand."""
        return self.option >= 0


def offers(case: Case) -> Offers:
    """The cheapest of what can stand: all serve everybody alike.

    What costs no more than to close it stands: that makes nobody's way longer.
    """
    problem = case.problem
    options, sites, n = problem.options, problem.sites, len(problem.sites.ids)
    opened = (options.kind == BUILD) * sites.cost[options.site]
    cost = np.asarray(options.cost + opened)
    fits = (options.land <= sites.land[options.site]) & (sites.hosts[options.site] >= 1)
    fits &= ~options.closed
    dearest_first = np.lexsort((-np.arange(len(options)), -cost))
    dearest_first = dearest_first[fits[dearest_first]]
    option, price, required = np.full(n, -1), np.zeros(n), np.zeros(n, dtype=bool)
    option[options.site[dearest_first]] = dearest_first
    able = option >= 0
    price[able] = cost[option[able]]
    required[options.site[options.required]] = True
    closed, spent = np.full(n, -1), np.zeros(n)
    for k in np.flatnonzero(options.closed).tolist():
        j = options.site[k]
        required[j] = able[j] and price[j] <= cost[k]
        if not required[j]:
            closed[j], spent[j] = k, cost[k]
    price -= np.where(able, spent, 0.0)
    is_money = isinstance(case.efficiency, OfMoney)
    money_counts = is_money or case.policy.cost_bound is not None
    payer = case.payer >= 0
    free = able & ((price == 0) | ~(payer | money_counts))
    return Offers(option, price, closed, spent, required, free)


@dataclass(frozen=True)
class Money:
    """How many sites may be open at most, and rows on what they cost."""

    count: int
    rows: list[SideRows]


def money(case: Case, offered: Offers) -> Money:
    """spent[c] <= own[c] - what it may give + taken[c], sum_c taken[c] <= all that may be given.

    What is paid in any case is taken off. That is the budget with a pooled share; caps on all money
    are rows too. One purse for sites of one price is a number of sites, and no row.
    """
    price, able, spent = offered.price, offered.able, offered.spent
    paid = able & ~offered.free
    if not paid.any():
        return Money(int(able.sum()), [])
    unit, count, rows = float(price[paid].mean()), int(able.sum()), []
    for payers, limit, is_row in _limits(case):
        here, left = payers & paid, room(limit) - float(spent[payers].sum())
        total = np.cumsum(np.sort(price[here]))
        most = int(np.searchsorted(total, left, side="right")) if left >= 0 else -len(able)
        count = min(count, int((able & ~here).sum()) + most)
        one_price = here.any() and bool((price[here] == price[here][0]).all())
        if is_row and not (one_price and (here == paid).all()):
            coefficients = np.where(here, price, 0.0)[None] / unit
            rows.append(SideRows(np.array([left / unit]), csr_array(coefficients)))
    rows.extend(_pool(case, np.where(paid, price, 0.0), spent, unit))
    return Money(count, rows)


def counted_money(case: Case, offered: Offers, pairs: Pairs) -> Iterator[SideRows]:
    """A cap on an efficiency of money where unmet needs have a price: both within it.

    What is paid in any case is taken off. pairs: those to sites where something can stand.
    """
    limit, problem = case.policy.efficiency_bound, case.problem
    if limit is None or not isinstance(case.efficiency, OfMoney) or not priced(problem.levels[0]):
        return
    unmet, paid = unmet_price(problem, 0, pairs), offered.able & ~offered.free
    unit = float(offered.price[paid].mean()) if paid.any() else float(unmet.max())
    sites = np.where(paid, offered.price, 0.0)[None] / unit
    rest = np.array([(room(limit) - float(offered.spent.sum())) / unit])
    yield SideRows(rest, csr_array(sites), csr_array(unmet[None] / unit))


def _limits(case: Case) -> Iterator[tuple[Bools, float, bool]]:
    """Sites, the money for them, and whether that is a row: not where the pool implies it."""
    policy = case.policy
    payer, own = case.payer, case.budgets
    everybody = np.ones(len(payer), dtype=bool)
    if policy.cost_bound is not None:
        yield everybody, policy.cost_bound, True
    if isinstance(case.efficiency, OfMoney) and policy.efficiency_bound is not None:
        yield everybody, policy.efficiency_bound, True
    if policy.budget is None or np.isnan(own).all():
        return
    together = _all_together(policy, own)
    yield payer >= 0, float(np.nansum(own)), together
    if policy.budget.pooled == 0 and not together:
        for c in np.unique(payer[payer >= 0]).tolist():
            yield payer == c, float(own[c]), True


def _all_together(policy: Policy, own: Floats) -> bool:
    """Whether all money is spent by all together."""
    pooled = policy.budget is not None and policy.budget.pooled == 1
    return pooled or int((~np.isnan(own)).sum()) == 1


def _pool(case: Case, price: Floats, paid: Floats, unit: float) -> Iterator[SideRows]:
    """The rows of a budget of which a part is pooled; paid: (J,) in any case."""
    policy = case.policy
    payer, own = case.payer, case.budgets
    payers = np.unique(payer[payer >= 0])
    pooled = 0.0 if policy.budget is None else policy.budget.pooled
    if pooled == 0 or not len(payers) or _all_together(policy, own):
        return
    given = room(pooled * float(np.nansum(own))) / unit
    spent = (payer[None] == payers[:, None]) * price / unit
    keeps = np.array(
        [(room((1 - pooled) * float(own[c])) - paid[payer == c].sum()) / unit for c in payers]
    )
    n = len(payers)
    taken = np.vstack([-np.eye(n), np.ones((1, n))])
    yield SideRows(
        np.append(keeps, given),
        csr_array(np.vstack([spent, np.zeros((1, len(price)))])),
        excess=csr_array(taken),
        excess_bound=np.full(n, given),
    )
