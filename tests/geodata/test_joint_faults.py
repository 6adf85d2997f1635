"""Each fault that file and layers have only together; and that all faults are told at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from shapely import Point

from tests.geodata.little import TOML, Break, Little, all_of, declare, faults, put, square, text

MONEY = "Write money, 0 or more."
STATIONS = TOML[TOML.index("[[services.emergency") : TOML.index("[services.medical]")]


#: Case -> what is broken, and all that is said of it.
FAULTS: dict[str, tuple[Break, list[str]]] = {
    "negative capacity": (
        put("facilities", 0, "capacity_county", -1.0),
        [
            "facilities, row #1, column capacity_county: is negative (is '-1.0'). "
            "Write persons, 0 or more."
        ],
    ),
    "NaN capacity": (
        all_of(
            put("facilities", 0, "capacity_county", None),
            put("facilities", 0, "capacity_regional", None),
        ),
        [
            "facilities, row #1, column capacity_county: has no capacity. "
            "Write persons in capacity_county or capacity_regional."
        ],
    ),
    "capacity of another service": (
        put("facilities", 1, "capacity_county", 7.0),
        [
            "facilities, row #2, column capacity_county: is not for this service "
            "(is 'emergency'). Its capacity stands in capacity."
        ],
    ),
    "budget that is no number": (
        put("jurisdictions", 1, "budget", "rich"),
        [f"jurisdictions, row P, column budget: is not a number (is 'rich'). {MONEY}"],
    ),
    "negative budget": (
        put("jurisdictions", 1, "budget", -1.0),
        [f"jurisdictions, row P, column budget: is negative (is '-1.0'). {MONEY}"],
    ),
    "NaN budget": (
        put("jurisdictions", 1, "budget", None),
        [f"jurisdictions, row P, column budget: is empty. {MONEY}"],
    ),
    "a budget of nothing": (
        all_of(put("jurisdictions", 1, "budget", 0), put("jurisdictions", 2, "budget", 0)),
        [
            "jurisdictions, column budget: all jurisdictions of tier city together have no "
            "money. Fill in the column, or leave [budget] out of instance.toml if money is "
            "no limit."
        ],
    ),
    "no budget": (
        lambda it: it.drop("jurisdictions", "budget"),
        [
            "jurisdictions, column budget: all jurisdictions of tier city together have no "
            "money. Fill in the column, or leave [budget] out of instance.toml if money is "
            "no limit."
        ],
    ),
    "a site that nobody pays for": (
        put("sites", 1, "jurisdiction", "V"),
        [
            "sites, row t, column jurisdiction: lies in no city, so nobody pays for the site "
            "(is 'V'). Name a jurisdiction of tier city, or one within it."
        ],
    ),
    "required inside a redline": (
        lambda it: it.add("zones", geometry=square(10, 0)),
        [
            "facilities, row #2, column site: must be built inside a control line "
            "(is 't, inside ecological redline'). "
            "Move the site, change its status or the zone."
        ],
    ),
    "required outside development zones": (
        lambda it: it.add("zones", kind="development", geometry=square(0, 0)),
        [
            "facilities, row #2, column site: must be built inside a control line "
            "(is 't, outside all development zones'). "
            "Move the site, change its status or the zone."
        ],
    ),
    "required where the site forbids it": (
        put("sites", 1, "services", "medical"),
        [
            "facilities, row #2, column service: must be built where the site does not allow "
            "it (is 'emergency'). Add it to the column `services` of the site, or change the "
            "status."
        ],
    ),
    "required without a size": (
        text(STATIONS, ""),
        [
            "facilities, row #2, column service: must be built, but has no size "
            "(is 'emergency'). Add a size to the service in instance.toml."
        ],
    ),
    "a road graph in pieces": (
        put("roads", 1, "from", "elsewhere"),
        [
            "roads: the road graph is in 2 pieces that are needed: 2 nodes with "
            "2 demand points (a, b) and 2 sites (s, t); 2 nodes with 1 demand point (c) and "
            "1 site (u). Join them by a road or a ferry, or let corridors that join them be built: "
            "policy.corridors = true."
        ],
    ),
    # c is 70 + 1 minutes from t, the nearest hospital
    "a demand point that reaches no site": (
        put("roads", 1, "minutes", 70.0),
        [
            f"demand, row c: reaches no site of medical.{level} in {cutoff} minutes. The nearest "
            f"is 71.0 minutes away: add a site, or raise services.medical.levels.{level}.cutoff."
            for level, cutoff in (("county", 40), ("regional", 60))
        ],
    ),
    "a border that nobody may cross": (
        all_of(text("weight = 0.5", 'border = "city"'), put("sites", 1, "jurisdiction", "P")),
        [
            f"demand, row {row}: reaches no site of medical.regional within its city in "
            "60 minutes. There is none that may serve it: add a site."
            for row in ("b", "c")
        ],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault(case: str, tmp_path: Path) -> None:
    broken, messages = FAULTS[case]
    assert faults(tmp_path, broken) == messages


def test_all_faults_of_all_layers_and_the_file_are_told_together(tmp_path: Path) -> None:
    broken = all_of(
        text("standard = 12", 'standard = "fast"'),
        put("demand", 0, "persons", -1.0),
        put("demand", 2, "jurisdiction", "R"),
        put("roads", 0, "geometry", Point(0, 0)),
        put("zones", 0, "kind", "ecology"),
        declare("sites", None),
    )
    told = [message.split(":")[0] for message in faults(tmp_path, broken)]
    assert told == [
        "instance.toml, services.emergency.standard",
        "sites",
        "roads, row #1, column geometry",
        "demand, row a, column persons",
        "demand, row c, column jurisdiction",
        "zones, row 1, column kind",
    ]


def test_a_layer_that_cannot_be_opened_makes_no_faults_elsewhere(tmp_path: Path) -> None:
    broken = text("jurisdictions.csv", "nowhere.csv")
    assert [message.split(":")[0] for message in faults(tmp_path, broken)] == [
        "instance.toml, layers.jurisdictions"
    ]


def test_many_faults_of_one_kind_are_counted(tmp_path: Path) -> None:
    def wild(it: Little) -> None:
        table = it.layers["demand"]
        it.layers["demand"] = pd.concat([table] * 10, ignore_index=True)
        it.layers["demand"]["id"] = ["a", *range(29)]
        it.layers["demand"]["persons"] = -1

    told = faults(tmp_path, wild)
    assert len(told) == 21
    assert told[-1] == ("demand, column persons: is negative, in 10 more rows. See the rows above.")
