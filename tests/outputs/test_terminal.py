"""Lines and tables at any width: numbers and ids are whole, nothing is left out."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from optimizer.outputs.rows import as_table, cell, write_csv
from optimizer.outputs.terminal import Terminal, folded, words

ROWS = [
    {
        "id": f"E6401000{n}",
        "name": name,
        "persons": 174_658_469 + n,
        "hardest_point": "互助土族自治县高寨镇中心卫生院东侧",
        "person_minutes": 1234567.5,
        "note": "[bold]not markup[/bold] :smile: $x^2$",
    }
    for n, name in enumerate(("Hong Kong-Zhuhai-Macao", "兰州—西宁城市群", "１２３４５６７８号"))
]


def shown(width: int, language: str = "en", terminal: bool = False) -> str:
    console = Terminal(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None)
    console.print(as_table(ROWS, language))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [12, 40, 60, 80, 200])
def test_no_number_and_no_id_is_cut(width: int, language: str, terminal: bool) -> None:
    found = shown(width, language, terminal)
    for row in ROWS:
        for whole in (
            row["id"],
            cell(row["persons"]),
            "1.23457e+06",
            "Kong-Zhuhai-Macao",
            ":smile:",
        ):
            assert str(whole) in found
    assert "１２３４５６７８号" in found or "１２３４５６７８" in found
    assert "…" not in found


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_wide_characters_count_twice(width: int) -> None:
    assert max(map(cell_len, shown(width, "zh").splitlines())) <= width


def test_what_does_not_fit_goes_on_below_the_first_column() -> None:
    assert shown(200).count("E64010000") == 1
    assert shown(60).count("E64010000") > 1


def test_numbers_stand_to_the_right() -> None:
    rows = [{"name": "a", "persons": 5}, {"name": "b", "persons": 12_000}]
    console = Console(file=io.StringIO(), width=80)
    console.print(as_table(rows))
    assert isinstance(console.file, io.StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert " a            5" in lines and " b       12,000" in lines


def test_a_table_without_rows_is_none() -> None:
    console = Terminal(file=io.StringIO(), width=80)
    console.print(as_table([]))


@given(st.text(alphabet="ab1, ，。（市县é\n", max_size=60), st.integers(1, 30))
def test_a_line_breaks_between_words_only(text: str, width: int) -> None:
    assert "".join(words(text)) == text
    lines = folded(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    pieces = {piece.strip() for line in text.split("\n") for piece in words(line)}
    assert all(cell_len(line) <= width or line.strip() in pieces for line in lines)


def test_a_sentence_in_a_pipe_is_one_line_and_on_a_screen_breaks_between_words() -> None:
    sentence = "warning: " + "E64010000 " * 20
    for terminal, most in ((False, 1), (True, 10)):
        console = Terminal(file=io.StringIO(), width=40, force_terminal=terminal, color_system=None)
        console.print(sentence)
        assert isinstance(console.file, io.StringIO)
        lines = console.file.getvalue().splitlines()
        assert sum(line.count("E64010000") for line in lines) == 20
        assert (len(lines) == 1) == (most == 1)


@pytest.mark.parametrize("name", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "＝1"])
def test_no_spreadsheet_computes_a_name(name: str, tmp_path: Path) -> None:
    write_csv([{"name": name, "change": -2.5}, {"name": f"\t{name}", "change": 0}], tmp_path / "a")
    text = (tmp_path / "a").read_bytes().decode("utf-8-sig")
    assert text.splitlines()[1:] == [f"'{name},-2.5", f"\\u0009{name},0"]


def test_cells_have_no_words_of_python() -> None:
    values = [None, float("nan"), -0.0, np.int64(12345), np.bool_(True), np.float64(2.5)]
    assert list(map(cell, values)) == ["-", "-", "0", "12,345", "yes", "2.5"]
