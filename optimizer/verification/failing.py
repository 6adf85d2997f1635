"""Tail mean over the states (conditional value at risk), in a plain loop."""

from __future__ import annotations

from optimizer.verification.verdict import PlainPlan


def over_states(case: PlainPlan, values: list[float]) -> float:
    """The mean of the worst values whose probability is the policy's tail in all; 0: the worst.

    values: where nothing fails, then in each scenario.
    """
    facts, tail = case.problem.scenarios, case.policy.tail
    if facts is None:
        return values[0]
    if tail == 0:
        return max(values)
    likely = [max(1 - sum(facts.probability.tolist()), 0.0), *facts.probability.tolist()]
    rest, total = tail, 0.0
    for value, chance in sorted(zip(values, likely, strict=True), reverse=True):
        part = min(chance, rest)
        if part > 0:
            total, rest = total + part * value, rest - part
    return total / (tail - rest)
