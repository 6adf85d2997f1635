"""The guard: how much efficiency a dispersion measure may cost.

Dispersion measures are best where everybody is equally badly off (levelling down). So whoever
minimises one is kept near the most efficient plan, and whoever asks for one at all is told who
loses against it.
"""

from __future__ import annotations

from dataclasses import replace

from optimizer.equity import Class, make
from optimizer.foundation.language import _
from optimizer.question import Policy

#: By what share a plan that minimises a dispersion measure may be less efficient than the most
#: efficient one, where the policy does not say.
GUARD = 0.1


def efficient_policy(policy: Policy) -> Policy:
    """The same question without any word of equity; a cap on what is minimised changes nothing."""
    return replace(
        policy, weight=0.0, efficiency_bound=None, equity_bound=None, bounds={}, guard=None
    )


def needs_efficient(policy: Policy) -> bool:
    """Whether the most efficient plan must be known."""
    kinds = {make(equity.measure, equity.parameters).kind for equity in policy.equities()}
    return policy.guard is not None or Class.DISPERSION in kinds


def allowed(policy: Policy) -> float | None:
    """By what share the efficiency may be worse than in the most efficient plan; None: by any."""
    kind = make(policy.equity.measure, policy.equity.parameters).kind
    if policy.guard is None and policy.weight > 0 and kind is Class.DISPERSION:
        return GUARD
    return policy.guard


def cap(policy: Policy, efficiency: float) -> float | None:
    """What the efficiency may be at most, given that of the most efficient plan."""
    share = allowed(policy)
    return None if share is None else (1 + share) * efficiency


def called(policy: Policy, cap: float | None) -> str | None:
    """What the cap on the efficiency is called where it is the guard's; nobody may have set it."""
    own, share = policy.efficiency_bound, allowed(policy)
    if cap is None or share is None or (own is not None and own < cap):
        return None
    if policy.guard is None:
        return _(
            "the guard on efficiency (policy.guard, {percent:g} % above the most efficient plan; "
            "set where {measure} is minimised and nobody says otherwise)",
            percent=100 * share,
            measure=policy.equity.measure,
        )
    return _(
        "the guard on efficiency (policy.guard, {percent:g} % above the most efficient plan)",
        percent=100 * share,
    )


def guarded(policy: Policy, cap: float | None) -> Policy:
    """The policy with its guard as a cap on the efficiency."""
    caps = [bound for bound in (cap, policy.efficiency_bound) if bound is not None]
    return replace(policy, efficiency_bound=min(caps, default=None))
