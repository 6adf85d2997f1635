"""Each fault of `instance.toml`, of an override and of a named policy, with its message."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.foundation.faults import InputError
from optimizer.geodata.read import read
from tests.geodata.little import TOML, Break, all_of, faults, little, text

KEYS = (
    "name, weight, standard, cutoff, share, border, backup, referral, floors, entitled, unmet, "
    "levels, sizes, years"
)
METRIC = 'Name a projected CRS in metres, such as "EPSG:32650".'
COUNTY, REGIONAL = "services.medical.levels.county", "services.medical.levels.regional"
SERVICES = TOML[TOML.index("[services.emergency]") : TOML.index("[budget]")]


def policy(key: str) -> Break:
    """A policy with this one key."""
    return text("[policies.fair]", f"[policy]\n{key}\n\n[policies.fair]")


FAULTS: dict[str, tuple[Break, str]] = {
    "unknown key": (
        text("standard = 12", "standard = 12\nstandrad = 12"),
        f"services.emergency.standrad: unknown key. Did you mean 'standard'? known: {KEYS}.",
    ),
    "unknown table": (
        text("[budget]", "[bugdet]"),
        "bugdet: unknown key. Did you mean 'budget'? known: title, crs, currency, layers, "
        "columns, sources, network, demand, alignment, services, budget, costs, policy, policies.",
    ),
    "no CRS": (
        text('crs = "EPSG:32650"', ""),
        'crs: is missing. Write a projected CRS in metres, such as "EPSG:32650".',
    ),
    "CRS in degrees": (
        text('"EPSG:32650"', '"EPSG:4326"'),
        f"crs: is not a projected CRS in metres (is 'EPSG:4326'). {METRIC}",
    ),
    "CRS in feet": (
        text('"EPSG:32650"', '"EPSG:2263"'),
        f"crs: is not a projected CRS in metres (is 'EPSG:2263'). {METRIC}",
    ),
    "unknown CRS": (
        text('"EPSG:32650"', '"EPSG:1"'),
        f"crs: unknown CRS (is 'EPSG:1'). {METRIC}",
    ),
    "no layer": (
        text('roads = "little.gpkg|roads"', ""),
        "layers.roads: is missing. Write `path` or `path|layer`.",
    ),
    "no such file": (
        text('"facilities.csv"', '"facilitys.csv"'),
        "layers.facilities: no such file (is 'facilitys.csv'). Did you mean 'facilities.csv'? "
        "known: facilities.csv, jurisdictions.csv, little.gpkg.",
    ),
    "no such layer in the file": (
        text("little.gpkg|demand", "little.gpkg|demnad"),
        "layers.demand: little.gpkg has no layer 'demnad'. Did you mean 'demand'? "
        "known: demand, sites, roads, corridors, zones.",
    ),
    "which layer of the file": (
        text("little.gpkg|demand", "little.gpkg"),
        "layers.demand: little.gpkg has 5 layers. "
        "Write little.gpkg|layer; known: demand, sites, roads, corridors, zones.",
    ),
    "no service": (
        text(SERVICES, "[services]\n\n"),
        "services: wrong value (is '{}'). Expected one table by service.",
    ),
    "a service that is no word": (
        text(SERVICES, SERVICES.replace("emergency", '"first aid"')),
        "services.first aid: 'first aid' cannot be a name. Leave out spaces and any of . ; : | =.",
    ),
    "levels that look alike": (
        text("[budget]", "[services.Emergency]\nstandard = 1\ncutoff = 2\n\n[budget]"),
        "services: emergency and Emergency are too alike. "
        "Rename one: capitals, and . and _, look alike in a plan's columns.",
    ),
    "no standard": (
        text("standard = 12", ""),
        "services.emergency.standard: is missing. Write the minutes.",
    ),
    "cut-off below the standard": (
        text("standard = 12", "standard = 45"),
        "services.emergency.cutoff: is below the standard of 45 minutes (is 40.0). "
        "Raise the cut-off or lower the standard.",
    ),
    "referral from the top": (
        text("weight = 0.5", "referral = 30"),
        f"{REGIONAL}.referral: there is no higher level to refer to (is 30.0). "
        "Remove it, or write the levels from the lowest to the highest.",
    ),
    "backup floor without backup": (
        text('backup = { minutes = 30, tier = "city" }', ""),
        "services.emergency.floors.backup: the level has no backup (is 0.1). "
        "Say what counts as backup: backup = { minutes = ..., tier = ... }.",
    ),
    "a share above 1": (
        text("share = 0.1", "share = 10"),
        f"{REGIONAL}.share: wrong value (is 10). Expected share of persons, above 0, up to 1.",
    ),
    "negative cost": (
        text("cost = 90", "cost = -90"),
        "services.medical.sizes.centre.cost: wrong value (is -90). "
        "Expected money to build, 0 or more.",
    ),
    "cost that is no number": (
        text("cost = 90", 'cost = "ninety"'),
        "services.medical.sizes.centre.cost: wrong value (is 'ninety'). "
        "Expected money to build, 0 or more.",
    ),
    "cost that is NaN": (
        text("cost = 90", "cost = nan"),
        "services.medical.sizes.centre.cost: wrong value (is nan). "
        "Expected money to build, 0 or more.",
    ),
    "capacity of an unknown level": (
        text("{ county = 500 }", "{ conty = 500 }"),
        "services.medical.sizes.ward.capacity.conty: unknown level. "
        "Did you mean 'county'? known: county, regional.",
    ),
    "capacity of which level": (
        text("{ county = 500 }", "500"),
        "services.medical.sizes.ward.capacity: the service has several levels (is 500.0). "
        "Write capacity = { county = ..., regional = ... }.",
    ),
    "negative capacity": (
        text("{ county = 500 }", "{ county = -500 }"),
        "services.medical.sizes.ward.capacity.county: is negative (is -500.0). "
        "Write persons, 0 or more.",
    ),
    "negative capacity of the only level": (
        text("land = 0.5", "land = 0.5\ncapacity = -1"),
        "services.emergency.sizes.small.capacity: is negative (is -1.0). Write persons, 0 or more.",
    ),
    "capacity that is no number": (
        text("{ county = 500 }", '{ county = "all" }'),
        "services.medical.sizes.ward.capacity: wrong value (is \"{'county': 'all'}\"). "
        "Expected persons, 0 or more: one number, or one by level.",
    ),
    "two sizes of one name": (
        text('"centre"', '"ward"'),
        "services.medical.sizes: two are named 'ward'. Rename one.",
    ),
    "all weights 0": (
        all_of(
            text("weight = 2", "weight = 0"),
            text("weight = 0.5", ""),
            text("standard = 12", "standard = 12\nweight = 0"),
        ),
        "services: all levels have weight 0. Give one a weight above 0.",
    ),
    "unknown tier": (
        text('minutes = 30, tier = "city"', 'minutes = 30, tier = "cty"'),
        "services.emergency.backup.tier: no jurisdiction is of this tier (is 'cty'). "
        "Did you mean 'city'? known: city, province, site.",
    ),
    "unknown tier of a border": (
        text("weight = 0.5", 'border = "provinz"'),
        f"{REGIONAL}.border: no jurisdiction is of this tier (is 'provinz'). "
        "Did you mean 'province'? known: city, province.",
    ),
    "unknown tier of a floor": (
        text('backup = 0.1, tier = "city"', 'backup = 0.1, tier = "cities"'),
        "services.emergency.floors.tier: no jurisdiction is of this tier (is 'cities'). "
        "Did you mean 'city'? known: city, province, role.",
    ),
    "unknown tier of the budget": (
        text('[budget]\ntier = "city"', '[budget]\ntier = "citty"'),
        "budget.tier: no jurisdiction is of this tier (is 'citty'). "
        "Did you mean 'city'? known: city, province.",
    ),
    "nothing offers a level": (
        all_of(
            text("{ county = 800, regional = 300 }", "{ county = 800 }"),
            lambda it: it.drop("facilities", "capacity_regional"),
        ),
        f"{REGIONAL}: nothing could offer medical.regional. "
        "Add a size that offers it, sites where it may be built, or facilities.",
    ),
    "unknown efficiency": (
        policy('efficiency = "mean"'),
        "policy.efficiency: unknown (is 'mean'). "
        "Did you mean 'mean_minutes'? known: cost, mean_minutes, uncovered.",
    ),
    "unknown key of a named policy": (
        text("policy.weight = 1", "policy.wieght = 1"),
        "policies.fair, policy.wieght: unknown key. Did you mean 'weight'? known: "
        "parameters, of, among, services, efficiency, weight, efficiency_bound, equity_bound, "
        "cost_bound, guard, corridors, equity, bounds, quotas, failures.",
    ),
    "a named policy for no service": (
        text("policy.weight = 1", "services.emergncy.standard = 9"),
        "policies.fair, services.emergncy: unknown name. "
        "Did you mean 'emergency'? known: emergency, medical.",
    ),
    "a named policy for no level": (
        text("policy.weight = 1", "services.medical.levels.region.standard = 9"),
        "policies.fair, services.medical.levels.region: unknown name. "
        "Did you mean 'regional'? known: county, regional.",
    ),
}

OVERRIDES = {
    "weight": ": is not path=value (is 'weight'). Write such as services.medical.cutoff=90.",
    "policy..weight=1": ": is not path=value (is 'policy..weight=1'). "
    "Write such as services.medical.cutoff=90.",
    "services.emergency.standrad=3": ", services.emergency.standrad: unknown key. "
    f"Did you mean 'standard'? known: {KEYS}.",
    "services.emergncy.standard=3": ", services.emergncy: unknown name. "
    "Did you mean 'emergency'? known: emergency, medical.",
    "services.medical.sizes.wrd.cost=3": ", services.medical.sizes.wrd: unknown name. "
    "Did you mean 'ward'? known: ward, centre.",
    "services.emergency.standard=fast": ", services.emergency.standard: wrong value "
    "(is 'fast'). Expected minutes to be covered, above 0.",
    "polcy.weight=1": ", polcy: unknown key. Did you mean 'policy'? known: title, crs, "
    "currency, layers, columns, sources, network, demand, alignment, services, budget, costs, "
    "policy, policies.",
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault(case: str, tmp_path: Path) -> None:
    broken, message = FAULTS[case]
    assert faults(tmp_path, broken)[0] == f"instance.toml, {message}"


@pytest.mark.parametrize("override", OVERRIDES)
def test_fault_of_an_override(override: str, tmp_path: Path) -> None:
    assert faults(tmp_path, lambda it: None, override) == [f"--set{OVERRIDES[override]}"]


def test_unknown_policy(tmp_path: Path) -> None:
    assert faults(tmp_path, lambda it: None, policy="fare") == [
        "instance.toml: has no policy 'fare'. Did you mean 'fair'? known: fair, emergency-2020, "
        "fire-2017, hospitals-provincial, stage-grow, stage-nurture, stage-optimise, "
        "transport-2035."
    ]


def test_fault_of_the_file_is_told_once_whatever_is_laid_over_it(tmp_path: Path) -> None:
    broken = text("policy.weight = 1", "policy.weight = 2")
    message = (
        "instance.toml, policies.fair, policy.weight: wrong value (is 2). "
        "Expected weight of equity, 0 to 1."
    )
    assert faults(tmp_path, broken, "policy.equity=cvar", policy="fair") == [message]


def test_a_size_without_a_name_beside_a_policy_that_names_sizes(tmp_path: Path) -> None:
    broken = all_of(
        text('name = "ward"\n', ""),
        text(
            "[policies.fair]",
            "[policies.dear.services.medical.sizes.centre]\ncost = 3\n\n[policies.fair]",
        ),
    )
    message = "instance.toml, services.medical.sizes.0.name: is missing. Write a name, not empty."
    assert faults(tmp_path, broken, "services.medical.sizes.centre.cost=5") == [message]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"title = [",
            "is not TOML: Invalid value (at end of document). Correct that line.",
        ),
        ("title = '长江'".encode("gb18030"), "is not UTF-8 at byte 9. Save it as UTF-8."),
    ],
)
def test_file_that_cannot_be_parsed(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "instance.toml").write_bytes(content)
    with pytest.raises(InputError) as error:
        read(tmp_path)
    assert str(error.value) == f"instance.toml: {message}"


def test_no_such_folder_names_the_nearest_instance(tmp_path: Path) -> None:
    (tmp_path / "yangtze").mkdir()
    little().write(tmp_path / "yangtze")
    with pytest.raises(InputError) as error:
        read(tmp_path / "yangtse")
    where = tmp_path / "yangtse"
    assert str(error.value) == f"{where}: no such folder. Did you mean 'yangtze'? known: yangtze."


def test_folder_without_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path)
    assert (
        str(error.value) == f"{tmp_path}: has no instance.toml. An instance is a folder with one."
    )
