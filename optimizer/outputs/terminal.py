"""Lines and tables for a terminal of any width: they break between words, never in a number or id.

A table that is too wide goes on below, under its first column again. Where one column alone is too
wide the terminal breaks the line: nothing is ever left out. Wide (Chinese) characters count twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from optimizer.foundation.harmless import harmless

#: Cells and headings up to this wide stay on one line.
COMFORT, SHORT = 18, 8
#: Between two columns, and at both ends of a row.
BETWEEN, ENDS = 3, 2
#: Wider than any table: rich shrinks, and cuts, nothing.
UNBOUNDED = 1_000_000

# A line may break at a space, and before or after a Chinese character, but for its punctuation.
_OPENING, _CLOSING = "（《「“", "，。、；：）！？》」”"
_WIDE = r"\u2e80-\u2fff\u3040-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = rf"(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}{_CLOSING}]+)"
_WORD = re.compile(rf"\s+|[{_OPENING}]*{_PIECE}?[{_CLOSING}]*")


def words(text: str) -> list[str]:
    """The pieces between which a line may break; joined again they are the text."""
    return [word for word in _WORD.findall(text) if word]


def folded(text: str, width: int) -> list[str]:
    """Lines of at most this width, but for a word that is wider itself."""
    lines = list[str]()
    for paragraph in text.split("\n"):
        line, begun = "", False
        for word in words(paragraph):
            if line and cell_len(line + word.rstrip()) > width:
                lines.append(line.rstrip())
                line, begun = "", True
            line += "" if begun and not line and word.isspace() else word
        lines.append(line.rstrip())
    return lines


class Terminal(Console):
    """A console that says each string as it is: no markup, no emoji, nothing cut.

    On a screen lines break between words; in a file or pipe a sentence is one line.
    """

    def __init__(self, **how: Any) -> None:
        plain = {"highlight": False, "markup": False, "emoji": False, "soft_wrap": True}
        super().__init__(**plain | how)

    def print(self, *objects: Any, **how: Any) -> None:
        """Print strings, and tables."""
        super().print(*map(self._folded, objects), **how)

    def _folded(self, one: Any) -> Any:
        if not isinstance(one, str):
            return one
        one = harmless(one, keep="\n")
        return "\n".join(folded(one, self.width)) if self.is_terminal else one


@dataclass
class Column:
    """A heading and what stands below; whole: an id, never broken at all."""

    heading: str
    right: bool
    whole: bool
    cells: list[str]

    @property
    def natural(self) -> int:
        """The width that needs no break."""
        return max(map(cell_len, (self.heading, *self.cells)))

    @property
    def least(self) -> int:
        """The width that cuts no word, and breaks nothing short."""
        wide = max(map(cell_len, self.cells), default=0)
        pieces = (piece for text in (self.heading, *self.cells) for piece in words(text))
        longest = max((cell_len(piece.rstrip()) for piece in pieces), default=0)
        heading = min(cell_len(self.heading), SHORT)
        return max(wide if self.whole else min(wide, COMFORT), heading, longest)


class Grid:
    """A table of strings: a column of names, then others; numbers to the right."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self.columns = list[Column]()
        self._sections = set[int]()

    def add_column(self, heading: str, right: bool = True, whole: bool = False) -> None:
        """One more column, before any row."""
        self.columns.append(Column(harmless(heading, keep="\n"), right, whole, []))

    def add_row(self, *cells: str) -> None:
        """One more row; columns at the end may have no cell."""
        for n, column in enumerate(self.columns):
            column.cells.append(harmless(cells[n], keep="\n") if n < len(cells) else "")

    def add_section(self) -> None:
        """An empty line below the rows so far."""
        self._sections.add(len(self.columns[0].cells))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self.title:
            title = harmless(self.title, keep="\n")
            yield Text("\n".join(folded(title, options.max_width)), style="italic")
        for columns in self._blocks(options.max_width):
            table = self._table(columns, options.max_width)
            yield from console.render(table, options.update(width=UNBOUNDED))

    def _blocks(self, width: int) -> Iterator[list[Column]]:
        """Columns that fit side by side, each time after the first column."""
        first, *others = self.columns or [Column("", False, False, [])]
        block = [first]
        for column in others:
            if len(block) > 1 and _across([*(one.least for one in block), column.least]) > width:
                yield block
                block = [first]
            block.append(column)
        yield block

    def _table(self, columns: Sequence[Column], width: int) -> Table:
        """A block; the room that is left goes to the columns that need least of it."""
        widths = {id(one): one.least for one in columns}
        room = width - _across(list(widths.values()))
        for one in sorted(columns, key=lambda one: one.natural - one.least):
            more = min(max(one.natural - one.least, 0), max(room, 0))
            widths[id(one)] += more
            room -= more
        table = Table(box=SIMPLE, pad_edge=False)
        for one in columns:
            table.add_column(
                _within(one.heading, widths[id(one)]),
                width=widths[id(one)],
                justify="right" if one.right else "left",
                no_wrap=True,
                overflow="crop",
            )
        for row in range(len(columns[0].cells)):
            if row in self._sections:
                table.add_section()
            table.add_row(*(_within(one.cells[row], widths[id(one)]) for one in columns))
        return table


def _within(text: str, width: int) -> Text:
    """A text as it is, on lines of this width."""
    return Text("\n".join(folded(text, width)))


def _across(widths: Sequence[int]) -> int:
    """The width of a table with columns of these widths."""
    return sum(widths) + BETWEEN * (len(widths) - 1) + ENDS
