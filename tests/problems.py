"""A problem small enough to read, for tests of single parts.

Two cities, A with demand point 0 and site 0, B with demand point 1 and site 1. Minutes 0 -> 0: 5,
0 -> 1: 20, 1 -> 0: 25, 1 -> 1: 10. One service with two levels, low (standard 10) and high
(standard 30, a tenth of the persons). Site 0 has a standing low facility of 50 persons that may
be upgraded by 100 low and 40 high (cost 7); at site 1 a low facility of 100 (cost 3, site 2) or a
full one (cost 9) can be built. 100 persons live at 0, 50 at 1.
"""

from __future__ import annotations

from dataclasses import replace

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

LOW = Level("care.low", "care", 10, 60, backup=Backup(20), referral=15)
HIGH = Level("care.high", "care", 30, 60, share=0.1)
SIZES = (
    Size("small", 3, 3, 1.0, {"care.low": 100}),
    Size("full", 9, 7, 2.0, {"care.low": 100, "care.high": 40}),
)


def two_cities(land: float = 1.5, referral: bool = True) -> Problem:
    """The problem of this module's docstring; land: hectares at site 0."""
    low = LOW if referral else replace(LOW, referral=None)
    pairs = Pairs(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([5.0, 20, 25, 10]))
    return Problem(
        Jurisdictions(
            ("A", "B"), np.array([-1, -1]), ("city",) * 2, ("core",) * 2, np.array([4.0, 8.0])
        ),
        Demand(
            ("0", "1"), np.array([0, 1]), np.array([100.0, 50.0]), {"old": np.array([10.0, 30])}
        ),
        Sites(
            ("s0", "s1"),
            np.array([0, 1]),
            np.array([0.0, 2.0]),
            np.array([land, 9]),
            np.array([1, 1]),
        ),
        (Service("care", (low, HIGH), SIZES),),
        Options(
            service=np.array([0, 0, 0, 0]),
            site=np.array([0, 0, 1, 1]),
            size=np.array([-1, 1, 0, 1]),
            kind=np.array([KEEP, UPGRADE, BUILD, BUILD]),
            capacity=np.array([[50.0, 0], [150, 40], [100, 0], [100, 40]]),
            cost=np.array([0.0, 7, 3, 9]),
            land=np.array([0.0, 2, 1, 2]),
            required=np.array([True, True, False, False]),
        ),
        (pairs, pairs),
        {0: Pairs(np.array([0, 1]), np.array([0, 1]), np.array([0.0, 0.0]))} if referral else {},
    )
