"""Log of warnings: what is legal but unusual in an input, passed to whoever shows it.

Readers log their warnings here. A command that shows them nowhere else is decorated with
`warnings_to`, which shows each of them once.
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


def log_warnings(warnings: Iterable[str]) -> None:
    """Pass these sentences to whoever listens."""
    for warning in warnings:
        LOG.warning("%s", warning)


def warnings_to(tell: Callable[[str], object]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """While the command runs, each warning is told once; none where the command is `quiet`."""

    def decorate(command: Callable[P, T]) -> Callable[P, T]:
        @wraps(command)
        def listening(*args: P.args, **kwargs: P.kwargs) -> T:
            if kwargs.get("quiet"):
                return command(*args, **kwargs)
            handler = _OnceHandler(tell)
            LOG.addHandler(handler)
            try:
                return command(*args, **kwargs)
            finally:
                LOG.removeHandler(handler)

        return listening

    return decorate


class _OnceHandler(logging.Handler):
    """Tells each warning once."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        super().__init__()
        self.tell, self.seen = tell, set[str]()

    def emit(self, record: logging.LogRecord) -> None:
        warning = record.getMessage()
        if warning not in self.seen:
            self.seen.add(warning)
            self.tell(_("warning: {warning}", warning=warning))
