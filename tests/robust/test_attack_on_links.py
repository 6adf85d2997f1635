"""Plans against an attack on links: every plan under every attack, and from a file and back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import geopandas as gpd
import pytest
from typer.testing import CliRunner

from optimizer import check
from optimizer.commands.main import app
from optimizer.problem.adversary import Adversary
from optimizer.question import Limits
from optimizer.robust.attack_generation import Against, against
from optimizer.solution import Status
from tests.parts import parts
from tests.plans import broken, edited
from tests.random_link_attacks import Drawn, best, draw
from tests.test_corridors import make_valley

CHUNK = 12


@cache
def answers(first: int) -> list[tuple[int, Drawn, Against]]:
    """Cases that everybody reaches somebody in, and their answers."""
    found = []
    for seed in range(first, first + CHUNK):
        try:
            drawn = draw(seed)
        except ValueError:  # somebody reaches no site, whatever is built
            continue
        limits = Limits(gap=0.0)
        found.append((seed, drawn, against(drawn.case, limits)))
    return found


FIRST = range(0, 72, CHUNK)
USUAL = FIRST[:2]


@pytest.mark.parametrize("first", parts(FIRST, usual=len(USUAL)))
def test_the_best_plan_is_the_best_of_all_under_all_attacks(first: int) -> None:
    for seed, drawn, found in answers(first):
        truth, result = best(drawn), found.result
        if truth is None:
            assert result.status is Status.INFEASIBLE, seed
            continue
        assert result.status is Status.OPTIMAL, seed
        assert result.plan is not None
        assert result.objective == pytest.approx(truth, rel=1e-6, abs=1e-6), seed
        assert result.bound == pytest.approx(truth, rel=1e-6, abs=1e-6), seed
        verdict = check(drawn.case, result.plan, result)
        assert verdict.broken == (), seed
        assert verdict.rules[-1].name == "no attack is worse"


@pytest.mark.parametrize(
    ("chunks", "answered", "often"), parts([(USUAL, 15, 0), (FIRST, 45, 10)], usual=1)
)
def test_the_draw_has_all_kinds(chunks: range, answered: int, often: int) -> None:
    solved = [one for first in chunks for one in answers(first) if one[2].result.plan is not None]
    assert len(solved) > answered
    assert sum(len(found.result.plan.corridors) > 0 for _, _, found in solved) > often
    assert sum(found.rounds > 2 for _, _, found in solved) > often
    assert {drawn.adversary.count for _, drawn, _ in solved} == {1, 2}
    assert (
        sum(drawn.town.aid and drawn.town.level.border is not None for _, drawn, _ in solved)
        > often / 5
    )


@pytest.mark.parametrize(("chunks", "least"), parts([(USUAL, 10), (FIRST, 30)], usual=1))
def test_the_check_finds_an_attack_that_is_left_out(chunks: range, least: int) -> None:
    seen = 0
    for first in chunks:
        for _, drawn, found in answers(first):
            if found.result.plan is None:
                continue
            blind = replace(found.result.plan, scenarios=(), attacks=())
            verdict = check(drawn.case, blind)
            seen += "no attack is worse" in {rule.name for rule in verdict.broken}
    assert seen > least


def test_an_adversary_attacks_something() -> None:
    _, drawn, _ = answers(0)[0]
    with pytest.raises(ValueError, match="1 or more"):
        Adversary(0, drawn.adversary.trips)


LAYERS = (("scenarios", "id"), ("failover", "scenario"))
ATTACK = ("attack=1", "attack_on=links", "tail=0")


def solve(folder: Path, path: Path, *more: str) -> str:
    """What `solve` says of the little valley, where any one link may be attacked."""
    sets = [f"policy.failures.{one}" for one in ATTACK] + ["budget.scale=1.4", *more]
    words = [word for one in sets for word in ("--set", one)]
    words += ["--policy", "efficient", "--gap", "0", "-o", str(path), "--language", "en"]
    done = CliRunner().invoke(app, ["solve", str(folder), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stations in v3 and v5, and the round road: 20 minutes from v1 to v3 where that is broken."""
    folder = make_valley(tmp_path_factory.mktemp("attacked") / "valley")
    told = solve(folder, folder / "plan.gpkg", "policy.corridors=true")
    assert "objective 5.0000" in told
    assert "an attack on any 1 of the links at once" in told
    return folder / "plan.gpkg"


def test_a_corridor_is_another_way(plan: Path, tmp_path: Path) -> None:
    """Without it v1 or v5 is 20 or 30 minutes from a station, and the mean 10."""
    assert "objective 10.0000" in solve(plan.parent, tmp_path / "plan.gpkg")


def test_a_plan_is_judged_with_its_attacks(plan: Path) -> None:
    assert broken(plan, plan.parent) == {}
    found = gpd.read_file(plan, layer="scenarios").set_index("rank")
    assert found.loc[1, "corridors"] == "round"
    assert found.loc[1, "mean"] == pytest.approx(5.0)
    told = CliRunner().invoke(app, ["stress", str(plan), "--instance", str(plan.parent)])
    assert told.exit_code == 0


def test_a_worse_attack_is_found(plan: Path, tmp_path: Path) -> None:
    """The attack on the corridor is left out, and the other is numbered anew."""
    steps = [f"DELETE FROM {layer} WHERE {column} = 'attack 1'" for layer, column in LAYERS]
    steps += [f"UPDATE {layer} SET {column} = 'attack 1'" for layer, column in LAYERS]
    copy = edited(plan, tmp_path, *steps)
    assert broken(copy, plan.parent)["no attack is worse"].startswith("an attack on round")
