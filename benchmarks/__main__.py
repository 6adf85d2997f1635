"""python -m benchmarks NAME: the benchmarks by name, one file each."""

from __future__ import annotations

from collections.abc import Callable

import typer

from benchmarks import agglomerations, assumptions, aversion, growth, location, measures, sweep

BENCHMARKS: dict[str, Callable[..., None]] = {
    "agglomerations": agglomerations.run,
    "assumptions": assumptions.run,
    "aversion": aversion.run,
    "growth": growth.run,
    "location": location.run,
    "measures": measures.run,
    "sweep": sweep.run,
}

app = typer.Typer(
    help="Measure, print a table, and keep a record.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for name, run in BENCHMARKS.items():
    app.command(name)(run)

if __name__ == "__main__":
    app()
