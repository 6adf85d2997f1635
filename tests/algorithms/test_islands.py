"""Places that only a corridor joins to the rest: read, solved, written, judged, and stressed."""

from __future__ import annotations

from pathlib import Path

from optimizer.assessment.indicators import assess
from optimizer.outputs.formats import write
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.stress.file import stress_file
from optimizer.verification.file import check_file
from tests.geodata.little import all_of, faults, put, read_little

ISLAND = all_of(put("roads", 1, "from", "elsewhere"), put("facilities", 0, "capacity_county", 9e3))


def test_a_corridor_brings_an_island_to_the_rest(tmp_path: Path) -> None:
    """c and u hang on a road from nowhere; the only hospital is at s, so k has to be built."""
    instance = read_little(tmp_path, ISLAND, "policy.corridors=true")
    result = solve(instance.case, Limits(gap=0))
    assert result.plan is not None and len(result.plan.corridors) == 1
    study = SolvedInstance(instance, result, assess(instance.case, result.plan))
    for name in ("plan.gpkg", "plan.png", "plan.json"):
        write(study, tmp_path / name)
    assert check_file(tmp_path / "plan.gpkg", tmp_path).ok
    stressed = stress_file(tmp_path / "plan.gpkg", tmp_path)
    worst = stressed.streets[0]
    assert stressed.name(worst.kind, worst.row) == "k"
    assert [loss.cut_off for loss in worst.losses] == [0, 3000, 300]


def test_a_corridor_that_nobody_can_pay_brings_nobody(tmp_path: Path) -> None:
    poor = "policy.corridors=true", "budget.scale=0.3"
    assert faults(tmp_path, ISLAND, *poor) == [
        f"demand, row c: reaches no site of medical.{level} in {minutes} minutes, whatever "
        "corridors the money builds. There is none that may serve it: add a site."
        for level, minutes in (("county", 40), ("regional", 60))
    ]
