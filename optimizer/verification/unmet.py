"""Caps on unmet needs, the plain way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.foundation.language import N_, _
from optimizer.verification.access import unmet
from optimizer.verification.people import entitled_of, may_use
from optimizer.verification.verdict import PlainPlan, Rules, at_most


def caps(case: PlainPlan) -> Iterator[str]:
    """No more of the need than may be is unmet: of all, of each jurisdiction, of each group."""
    demand, areas = case.problem.demand, case.problem.jurisdictions
    for row, level in enumerate(case.problem.levels):
        rule = level.unmet
        if rule is None or not rule.allowed:
            continue
        everybody = may_use(case.problem, row)
        whose: list[tuple[str, Sequence[float], float]] = [(_("the region"), everybody, rule.most)]
        if rule.jurisdiction < 1:
            at = case.problem.demand_at(rule.tier).tolist()
            for c in sorted(set(at) - {-1}):
                inside = [n if at[i] == c else 0.0 for i, n in enumerate(everybody)]
                whose.append((areas.ids[c], inside, rule.jurisdiction))
        for name in demand.groups:
            whose.append((name, entitled_of(demand, level.entitled, name), rule.group))
        shares = unmet(case, row)
        for name, persons, most in whose:
            total = sum(persons)
            left = sum(n * share for n, share in zip(persons, shares, strict=True))
            if total > 0 and not at_most(left / total, most):
                yield _(
                    "{level}: {share:.6g} of the need of {who} is unmet, at most {most:g}",
                    level=level.id,
                    share=left / total,
                    who=name,
                    most=most,
                )


#: Rules by id: in words, and what breaks them.
RULES: Rules = {
    "unmet": (N_("unmet needs are within their caps"), caps),
}
