"""The layers of the small study; its map and numbers are in `little`."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from optimizer.outputs.columns import own
from optimizer.outputs.layers import layers
from optimizer.outputs.manifest import manifest
from optimizer.outputs.solved_instance import SolvedInstance
from tests.outputs.little import Little


@pytest.fixture
def plan(study: SolvedInstance) -> dict[str, gpd.GeoDataFrame]:
    return layers(study)


def test_layers_stand_in_the_crs_of_the_demand_from_the_lowest_to_the_highest(
    plan: dict[str, gpd.GeoDataFrame],
) -> None:
    assert list(plan) == [
        "jurisdictions",
        "corridors",
        "rejected",
        "assignments",
        "demand",
        "facilities",
    ]
    assert {str(layer.crs) for layer in plan.values()} == {"EPSG:4326"}


def test_facilities(plan: dict[str, gpd.GeoDataFrame]) -> None:
    found = plan["facilities"]
    assert list(found["id"]) == ["s1:emergency", "s3:emergency", "s1:medical", "s3:medical"]
    assert list(found["status"]) == ["built", "built", "kept", "upgraded"]
    assert list(found["size"]) == ["station", "station", "as it stands", "centre"]
    assert list(found["cost"]) == [15, 15, 0, 400]
    assert list(found["jurisdiction"]) == ["A", "B", "A", "B"]
    # s1: d1 and d2, 300 + 100. s3: d3 and d4, 200 + 400.
    assert list(found["load_emergency"]) == [400, 600, 0, 0]
    # A quarter of d3's 200 goes to s1: 300 + 100 + 50; the rest to s3: 150 + 400.
    assert list(found["load_medical_county"]) == [0, 0, 450, 550]
    # Half of all 1000 persons need the regional level.
    assert list(found["load_medical_regional"]) == [0, 0, 0, 500]


def test_no_limit_is_an_empty_capacity_and_0_is_not_offered(
    plan: dict[str, gpd.GeoDataFrame],
) -> None:
    capacity = plan["facilities"]["capacity_emergency"]
    assert np.isnan(capacity[:2]).all()
    assert list(capacity[2:]) == [0, 0]


def test_facilities_stand_where_their_site_is_whatever_crs_it_came_in(
    plan: dict[str, gpd.GeoDataFrame],
) -> None:
    s3 = plan["facilities"].geometry[1]
    assert (s3.x, s3.y) == pytest.approx((121.45, 31.32))


def test_own_columns_are_kept_and_renamed_where_the_name_is_taken(
    plan: dict[str, gpd.GeoDataFrame],
) -> None:
    facilities, demand = plan["facilities"], plan["demand"]
    assert list(facilities["name_zh"]) == ["甲", "丙", "甲", "丙"]
    assert list(facilities["cost_input"]) == [7, 9, 7, 9]
    assert list(facilities["Land_input"]) == [1, 3, 1, 3]  # GeoPackage: Land is land
    assert list(facilities["fid_input"]) == [11, 13, 11, 13]  # GeoPackage's own row number
    assert list(demand["minutes_emergency_input"]) == ["user's", "own", "column", "here"]
    assert list(demand["coarse"]) == [False, True, False, False]
    assert list(plan["jurisdictions"]["budget_input"][1:]) == [600, 300]
    assert list(plan["corridors"]["status_input"]) == ["idea", "idea"]
    # What ours say already is not said twice.
    assert not {"jurisdiction_input", "persons_input"} & {*facilities.columns, *demand.columns}
    assert "tier_input" not in plan["jurisdictions"].columns


def test_what_stood_before_keeps_its_own_columns_too(plan: dict[str, gpd.GeoDataFrame]) -> None:
    found = plan["facilities"]
    assert list(found["status_input"].fillna("")) == ["", "", "existing", "existing"]
    assert list(found["name_zh_input"].fillna("")) == ["", "", "甲医院", "丙医院"]
    assert list(found["capacity_county"].fillna(0)) == [0, 0, 450, 200]
    assert list(found["teaching"][2:]) == [True, False]
    assert "site_input" not in found.columns


def test_an_instance_where_nothing_stands(little: Little) -> None:
    found = layers(little.study(facilities=None))["facilities"]
    assert "status_input" not in found.columns


def test_a_renamed_column_does_not_take_the_place_of_another() -> None:
    theirs = pd.DataFrame({"cost": [1], "COST_input": [2], "other": [3]})
    found = own(theirs, ours=["cost"])
    assert list(found.columns) == ["cost_input", "COST_input_input", "other"]


def test_demand(plan: dict[str, gpd.GeoDataFrame]) -> None:
    found = plan["demand"]
    assert list(found["id"]) == ["d1", "d2", "d3", "d4"]
    assert list(found["persons"]) == [300, 100, 200, 400]
    assert list(found["minutes_emergency"]) == [5, 25, 40, 5]
    assert list(found["covered_emergency"]) == [1, 1, 0, 1]  # the standard is 30 minutes
    # d3: a quarter in 50 minutes, the rest in 40; the standard is 45.
    assert found["minutes_medical_county"][2] == 0.25 * 50 + 0.75 * 40
    assert found["covered_medical_county"][2] == 0.75
    assert list(found["site_medical_county"]) == ["s1", "s1", "s3", "s3"]


def test_only_levels_with_backup_say_who_is_backed_up(plan: dict[str, gpd.GeoDataFrame]) -> None:
    found = plan["demand"]
    # Within 60 minutes of stations in A (s1) and B (s3): d3 alone (50, 40), which is not covered.
    assert list(found["backed_up_emergency"]) == [0, 0, 0, 0]
    assert "backed_up_medical_county" not in found.columns


def test_assignments(plan: dict[str, gpd.GeoDataFrame]) -> None:
    found = plan["assignments"].set_index(["level", "demand", "site"]).sort_index()
    assert len(found) == 4 + 5 + 4
    split = found.loc[("medical.county", "d3", "s1")]
    assert (split["share"], split["persons"], split["minutes"]) == (0.25, 50, 50)
    assert found.loc[("medical.regional", "d1", "s3"), "persons"] == 300 * 0.5
    line = found.loc[("medical.regional", "d1", "s3"), "geometry"]
    assert np.allclose(line.coords, [(120.0, 31.0), (121.45, 31.32)])


def test_who_is_served_where_they_live_has_no_line(plan: dict[str, gpd.GeoDataFrame]) -> None:
    found = plan["assignments"]
    at_home = (found["demand"] == "d1") & (found["site"] == "s1")
    assert at_home.sum() == 2
    assert list(found.geometry.isna()) == list(at_home)


def test_jurisdictions(plan: dict[str, gpd.GeoDataFrame]) -> None:
    found = plan["jurisdictions"].set_index("id")
    assert list(found["persons"]) == [1000, 400, 600]
    assert list(found["spent"]) == [430, 15, 415]
    assert np.isnan(found["budget"]["P"])
    assert list(found["budget"][["A", "B"]]) == [1200, 600]  # twice their own: scale = 2
    # A: (300 x 5 + 100 x 25) / 400. B: (200 x 40 + 400 x 5) / 600.
    assert list(found["mean_emergency"]) == pytest.approx([14, 10, 50 / 3])
    assert list(found["worst_emergency"]) == [40, 25, 40]
    assert list(found["coverage_emergency"]) == pytest.approx([0.8, 1, 2 / 3])
    assert list(found["equity_emergency"]) == [40, 25, 40]  # the policy's measure: maximum


def test_areas_are_cells_without_boundaries(plan: dict[str, gpd.GeoDataFrame]) -> None:
    found = plan["jurisdictions"].set_index("id")
    assert set(found["area"]) == {"cells"}
    demand = plan["demand"].set_index("id").geometry
    for city, points in {"A": ("d1", "d2"), "B": ("d3", "d4"), "P": ("d1", "d4")}.items():
        assert all(found.geometry[city].contains(demand[point]) for point in points)
    assert found.geometry["A"].intersection(found.geometry["B"]).area < 1e-9


def test_a_boundary_is_kept_and_a_point_is_none(little: Little, study: SolvedInstance) -> None:
    given = study.instance.geography.jurisdictions
    square = box(119, 30, 121, 32)
    shapes = [None, square, square.centroid]
    drawn = gpd.GeoDataFrame(given.drop(columns="geometry"), geometry=shapes, crs="EPSG:4326")
    found = layers(little.study(jurisdictions=drawn))["jurisdictions"].set_index("id")
    assert list(found["area"]) == ["cells", "boundary", "cells"]
    assert found.geometry["A"].equals_exact(square, 1e-6)
    assert found.geometry["B"].geom_type == "Polygon"


def test_corridors_and_what_was_rejected(plan: dict[str, gpd.GeoDataFrame]) -> None:
    assert list(plan["corridors"]["status"]) == ["rejected", "candidate"]
    found = plan["rejected"]
    assert list(found.columns) == ["layer", "id", "reason", "zone", "geometry"]
    assert list(found["id"]) == ["s4", "k1"]
    assert list(found.geom_type) == ["Point", "LineString"]


def test_an_instance_without_corridors_has_no_such_layer(little: Little) -> None:
    assert "corridors" not in layers(little.study(corridors=None))


def test_manifest_names_no_folder_of_this_machine(study: SolvedInstance) -> None:
    told = manifest(study)
    assert told["instance"] == "little"
    assert told["inputs"] == {"instance.toml": "0" * 64}
    assert str(study.instance.geography.folder) not in str(told)
    assert told["policy"]["budget"] == {
        **{"tier": "city", "pooled": 0.0, "scale": 2.0},
        "negotiated": False,
    }
    assert told["policy"]["floors"] == {}
    assert told["overrides"] == ["budget.scale=2"]
    assert told["sources"][0]["licence"] == "ODbL-1.0"
    assert told["bound"] == told["objective"] - 0.25
    # Mean minutes: emergency 14; county hospital (300 x 5 + 100 x 25 + 200 x 42.5 + 400 x 5) /
    # 1000 = 14.5; regional (300 x 80 + 100 x 90 + 200 x 40 + 400 x 5) / 1000 = 43.
    assert told["efficiency"] == pytest.approx((14 + 14.5 + 43) / 3)
    assert told["equity"] == pytest.approx((40 + 42.5 + 90) / 3)
    assert told["objective"] == pytest.approx((told["efficiency"] + told["equity"]) / 2)


def test_the_same_study_gives_the_same_manifest_but_for_the_clock(study: SolvedInstance) -> None:
    first, second = manifest(study), manifest(study)
    assert first.pop("created") and second.pop("created")
    assert first == second
