"""Who is worse off than in the most efficient plan, in everything that is written and printed.

In the most efficient plan there is a station at s2 too, 5 minutes from d3, whose 200 persons all
go to the hospital at s3 (40 minutes, not 42.5).
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from rich.console import Console

from optimizer.outputs import summary
from optimizer.outputs.formats import write
from optimizer.outputs.layers import demand
from optimizer.outputs.manifest import manifest
from optimizer.outputs.map import draw, fonts
from optimizer.outputs.map.basemap import losers
from optimizer.outputs.qgis.styles import Sheet, styles
from optimizer.outputs.report import report
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.solution import Assignment, Plan
from tests.outputs.little import Little, plan


def efficient() -> Plan:
    near = Assignment(
        np.arange(4), np.array([0, 0, 1, 2]), np.array([5.0, 25, 5, 5]), np.array([1.0, 1, 1, 1])
    )
    whole = Assignment(
        np.arange(4), np.array([0, 0, 2, 2]), np.array([5.0, 25, 40, 5]), np.array([1.0, 1, 1, 1])
    )
    return Plan(np.array([0, 1, 2, 3, 5]), (near, whole, plan().assignments[2]))


@pytest.fixture
def guarded(little: Little) -> SolvedInstance:
    return little.study(efficient=efficient())


def printed(study: SolvedInstance, language: str) -> str:
    console = Console(file=io.StringIO(), width=200)
    summary.show(study, console, language)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_demand_layer_has_the_minutes_where_somebody_loses(guarded: SolvedInstance) -> None:
    layer = demand(guarded)
    assert layer["lost_emergency"].tolist() == [0, 0, 35, 0]
    assert layer["lost_medical_county"].tolist() == [0, 0, 2.5, 0]
    assert "lost_medical_regional" not in layer.columns


def test_there_is_no_column_where_nothing_is_compared(study: SolvedInstance) -> None:
    assert not [column for column in demand(study).columns if column.startswith("lost")]
    assert manifest(study)["worse_off"] is None
    assert not list(summary.losses(study, "en"))


def test_each_column_has_a_style(guarded: SolvedInstance) -> None:
    found = styles(Sheet(guarded.instance, demand(guarded), "en"), "demand")
    names = [name for name, _ in found]
    assert names[-2:] == [
        "minutes more than in the most efficient plan: Emergency station",
        "minutes more than in the most efficient plan: County hospital",
    ]
    # Within a quarter and half of the standard of 30 minutes, and beyond.
    for label in ("&lt; 0", "0", "0 – 7.5", "7.5 – 15", "&gt; 15"):
        assert f'label="{label}"' in found[-2][1]


def test_the_manifest_and_the_report_sum_it_up(guarded: SolvedInstance) -> None:
    told = report(guarded)
    assert told["efficiency_guard"] == 30
    assert told["worse_off"]["emergency"] == {
        "persons": 200,
        "share": 0.2,
        "mean": 35,
        "most": 35,
        "jurisdictions": {"P": 200, "B": 200},
    }
    assert told["worse_off"]["medical.regional"]["persons"] == 0


def test_a_sentence_per_level_tells_it_in_the_language(guarded: SolvedInstance) -> None:
    found = printed(guarded, "en")
    assert (
        "Emergency station: 200 persons (20.0%) travel longer than in the most efficient plan, "
        "35.0 minutes more in the mean, 35.0 at most; most of them in Beta 200"
    ) in found
    assert "medical.regional: nobody travels longer than in the most efficient plan" in found
    # Mean minutes 14, 14.5 and 43.
    assert "guard of efficiency: 23.83, at most 30.00 minutes" in found
    found = printed(guarded, "zh")
    assert "急救站：200 人（20.0%）比效率最优方案费时，平均多 35.0 分钟" in found
    assert "主要在 乙城 200" in found


def test_a_plan_that_makes_nobody_worse_off_says_so(little: Little) -> None:
    found = little.study(efficient=plan())
    assert all("nobody travels longer" in line for line in list(summary.losses(found, "en"))[:3])
    assert "lost_emergency" not in demand(found).columns


def test_it_is_written_and_read_back(guarded: SolvedInstance, tmp_path: Path) -> None:
    for name in ("plan.gpkg", "plan.geojson", "plan.json", "plan.png"):
        write(guarded, tmp_path / name, "en")
        assert (tmp_path / name).is_file()


def test_the_map_marks_who_loses(guarded: SolvedInstance, study: SolvedInstance) -> None:
    assert losers(guarded).tolist() == [False, False, True, False]
    assert not losers(study).any()
    for one, marked in ((guarded, True), (study, False)):
        found = [text.get_text() for text in draw(one, fonts.choose("en"), "en").findobj(Text)]
        assert ("farther from a service than in the efficient plan" in found) == marked


def test_what_was_not_guarded_has_no_guard(guarded: SolvedInstance) -> None:
    result = replace(guarded.result, efficiency_guard=None)
    found = replace(guarded, result=result)
    assert not [line for line in summary.losses(found, "en") if "guard" in line]
