"""PEERS: the same p-median put to others: spopt, and the dense model in HiGHS.

Each builds its model and proves the optimum to the same gap with as many threads; both count.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from scipy.sparse import coo_array

from benchmarks.cases import P_MEDIAN, Benchmark
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program

#: Costs and p in; the objective, nan without any, and whether it is proven.
Peer = Callable[[Floats, int, Limits], tuple[float, bool]]

#: A dense model of more points than these is hopeless.
MOST_POINTS = 900


def asked_of_peers(case: Benchmark) -> bool:
    """Whether peers are asked too; `MOST_POINTS` is seen to when the file is read."""
    return case.problem == P_MEDIAN and case.format == "pmed"


def missing(peer: str) -> bool:
    """Whether what this peer needs is not installed."""
    return peer.startswith("spopt") and not (find_spec("spopt") and find_spec("pulp"))


def dense(costs: Floats, p: int, limits: Limits) -> tuple[float, bool]:
    """The model of every textbook, with all pairs, passed to HiGHS as arrays."""
    outcome = minimise(p_median_program(costs, p), limits)
    objective = outcome.objective if outcome.x is not None else math.nan
    return objective, outcome.status is Status.OPTIMAL


def p_median_program(costs: Floats, p: int) -> Program:
    """minimise sum c x: each point is served, only where open (x_ij <= y_j), and p are open.

    Columns: y (J,), then x by points; rows: points (I,), x_ij - y_j <= 0 (I J,), then p.
    """
    points, sites = costs.shape
    pairs = np.arange(points * sites)
    point, site = np.divmod(pairs, sites)
    x, link, last = sites + pairs, points + pairs, points + len(pairs)
    row = np.concatenate([point, link, link, np.full(sites, last)])
    column = np.concatenate([x, x, site, np.arange(sites)])
    sign = np.concatenate([np.ones(2 * len(pairs)), -np.ones(len(pairs)), np.ones(sites)])
    rows = coo_array((sign, (row, column)), shape=(last + 1, sites + len(pairs))).tocsc()
    one, none = np.ones(points), np.zeros(len(pairs))
    return Program(
        cost=np.concatenate([np.zeros(sites), costs.reshape(-1)]),
        offset=0.0,
        rows=rows,
        row_lower=np.concatenate([one, np.full(len(pairs), -np.inf), [p]]),
        row_upper=np.concatenate([one, none, [p]]),
        lower=np.zeros(sites + len(pairs)),
        upper=np.ones(sites + len(pairs)),
        integer=np.arange(sites + len(pairs)) < sites,
    )


def _spopt(solver: str) -> Callable[[], Peer]:
    """spopt, which hands its model to this solver of PuLP."""

    def ready() -> Peer:
        import pulp
        from spopt.locate import PMedian

        def solve(costs: Floats, p: int, limits: Limits) -> tuple[float, bool]:
            model = PMedian.from_cost_matrix(costs, np.ones(len(costs)), p)
            ask = getattr(pulp, solver)(msg=False, gapRel=limits.gap, threads=limits.threads)
            problem = model.solve(ask, results=False).problem
            return problem.objective.value(), problem.status == pulp.LpStatusOptimal

        return solve

    return ready


#: Each is made ready before it is timed: what it imports is no part of its solve.
PEERS: dict[str, Callable[[], Peer]] = {
    "spopt, HiGHS": _spopt("HiGHS"),
    "spopt, CBC": _spopt("PULP_CBC_CMD"),
    "dense, HiGHS": lambda: dense,
}
