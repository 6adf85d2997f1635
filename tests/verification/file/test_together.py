"""A written plan with unmet needs, entitlement, closing, quotas and rings; each broken in turn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimizer.geodata.read import read
from tests.plans import broken, edited, solved, together

DEMAND, AREAS = "the demand layer is true", "the jurisdictions layer is true"
C_COUNTY = "demand = 'c' AND level = 'medical.county'"
CLASSES, PAID = "the classes layer is true", "money, land and capacities are those of the layers"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return together(tmp_path_factory.mktemp("together"))


@pytest.fixture(scope="module")
def plan(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solved(read(folder), tmp_path_factory.mktemp("plan") / "plan.gpkg")


def test_the_plan_holds(plan: Path, folder: Path) -> None:
    assert broken(plan, folder) == {}


# A station at t for the 300 old, a hospital at s for 3,000 of 6,000, the one at t closed. c is 25
# minutes from s; of the 3,000 who live there 500 are served.
CHANGES = {
    "a share is larger": (
        [f"UPDATE assignments SET share = 0.5, persons = 1500 WHERE {C_COUNTY}"],
        DEMAND,
        "demand, c: minutes_medical_county is 37.5, in truth 32.5",
    ),
    "a share is smaller": (
        [f"UPDATE assignments SET share = 0.1, persons = 300 WHERE {C_COUNTY}"],
        "unmet needs are within their caps",
        "medical.county: 0.54 of the need of Q is unmet, at most 0.5",
    ),
    "whom nobody serves does not live there": (
        ["UPDATE demand SET persons = 500, unmet_medical_county = 0 WHERE id = 'c'"],
        DEMAND,
        "demand, c: persons is 500.0, in truth 3000.0",
    ),
    "somebody who is not served is hidden": (
        ["UPDATE demand SET unmet_medical_county = 0 WHERE id = 'c'"],
        DEMAND,
        "demand, c: unmet_medical_county is 0.0, in truth 2500.0",
    ),
    "whom nobody serves is hidden in the classes": (
        ["UPDATE classes SET unmet_share_medical_county = 0 WHERE id = 'ring:rest'"],
        CLASSES,
        "classes, ring:rest: unmet_share_medical_county is 0.0, in truth 0.5",
    ),
    "more are entitled": (
        ["UPDATE demand SET entitled_emergency = 3000 WHERE id = 'c'"],
        DEMAND,
        "demand, c: entitled_emergency is 3000.0, in truth 0.0",
    ),
    "who is not entitled is served": (
        ["UPDATE facilities SET load_emergency = 3000 WHERE id = 't:emergency'"],
        "the facilities layer is true",
        "facilities, t:emergency: load_emergency is 3000.0, in truth 300.0",
    ),
    "what is closed serves": (
        [f"UPDATE assignments SET site = 't', minutes = 15 WHERE {C_COUNTY}"],
        "only open facilities serve",
        "medical.county, c -> t: no open facility offers it there",
    ),
    "closing costs nothing": (
        ["UPDATE facilities SET cost = 0, paid_once = 0 WHERE id = 't:medical'"],
        PAID,
        "facilities, t:medical: paid_once is 0.0, in truth 4.0",
    ),
    "what a ring has of its quota": (
        ["UPDATE classes SET quota_land = 0 WHERE id = 'ring:rest'"],
        CLASSES,
        "classes, ring:rest: quota_land is 0.0, in truth 0.5",
    ),
    "a margin for a class without that quota": (
        ["UPDATE classes SET margin_land = 2 WHERE id = 'role:core'"],
        CLASSES,
        "classes, role:core: margin_land is 2.0, in truth ",
    ),
    "the places of a city": (
        ["UPDATE jurisdictions SET quota_beds = 8000 WHERE id = 'P'"],
        AREAS,
        "jurisdictions, P: quota_beds is 8000.0, in truth 5500.0",
    ),
    "the ring of a point": (
        ["UPDATE demand SET ring = 'core' WHERE id = 'b'"],
        DEMAND,
        "demand, b: ring is core, in truth rest",
    ),
    "the label of a ring": (
        ["UPDATE classes SET label = 'circle' WHERE id = 'ring:rest'"],
        CLASSES,
        "classes, ring:rest: label is circle, in truth rest",
    ),
    "how well a ring is served": (
        ["UPDATE classes SET coverage_medical_county = 1 WHERE id = 'ring:rest'"],
        CLASSES,
        "classes, ring:rest: coverage_medical_county is 1.0, in truth 0.4",
    ),
    "how many a core serves": (
        ["UPDATE jurisdictions SET gives_medical_county = 0 WHERE id = 'P'"],
        AREAS,
        "jurisdictions, P: gives_medical_county is 0.0, in truth 2500.0",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_found(plan: Path, folder: Path, tmp_path: Path, what: str) -> None:
    statements, rule, detail = CHANGES[what]
    found = broken(edited(plan, tmp_path, *statements), folder)
    assert detail in found.get(rule, ""), found


#: As if the plan had been made for this question -> the rule of it that it breaks.
ASKED = {
    "services.medical.levels.county.unmet.most=0.45": (
        "unmet needs are within their caps",
        "medical.county: 0.5 of the need of the region is unmet, at most 0.45",
    ),
    "services.medical.levels.county.unmet.jurisdiction=0.4": (
        "unmet needs are within their caps",
        "medical.county: 0.5 of the need of P is unmet, at most 0.4",
    ),
    "services.medical.levels.county.unmet.group=0.1": (
        "unmet needs are within their caps",
        "medical.county: 0.166667 of the need of old is unmet, at most 0.1",
    ),
    'services.medical.entitled=["old"]': (
        "the assignments layer is true",
        "b -> s: persons is 2000.0, in truth 200.0",
    ),
    "policy.quotas.land.at_most=0.4": ("quotas are kept", "land: rest has 0.5, at most 0.4"),
    "policy.quotas.land.at_least=0.1": ("quotas are kept", "land: core has 0, at least 0.1"),
    "policy.quotas.beds.at_most=5000": ("quotas are kept", "beds: P has 5500, at most 5000"),
    'services.medical.levels.county.floors={jurisdiction=0.45,tier="ring"}': (
        "floors of jurisdictions are met",
        "medical.county, rest: 0.4 of the persons, at least 0.45",
    ),
    "policy.cost_bound=9.7": ("money is within its cap", "9.90214644 spent, at most 9.7"),
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_plan_that_was_made_for_another_question(
    plan: Path, folder: Path, tmp_path: Path, asked: str
) -> None:
    stated = f"UPDATE manifest SET value = '{json.dumps([asked])}' WHERE key = 'overrides'"
    found = broken(edited(plan, tmp_path, stated), folder)
    rule, detail = ASKED[asked]
    assert detail in found.get(rule, ""), found
