"""What columns are called: known names in other letters are read, nearly known ones are faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from optimizer.foundation.warning_log import warnings_to
from optimizer.geodata.catalogue import overview
from optimizer.geodata.routing.corridor_layer import corridors
from optimizer.outputs.corridors import write_back
from tests.geodata.little import Break, all_of, faults, little, read_little, text
from tests.parts import parts

READ = "is read as"


def rename(layer: str, **names: str) -> Break:
    return lambda it: it.layers.update({layer: it.layers[layer].rename(columns=names)})


def names(layer: str, lines: str) -> Break:
    """A table that says what columns of a layer are called."""
    return lambda it: setattr(it, "toml", f"{it.toml}\n[columns.{layer}]\n{lines}\n")


def told(folder: Path, changed: Break) -> list[str]:
    warnings = read_little(folder, changed).geography.warnings
    return [one for one in warnings if "column" in one]


@pytest.mark.parametrize(
    ("layer", "known", "mine"),
    parts(
        [
            ("sites", "cost", "COST"),
            ("sites", "egress_minutes", "ｅｇｒｅｓｓ＿ｍｉｎｕｔｅｓ"),
            ("sites", "egress_minutes", "egress_min"),
            ("facilities", "capacity_regional", "capacity_r"),
            ("sites", "hosts", " Hosts"),
            ("sites", "egress_minutes", "EGRESS_MIN"),
            ("demand", "persons_old", "Persons_Old"),
            ("demand", "jurisdiction", "jurisdicti"),
            ("corridors", "cost_shares", "cost_share"),
            ("jurisdictions", "budget", "Budget"),
        ],
        usual=4,
    ),
)
def test_known_in_other_letters_or_cut(layer: str, known: str, mine: str, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    plain = read_little(tmp_path / "plain")
    (tmp_path / "other").mkdir()
    changed = rename(layer, **{known: mine})
    # a CSV is read without the spaces around a name
    assert told(tmp_path / "other", changed)[0].startswith(f"{layer}: the column {mine} {READ} ")
    found = read_little(tmp_path / "other", changed)
    assert found.problem.sites.cost.tolist() == plain.problem.sites.cost.tolist()
    assert found.problem.pairs[0].minutes.tolist() == plain.problem.pairs[0].minutes.tolist()
    assert found.problem.demand.groups.keys() == {"old"}
    assert known in getattr(found.geography, layer).columns
    assert found.problem.options.capacity.tolist() == plain.problem.options.capacity.tolist()


def test_shapefile_that_cuts_names(tmp_path: Path) -> None:
    def shapefile(it: Any) -> None:
        it.layers["scenarios"] = gpd.GeoDataFrame(
            {"id": ["f"], "probability": [0.25], "sites": ["s"]}, geometry=[None], crs="EPSG:32650"
        )
        it.set('zones = "', 'scenarios = "failing.dbf"\nzones = "')
        it.toml += "\n[policy.failures]\ntail = 1\n"
        cut = it.layers.pop("scenarios")
        cut.to_file(tmp_path / "failing.shp", encoding="utf-8")

    found = read_little(tmp_path, shapefile)
    assert found.problem.scenarios is not None
    assert found.problem.scenarios.probability.tolist() == [0.25]
    assert found.geography.warnings[0] == (
        f"scenarios: the column probabilit {READ} probability: "
        "a Shapefile cuts names to 10 characters"
    )


@pytest.mark.parametrize(
    ("layer", "known", "mine", "near"),
    [
        ("sites", "cost", "costs", "cost"),
        ("sites", "hosts", "host", "hosts"),
        ("sites", "land", "lnad", "land"),
        ("sites", "services", "service", "services"),
        ("sites", "egress_minutes", "egress-minutes", "egress_minutes"),
        ("jurisdictions", "budget", "bugdet", "budget"),
        ("jurisdictions", "role", "roles", "role"),
        ("facilities", "capacity_county", "capacity_conty", "capacity_county"),
        ("corridors", "cost_shares", "costshares", "cost_shares"),
        ("demand", "persons_old", "person_old", "persons_..."),
        ("demand", "persons_old", "PERSONS-OLD", "persons_..."),
        ("demand", "persons_old", "personsold", "persons_..."),
    ],
)
def test_nearly_known(layer: str, known: str, mine: str, near: str, tmp_path: Path) -> None:
    assert faults(tmp_path, rename(layer, **{known: mine}))[0] == (
        f"{layer}, column {mine}: is one letter away from {near}, and would not be read. Rename it "
        f"{near}, or say so under [columns.{layer}] in instance.toml; if it is something else, "
        "give it another name."
    )


def test_near_two_of_them(tmp_path: Path) -> None:
    changed = all_of(lambda it: it.drop("sites", "cost"), rename("sites", hosts="host"))
    assert "is one letter away from cost and hosts, and" in faults(tmp_path, changed)[0]


def test_nearly_known_beside_the_known_one_is_the_users_own(tmp_path: Path) -> None:
    def own(it: Any) -> None:
        it.layers["sites"]["costs"] = [1, 2, 3]
        it.layers["sites"]["fid_"] = ["x", "y", "z"]

    found = read_little(tmp_path, own)
    assert found.problem.sites.cost.tolist() == [0, 2, 3]
    assert found.geography.sites["costs"].tolist() == [1, 2, 3]
    assert told(tmp_path, own) == []


def test_required_column_is_told_once(tmp_path: Path) -> None:
    found = faults(tmp_path, rename("roads", minutes="minute"))
    assert found == [
        "roads, column minutes: no such column. Did you mean 'minute'? known: from, to, minute."
    ]


def test_one_name_twice(tmp_path: Path) -> None:
    def twice(it: Any) -> None:
        it.layers["jurisdictions"]["BUDGET"] = [1, 2, 3]

    assert faults(tmp_path, twice) == [
        "jurisdictions, column budget: budget and BUDGET are the same name. "
        "Keep one of them, or rename one."
    ]


def test_cut_to_what_may_be_two(tmp_path: Path) -> None:
    changed = all_of(
        text("{ county = 800, regional = 300 }", "{ county = 800, rural = 300 }"),
        text("[services.medical.levels.regional]", "[services.medical.levels.rural]"),
        rename("facilities", capacity_regional="capacity_r", capacity_county="capacity_county"),
        text("[services.medical.levels.county]", "[services.medical.levels.regional]"),
        text("{ county = 500 }", "{ regional = 500 }"),
        text("{ county = 800, rural = 300 }", "{ regional = 800, rural = 300 }"),
    )
    assert faults(tmp_path, changed)[0] == (
        "facilities, column capacity_r: may be capacity_regional or capacity_rural, cut to 10 "
        "characters. Say which under [columns.facilities] in instance.toml."
    )


def test_capacity_of_no_level(tmp_path: Path) -> None:
    def more(it: Any) -> None:
        it.layers["facilities"]["capacity_village"] = [5, None]
        it.layers["facilities"]["capacity_src"] = ["a book", None]

    assert told(tmp_path, more) == [
        "facilities: the column capacity_village is the capacity of no level, and is not read"
    ]


def test_names_of_the_user(tmp_path: Path) -> None:
    changed = all_of(
        rename("sites", cost="造价", hosts="cost"),
        names("sites", 'cost = "造价"\nhosts = "cost"'),
    )
    (tmp_path / "plain").mkdir()
    plain = read_little(tmp_path / "plain").problem.sites
    found = read_little(tmp_path, changed)
    assert found.problem.sites.cost.tolist() == plain.cost.tolist()
    assert found.problem.sites.hosts.tolist() == plain.hosts.tolist()
    assert told(tmp_path, changed) == []
    assert overview("x", tmp_path)["sites"] == 3


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('cots = "own"', "columns.sites.cots: no such column is known. Did you mean 'cost'?"),
        ('cost = "price"', "columns.sites.cost: no such column (is 'price'). "),
        (
            'hosts = "hosts"\nland = "hosts"',
            "columns.sites.land: its column is hosts already (is 'hosts'). Name another column.",
        ),
        ('cost = "land"', "columns.sites.cost: there is a column cost too (is 'land'). "),
        ("cost = 3", "columns.sites.cost: wrong value (is 3). Expected"),
    ],
)
def test_names_that_cannot_be(lines: str, message: str, tmp_path: Path) -> None:
    assert faults(tmp_path, names("sites", lines))[0].startswith(f"instance.toml, {message}")


def test_names_by_layer_only(tmp_path: Path) -> None:
    assert faults(tmp_path, names("site", 'cost = "x"'))[0].startswith(
        "instance.toml, columns.site: unknown key. Did you mean 'sites'?"
    )


def test_corridors_are_written_back_under_the_users_names(tmp_path: Path) -> None:
    one = little()
    names("corridors", 'cost = "price"')(one)
    rename("corridors", cost="price", minutes="MINUTES")(one)
    said: list[str] = []
    file, found = warnings_to(said.append)(corridors)(one.write(tmp_path))
    assert said == ["warning: corridors: the column MINUTES is read as minutes"]
    assert file.layers.corridors is not None
    write_back(found, tmp_path, file.layers.corridors)
    written = gpd.read_file(tmp_path / "little.gpkg", layer="corridors")
    assert {"price", "MINUTES"} <= set(written.columns)
    assert {"cost", "minutes"}.isdisjoint(written.columns)
    corridors(tmp_path)


@pytest.mark.parametrize("layer", ["zones", "scenarios"])
def test_layers_without_rows(layer: str, tmp_path: Path) -> None:
    def empty(it: Any) -> None:
        if layer == "scenarios":
            it.set('zones = "', 'scenarios = "little.gpkg|scenarios"\nzones = "')
        drawn = it.layers["zones"].iloc[:0]
        it.layers[layer] = drawn if layer == "zones" else drawn.drop(columns="name")

    assert faults(tmp_path, empty) == [
        f"{layer}: has no rows. Add them, or leave the layer out of [layers]."
    ]


def test_whole_numbers_of_services(tmp_path: Path) -> None:
    def hosts(it: Any) -> None:
        it.layers["sites"]["hosts"] = [1.9, 2, 1]

    assert faults(tmp_path, hosts) == [
        "sites, row s, column hosts: is not a whole number (is 1.9). "
        "Write a whole number of services, or nothing for no limit."
    ]


def test_overview_does_not_count_what_is_no_number(tmp_path: Path) -> None:
    one = little()
    one.put("demand", 0, "persons", "12,5")
    assert overview("x", one.write(tmp_path))["persons"] is None


def test_groups_under_names_of_the_user(tmp_path: Path) -> None:
    changed = all_of(
        rename("demand", persons_old="POP60"), names("demand", 'persons_old = "POP60"')
    )
    assert read_little(tmp_path, changed).problem.demand.groups["old"].tolist() == [100, 200, 0]
