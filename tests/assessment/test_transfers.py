"""Who gives to the common money and who gets from it, worked out by hand.

Cities A, B and C in province P have 10, 20 and 30. A spends 16: 6 beyond its own.
With half pooled, B, which spends 14, can still give min(10, 6) = 6, and C, which spends 10,
min(15, 20) = 15. So B gives 6 x 6/21 = 12/7 and C 6 x 15/21 = 30/7.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.assessment.transfers import from_pool
from optimizer.case import Case
from optimizer.problem import Jurisdictions
from optimizer.question import Budget, Policy
from tests.problems import two_cities

CITIES = Jurisdictions(
    ("A", "B", "C", "P"),
    np.array([3, 3, 3, -1]),
    ("city", "city", "city", "province"),
    ("core", "member", "member", ""),
    np.array([10.0, 20, 30, np.nan]),
)
PROBLEM = replace(two_cities(), jurisdictions=CITIES)
SPENT = np.array([16.0, 14, 10, 40])


@pytest.mark.parametrize(
    ("budget", "pool"),
    [
        (Budget("city", pooled=0.5), [6, -12 / 7, -30 / 7, 0]),
        # 1.6 times the budgets: A has 16 of its own.
        (Budget("city", pooled=0.5, scale=1.6), [0, 0, 0, 0]),
        # Nothing is pooled: nobody may give, so A breaks its budget, and that is all.
        (Budget("city", pooled=0), [6, 0, 0, 0]),
        (None, [0, 0, 0, 0]),
    ],
)
def test_from_pool(budget: Budget | None, pool: list[float]) -> None:
    assert from_pool(Case(PROBLEM, Policy(budget=budget)), SPENT) == pytest.approx(pool)
