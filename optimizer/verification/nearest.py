"""Closest assignment, the plain way: nobody is sent past a nearer facility with room."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from optimizer.foundation.language import N_, _
from optimizer.question import Equity
from optimizer.verification.equity import levels
from optimizer.verification.people import may_use
from optimizer.verification.tolerances import FULL, NO_MINUTES, TOLERANCE
from optimizer.verification.verdict import NOBODY, PlainPlan, Rules
from optimizer.verification.weighing import measure_of


def asked(case: PlainPlan) -> list[Equity]:
    """Every equity that is minimised or capped."""
    policy = case.policy
    own = policy.weight > 0 or policy.equity_bound is not None
    return [policy.equity] * own + [bound.equity for bound in policy.bounds.values()]


def disperses(equity: Equity) -> bool:
    """Whether the measure is of how far people are apart, which gains where many lose."""
    return measure_of(equity).dispersion


def nearest(case: PlainPlan) -> Iterator[str]:
    """Nobody is sent past an open facility that has room.

    At levels where a dispersion of what people travel is asked for.
    """
    travelled = [one for one in asked(case) if disperses(one) and one.of != "catchment"]
    for row in sorted({row for equity in travelled for row in levels(case, equity)}):
        level, pairs = case.problem.levels[row], case.problem.pairs[row]
        room = _room(case, row)
        judged = set[int]()
        trips = defaultdict[int, list[tuple[float, float]]](list)
        for trip in case.trips[row]:
            minutes = math.inf if trip.site == NOBODY else trip.minutes
            trips[trip.demand].append((minutes, trip.share))
        for i, j, minutes in zip(
            pairs.origin.tolist(), pairs.site.tolist(), pairs.minutes.tolist(), strict=True
        ):
            if j not in room or i in judged:
                continue
            judged.add(i)  # pairs are sorted: all other room is farther
            farther = sum(share for there, share in trips[i] if there > minutes + NO_MINUTES)
            if farther > TOLERANCE:
                yield _(
                    "{level}, {point}: {share:.6g} of the people are sent past {site}, which has "
                    "room for {room:g} persons",
                    level=level.id,
                    point=case.problem.demand.ids[i],
                    share=farther,
                    site=case.problem.sites.ids[j],
                    room=room[j],
                )


def _room(case: PlainPlan, row: int) -> dict[int, float]:
    """Open site -> persons whom it could still serve; only sites that are not full."""
    load, people = defaultdict[int, float](float), may_use(case.problem, row)
    for trip in case.trips[row]:
        persons = people[trip.demand] * trip.share
        load[trip.site] += persons * case.problem.levels[row].share
    return {
        site: most - load[site]
        for site, most in case.open[row].items()
        if load[site] < most * (1 - FULL)
    }


#: Rules by id: in words, and what breaks them.
RULES: Rules = {
    "nearest": (N_("nobody is sent past room"), nearest),
}
