"""What is closed, paid per year and limited by quotas, as people see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.geodata.read import read
from optimizer.outputs import layers, summary, symbology
from optimizer.outputs.formats import write
from optimizer.outputs.qgis.styles import Sheet, styles
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.terminal import Terminal
from tests.plans import CHEAPEST, merging, study_of


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> SolvedInstance:
    folder = merging(tmp_path_factory.mktemp("merging"))
    return study_of(read(folder, overrides=CHEAPEST))


def test_the_layer_says_what_is_closed_and_what_it_costs(study: SolvedInstance) -> None:
    table = layers.facilities(study).set_index("id")
    assert table.loc["t:medical", "status"] == "closed"
    assert table.loc["t:medical", ["paid_once", "per_year", "land"]].tolist() == [4, 0, 0]
    assert table.loc["t:medical", "capacity_medical_county"] == 0
    assert table.loc["s:medical", ["paid_once", "per_year"]].tolist() == [30, 10]


def test_what_is_closed_is_drawn(study: SolvedInstance, tmp_path: Path) -> None:
    ((_, drawn),) = styles(Sheet(study.instance, layers.facilities(study), "en"), "facilities")
    assert 'label="medical: closed"' in drawn
    assert symbology.badge(1, "closed").outline == symbology.GREY
    write(study, tmp_path / "plan.png", "en")
    assert (tmp_path / "plan.png").stat().st_size > 10_000


def test_the_summary(study: SolvedInstance) -> None:
    terminal = Terminal(width=160, force_terminal=False)
    with terminal.capture() as told:
        summary.show(study, terminal, "en")
    text = told.get()
    assert "closed: medical t" in text
    assert "Money (million per year; once: million)" in text
    assert "running, per year" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["land", "P", "2.50", "3.00", "0.50"] in rows
    assert ["beds", "V", "1,000.00", "800.00", "1,200.00", "200.00"] in rows
