"""The catalogues of words and sentences: what the code uses; `make words` brings them up to date.

A new entry is empty until somebody writes it: tests/test_words.py says so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from types import ModuleType

import typer
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from optimizer.commands.main import COMMANDS, docstring
from optimizer.equity import INDICATORS
from optimizer.equity.aggregation import OF
from optimizer.foundation.language import CATALOGUES, DOMAIN, LANGUAGES
from optimizer.geodata.presets import KNOWN
from optimizer.outputs.frontier.rows import FAILED
from optimizer.solution import Status

ROOT = Path(__file__).parents[1]

#: Here what is called `help` is a sentence, and so are the docstrings of commands.
HELP = ROOT / "optimizer/commands"

#: Names of the functions that take a sentence, and of those that take the key of a word.
SENTENCES, WORDS = ("_", "N_"), ("word", "say")

#: What a sweep may cap.
CAPPED = ("efficiency", "equity", "cost")

#: Tiers, groups, rings, stages and sizes of cities as the instances of this repository call them.
OF_DATA = (
    *("province", "city", "county", "0_14", "60plus", "urban", "rural"),
    *("circle", "rest", "optimise", "grow", "nurture"),
    *("small", "medium", "large II", "large I", "very large", "super"),
)


@dataclass(frozen=True)
class Used:
    """What the code says: sentences, keys of words, and every text that may be such a key.

    offered: sentences of the library that reads the command line, which need no words.
    """

    sentences: frozenset[str]
    words: frozenset[str]
    texts: frozenset[str]
    offered: frozenset[str]


@cache
def used() -> Used:
    """Every sentence and word in the code, and the names of what is registered."""
    sentences, words, texts = helps(HELP), registered(), set[str]()
    sentences |= {docstring(module) for module in COMMANDS.values()}
    for file in (ROOT / "optimizer").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", None))
                if name in SENTENCES:
                    sentences.update(literals(node.args[0]))
                elif name in WORDS:
                    words.update(literals(node.args[0]))
                elif name == "many":
                    sentences.update(counted(node.args[1:]))
    return Used(
        frozenset(sentences), frozenset(words), frozenset(texts), frozenset(of_library(typer))
    )


def counted(names: list[ast.expr]) -> set[str]:
    """What `many` says of one thing and of more, where their names are written out."""
    known = [name for argument in names for name in literals(argument)]
    if len(known) == 1:
        known.append(f"{known[0]}s")
    return {f"{{count:,}} {name}" for name in known}


def helps(folder: Path) -> set[str]:
    """What is called `help` in the modules of a folder."""
    found = set[str]()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "help":
                found.update(literals(node.value))
    return found


def of_library(library: ModuleType) -> Iterator[str]:
    """What a library says through gettext, or as a help."""
    folder = Path(library.__path__[0])
    yield from helps(folder)
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") == "_":
                yield from literals(node.args[0])


def literals(node: ast.expr) -> Iterator[str]:
    """The texts that an argument can be: one, or one of two."""
    if isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def registered() -> set[str]:
    """Keys that are names of what is registered, or made of them."""
    units = {unit for kind in INDICATORS.values() if (unit := kind.unit)} | set(OF.values())
    return {
        *OF_DATA,
        *(f"asked {key}" for key in ("weight", *(f"{cap}_bound" for cap in CAPPED))),
        *(f"{what}_without" for what in ("equity", "worst")),
        *(f"status {status}" for status in (*Status, FAILED)),
        *(f"known {known}" for known in KNOWN),
        *(f"of {of}" for of in OF if of != "minutes"),
        *(f"in {unit}" for unit in units),
        *(f"{count}attacked {on}" for count in ("", "one ") for on in ("site", "link")),
    }


def path(language: str, suffix: str = ".po") -> Path:
    """The catalogue of a language: to read and edit, or (`.mo`) as the program reads it."""
    return CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}{suffix}"


def read(language: str) -> Catalog:
    """The catalogue as people edit it."""
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as the program reads it, without a date."""
    file = BytesIO()
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    write_mo(file, catalogue)
    return file.getvalue()


def as_text(catalogue: Catalog) -> bytes:
    """The catalogue in a form that depends on its entries alone."""
    file = BytesIO()
    write_po(file, catalogue, width=100, sort_output=True, omit_header=True)
    header = "\n".join(
        [
            'msgid ""',
            'msgstr ""',
            f'"Language: {catalogue.locale_identifier}\\n"',
            '"Content-Type: text/plain; charset=utf-8\\n"',
        ]
    )
    return f"{header}\n\n".encode() + file.getvalue().lstrip()


def updated(language: str) -> Catalog:
    """The catalogue with an entry for all that the code says in that language, and no other."""
    code, old = used(), {entry.id: entry.string for entry in read(language) if entry.id}
    words = code.words | (old.keys() & code.texts - code.sentences - code.offered)
    sentences = code.sentences | (old.keys() & code.offered)
    new = Catalog(locale=language)
    for key in words if language == "en" else words | sentences:
        new.add(key, old.get(key, ""))
    return new


def main() -> None:
    """Write the catalogues anew."""
    for language in LANGUAGES:
        catalogue = updated(language)
        path(language).write_bytes(as_text(catalogue))
        path(language, ".mo").write_bytes(compiled(read(language)))
        for message in catalogue:
            if message.id and not message.string:
                print(f"{language}: {message.id!r} has no words yet")


if __name__ == "__main__":
    main()
