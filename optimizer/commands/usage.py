"""USAGE: help, and what is wrong with how a command was called, in the language that is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from string import Formatter
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from optimizer.foundation.language import N_, _

if TYPE_CHECKING:
    Base = TyperCommand
else:
    Base = object

#: What typer raises for a wrong call; the class has no public name.
UsageError: Any = typer.BadParameter.__base__

#: What the libraries that read the command line, and `Limits`, say in English only; what holds
#: others comes first.
IN_ENGLISH = (
    N_("Invalid value for {option}: {problem}"),
    N_("Invalid value: {problem}"),
    N_("{problem}. Did you mean {words}?"),
    N_("No such option: {option} (Possible options: {options})"),
    N_("No such option: {option}"),
    N_("Missing argument {argument}."),
    N_("Option {option} requires an argument."),
    N_("Option {option} does not take a value."),
    N_("Got unexpected extra argument(s) ({words})"),
    N_("Value error, {value} is not one of {values}."),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be greater than or equal to {least}"),
    N_("limits.seconds: must be above 0"),
    N_("limits.gap: must be in [0, 1)"),
    N_("limits.threads: must be 1 or more"),
)


#: Where a line of Chinese may break; the library cuts off what is longer and has no space.
_BREAK = re.compile(r"([，。；：、）])(?=\S)")


class InLanguage(Base):
    """A command or group whose help is in the language that is spoken."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.help = self.help and _(self.help)
        self.epilog = self.epilog and _(self.epilog)

    def get_params(self, ctx: Any) -> Any:
        """Arguments and options, those that the library adds too."""
        parameters: Any = super().get_params(ctx)
        for parameter in parameters:
            if help := getattr(parameter, "help", None):
                parameter.help = _BREAK.sub(r"\1 ", _(help))
        return parameters

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The line that says how the command is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=_("Usage: "))


class Command(InLanguage, TyperCommand):
    """A command of the program."""


class Group(InLanguage, TyperGroup):
    """The commands together, which tell what is wrong with a call."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Read the words before the command."""
        with _wrong_calls():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        """Read the words after the command, and run it."""
        with _wrong_calls():
            return super().invoke(ctx)


def retold(message: str) -> str:
    """A message of `IN_ENGLISH` in the language that is spoken; any other as it is."""
    for template in IN_ENGLISH:
        if match := re.fullmatch(_pattern(template), message, re.DOTALL):
            values = {name: retold(value) for name, value in match.groupdict().items()}
            return _(template, **values)
    return message


@contextmanager
def _wrong_calls() -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        message = retold(error.format_message())
        error.format_message = lambda: message
        raise


def _pattern(template: str) -> str:
    """What matches the template with any values."""
    return "".join(
        re.escape(text) + (f"(?P<{name}>.+)" if name else "")
        for text, name, *_more in Formatter().parse(template)
    )
