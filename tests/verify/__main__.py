"""Ask at random until the time is over: python -m tests.verify MINUTES [--seed N]."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from tests.verify.engine import asked as engine
from tests.verify.families import FAMILIES
from tests.verify.location import drawing as location
from tests.verify.running import Search


def main() -> int:
    """0 where nothing was caught, else 1."""
    told = argparse.ArgumentParser(prog="python -m tests.verify", description=__doc__)
    told.add_argument("minutes", type=float, nargs="?", default=10.0)
    told.add_argument("--seed", type=int, default=0, help="of the first question of each family")
    told.add_argument("--family", choices=[*FAMILIES], help="this one alone")
    told.add_argument("--folder", type=Path, default=Path("build/verify"), help="for catches")
    told.add_argument("--again", type=Path, help="judge a question that was written down")
    args = told.parse_args()
    if args.again is not None:
        kind = engine if (args.again / "town.json").exists() else location
        found = kind.again(args.again).judged()
        print(*found, sep="\n")
        return bool(found)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be stopped with a report
    families = {k: v for k, v in FAMILIES.items() if args.family in (None, k)}
    args.folder.mkdir(parents=True, exist_ok=True)
    search = Search(families, args.folder, lambda line: print(line, flush=True))
    caught = search.run(args.minutes * 60, args.seed)
    print(search.report())
    return int(caught > 0)


if __name__ == "__main__":
    sys.exit(main())
