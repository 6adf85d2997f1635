"""Unmet needs as the file asks for them, and what is wrong with that."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.problem import Unmet
from tests.geodata.little import Break, Little, faults, read_little, text

FAR = "services.emergency.cutoff=20"


def test_what_the_file_says(tmp_path: Path) -> None:
    """A service's own table is the default of its levels; without minutes, the cut-off."""
    found = read_little(
        tmp_path,
        text(
            "[services.medical.levels.regional]",
            "[services.medical.levels.regional]\nunmet = { allowed = false }",
        ),
        "services.emergency.unmet={minutes=90,price=0.5,most=0.2,jurisdiction=0.3,group=0.4}",
        "services.medical.unmet={}",
    )
    emergency, county, regional = (level.unmet for level in found.problem.levels)
    assert emergency == Unmet(90.0, True, 0.5, 0.2, 0.3, 0.4, "city")
    assert county == Unmet(40.0)
    assert regional == Unmet(60.0, allowed=False)
    assert [level.may_be_unmet for level in found.problem.levels] == [True, True, False]


def far(it: Little) -> None:
    """The only station can be at u, which is 27 minutes from a."""
    for row in (0, 1):
        it.put("sites", row, "services", "medical")
    standing = it.layers["facilities"]
    it.layers["facilities"] = standing[standing["service"] != "emergency"]


def test_who_reaches_nobody_may_be_unmet(tmp_path: Path) -> None:
    told = faults(tmp_path, far, FAR)
    assert ["reaches no site of emergency in 20 minutes" in one for one in told] == [True]
    found = read_little(tmp_path, far, FAR, "services.emergency.unmet={}")
    assert set(found.problem.pairs[0].origin.tolist()) == {1, 2}


FAULTS: dict[str, tuple[Break, tuple[str, ...], list[str]]] = {
    "leaving out would pay": (
        lambda it: None,
        ("services.emergency.unmet={minutes=39}",),
        [
            "instance.toml, services.emergency.unmet.minutes: is less than the cut-off of 40 "
            "minutes, so that it would pay to serve nobody (is 39.0). Write 40 or more, or leave "
            "it out: the cut-off."
        ],
    ),
    "of a level": (
        lambda it: None,
        ("services.medical.levels.regional.unmet={minutes=39}",),
        [
            "instance.toml, services.medical.levels.regional.unmet.minutes: is less than the "
            "cut-off of 60 minutes, so that it would pay to serve nobody (is 39.0). Write 60 or "
            "more, or leave it out: the cut-off."
        ],
    ),
    "caps on what is not allowed": (
        lambda it: None,
        ("services.emergency.unmet={allowed=false,most=0.5,price=2}",),
        [
            "instance.toml, services.emergency.unmet.price: no need is unmet, but where something "
            "fails (is 2.0). Remove it, or set allowed to true.",
            "instance.toml, services.emergency.unmet.most: no need is unmet, but where something "
            "fails (is 0.5). Remove it, or set allowed to true.",
        ],
    ),
    "unknown tier": (
        lambda it: None,
        ('services.emergency.unmet={jurisdiction=0.5,tier="town"}',),
        [
            "instance.toml, services.emergency.unmet.tier: no jurisdiction is of this tier "
            "(is 'town'). Known: city, province."
        ],
    ),
    "nobody in a group": (
        lambda it: it.layers.update(demand=it.layers["demand"].drop(columns="persons_old")),
        ("services.emergency.unmet={group=0.5}",),
        [
            "instance.toml, services.emergency.unmet.group: demand counts nobody by group "
            "(is 0.5). Add columns persons_<group> to it."
        ],
    ),
    "a share beyond 1": (
        lambda it: None,
        ("services.emergency.unmet={most=1.5}",),
        [
            "--set, services.emergency.unmet.most: wrong value (is 1.5). "
            "Expected a share of the need, 0 to 1."
        ],
    ),
    "a key that is not there": (
        lambda it: None,
        ("services.emergency.unmet={minuets=50}",),
        [
            "--set, services.emergency.unmet.minuets: unknown key. Did you mean 'minutes'? known: "
            "minutes, allowed, price, most, jurisdiction, group, tier."
        ],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault(tmp_path: Path, case: str) -> None:
    broken, sets, told = FAULTS[case]
    assert faults(tmp_path, broken, *sets) == told


def test_what_no_plan_can_serve_is_told(tmp_path: Path) -> None:
    found = read_little(tmp_path, far, FAR, "services.emergency.unmet={}")
    assert (
        "emergency: no site is within reach of 1 demand point, so that their need is unmet in "
        "every plan"
    ) in found.geography.warnings


def test_whom_the_level_is_not_for_has_no_need(tmp_path: Path) -> None:
    def no_old(it: Little) -> None:
        far(it)
        it.put("demand", 0, "persons_old", 0)

    entitled = 'services.emergency.entitled=["old"]'
    found = read_little(tmp_path, no_old, FAR, entitled, "services.emergency.unmet={}")
    assert not [one for one in found.geography.warnings if "within reach" in one]


def test_minutes_beside_which_no_others_count_are_told(tmp_path: Path) -> None:
    asked = "policy.equity=kolm_pollak", "services.emergency.unmet={minutes=180}"
    found = read_little(tmp_path, lambda it: None, *asked)
    assert [one for one in found.geography.warnings if "unmet.minutes" in one] == [
        "emergency: whoever is not served counts e^15 times as much as the nearest in kolm_pollak, "
        "so that nothing else counts: lower unmet.minutes or the aversion"
    ]
