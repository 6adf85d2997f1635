"""The program: its options, which command is called, and what becomes of errors."""

from __future__ import annotations

import ast
import logging
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from optimizer.commands.exits import BAD_INPUT, INTERNAL_ERROR
from optimizer.commands.usage import Command, Group
from optimizer.foundation import stopping
from optimizer.foundation.faults import InputError
from optimizer.foundation.language import LANGUAGES, N_, _, of_user, speak

#: Name of the command -> its module, in the order of the help.
COMMANDS = {
    "new": "new",
    "list": "list_",
    "describe": "describe",
    "validate": "validate",
    "solve": "solve",
    "check": "check",
    "stress": "stress",
    "sweep": "sweep",
    "corridors": "corridors",
    "table": "table",
}

EPILOG = N_(
    "Exit codes: 0 solved to the asked gap (check: every rule holds), "
    "1 internal error (sweep: a point failed), "
    "2 bad input or usage, 3 infeasible (sweep: every point; check: a rule is broken; "
    "corridors: no link has a route), "
    "4 stopped by a limit, Ctrl-C or SIGTERM (the best plan is still written)."
)


#: What the program is for.
PURPOSE = N_("Where the cities of an agglomeration put the facilities that they share, fairly.")


class Lazy(Group):
    """A group whose commands are imported when they are called; their help is read, not run."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, module in COMMANDS.items():
            self.commands[name] = Command(name, help=docstring(module))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called."""
        name, shown, rest = super().resolve_command(ctx, args)
        return name, None if shown is None or name is None else _load(name), rest


def docstring(module: str) -> str:
    """That of a command's module, which is not imported for it."""
    text = Path(__file__).with_name(f"{module}.py").read_text("utf-8")
    return ast.get_docstring(ast.parse(text)) or ""


def _load(name: str) -> Any:
    """The command, with all that it needs."""
    module = COMMANDS[name]
    alone = typer.Typer(add_completion=False)
    function = import_module(f"optimizer.commands.{module}").command
    alone.command(name, cls=Command, help=docstring(module))(function)
    return typer.main.get_command(alone)


app = typer.Typer(
    cls=Lazy,
    help=PURPOSE,
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"equisite {version('equisite')}")
        raise typer.Exit()


@app.callback()
def program(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which it is."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an internal error is (a traceback).")
    ] = False,
) -> None:
    """The program itself."""
    if debug:
        os.environ["EQUISITE_DEBUG"] = "1"  # for processes of a sweep too


def _farewell(sentence: str) -> Callable[[], None]:
    """Said by whoever is stopped at once, whatever else is going on: past all buffers and locks."""
    cursor = "\x1b[?25h" if sys.stderr.isatty() else ""
    line = f"{cursor}{sentence}\n".encode(sys.stderr.encoding or "utf-8", "backslashreplace")

    def say() -> None:
        os.write(2, line)

    return say


def _say(sentence: str) -> None:
    from optimizer.commands.console import ERR

    ERR.print(sentence)


def _asked_language(words: list[str]) -> str:
    """What --language says, before the command that takes it is imported with its help."""
    for word, following in pairwise([*words, ""]):
        name, _equals, value = word.partition("=")
        if name == "--language" and (value or following) in LANGUAGES:
            return value or following
    return "auto"


def main() -> None:
    """Run the program; a traceback only with --debug."""
    from optimizer.commands import PROGRAM

    speak(of_user(_asked_language(sys.argv[1:])))
    logging.getLogger("pyomo").setLevel(logging.CRITICAL)  # what it logs as an error it raises too
    for stream in (sys.stdout, sys.stderr) if PROGRAM else ():
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with stopping.signals(_farewell(_("stopped: nothing more is written"))):
            app()
    except InputError as error:
        for fault in error.faults:
            _say(_("error: {fault}", fault=fault))
        sys.exit(BAD_INPUT)
    except Exception as error:
        if os.environ.get("EQUISITE_DEBUG"):
            raise
        name = type(error).__name__
        _say(_("internal error: {name}: {error}", name=name, error=error))
        _say(_("ask again with equisite --debug to see where; please report it"))
        sys.exit(INTERNAL_ERROR)
    finally:
        for number in stopping.SIGNALS if PROGRAM else ():  # all is done: Python only clears up
            signal.signal(number, signal.SIG_IGN)
