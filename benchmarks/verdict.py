"""VERDICT: whether what was found agrees with what is published, and with the peers."""

from __future__ import annotations

import math
from collections.abc import Iterator

from benchmarks.cases import MCLP, Benchmark
from benchmarks.journal import Row
from benchmarks.numbers import number

#: By how much proven optima may differ, relative to their size: the tolerances of the solvers.
SAME = 1e-6


def wrong(case: Benchmark, row: Row) -> str | None:
    """In words, what cannot be true beside the published optimum.

    No plan is better than an optimum, and no bound is beyond what a plan has reached.
    """
    published = case.published
    if published is None or row.get("objective") is None:
        return None
    sign = -1.0 if case.problem == MCLP else 1.0
    best = sign * published.optimum
    objective = sign * row["objective"]
    bound = sign * row["bound"] if row.get("bound") is not None else -math.inf
    if bound > best + published.tolerance:
        return f"WRONG: {number(published.optimum)} is published, our bound excludes it"
    if objective < best - published.tolerance and not published.best_known:
        return f"WRONG: better than the published optimum {number(published.optimum)}"
    return None


def improves(case: Benchmark, row: Row) -> bool:
    """Whether ours is better than the best that was known."""
    published = case.published
    if published is None or not published.best_known or row.get("objective") is None:
        return False
    sign = -1.0 if case.problem == MCLP else 1.0
    return bool(sign * row["objective"] < sign * published.optimum - published.tolerance)


def disagree(ours: Row, peers: dict[str, Row]) -> Iterator[str]:
    """Peers that prove another optimum than ours, in words."""
    if ours.get("status") != "optimal":
        return
    for name, row in peers.items():
        if row.get("status") == "optimal" and not row["trouble"]:
            apart = abs(row["objective"] - ours["objective"])
            if apart > (SAME + ours["gap"]) * max(1.0, abs(ours["objective"])):
                yield f"WRONG: {name} proves {number(row['objective'])}"
