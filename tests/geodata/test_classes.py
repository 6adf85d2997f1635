"""Entitlement, classes of demand points, seats of jurisdictions and minutes to cores, as read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from optimizer.problem import Problem
from tests.geodata.little import Break, all_of, faults, put, read_little, text

ENTITLED = text("standard = 12", 'standard = 12\nentitled = ["old"]')


def column(layer: str, name: str, values: list[object]) -> Break:
    return lambda it: it.layers[layer].insert(1, name, values)


def class_of(problem: Problem, name: str) -> list[str]:
    """The label of each demand point, "" where it has none."""
    classes = problem.demand.classes[name]
    return [*np.array([*classes.labels, ""])[classes.of]]


def test_a_service_is_for_the_groups_that_it_names(tmp_path: Path) -> None:
    problem = read_little(tmp_path, ENTITLED).problem
    assert [level.entitled for level in problem.levels] == [("old",), (), ()]
    assert problem.entitled(0).tolist() == problem.demand.groups["old"].tolist()
    assert problem.need(1).tolist() == problem.demand.persons.tolist()


def test_levels_take_who_is_entitled_from_their_service(tmp_path: Path) -> None:
    of_all = text("[services.medical]\nweight = 2", '[services.medical]\nentitled = ["old"]')
    own = text("share = 0.1", 'share = 0.1\nentitled = ["young", "old"]')
    young = column("demand", "persons_young", [1.0, 0.0, 0.0])
    levels = read_little(tmp_path, all_of(of_all, own, young)).problem.levels
    assert [level.entitled for level in levels] == [(), ("old",), ("young", "old")]


def test_it_can_be_said_on_the_command_line(tmp_path: Path) -> None:
    asked = 'services.emergency.entitled=["old"]'
    assert read_little(tmp_path, lambda it: None, asked).problem.levels[0].entitled == ("old",)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (
            text("standard = 12", 'standard = 12\nentitled = ["registered"]'),
            ["services.emergency.entitled: demand counts no such group (is 'registered')"],
        ),
        (text("standard = 12", "standard = 12\nentitled = []"), ["services.emergency.entitled"]),
        (
            all_of(ENTITLED, put("demand", 1, "persons_old", 1e6)),
            ["demand, row b, column persons_old: more persons are entitled to emergency than live"],
        ),
        (
            all_of(ENTITLED, *(put("demand", row, "persons_old", 0.0) for row in range(3))),
            ["services.emergency.entitled: nobody is entitled (is 'old')"],
        ),
        (
            column("jurisdictions", "seat", [None, "a", "nowhere"]),
            ["jurisdictions, row Q, column seat: no such row in demand (is 'nowhere')"],
        ),
        (
            column("demand", "class_city", ["x", "y", "y"]),
            ["demand, column class_city: city is a class, and stands for something else too"],
        ),
        (
            all_of(
                column("demand", "ring", ["x", "y", "y"]),
                column("demand", "class_ring", ["x", "y", "y"]),
            ),
            ["is a class of the same name as another (is 'ring')"],
        ),
        (
            text('backup = 0.1, tier = "city" }', 'backup = 0.1, tier = "ring" }'),
            ["services.emergency.floors.tier: no jurisdiction is of this tier (is 'ring')"],
        ),
    ],
)
def test_faults(broken: Break, said: list[str], tmp_path: Path) -> None:
    found = faults(tmp_path, broken)
    assert len(found) == len(said)
    for line, part in zip(found, said, strict=True):
        assert part in line


def test_a_point_has_its_own_class_or_that_above(tmp_path: Path) -> None:
    changed = all_of(
        column("demand", "ring", ["", "core", None]),
        column("jurisdictions", "ring", [None, "circle", "rest"]),
        column("jurisdictions", "class_basin", ["", "north", ""]),
    )
    problem = read_little(tmp_path, changed).problem
    assert class_of(problem, "ring") == ["circle", "core", "rest"]
    assert class_of(problem, "basin") == ["north", "", ""]
    assert class_of(problem, "role") == ["core", "member", "member"]


@pytest.mark.parametrize(
    ("name", "values"),
    [("stage", [1, 2, 2]), ("Ring", ["x", "y", "y"]), ("rings", ["x", "y", "y"])],
)
def test_other_columns_are_the_users_own(name: str, values: list[object], tmp_path: Path) -> None:
    instance = read_little(tmp_path, column("demand", name, values))
    assert [*instance.problem.demand.classes] == ["role"]
    assert instance.geography.demand[name].tolist() == values


def test_a_role_of_other_words_is_the_users_own(tmp_path: Path) -> None:
    instance = read_little(tmp_path, column("demand", "role", ["port", "mine", "core"]))
    assert class_of(instance.problem, "role") == ["core", "member", "member"]
    assert instance.geography.demand["role"].tolist() == ["port", "mine", "core"]


def test_a_class_may_be_called_otherwise(tmp_path: Path) -> None:
    called = all_of(
        column("demand", "圈层", ["x", "y", "y"]),
        lambda it: setattr(it, "toml", f'{it.toml}\n[columns.demand]\nring = "圈层"\n'),
    )
    assert class_of(read_little(tmp_path, called).problem, "ring") == ["x", "y", "y"]


def test_minutes_to_the_nearest_core_are_those_of_the_road(tmp_path: Path) -> None:
    """P is the core: b is 10 minutes from a, c 25; the seat itself takes what its access does."""
    seat = column("jurisdictions", "seat", [None, "a", "c"])
    access = column("demand", "access_minutes", [2.0, 3.0, 0.0])
    demand = read_little(tmp_path, all_of(seat, access)).problem.demand
    assert demand.core_minutes is not None
    assert demand.core_minutes == pytest.approx([2, 13, 25])


def test_without_a_seat_of_a_core_nothing_is_said_of_minutes(tmp_path: Path) -> None:
    for n, seats in enumerate(([None, "", "c"], [None, None, None])):
        (tmp_path / str(n)).mkdir()
        changed = column("jurisdictions", "seat", list[object](seats))
        assert read_little(tmp_path / str(n), changed).problem.demand.core_minutes is None


def test_a_class_is_compared_and_has_a_floor(tmp_path: Path) -> None:
    changed = all_of(
        column("demand", "ring", ["core", "rest", "rest"]),
        text('backup = 0.1, tier = "city" }', 'backup = 0.1, tier = "ring" }'),
    )
    instance = read_little(tmp_path, changed, "policy.among=ring")
    assert instance.case.units("ring", 0).ids == ("core", "rest")
    assert instance.policy.floors["emergency"].tier == "ring"


def test_units_need_somebody_who_is_entitled(tmp_path: Path) -> None:
    broken = all_of(
        ENTITLED,
        column("demand", "ring", ["core", "", ""]),
        put("demand", 0, "persons_old", 0.0),
    )
    with_old = all_of(ENTITLED, column("demand", "ring", ["core", "", ""]))
    (tmp_path / "fine").mkdir()
    read_little(tmp_path / "fine", with_old, "policy.among=ring", "policy.services=emergency")
    one = faults(tmp_path, broken, "policy.among=ring", "policy.services=emergency")
    assert len(one) == 1
    assert "policy.among: nobody is of this class" in one[0]
