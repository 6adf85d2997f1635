"""What a judge finds wrong, and what every question of the search can do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from optimizer.foundation.faults import InputError

#: By how much two numbers may differ, relative to their size (at least 1): rounding of sums.
ROUNDING = 1e-7


#: Letters of a message that are kept.
MOST_TOLD = 400

#: The same where a program is solved: HiGHS keeps its rows to 1e-6.
SOLVED = 2e-6

#: Words of what cannot be asked: no answer is no wrong answer.
REFUSED = ("next to nothing", "cannot be asked where something can fail")


@dataclass(frozen=True)
class Catch:
    """rule: what is broken, in words that name the kind; told: what the program says; right: what a
    judge found.
    """

    rule: str
    told: float
    right: float
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: told {self.told!r}, right {self.right!r} {self.detail}".rstrip()


class Question(Protocol):
    """One question, whoever asks it."""

    @property
    def name(self) -> str:
        """Whose question it is: a family of the engine, or a function of `optimizer.location`."""

    @property
    def features(self) -> frozenset[str]: ...

    def judged(self) -> list[Catch]:
        """All that is wrong with the answer."""

    def smaller(self) -> Iterator[Question]:
        """The same with one thing less, the largest things first."""

    def write(self, folder: Path) -> None:
        """Into files that give the same question again."""


def room(value: float, rounding: float = ROUNDING) -> float:
    """What is rounding of a value."""
    return rounding * max(1.0, abs(value))


def caught(judge: Callable[[], list[Catch]]) -> list[Catch]:
    """What a judge finds; what is refused or raised is a catch too."""
    try:
        return judge()
    except InputError as error:
        if any(word in str(error) for word in REFUSED):
            return []
        return [Catch("refused", math.nan, math.nan, str(error)[:MOST_TOLD])]
    except Exception as error:
        return [Catch(type(error).__name__, math.nan, math.nan, str(error)[:MOST_TOLD])]
