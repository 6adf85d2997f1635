"""Closing, running costs, money per year and quotas, as they are read; and what is wrong there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimizer.foundation.faults import InputError
from optimizer.geodata.read import read
from optimizer.problem import BUILD, CLOSE, KEEP, UPGRADE, Problem
from optimizer.problem.costs import recovery
from optimizer.question import Quota
from tests.geodata.little import Break, Little, all_of, faults, little, put, read_little, text

COSTS = text("[budget]", "[costs]\nyears = 20\nrate = 0.05\n\n[budget]")


def cell(layer: str, row: int, column: str, value: object) -> Break:
    """A value of a column that was not there."""

    def change(it: Little) -> None:
        table = it.layers[layer]
        table[column] = table.get(column, pd.Series([None] * len(table), dtype=object))
        put(layer, row, column, value)(it)

    return change


def standing(**cells: object) -> Break:
    """Cells of the hospital that stands at s."""
    return all_of(*(cell("facilities", 0, column, value) for column, value in cells.items()))


def quota(told: str) -> Break:
    return text("[policies.fair]", f"[policy.quotas.q]\n{told}\n\n[policies.fair]")


def money(problem: Problem, kind: str, service: str) -> list[tuple[float, float, float]]:
    """What the options of a kind cost: as it counts, once and per year."""
    table = problem.options
    names = [problem.services[s].id for s in table.service]
    rows = [k for k in range(len(table)) if (names[k], table.kind[k]) == (service, kind)]
    return [(float(table.cost[k]), float(table.once[k]), float(table.running[k])) for k in rows]


def test_what_may_be_closed(tmp_path: Path) -> None:
    problem = read_little(tmp_path, standing(closable="true", closing_cost=6)).problem
    assert money(problem, CLOSE, "medical") == [(6, 6, 0)]
    table = problem.options
    (row,) = np.flatnonzero(table.closed)
    assert not table.capacity[row].any() and table.land[row] == 0 and table.required[row]
    assert table.size[row] == -1 and problem.sites.ids[table.site[row]] == "s"


def test_money_per_year(tmp_path: Path) -> None:
    sizes = text("cost = 40\n", "cost = 40\nrunning_cost = 3\n")
    service = text("[services.medical]\n", "[services.medical]\nyears = 30\n")
    stands = standing(closable="true", closing_cost=6, running_cost=2)
    dear = put("sites", 2, "cost", 7)
    problem = read_little(tmp_path, all_of(COSTS, sizes, service, stands, dear)).problem
    year, of_medical = recovery(0.05, 20), recovery(0.05, 30)
    assert year == pytest.approx(0.05 / (1 - 1.05**-20))
    near = pytest.approx
    assert money(problem, KEEP, "medical") == [(2, 0, 2)]
    assert money(problem, CLOSE, "medical") == [(near(6 * of_medical), 6, 0)]
    assert money(problem, UPGRADE, "medical") == [(near(30 * of_medical + 5), 30, 5)]
    built = [(near(40 * of_medical + 3), 40, 3), (near(90 * of_medical), 90, 0)]
    assert money(problem, BUILD, "medical") == built
    assert money(problem, BUILD, "emergency")[0] == (near(8 * year), 8, 0)
    assert problem.sites.cost.tolist() == [0, near(2 * year), near(7 * year)]
    assert problem.costs is not None and problem.costs.services == (20, 30)


def test_corridors_are_paid_per_year(tmp_path: Path) -> None:
    problem = read_little(tmp_path, COSTS, "policy.corridors=true").problem
    assert problem.corridors is not None
    assert problem.corridors.cost.tolist() == [pytest.approx(70 * recovery(0.05, 20))]


@pytest.mark.parametrize(("rate", "years", "factor"), [(0, 30, 1 / 30), (0.03, 30, 0.0510193)])
def test_the_capital_recovery_factor(rate: float, years: int, factor: float) -> None:
    assert recovery(rate, years) == pytest.approx(factor, rel=1e-6)
    assert sum(recovery(rate, years) / (1 + rate) ** t for t in range(1, years + 1)) == (
        pytest.approx(1)
    )


def test_a_rate_that_is_overridden(tmp_path: Path) -> None:
    instance = read_little(tmp_path, COSTS, "costs.rate=0", "costs.years=10")
    assert money(instance.problem, BUILD, "emergency")[0] == (pytest.approx(0.8), 8, 0)
    assert instance.geography.overrides == ("costs.rate=0", "costs.years=10")
    (tmp_path / "none").mkdir()
    (told,) = faults(tmp_path / "none", lambda it: None, "costs.rate=0.1")
    assert told == "--set, costs.years: is missing. Write a whole number of years, 1 to 1000."


def test_quotas(tmp_path: Path) -> None:
    places = 'of = "places"\nlevel = "medical.county"\ntier = "province"\nat_least = 20'
    asked = read_little(tmp_path, quota(places)).policy.quotas
    assert asked == {"q": Quota("places", "province", "medical.county", at_least=20)}
    (tmp_path / "land").mkdir()
    own = all_of(
        quota('of = "land"\ncolumn = "land_quota"'), cell("jurisdictions", 1, "land_quota", 3)
    )
    instance = read_little(tmp_path / "land", own)
    assert instance.policy.quotas == {"q": Quota("land", column="land_quota")}
    most = instance.problem.jurisdictions.land_quota
    assert most[1] == 3 and np.isnan(most[[0, 2]]).all()


def of_class(layer: str, name: str, values: list[object]) -> Break:
    return lambda it: it.layers[layer].insert(1, name, values)


STAGES = of_class("jurisdictions", "stage", ["grow", None, "nurture"])


def test_a_quota_by_class(tmp_path: Path) -> None:
    """Site s stands in P, which is of no stage itself; a, who lives there, has one of its own."""
    asked = quota('of = "land"\ntier = "stage"\nat_most = 3')
    point = of_class("demand", "stage", ["optimise", None, None])
    case = read_little(tmp_path, all_of(asked, STAGES, point)).case
    limits = case.quotas["q"]
    stands = {
        case.problem.sites.ids[site]: limits.names[area]
        for site, area in zip(case.problem.options.site, limits.area, strict=True)
    }
    assert stands == {"s": "grow", "t": "nurture", "u": "nurture"}
    assert limits.names == ("nurture", "optimise", "grow")
    assert limits.at_most.tolist() == [3, 3, 3]


YEARLY = ". Add [costs] with years and rate, which make all money one per year"


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (
            standing(running_cost=2),
            "facilities, row #1, column running_cost: is per year, and what is built is paid once "
            "(is 2.0)" + YEARLY,
        ),
        (
            text("cost = 8\n", "cost = 8\nrunning_cost = 1\n"),
            "instance.toml, services.emergency.sizes.small.running_cost: is per year, and what is "
            "built is paid once (is 1.0)" + YEARLY,
        ),
        (
            text("[services.medical]\n", "[services.medical]\nyears = 30\n"),
            "instance.toml, services.medical.years: nothing is per year (is 30). "
            "Add [costs] with years and rate, or leave it out",
        ),
        (
            standing(closing_cost=6),
            "facilities, row #1, column closing_cost: is not closable (is 6.0). "
            "Write true in closable, or leave the cost out",
        ),
        (
            cell("facilities", 1, "closing_cost", 6),
            "facilities, row #2, column closing_cost: is not closable (is 6.0). "
            "Write true in closable, or leave the cost out",
        ),
        (
            cell("facilities", 1, "closable", "yes"),
            "facilities, row #2, column closable: nothing stands that could close. "
            "Write false, or change the status to existing",
        ),
        (
            all_of(COSTS, cell("facilities", 1, "running_cost", 1)),
            "facilities, row #2, column running_cost: nothing stands that could run (is 1.0). "
            "Leave it out: what is built costs per year what its size says",
        ),
        (
            standing(closable="perhaps"),
            "facilities, row #1, column closable: is neither yes nor no (is 'perhaps'). "
            "Write true or false",
        ),
        (
            standing(closable="true", closing_cost=-1),
            "facilities, row #1, column closing_cost: is negative (is '-1'). "
            "Write money, 0 or more",
        ),
        (
            text("[budget]", "[costs]\nyears = 0\nrate = 0.05\n\n[budget]"),
            "instance.toml, costs.years: wrong value (is 0). "
            "Expected a whole number of years, 1 to 1000",
        ),
        (
            quota('of = "places"\nat_most = 3'),
            "instance.toml, policy.quotas.q.level: places are those of a level. "
            "Name one: emergency, medical.county, medical.regional",
        ),
        (
            quota('of = "places"\nlevel = "medical.count"\nat_most = 3'),
            "instance.toml, policy.quotas.q.level: unknown (is 'medical.count'). "
            "Did you mean 'medical.county'? known: emergency, medical.county, medical.regional",
        ),
        (
            quota('of = "land"\nlevel = "emergency"\nat_most = 3'),
            "instance.toml, policy.quotas.q.level: land is of no level (is 'emergency'). "
            "Leave it out, or set of to places",
        ),
        (
            quota('of = "land"\nat_most = 3\n\n[policy.quotas.Q]\nof = "land"\nat_most = 4'),
            "instance.toml, policy.quotas: q and Q are too alike. "
            "Rename one: capitals, and . and _, look alike in a plan's columns",
        ),
        (
            quota('of = "land"'),
            "instance.toml, policy.quotas.q: limits nothing. Write at_most, at_least or both",
        ),
        (
            quota('of = "land"\nat_most = 3\ncolumn = "land_quota"'),
            "instance.toml, policy.quotas.q.at_most: the column says how much at most (is 3.0). "
            "Keep one of them",
        ),
        (
            quota('of = "places"\nlevel = "medical.county"\ncolumn = "land_quota"'),
            "instance.toml, policy.quotas.q.column: holds hectares, not places (is 'land_quota'). "
            "Set of to land, or write at_most",
        ),
        (
            quota('of = "land"\nat_most = 3\nat_least = 4'),
            "instance.toml, policy.quotas.q.at_least: is above at_most, 3 (is 4.0). "
            "Lower it, or raise at_most",
        ),
        (
            quota('of = "land"\nat_most = 3\ntier = "town"'),
            "instance.toml, policy.quotas.q.tier: no jurisdiction is of this tier (is 'town'). "
            "Known: city, province, role",
        ),
        (
            all_of(
                quota('of = "land"\nat_most = 3\ntier = "ring"'),
                of_class("demand", "ring", ["core", "circle", "circle"]),
            ),
            "instance.toml, policy.quotas.q.tier: is a class of demand points only, and sites have "
            "none (is 'ring'). Give jurisdictions a column ring",
        ),
        (
            all_of(
                quota('of = "land"\nat_most = 3\ntier = "ring"'),
                of_class("demand", "ring", ["core", "circle", "circle"]),
                of_class("jurisdictions", "ring", [None, None, "circle"]),
            ),
            "jurisdictions, row P, column ring: is empty: demand points here have a class, sites "
            "have none. Fill in the column, or name a tier in policy.quotas",
        ),
        (
            all_of(quota('of = "land"\ncolumn = "land_quota"\ntier = "stage"'), STAGES),
            "instance.toml, policy.quotas.q.tier: is by a class, and the column holds quotas of "
            "jurisdictions (is 'stage'). Name a tier, or write at_most",
        ),
        (
            quota('of = "places"\nlevel = "emergency"\nat_least = 3'),
            "instance.toml, policy.quotas.q.level: facilities of emergency have no limit, so no "
            "places to count (is 'emergency'). Give its sizes a capacity, or name a level that "
            "has one",
        ),
        (
            quota('of = "land"\ncolumn = "land_quota"'),
            "jurisdictions, column land_quota: no jurisdiction of tier city has a quota. "
            "Fill in the column, or write at_most in instance.toml",
        ),
        (
            all_of(
                quota('of = "land"\ncolumn = "land_quota"\nat_least = 2'),
                cell("jurisdictions", 1, "land_quota", 1),
            ),
            "jurisdictions, row P, column land_quota: is below at_least of the quota q, 2 "
            "(is 1.0). "
            "Raise it, or lower at_least in instance.toml",
        ),
    ],
)
def test_what_is_wrong(tmp_path: Path, broken: Break, told: str) -> None:
    assert faults(tmp_path, broken) == [f"{told}."]


def test_a_name_of_a_quota(tmp_path: Path) -> None:
    one = little()
    text("[policies.fair]", '[policy.quotas."a b"]\nof = "land"\nat_most = 1\n\n[policies.fair]')(
        one
    )
    with pytest.raises(InputError, match="'a b' cannot be a name"):
        read(one.write(tmp_path))
