"""An efficiency that is new: one of trips is minimised by all, another kind is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.algorithms import honours
from optimizer.case import Case
from optimizer.efficiency import EFFICIENCIES, Efficiency, OfTrips
from optimizer.foundation.faults import InputError
from optimizer.problem import Bools, Floats, Level
from optimizer.robust import solve
from optimizer.solution import Status
from optimizer.verification.efficiencies import EFFICIENCIES as DEFINED
from optimizer.verification.efficiencies import Definition
from tests.algorithms.test_honours import EXACT, HONOURS, NAMES, base, truth


class FarMinutes(OfTrips):
    """Minutes beyond the standard, of those who have them."""

    name = "far_minutes"
    unit = "person-minutes"
    reference = ""

    def value(self, minutes: Floats, covered: Bools, level: Level) -> Floats:
        return np.maximum(minutes - level.standard, 0.0)

    def scale(self, case: object) -> float:
        return 50.0


class Sites(Efficiency):
    """A kind of its own, that no algorithm has heard of."""

    name = "sites"
    unit = "sites"
    kind = "sites"
    reference = ""

    def scale(self, case: object) -> float:
        return 1.0


@pytest.fixture
def new_efficiencies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Added as ARCHITECTURE.md says: a class, and its definition in the check."""
    for kind in (FarMinutes, Sites):
        monkeypatch.setitem(EFFICIENCIES, kind.name, kind)
    plain = Definition(lambda *_: 50.0, lambda minutes, most: np.maximum(minutes - most, 0.0))
    monkeypatch.setitem(DEFINED, "far_minutes", plain)
    monkeypatch.setitem(DEFINED, "sites", Definition(lambda *_: 1.0))


@pytest.mark.usefixtures("new_efficiencies")
@pytest.mark.parametrize("name", NAMES)
def test_a_new_efficiency_of_trips_is_minimised_everywhere(name: str) -> None:
    problem, policy = base(name)
    new = replace(policy, efficiency="far_minutes", weight=min(policy.weight, 0.5))
    found, best = solve(Case(problem, new), EXACT), truth(problem, new)
    assert found.status is best.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best.objective, rel=1e-6, abs=1e-6)


@pytest.mark.usefixtures("new_efficiencies")
@pytest.mark.parametrize("name", NAMES)
def test_a_new_kind_of_efficiency_is_honoured_by_nobody(name: str) -> None:
    problem, policy = base(name)
    new = replace(policy, efficiency="sites")
    assert "efficiency of sites" in honours.missing(Case(problem, new), HONOURS[name])
    with pytest.raises(InputError, match="efficiency of sites"):
        solve(Case(problem, new), EXACT)
