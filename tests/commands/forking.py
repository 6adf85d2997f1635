"""The program again and again, without the seconds that its libraries take: run as a script.

Reads one JSON object per line: arguments, and the folder to run in. Each becomes a process in a
group of its own; what is written is its id, and when it has ended its exit code.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path


def child(arguments: list[str], folder: str) -> None:
    """One run; never returns."""
    os.setsid()
    bound()
    os.chdir(folder)
    null, errors = os.open(os.devnull, os.O_RDWR), os.open("../stderr", os.O_CREAT | os.O_WRONLY)
    os.truncate(errors, 0)
    for number, file in ((0, null), (1, null), (2, errors)):
        os.dup2(file, number)
    sys.argv = ["equisite", *arguments]
    code = 1
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from optimizer.commands.main import COMMANDS, main
    from tests.processes import bound

    for module in COMMANDS.values():
        import_module(f"optimizer.commands.{module}")
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        process = os.fork()
        if not process:
            child(asked["arguments"], asked["folder"])
        print(process, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
