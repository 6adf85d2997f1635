"""What a correct instance is read as: facts, question and geography, by hand."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from optimizer.geodata.read import read
from optimizer.problem import BUILD, KEEP, UPGRADE, Backup, Level, Pairs, Problem, Size
from optimizer.question import Budget, Equity, Floor, Policy
from tests.geodata.little import Little, all_of, at, little, put, read_little, text


def chosen(problem: Problem) -> list[tuple[str, str, str, str, float]]:
    """Service, site, size, kind and cost of every option."""
    options = problem.options
    return [
        (
            problem.services[s].id,
            problem.sites.ids[j],
            problem.services[s].sizes[size].name if size >= 0 else "",
            str(kind),
            float(cost),
        )
        for s, j, size, kind, cost in zip(
            options.service, options.site, options.size, options.kind, options.cost, strict=True
        )
    ]


def named(problem: Problem, pairs: Pairs) -> dict[str, float]:
    """Minutes by demand point and site, as "as" for a to s."""
    return {
        problem.demand.ids[i] + problem.sites.ids[j]: minutes
        for i, j, minutes in zip(pairs.origin, pairs.site, pairs.minutes.tolist(), strict=True)
    }


def test_jurisdictions_and_demand(tmp_path: Path) -> None:
    problem = read_little(tmp_path).problem
    areas, demand = problem.jurisdictions, problem.demand
    assert areas.ids == ("V", "P", "Q")
    assert areas.parent.tolist() == [-1, 0, 0]
    assert areas.tier == ("province", "city", "city")
    assert areas.role == ("", "core", "member")
    assert_array_equal(areas.budget, [np.nan, 100, 50])
    assert demand.ids == ("a", "b", "c")
    assert demand.jurisdiction.tolist() == [1, 2, 2]
    assert demand.persons.tolist() == [1000, 2000, 3000]
    assert {name: persons.tolist() for name, persons in demand.groups.items()} == {
        "old": [100, 200, 0]
    }


def test_sites_where_something_stands_are_paid_for(tmp_path: Path) -> None:
    sites = read_little(tmp_path).problem.sites
    assert sites.ids == ("s", "t", "u")
    assert sites.cost.tolist() == [0, 2, 3]
    assert sites.land.tolist() == [np.inf, 5, 1]
    assert sites.hosts.tolist() == [2, 2, 1]


def test_services_and_levels(tmp_path: Path) -> None:
    emergency, medical = read_little(tmp_path).problem.services
    assert emergency.levels == (Level("emergency", "emergency", 12, 40, backup=Backup(30, "city")),)
    assert emergency.sizes == (Size("small", 8, 5, 0.5, {"emergency": np.inf}),)
    assert medical.levels == (
        Level("medical.county", "medical", 20, 40, referral=30),
        Level("medical.regional", "medical", 30, 60, share=0.1),
    )
    assert medical.sizes == (
        Size("ward", 40, 30, 2, {"medical.county": 500}),
        Size("centre", 90, np.inf, 3, {"medical.county": 800, "medical.regional": 300}),
    )


def test_keys_of_a_service_are_the_defaults_of_its_levels(tmp_path: Path) -> None:
    changed = all_of(
        text("[services.medical]", '[services.medical]\nborder = "province"\nstandard = 15'),
        text("standard = 30", ""),
    )
    _, medical = read_little(tmp_path, changed).problem.services
    assert [(level.standard, level.border) for level in medical.levels] == [
        (20, "province"),
        (15, "province"),
    ]


def test_the_question(tmp_path: Path) -> None:
    assert read_little(tmp_path).policy == Policy(
        level_weights={"emergency": 1, "medical.county": 2, "medical.regional": 0.5},
        floors={"emergency": Floor(jurisdiction=0.5, backup=0.1, tier="city")},
        budget=Budget("city", pooled=0.5),
    )


def test_options(tmp_path: Path) -> None:
    problem = read_little(tmp_path).problem
    assert chosen(problem) == [
        ("emergency", "s", "small", BUILD, 8),
        ("emergency", "t", "small", BUILD, 8),  # required
        ("emergency", "u", "small", BUILD, 8),
        ("medical", "s", "", KEEP, 0),
        ("medical", "s", "ward", UPGRADE, 30),  # the centre is no upgrade; u allows no hospital
        ("medical", "t", "ward", BUILD, 40),
        ("medical", "t", "centre", BUILD, 90),
    ]
    options = problem.options
    assert options.required.tolist() == [False, True, False, True, True, False, False]
    assert options.land.tolist() == [0.5, 0.5, 0.5, 0, 2, 2, 3]
    assert options.capacity[:, 0].tolist() == [np.inf] * 3 + [0] * 4
    assert options.capacity[3:, 1:].tolist() == [[4000, 700], [4500, 700], [500, 0], [800, 300]]


def test_pairs_add_egress_and_end_at_the_cutoff(tmp_path: Path) -> None:
    problem = read_little(tmp_path, text("cutoff = 60", "cutoff = 30")).problem
    emergency, county, regional = problem.pairs
    # roads a-b 10, b-c 15; to the door of t 1, of u 2
    assert named(problem, emergency) == {
        "as": 0, "at": 11, "au": 27, "bt": 1, "bs": 10, "bu": 17, "cu": 2, "ct": 16, "cs": 25,
    }  # fmt: skip
    assert named(problem, county) == {"as": 0, "at": 11, "bt": 1, "bs": 10, "ct": 16, "cs": 25}
    assert named(problem, regional) == named(problem, county)
    problem = read_little(tmp_path, text("cutoff = 40\nbackup", "cutoff = 16\nbackup")).problem
    assert named(problem, problem.pairs[0]) == {
        "as": 0, "at": 11, "bt": 1, "bs": 10, "cu": 2, "ct": 16,
    }  # fmt: skip


def test_access_minutes_count(tmp_path: Path) -> None:
    def slow(it: Little) -> None:
        it.layers["demand"]["access_minutes"] = [0, 0.5, 0]

    problem = read_little(tmp_path, slow).problem
    assert named(problem, problem.pairs[0])["bt"] == 1.5


def test_a_border_is_not_crossed(tmp_path: Path) -> None:
    border = text("standard = 12", 'standard = 12\nborder = "city"')
    problem = read_little(tmp_path, border).problem
    assert named(problem, problem.pairs[0]).keys() == {"as", "bt", "bu", "cu", "ct"}
    assert len(problem.pairs[1]) == 6


def test_transfers_go_to_the_next_level_without_egress(tmp_path: Path) -> None:
    problem = read_little(tmp_path).problem
    assert problem.transfers.keys() == {1}
    pairs, ids = problem.transfers[1], problem.sites.ids
    assert [ids[j] + ids[k] for j, k in zip(pairs.origin, pairs.site, strict=True)] == [
        "ss", "st", "tt", "ts",
    ]  # fmt: skip
    assert pairs.minutes.tolist() == [0, 10, 0, 10]


def test_a_closed_facility_leaves_no_option_and_no_site(tmp_path: Path) -> None:
    def close(it: Little) -> None:
        it.layers["facilities"].loc[2, ["site", "service", "status"]] = "u", "emergency", "closed"

    problem = read_little(tmp_path, close).problem
    assert problem.sites.ids == ("s", "t")
    assert not any(site == "u" for _, site, *_ in chosen(problem))
    assert named(problem, problem.pairs[0]).keys() == {"as", "at", "bt", "bs", "ct", "cs"}


def test_what_stands_makes_room_for_itself(tmp_path: Path) -> None:
    changed = all_of(put("sites", 0, "hosts", 0), put("sites", 1, "hosts", None))
    assert read_little(tmp_path, changed).problem.sites.hosts.tolist() == [1, 2, 1]


def test_capacity_that_is_not_written_is_not_offered(tmp_path: Path) -> None:
    problem = read_little(tmp_path, put("facilities", 0, "capacity_regional", None)).problem
    assert problem.options.capacity[3].tolist() == [0, 4000, 0]


def test_capacity_of_a_service_without_limits_is_without_limit(tmp_path: Path) -> None:
    problem = read_little(tmp_path, put("facilities", 1, "status", "existing")).problem
    assert chosen(problem)[1:3] == [
        ("emergency", "t", "", KEEP, 0),
        ("emergency", "t", "small", UPGRADE, 5),
    ]
    assert problem.options.capacity[1:3, 0].tolist() == [np.inf, np.inf]


def test_capacity_that_is_written_counts_without_limits_too(tmp_path: Path) -> None:
    def limit(it: Little) -> None:
        it.put("facilities", 1, "status", "existing")
        it.layers["facilities"]["capacity"] = [None, 100.0]

    assert read_little(tmp_path, limit).problem.options.capacity[1, 0] == 100


def test_without_services_column_everything_may_be_built_everywhere(tmp_path: Path) -> None:
    problem = read_little(tmp_path, lambda it: it.drop("sites", "services")).problem
    assert ("medical", "u", "centre", BUILD, 90) in chosen(problem)


def test_optional_layers_and_columns_may_be_absent(tmp_path: Path) -> None:
    def less(it: Little) -> None:
        for layer in ("facilities", "corridors", "zones"):
            it.layers.pop(layer)
            kind = "facilities.csv" if layer == "facilities" else f"little.gpkg|{layer}"
            it.set(f'{layer} = "{kind}"\n', "")
        for column in ("cost", "land", "hosts", "egress_minutes", "services"):
            it.drop("sites", column)
        it.drop("jurisdictions", "role")

    instance = read_little(tmp_path, less)
    assert instance.problem.sites.cost.tolist() == [0, 0, 0]
    assert instance.problem.sites.land.tolist() == [np.inf] * 3
    assert instance.problem.sites.hosts.tolist() == [2, 2, 2]
    assert instance.geography.facilities is None
    assert instance.geography.zones is None
    assert len(instance.geography.rejected) == 0


def test_geography_keeps_the_layers_by_id(tmp_path: Path) -> None:
    instance = read_little(tmp_path)
    geography = instance.geography
    assert (geography.name, geography.title) == (tmp_path.name, {"zh": "小城", "en": "Little"})
    assert geography.demand["own"].to_dict() == {"a": "x", "b": "y", "c": "z"}
    assert tuple(geography.demand.index) == instance.problem.demand.ids
    assert tuple(geography.jurisdictions.index) == instance.problem.jurisdictions.ids
    assert geography.jurisdictions.geometry.isna().all()
    assert geography.facilities.index.tolist() == ["s:medical", "t:emergency"]
    assert geography.demand.crs == "EPSG:32650"
    assert geography.names["emergency"] == {"zh": "Station", "en": "Station"}
    assert geography.names["medical.county"] == {
        "zh": "medical（county）",
        "en": "medical (county)",
    }
    assert geography.inputs.keys() == {
        "instance.toml", "jurisdictions.csv", "facilities.csv", "little.gpkg",
    }  # fmt: skip
    content = (tmp_path / "little.gpkg").read_bytes()
    assert geography.inputs["little.gpkg"] == hashlib.sha256(content).hexdigest()


def test_ids_that_are_numbers_become_text(tmp_path: Path) -> None:
    def number(it: Little) -> None:
        it.layers["demand"]["id"] = [1, 2, 3]
        it.layers["roads"]["from"] = [1.0, 2.0]
        it.layers["roads"]["to"] = [2, 3]
        it.layers["corridors"]["from"] = [1]

    instance = read_little(tmp_path, number)
    assert instance.problem.demand.ids == ("1", "2", "3")
    assert instance.geography.demand.index.tolist() == ["1", "2", "3"]
    assert named(instance.problem, instance.problem.pairs[0])["1t"] == 11


def test_points_off_the_roads_are_linked(tmp_path: Path) -> None:
    # the site u is 2 km north of its place; the nearest node is c: 2 km x 1.3 at 30 km/h = 5.2
    problem = read_little(tmp_path, put("sites", 2, "geometry", at(20, 2))).problem
    assert_allclose(named(problem, problem.pairs[0])["cu"], 2 + 5.2, rtol=1e-3)


@pytest.mark.parametrize("suffix", [".geojson", ".fgb", ".gpkg"])
def test_any_format_in_any_crs(suffix: str, tmp_path: Path) -> None:
    crs = 4326 if suffix == ".geojson" else 3857

    def elsewhere(it: Little) -> None:
        it.layers["sites"].to_crs(crs).to_file(tmp_path / f"places{suffix}")
        it.set("little.gpkg|sites", f"places{suffix}")

    plain, moved = read_little(tmp_path).problem, read_little(tmp_path, elsewhere).problem
    for here, there in zip(plain.pairs, moved.pairs, strict=True):
        near = pytest.approx(named(plain, here), abs=0.01)
        assert named(moved, there) == near  # FlatGeobuf keeps rows in an order of its own


def test_all_files_of_a_shapefile_are_inputs(tmp_path: Path) -> None:
    def shapefile(it: Little) -> None:
        it.layers["zones"].to_file(tmp_path / "zones.shp")
        it.set("little.gpkg|zones", "zones.shp")

    inputs = read_little(tmp_path, shapefile).geography.inputs
    assert {"zones.shp", "zones.dbf", "zones.shx", "zones.prj"} <= inputs.keys()


def test_all_files_of_a_geodatabase_are_inputs(tmp_path: Path) -> None:
    def geodatabase(it: Little) -> None:
        (tmp_path / "more").mkdir()
        it.layers["zones"].to_file(tmp_path / "more" / "zones.gdb", driver="OpenFileGDB")
        it.set("little.gpkg|zones", "more/zones.gdb")

    inputs = read_little(tmp_path, geodatabase).geography.inputs
    assert "more/zones.gdb/gdb" in inputs


def test_overrides_in_turn_over_a_named_policy(tmp_path: Path) -> None:
    folder = little().write(tmp_path)
    sets = (
        "services.medical.sizes.ward.cost=41",
        "services.medical.levels.county.standard=25",
        "budget.pooled = 0.25",
        "policy.equity=cvar",
        "policy.parameters.share=0.2",
        "budget.pooled=0.75",
        "title.zh=新城",
    )
    instance = read(folder, policy="fair", overrides=sets)
    assert instance.problem.services[1].sizes[0].cost == 41
    assert instance.problem.services[1].levels[0].standard == 25
    assert instance.policy.weight == 1
    assert instance.policy.equity == Equity("cvar", {"share": 0.2})
    assert instance.policy.budget == Budget("city", 0.75)
    assert instance.geography.title == {"zh": "新城", "en": "Little"}
    assert instance.geography.policy_name == "fair"
    assert instance.geography.overrides == sets


def test_reading_twice_is_the_same(tmp_path: Path) -> None:
    folder = little().write(tmp_path)
    one, two = read(folder).problem, read(folder).problem
    assert chosen(one) == chosen(two)
    for here, there in zip(one.pairs, two.pairs, strict=True):
        assert_array_equal(here.minutes, there.minutes)
