"""A small problem and a plan of it, with every feature, worked out by hand in the tests.

Cities A and B in province P; villages a1 and a2 in A, b1 in B; sites SA and SB.

minutes   SA  SB    persons  old
a1         5  20        100   10
a2        10  30        200   50
b1        40   4        100   40

Emergency: standard 10, backup within 30 from another city. Medical: clinics (standard 10), which
refer 20 % of the people to centres (standard 10) within 40 minutes; a clinic stands at SA.
"""

from __future__ import annotations

import numpy as np

from optimizer.problem import (
    BUILD,
    KEEP,
    UPGRADE,
    Backup,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
    Size,
)
from optimizer.question import Budget, Policy
from optimizer.solution import Assignment, Plan

INF = np.inf
A1, A2, B1 = 0, 1, 2
SA, SB = 0, 1
STATION_SA, STATION_SB, KEEP_SA, ENLARGE_SA, LARGE_SB, SMALL_SB = range(6)
EMERGENCY, CLINIC, CENTRE = range(3)


def rows(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def problem() -> Problem:
    everybody = Pairs(
        rows(A1, A1, A2, A2, B1, B1), rows(SA, SB, SA, SB, SA, SB), floats(5, 20, 10, 30, 40, 4)
    )
    emergency = Level("emergency", "emergency", 10, 60, backup=Backup(30, "city"))
    clinic = Level("medical.clinic", "medical", 10, 60, referral=40)
    centre = Level("medical.centre", "medical", 10, 60, share=0.2)
    large = {"medical.clinic": 150.0, "medical.centre": 60.0}
    return Problem(
        jurisdictions=Jurisdictions(
            ids=("P", "A", "B"),
            parent=rows(-1, 0, 0),
            tier=("province", "city", "city"),
            role=("", "core", "member"),
            budget=floats(np.nan, 10, 10),
        ),
        demand=Demand(
            ids=("a1", "a2", "b1"),
            jurisdiction=rows(1, 1, 2),
            persons=floats(100, 200, 100),
            groups={"old": floats(10, 50, 40)},
        ),
        sites=Sites(
            ids=("SA", "SB"),
            jurisdiction=rows(1, 2),
            cost=floats(0, 3),
            land=floats(3, 3),
            hosts=rows(2, 2),
        ),
        services=(
            Service("emergency", (emergency,), (Size("station", 2, INF, 1, {"emergency": INF}),)),
            Service(
                "medical",
                (clinic, centre),
                (
                    Size("large", 5, 4, 2, large),
                    Size("small", 3, INF, 1, {"medical.clinic": 150.0}),
                ),
            ),
        ),
        options=Options(
            service=rows(0, 0, 1, 1, 1, 1),
            site=rows(SA, SB, SA, SA, SB, SB),
            size=rows(0, 0, -1, 0, 0, 1),
            kind=np.array([BUILD, BUILD, KEEP, UPGRADE, BUILD, BUILD]),
            capacity=np.array(
                [
                    [INF, 0, 0],
                    [INF, 0, 0],
                    [0, 300, 0],
                    [0, 450, 60],
                    [0, 150, 60],
                    [0, 150, 0],
                ]
            ),
            cost=floats(2, 2, 0, 4, 5, 3),
            land=floats(1, 1, 0, 2, 2, 1),
            required=np.array([False, False, True, True, False, False]),
        ),
        pairs=(everybody, everybody, everybody),
        transfers={CLINIC: Pairs(rows(SA, SA, SB, SB), rows(SA, SB, SA, SB), floats(0, 25, 25, 0))},
    )


def policy(**changes: object) -> Policy:
    return Policy(**{"weight": 0.5, "budget": Budget("city", pooled=0.5), **changes})


def plan() -> Plan:
    """All four facilities; everybody at the nearest, but half of a2 at the centre in SB."""
    nearest = Assignment(rows(A1, A2, B1), rows(SA, SA, SB), floats(5, 10, 4), floats(1, 1, 1))
    split = Assignment(
        rows(A1, A2, A2, B1), rows(SA, SA, SB, SB), floats(5, 10, 30, 4), floats(1, 0.5, 0.5, 1)
    )
    options = rows(STATION_SA, STATION_SB, ENLARGE_SA, LARGE_SB)
    return Plan(options, (nearest, nearest, split))
