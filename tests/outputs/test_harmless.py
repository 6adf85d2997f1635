"""Names that would drive a terminal, hide in a table or break a style are shown as they are."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest

from optimizer.foundation.harmless import harmless
from optimizer.outputs.map.fonts import Font
from optimizer.outputs.qgis import qml
from optimizer.outputs.rows import as_table, write_csv
from optimizer.outputs.terminal import Terminal

#: Red from here on, the rest from right to left, a bell, half a character.
NASTY = "[red]乡\x1b[31m\u202egnol\x07\ud800"
SHOWN = r"[red]乡\u001b[31m\u202egnol\u0007\ud800"


def test_only_signs_that_act_are_told() -> None:
    assert harmless(NASTY) == SHOWN
    assert harmless("a\tb\r\nc\x9b\u2028\ufeff") == r"a\u0009b\u000d\u000ac\u009b\u2028\ufeff"
    plain = "Zürich, 上海 — İstanbul (שלום) 100 % $x$ 😀\n"
    assert harmless(plain, keep="\n") == plain


@pytest.mark.parametrize("screen", [True, False])
def test_in_a_terminal(screen: bool) -> None:
    said = io.StringIO()
    console = Terminal(file=said, force_terminal=screen, color_system=None, width=90)
    console.print(f"{NASTY}: valid")
    console.print(as_table([{"name": NASTY, "minutes": 3}]))
    assert said.getvalue().count(SHOWN) == 2
    assert not set(said.getvalue()) & set("\x1b\u202e\x07\ud800")


def test_in_a_table_file(tmp_path: Path) -> None:
    write_csv([{"name": NASTY, "formula": "=\x1b1"}], tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == [{"name": SHOWN, "formula": r"'=\u001b1"}]


def test_in_a_style() -> None:
    text = qml.filled("rejected", {"removed by a control line": NASTY, "removed": "0,0,0"}, {})
    rule = ElementTree.fromstring(text).find(".//rule")
    assert rule is not None and rule.get("label") == SHOWN


def test_in_a_picture() -> None:
    font = Font("any", frozenset(map(chr, range(0x3000))) | set("乡\ud800"))
    assert font.first(NASTY) == SHOWN
