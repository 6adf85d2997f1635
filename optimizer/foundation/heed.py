"""Warnings: what is legal but unusual in an input, passed to whoever shows it.

Readers say it to the log of this module. A command that shows nothing else of it is decorated with
`heard`, and tells each sentence once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

from optimizer.foundation.language import _

P = ParamSpec("P")
T = TypeVar("T")

LOG = logging.getLogger(__name__)
LOG.addHandler(logging.NullHandler())  # whoever reads from Python asks the instance
LOG.propagate = False


def say(sentences: Iterable[str]) -> None:
    """Tell whoever listens."""
    for sentence in sentences:
        LOG.warning("%s", sentence)


def heard(tell: Callable[[str], object]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """While the command runs what is said is told, each sentence once; not where it is `quiet`."""

    def decorate(command: Callable[P, T]) -> Callable[P, T]:
        @wraps(command)
        def listening(*args: P.args, **kwargs: P.kwargs) -> T:
            if kwargs.get("quiet"):
                return command(*args, **kwargs)
            handler = _Telling(tell)
            LOG.addHandler(handler)
            try:
                return command(*args, **kwargs)
            finally:
                LOG.removeHandler(handler)

        return listening

    return decorate


class _Telling(logging.Handler):
    """Tells each sentence once."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        super().__init__()
        self.tell, self.told = tell, set[str]()

    def emit(self, record: logging.LogRecord) -> None:
        sentence = record.getMessage()
        if sentence not in self.told:
            self.told.add(sentence)
            self.tell(_("warning: {warning}", warning=sentence))
