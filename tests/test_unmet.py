"""Unmet needs: every algorithm against the enumeration, all features at random."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.solution import Status
from tests.enumeration import best_plan
from tests.parts import parts
from tests.random_unmet import draw_unmet
from tests.test_enumeration import agree

CHUNK = 25
#: Of each measure.
SOME = parts([range(4), *(range(first, first + 8) for first in range(4, 36, 8))], usual=1)


@pytest.mark.parametrize("first", parts(range(0, 200, CHUNK), usual=4))
def test_unmet_needs_equal_the_enumeration(first: int) -> None:
    for seed in range(first, first + CHUNK):
        problem, policy = draw_unmet(seed)
        best = best_plan(problem, policy)
        if best is None:
            status = solve(Case(problem, policy), Limits(gap=0)).status
            assert status is Status.INFEASIBLE, seed
        elif np.isinf(best.objective):
            with pytest.raises(InputError, match="next to nothing"):
                solve(Case(problem, policy), Limits(gap=0))
        else:
            agree(problem, policy, best, seed, 1)
