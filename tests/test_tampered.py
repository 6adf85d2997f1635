"""Plans with one change each: refused, or named here as harmless with its reason; never an error.

`make test` takes a sample; all of them, also of a real agglomeration, are slow.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from optimizer.foundation.faults import InputError
from optimizer.geodata.read import read
from optimizer.verification.file import check_file
from tests.plans import CHEAPEST, FAILING, TINY, crowded, for_some, merging, solved, together
from tests.tampering import Change, changes

ROOT = Path(__file__).parents[1]

#: The instance of the plan that is kept as a sample.
REAL = "ningxia-yellow-river"

#: Of each plan, how many changes `make test` tries.
SAMPLE = 3

#: In how many parts all changes of a plan are tried.
PARTS = 4

#: (layer, column, how) -> why the plan is right all the same; "" stands for any.
HARMLESS = {
    ("manifest", "version", "a word"): "what wrote it is told as stated",
    ("manifest", "algorithm", "a word"): "how it was solved is told as stated",
    ("manifest", "seconds", "more"): "how long it took is told as stated",
    ("manifest", "seconds", "less"): "how long it took is told as stated",
    ("manifest", "instance", "a word"): "it was said which one, and its files are unchanged",
    ("classes", "*", "another CRS"): "the layer has no shapes that could be elsewhere",
    ("file", "*", "a trigger more"): "nothing is written to it, so nothing sets it off",
    ("file", "*", "a view more"): "views are not read",
    ("file", "*", "no styles"): "how a map looks says nothing of the plan",
    ("file", "*", "a stale count"): "rows are counted, not believed",
}


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Plan and instance: with a split village, with what is rejected, guarded, with failures,
    with a facility that is closed, money per year and quotas, with classes, cores and services
    for some, with unmet needs, and with all of these together.
    """
    folder = tmp_path_factory.mktemp("plans")
    where = crowded(tmp_path_factory.mktemp("little"))
    merged = merging(tmp_path_factory.mktemp("merging"))
    some = for_some(tmp_path_factory.mktemp("some"))
    all_at_once = together(tmp_path_factory.mktemp("together"))
    guarded = ("policy.equity=range", "policy.guard=0.2")
    unmet = (
        *("services.emergency.unmet={most=0.9,price=0.5}", "services.emergency.cutoff=15"),
        "budget.scale=0.5",
    )
    found = {
        "two-cities": (TINY / "two-cities", read(TINY / "two-cities", "open-border")),
        "redline": (TINY / "redline", read(TINY / "redline")),
        "guarded": (TINY / "line", read(TINY / "line", overrides=guarded)),
        "failing": (where, read(where, overrides=FAILING)),
        "merged": (merged, read(merged, overrides=CHEAPEST)),
        "of some": (some, read(some)),
        "unmet": (TINY / "line", read(TINY / "line", overrides=unmet)),
        "together": (all_at_once, read(all_at_once)),
    }
    return {
        name: (solved(instance, folder / f"{name}.gpkg"), at)
        for name, (at, instance) in found.items()
    }


NAMES = ("two-cities", "redline", "guarded", "failing", "merged", "of some", "unmet", "together")


def told(change: Change, plan: Path, instance: Path, folder: Path) -> str:
    """What becomes of it: "refused", "harmless", or what is wrong with that."""
    try:
        holds = check_file(change.made(plan, folder), instance).ok
    except InputError:
        holds = False
    if holds and (change.layer, change.column, change.how) not in HARMLESS:
        return f"{change}: holds, and is not said to be harmless"
    return "harmless" if holds else "refused"


def tried(
    plans: dict[str, tuple[Path, Path]], name: str, folder: Path, step: int, part: int | None = None
) -> Counter[str]:
    """Every so-manieth change of a plan, or every one of a part."""
    plan, instance = plans[name]
    assert check_file(plan, instance).ok
    other = plans["redline" if name != "redline" else "two-cities"][0]
    every = list(changes(plan, other))
    chosen = every[:: max(1, step and len(every) // step)]
    if part is not None:
        chosen = every[part::PARTS]
    return Counter(told(change, plan, instance, folder) for change in chosen)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_of_changes(plans: dict, name: str, tmp_path: Path) -> None:
    found = tried(plans, name, tmp_path, SAMPLE)
    assert set(found) <= {"refused", "harmless"}, found


@pytest.mark.slow
def test_many_changes_of_a_real_plan(plans: dict, tmp_path: Path) -> None:
    real = {**plans, "real": (ROOT / "solutions" / "sample.gpkg", ROOT / "instances" / REAL)}
    found = tried(real, "real", tmp_path, 120)
    assert set(found) <= {"refused", "harmless"}, "\n".join(found)
    assert found["refused"] >= 100


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", NAMES)
def test_every_change(plans: dict, name: str, part: int, tmp_path: Path) -> None:
    found = tried(plans, name, tmp_path, 0, part)
    assert set(found) <= {"refused", "harmless"}, "\n".join(found)
    assert found["refused"] >= 250 / PARTS
