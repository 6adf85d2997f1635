"""The check of a written plan that closes a hospital, with money per year and quotas."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimizer.geodata.read import read
from optimizer.outputs.report import report
from tests.plans import CHEAPEST, broken, edited, merging, set_key, solved, study_of

PAID = "money, land and capacities are those of the layers"
APART = "what is paid once and per year is true"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return merging(tmp_path_factory.mktemp("merging"))


@pytest.fixture(scope="module")
def plan(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solved(read(folder, overrides=CHEAPEST), tmp_path_factory.mktemp("plan") / "plan.gpkg")


def test_a_plan_that_closes_is_written_and_holds(plan: Path, folder: Path) -> None:
    assert broken(plan, folder) == {}


# The hospital at t is closed, that at s gets a ward: 4 and 30 paid once over 30 years at 5 %, and 9
# and 1 a year; stations at s, t and u, 8 each over 20 years, and 3 for u, where nothing stands yet.
CHANGES = {
    "what is closed is kept": (
        ["UPDATE facilities SET status = 'kept' WHERE id = 't:medical'"],
        "the facilities layer is true",
        "facilities, t:medical: cost is 0.26",
    ),
    "what may not be closed is": (
        ["UPDATE facilities SET status = 'closed' WHERE id = 't:emergency'"],
        "everything in the plan exists",
        "closed small of emergency cannot stand at t",
    ),
    "people go to what is closed": (
        ["UPDATE assignments SET site = 't', minutes = 1 WHERE level = 'medical.county'"],
        "only open facilities serve",
        "medical.county, b -> t: no open facility offers it there",
    ),
    "what is closed is gone": (
        ["DELETE FROM facilities WHERE id = 't:medical'"],
        "what stands is what stood",
        "medical at t: is existing and missing",
    ),
    "closing for nothing": (
        ["UPDATE facilities SET cost = 0 WHERE id = 't:medical'"],
        PAID,
        "facilities, t:medical: cost is 0.0, in truth 0.26",
    ),
    "running for nothing": (
        ["UPDATE facilities SET per_year = 0 WHERE id = 's:medical'"],
        PAID,
        "facilities, s:medical: per_year is 0.0, in truth 10.0",
    ),
    "paid once in a jurisdiction": (
        ["UPDATE jurisdictions SET paid_once = 29 WHERE id = 'P'"],
        "the jurisdictions layer is true",
        "jurisdictions, P: paid_once is 29.0, in truth 38.0",
    ),
    "per year in a jurisdiction": (
        ["UPDATE jurisdictions SET per_year = 9 WHERE id = 'P'"],
        "the jurisdictions layer is true",
        "jurisdictions, P: per_year is 9.0, in truth 10.0",
    ),
    "what a jurisdiction has of a quota": (
        ["UPDATE jurisdictions SET quota_land = 1 WHERE id = 'P'"],
        "the jurisdictions layer is true",
        "jurisdictions, P: quota_land is 1.0, in truth 2.5",
    ),
    "the margin of a quota": (
        ["UPDATE jurisdictions SET margin_beds = 300 WHERE id = 'V'"],
        "the jurisdictions layer is true",
        "jurisdictions, V: margin_beds is 300.0, in truth 200.0",
    ),
    "another rate": (
        [set_key("costs", {"rate": 0.01, "years": 20, "services": {}})],
        APART,
        "manifest: costs is {'rate': 0.01",
    ),
    "what runs in all": (
        [set_key("per_year", 5)],
        APART,
        "manifest: per_year is 5, in truth 10.0",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_found(plan: Path, folder: Path, tmp_path: Path, what: str) -> None:
    statements, rule, detail = CHANGES[what]
    found = broken(edited(plan, tmp_path, *statements), folder)
    assert detail in found.get(rule, ""), found


def test_a_quota_that_is_not_kept(plan: Path, folder: Path, tmp_path: Path) -> None:
    """As if the plan had been made without the quota that it breaks."""
    overrides = json.dumps([*CHEAPEST, "policy.quotas.beds.at_least=1100"])
    stated = f"UPDATE manifest SET value = '{overrides}' WHERE key = 'overrides'"
    found = broken(edited(plan, tmp_path, stated), folder)
    assert found["quotas are kept"] == "beds: V has 1000, at least 1100"


def test_the_rate_is_that_of_the_file(plan: Path, folder: Path, tmp_path: Path) -> None:
    overrides = json.dumps([*CHEAPEST, "costs.rate=0.06"])
    stated = f"UPDATE manifest SET value = '{overrides}' WHERE key = 'overrides'"
    found = broken(edited(plan, tmp_path, stated), folder)
    assert {PAID, APART} <= set(found)


def test_the_report_says_what_is_closed_and_paid(folder: Path) -> None:
    told = report(study_of(read(folder, overrides=(*CHEAPEST, "costs.rate=0"))))
    county = told["services"]["medical.county"]["facilities"]
    assert county == {"kept": 0, "built": 0, "upgraded": 1, "closed": 1}
    assert told["costs"] == {"rate": 0, "years": 20, "services": {"emergency": 20, "medical": 30}}
    assert (told["paid_once"], told["per_year"]) == (4 + 30 + 3 * 8 + 3, 10)
    assert told["cost"] == pytest.approx(34 / 30 + 27 / 20 + 10)
    assert told["jurisdictions"]["Q"]["paid_once"] == 4 + 2 * 8 + 3
    assert told["quotas"] == {
        "land": {"P": {"used": 2.5, "at_most": 3, "at_least": None, "margin": 0.5}},
        "beds": {"V": {"used": 1000, "at_most": 1200, "at_least": 800, "margin": 200}},
    }
    assert told["overrides"][-1] == "costs.rate=0"
