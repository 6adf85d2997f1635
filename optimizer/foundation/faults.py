"""What is wrong with an input: collected, then told all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from optimizer.foundation.language import N_, _, spoken, word

#: What a system says of files, most often.
OF_SYSTEM = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File name too long"),
    N_("Invalid argument"),
    N_("Input/output error"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Too many levels of symbolic links"),
)


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, what is there, what is wrong with it and what to do about it."""

    layer: str
    problem: str
    remedy: str
    row: str | None = None
    column: str | None = None
    value: object = None

    def __str__(self) -> str:
        where = [self.layer]
        if self.row is not None:
            where.append(_("row {row}", row=self.row))
        if self.column is not None:
            where.append(_("column {column}", column=self.column))
        value = str(self.value) if isinstance(self.value, str) else self.value
        problem = self.problem
        if value is not None:
            problem = _("{problem} (is {value!r})", problem=problem, value=value)
        remedy = self.remedy
        if not remedy.endswith(("?", ".", "？", "。")):
            remedy = _("{remedy}.", remedy=remedy)
        return _(
            "{where}: {problem}. {remedy}",
            where=word(", ", spoken()).join(where),
            problem=problem,
            remedy=remedy,
        )


class InputError(Exception):
    """Bad input: every fault that was found, none twice."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        # By their words: a value may be a list.
        self.faults = tuple({str(fault): fault for fault in faults}.values())
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        """As it travels between processes."""
        return InputError, (self.faults,)


def reason(error: OSError) -> str:
    """What the system says of an error."""
    return _(error.strerror or str(error))


def nearest(word: str, known: Iterable[str]) -> str:
    """A remedy for an unknown word: the nearest known one, and all of them."""
    known = list(known)
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    hint = _("did you mean {word!r}? ", word=close[0]) if close else ""
    return hint + _("known: {words}", words=", ".join(known))
