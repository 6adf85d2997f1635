"""The tiny instances: reading and solving gives the answers derived by hand in their READMEs."""

from __future__ import annotations

import shutil
from math import log
from pathlib import Path

import pytest

from optimizer.assessment.indicators import assess
from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.solution import Plan, Result, Status
from optimizer.verification import check

TINY = Path(__file__).parents[2] / "instances" / "tiny"


def solved(instance: Instance) -> Result:
    """Solved to proven optimality, and judged."""
    result = solve(instance.case, Limits(gap=0))
    assert result.status is Status.OPTIMAL
    assert result.plan is not None
    verdict = check(instance.case, result.plan, result)
    assert verdict.ok, verdict.broken
    return result


def facilities(instance: Instance, plan: Plan | None) -> set[str]:
    """What the plan builds: `service size at site`."""
    assert plan is not None
    problem, found = instance.problem, set()
    for k in plan.options:
        service = problem.services[problem.options.service[k]]
        size = service.sizes[problem.options.size[k]].name
        found.add(f"{service.id} {size} at {problem.sites.ids[problem.options.site[k]]}")
    return found


#: E = 10 + (sum n 2^(d/10) / 24 - 1) x 10 / ln 2, sums 20 and 19
E_V3_V5 = 10 - 4 / 24 * 10 / log(2)
E_V2_V5 = 10 - 5 / 24 * 10 / log(2)

V3_V5 = {"emergency station at v3", "emergency station at v5"}
V2_V5 = {"emergency station at v2", "emergency station at v5"}
TWO_REGIONAL = {"medical regional hospital at w1", "medical regional hospital at e1"}
ONE_REGIONAL = {
    "medical county hospital at w1",
    "medical regional hospital at e1",
    "medical county hospital at e2",
}
BOTH_AT_N = {"emergency station at n", "transport hub at n"}
BOTH_AT_M = {"emergency station at m", "transport hub at m"}

ANSWERS = [
    ("line", None, 0.5 * 5 + 0.5 * E_V3_V5, V3_V5),
    ("line", "efficient", 5, V3_V5),
    ("line", "equal", E_V2_V5, V2_V5),
    ("two-cities", None, 95 / 12, TWO_REGIONAL),
    ("two-cities", "own-money", 11.25, ONE_REGIONAL),
    ("two-cities", "open-border", 155 / 24, TWO_REGIONAL),
    ("redline", None, 15, BOTH_AT_N | {"emergency station at k"}),
    ("redline", "no-backup", 14 + 7 / 12, BOTH_AT_N | {"emergency station at s"}),
]


@pytest.mark.parametrize(("name", "policy", "objective", "built"), ANSWERS)
def test_the_answer_is_the_one_derived_by_hand(
    name: str, policy: str | None, objective: float, built: set[str]
) -> None:
    instance = read(TINY / name, policy)
    result = solved(instance)
    assert result.objective == pytest.approx(objective, rel=1e-9)
    assert facilities(instance, result.plan) == built


@pytest.mark.parametrize(("weight", "built"), [(0.58, V3_V5), (0.582, V2_V5)])
def test_the_line_changes_its_plan_at_0_581(weight: float, built: set[str]) -> None:
    instance = read(TINY / "line", overrides=[f"policy.weight={weight}"])
    assert facilities(instance, solved(instance).plan) == built


def test_the_line_has_the_ede_derived_by_hand() -> None:
    instance = read(TINY / "line", "equal")
    result = solved(instance)
    assert result.plan is not None
    found = assess(instance.case, result.plan)
    assert found.levels[0].region.mean == pytest.approx(70 / 12)
    # 10 log2(19 / 12)
    assert found.equity == pytest.approx(10 * log(19 / 12, 2))
    assert found.minutes[:, 0].tolist() == [10, 0, 10, 10, 0]


def test_the_open_border_splits_the_border_village() -> None:
    instance = read(TINY / "two-cities", "open-border")
    result = solved(instance)
    assert result.plan is not None
    found = assess(instance.case, result.plan)
    # county level of w1, w2, e1, e2: half of w2 goes 5 minutes to e1, half 15 to w1
    assert found.minutes[:, 0] == pytest.approx([0, 10, 0, 10], abs=1e-6)
    assert found.covered[:, 0] == pytest.approx([1, 1, 1, 1])


def test_the_site_in_the_reserve_is_rejected() -> None:
    geography = read(TINY / "redline").geography
    assert list(geography.rejected["id"]) == ["m"]
    assert list(geography.rejected["zone"]) == ["湖心水源保护区 Lakeside water reserve"]


def test_without_the_reserve_the_lake_gets_both(tmp_path: Path) -> None:
    folder = shutil.copytree(TINY / "redline", tmp_path / "redline")
    file = folder / "instance.toml"
    text = file.read_text(encoding="utf-8")
    assert 'zones = "zones.geojson"\n' in text
    file.write_text(text.replace('zones = "zones.geojson"\n', ""), encoding="utf-8")
    instance = read(folder)
    result = solved(instance)
    assert result.objective == pytest.approx(55 / 6)  # 9.166667
    assert facilities(instance, result.plan) == BOTH_AT_M | {"emergency station at s"}
