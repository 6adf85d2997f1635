"""What commands say: tables on standard output, progress and what went wrong on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.status import Status as Spinner

from optimizer.foundation import stopping
from optimizer.foundation.harmless import harmless
from optimizer.foundation.language import _
from optimizer.outputs.terminal import Terminal

if TYPE_CHECKING:
    from optimizer.solution import Progress

#: Columns of a table where the terminal does not say how wide it is.
WIDTH = 160

OUT = Terminal(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH)
ERR = Terminal(stderr=True)


@contextmanager
def progress_line(quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """A line on standard error that says how far a solve is."""
    if quiet:
        yield None
    else:
        from optimizer.outputs import summary

        with ERR.status(_("reading")) as shown:
            yield lambda progress: shown.update(summary.progress_line(progress))


def line(quiet: bool) -> Spinner:
    """A line on standard error that can be updated."""
    return (Console(quiet=True) if quiet else ERR).status("")


@contextmanager
def until_stopped(
    sentence: str | None = None,
) -> Iterator[None]:
    """A stop before there is anything to write ends it all, with a sentence."""
    try:
        yield
    except KeyboardInterrupt:
        ERR.print(sentence or _("stopped before there was a plan: nothing written"))
        raise typer.Exit(stopping.EXIT_CODE) from None


def warn(warnings: Sequence[str], console: Console | None = None) -> None:
    """What is odd about the input: often it is why the answer is."""
    for warning in warnings:
        (console or OUT).print(_("warning: {warning}", warning=warning))


def tell(value: Any) -> None:
    """JSON; what a terminal would obey, or cannot show, as its escapes."""
    signs = (sys.stdout.encoding or "ascii").lower().replace("-", "") == "utf8"
    text = json.dumps(value, ensure_ascii=not signs, allow_nan=False, indent=1)
    print(harmless(text, keep="\n") if signs else text)
