"""`[demand]`: points aggregated, and fewer persons at modelled places, both by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.geodata.modelled import weighed
from optimizer.geodata.read import read
from optimizer.geodata.tables import Points
from optimizer.verification.file import check_file
from tests.geodata.little import Little, faults, little
from tests.plans import broken, edited, set_key, solved

RULE = "aggregated demand points have the persons of their parts"


def roomy() -> Little:
    """Persons 1000 at a in P, 2000 at b and 3000 at c in Q; old 100, 200, 0; room for all."""
    one = little()
    one.put("facilities", 0, "capacity_county", 9000)
    one.set("floors = { jurisdiction = 0.5, backup = 0.1, ", "floors = { ")
    return one


def test_a_city_is_one_point_with_all_its_persons(tmp_path: Path) -> None:
    instance = read(roomy().write(tmp_path), overrides=["demand.aggregate=city"])
    demand = instance.problem.demand
    assert demand.ids == ("a", "c")  # c has more persons than b
    assert demand.persons.tolist() == [1000, 5000]
    assert demand.groups["old"].tolist() == [100, 200]
    assert [instance.problem.jurisdictions.ids[c] for c in demand.jurisdiction] == ["P", "Q"]
    assert instance.geography.demand["persons"].tolist() == [1000, 5000]
    assert instance.geography.demand["own"].tolist() == ["x", "z"]
    assert instance.aggregation is not None
    assert instance.aggregation.of.tolist() == [0, 1, 1]
    assert instance.aggregation.case.problem.demand.ids == ("a", "b", "c")
    assert any("a coarse look, 2 of 3" in said for said in instance.geography.warnings)


def test_the_seat_stands_for_its_city(tmp_path: Path) -> None:
    one = roomy()
    one.layers["jurisdictions"]["seat"] = [None, "a", "b"]
    folder = one.write(tmp_path)
    instance = read(folder, overrides=["demand.aggregate=city"])
    assert instance.problem.demand.ids == ("a", "b")
    whole = read(folder, overrides=["demand.aggregate=province"])
    assert whole.problem.demand.ids == ("b",)  # the seat with more persons; c has most, but none
    assert whole.problem.demand.persons.tolist() == [6000]
    assert whole.problem.jurisdictions.ids[whole.problem.demand.jurisdiction[0]] == "V"
    assert instance.parts.tables.areas.seat.tolist() == ["", "a", "b"]
    assert whole.parts.tables.areas.seat.tolist() == ["", "b", "b"]


def test_a_known_place_stands_before_a_modelled_one(tmp_path: Path) -> None:
    one = roomy()
    one.layers["demand"]["place"] = ["seat", "town", "pseudo"]
    instance = read(one.write(tmp_path), overrides=["demand.aggregate=city"])
    assert instance.problem.demand.ids == ("a", "b")
    homes = instance.geography.homes
    assert homes is not None
    assert homes.in_all == (6000, 3000, 0)  # as it was before
    assert not homes.modelled.any()


def test_a_class_is_that_of_most_persons(tmp_path: Path) -> None:
    one = roomy()
    one.layers["demand"]["ring"] = ["core", "circle", "rest"]
    ring = read(one.write(tmp_path), overrides=["demand.aggregate=city"]).problem.demand.classes
    assert [ring["ring"].labels[n] for n in ring["ring"].of] == ["core", "rest"]


def test_a_column_divides_as_well_within_each_city(tmp_path: Path) -> None:
    one = roomy()
    one.layers["demand"]["unit"] = ["1", "1", None]
    overrides = ["demand.divisions.county=unit", "demand.aggregate=county"]
    demand = read(one.write(tmp_path), overrides=overrides).problem.demand
    assert demand.ids == ("a", "b", "c")  # 1 in P and 1 in Q; c has no unit
    one.layers["demand"]["unit"] = ["1", "2", "2"]
    assert read(one.write(tmp_path), overrides=overrides).problem.demand.ids == ("a", "c")


FAULTS = {
    "demand.aggregate=town": "demand.aggregate: is neither a tier nor a division",
    "demand.within=town": "demand.within: is neither a tier nor a division",
    "demand.divisions.county=unitt": "demand.divisions.county: no such column",
    "demand.divisions.city=own": "demand.divisions.city: is a tier of jurisdictions already",
    'demand.strata=["young"]': "demand.strata: demand counts no such group",
    "demand.modelled=0.5": "demand.modelled: no demand point is modelled",
    "demand.modelled=1.5": "demand.modelled: wrong value",
}


@pytest.mark.parametrize("override", FAULTS)
def test_what_makes_no_sense_is_a_fault(tmp_path: Path, override: str) -> None:
    (said,) = faults(tmp_path, lambda it: None, override)
    assert FAULTS[override] in said


def test_strata_share_nobody(tmp_path: Path) -> None:
    def crowded(one: Little) -> None:
        one.layers["demand"]["persons_young"] = [950, 0, 0]

    (said,) = faults(tmp_path, crowded, 'demand.strata=["old","young"]')
    assert "have more persons together than live at a demand point" in said


def test_who_is_compared_is_still_there(tmp_path: Path) -> None:
    both = ("demand.aggregate=province", "policy.among=city")
    said = faults(tmp_path, lambda it: None, *both)
    assert any("policy.among" in sentence for sentence in said)


def test_the_check_adds_them_up_again(tmp_path: Path) -> None:
    folder = tmp_path / "little"
    folder.mkdir()
    roomy().write(folder)
    plan = solved(read(folder, overrides=["demand.aggregate=city"]), tmp_path / "plan.gpkg")
    assert check_file(plan, folder).broken == ()
    other = {"into": "city", "points": 2, "of_points": 4, "lower": 3.0, "upper": 2.0}
    found = broken(edited(plan, tmp_path, set_key("aggregation", other)), folder)
    assert [*found] == [RULE]
    assert "of_points is 4, in truth 3" in found[RULE]
    assert "lower is 3.0, upper 2.0" in found[RULE]


# One part with two known places and a modelled one.
POINTS = Points(
    ids=np.array(["m1", "m2", "p"], dtype=object),
    jurisdiction=np.array(["A"] * 3, dtype=object),
    persons=np.array([40.0, 40, 100]),
    groups={
        "urban": np.array([30.0, 10, 60]),
        "rural": np.array([10.0, 30, 40]),
        "old": np.array([4.0, 4, 10]),
    },
    access=np.zeros(3),
    coarse=np.zeros(3, dtype=bool),
    modelled=np.array([False, False, True]),
    classes={},
)
PART = np.zeros(3, dtype=np.int64)


def test_half_of_them_move_to_where_others_of_their_stratum_live() -> None:
    moved = weighed(POINTS, PART, 0.5, ("urban", "rural"))
    # 30 urban persons leave: 22.5 to m1, 7.5 to m2; 20 rural: 5 and 15; a tenth of all are old
    assert moved.groups["urban"].tolist() == [52.5, 17.5, 30]
    assert moved.groups["rural"].tolist() == [15, 45, 20]
    assert moved.groups["old"] == pytest.approx([4 + 2.25 + 0.5, 4 + 0.75 + 1.5, 5])
    assert moved.persons.tolist() == [67.5, 62.5, 50]


def test_without_strata_they_move_to_where_anybody_lives() -> None:
    moved = weighed(POINTS, PART, 0.0, ())
    assert moved.persons.tolist() == [90, 90, 0]
    assert moved.groups["urban"].tolist() == [60, 40, 0]


def test_all_of_them_may_stay_and_some_have_nowhere_to_go() -> None:
    same = weighed(POINTS, PART, 1.0, ("urban", "rural"))
    assert same.persons.tolist() == POINTS.persons.tolist()
    alone = weighed(POINTS, np.array([0, 0, 1]), 0.0, ("urban", "rural"))
    assert alone.persons.tolist() == POINTS.persons.tolist()
    nobody = replace(POINTS, groups={"rural": np.array([0.0, 0, 40])})
    moved = weighed(nobody, PART, 0.0, ("rural",))
    assert moved.groups["rural"].tolist() == [20, 20, 0]  # no rural persons at known places


def test_sums_of_parts_stay_whatever_moves() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        n = int(rng.integers(2, 12))
        urban, rural = rng.integers(0, 20, (2, n)).astype(float)
        part = rng.integers(0, 3, n)
        points = Points(
            ids=np.arange(n).astype(object),
            jurisdiction=np.full(n, "A", dtype=object),
            persons=urban + rural,
            groups={"urban": urban, "rural": rural, "old": np.floor((urban + rural) / 3)},
            access=np.zeros(n),
            coarse=np.zeros(n, dtype=bool),
            modelled=rng.random(n) < 0.5,
            classes={},
        )
        moved = weighed(points, part, float(rng.random()), ("urban", "rural"))
        assert moved.groups["urban"] + moved.groups["rural"] == pytest.approx(moved.persons)
        assert (moved.groups["old"] <= moved.persons + 1e-9).all()
        for name in ("urban", "rural", "old"):
            assert np.bincount(part, moved.groups[name]) == pytest.approx(
                np.bincount(part, points.groups[name])
            )


def test_the_check_counts_them_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = roomy()
    one.layers["demand"]["place"] = ["seat", "town", "pseudo"]
    (tmp_path / "little").mkdir()
    folder = one.write(tmp_path / "little")
    both = ["demand.modelled=0.5", "demand.aggregate=city"]
    plan = solved(read(folder, overrides=both), tmp_path / "plan.gpkg")
    assert check_file(plan, folder).broken == ()

    def lossy(points: Points, part: np.ndarray, stays: float, strata: tuple[str, ...]) -> Points:
        return replace(points, persons=points.persons * np.where(points.modelled, stays, 1.0))

    monkeypatch.setattr("optimizer.geodata.modelled.weighed", lossy)
    plan = solved(read(folder, overrides=both[:1]), tmp_path / "lossy.gpkg")
    found = broken(plan, folder)
    assert [*found] == ["persons moved from modelled places are all there"]
    assert "persons is 3500.0, in truth 5000" in next(iter(found.values()))


def test_the_question_sees_who_is_left(tmp_path: Path) -> None:
    one = roomy()
    one.layers["demand"]["place"] = ["seat", "town", "pseudo"]
    folder = one.write(tmp_path)
    instance = read(folder, overrides=["demand.modelled=0.5"])
    assert instance.problem.demand.persons.tolist() == [1000, 3500, 1500]
    assert isinstance(instance.geography.demand, pd.DataFrame)
    assert instance.geography.demand["persons"].tolist() == [1000, 3500, 1500]
    plan = solved(instance, tmp_path / "plan.gpkg")
    assert check_file(plan, folder).broken == ()
    province = read(folder, overrides=["demand.modelled=0", "demand.within=province"])
    assert province.problem.demand.persons.tolist() == [2000, 4000, 0]
