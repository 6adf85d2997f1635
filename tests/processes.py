"""Processes that tests start: each in a group of its own, and gone when its block ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

#: prctl: what this process is sent when the one that started it dies.
PR_SET_PDEATHSIG = 1


@contextmanager
def started(*command: Any, **how: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that ends with this block, and all that it started with it.

    It ends with the test run too, be that killed (on Linux), and obeys Ctrl-C though the test run
    may not (one that was started in the background).
    """
    with subprocess.Popen(command, start_new_session=True, preexec_fn=bound, **how) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def bound() -> None:
    """This process dies with the one that started it, and hears Ctrl-C."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
