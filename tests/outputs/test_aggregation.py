"""A coarse look says everywhere that it is one, and by how much its objective can be off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from matplotlib.text import Text
from typer.testing import CliRunner

from optimizer.algorithms.after.aggregation_error import aggregation_bound
from optimizer.assessment.indicators import assess
from optimizer.commands.main import app
from optimizer.geodata.read import read
from optimizer.outputs import aggregation
from optimizer.outputs.map import draw
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.question import Limits
from optimizer.robust import solve
from tests.geodata.test_demand_table import roomy
from tests.outputs.test_map import ROMAN

COARSE = ("--set", "demand.aggregate=city")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return roomy().write(tmp_path)


def test_the_terminal_says_it(folder: Path) -> None:
    said = CliRunner().invoke(app, ["solve", str(folder), *COARSE]).output
    said = " ".join(said.split())
    assert (
        "a coarse look, no plan of the question itself: 2 demand points, one for each city" in said
    )
    assert "the optimum of the question itself is between" in said
    assert "aggregation error of any sites: the question itself is at most" in said
    assert "warning: demand: a coarse look, 2 of 3 demand points" in said


def test_the_json_has_the_bound_and_it_holds(folder: Path) -> None:
    command = ["solve", str(folder), "--json", "--gap", "0"]
    fine = json.loads(CliRunner().invoke(app, command).stdout)
    told = json.loads(CliRunner().invoke(app, [*command, *COARSE]).stdout)
    bound = told["aggregation"]
    assert (bound["into"], bound["points"], bound["of_points"]) == ("city", 2, 3)
    assert bound["lower"] <= fine["objective"] <= bound["upper"]
    assert abs(fine["objective"] - told["objective"]) <= bound["off"]
    assert fine["objective"] >= told["objective"] - bound["error_below"]
    assert fine["objective"] <= told["objective"] + bound["error_above"]
    assert "aggregation" not in fine


def test_where_no_error_holds_that_is_said(folder: Path) -> None:
    floor = ("--set", "services.emergency.floors.jurisdiction=0.1")
    command = ["solve", str(folder), *COARSE, *floor]
    said = " ".join(CliRunner().invoke(app, command).output.split())
    assert "no bound of the aggregation error alone holds: floors are about who is near" in said
    told = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)["aggregation"]
    assert told["error_below"] is None
    assert told["reasons"] == ["floors are about who is near"]


def test_the_map_and_every_sentence_say_it(folder: Path) -> None:
    instance = read(folder, overrides=["demand.aggregate=city"])
    limits = Limits(gap=0.0)
    result = solve(instance.case, limits)
    kept = instance.aggregation
    assert kept is not None
    assert result.plan is not None
    bound = aggregation_bound(kept.case, instance.case, kept.of, result, limits)
    study = SolvedInstance(instance, result, assess(instance.case, result.plan), bound)
    texts = [text.get_text() for text in draw(study, ROMAN, "en").findobj(Text)]
    assert "a coarse look: one demand point for each city" in texts
    said = list(aggregation.sentences(study, "en"))
    assert any("aggregation error of any sites" in sentence for sentence in said)
    told = aggregation.stated(instance, bound)["aggregation"]
    assert told["error_below"] == bound.below < float("inf")
