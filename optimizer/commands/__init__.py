"""COMMANDS: one file each, imported when it is called; its docstring is its help."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

#: Whether this process is the program, and not one that only imports it.
PROGRAM = Path(sys.argv[0]).stem in ("equisite", "cli")

# Nothing is lost while the libraries load, which takes seconds: whoever stops that sees no trace.
if PROGRAM:
    for _number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(_number) is not signal.SIG_IGN:
            signal.signal(_number, lambda *_: os._exit(4))

from optimizer.commands.main import main  # noqa: E402  what is above comes first

__all__ = ["PROGRAM", "main"]
