"""`python -m instances.recipe SOURCE_FOLDER [slug ...]`: build the instances (default: all)."""

from __future__ import annotations

import sys
from pathlib import Path

from instances.recipe.assemble import build
from instances.recipe.sources import read_pack

HERE = Path(__file__).parent


def main(arguments: list[str]) -> int:
    """Build and say one line per instance."""
    if not arguments:
        print("usage: python -m instances.recipe SOURCE_FOLDER [slug ...]", file=sys.stderr)
        return 2
    pack = read_pack(Path(arguments[0]))
    known = list(dict.fromkeys(pack.agglomerations["slug"]))
    unknown = sorted(set(arguments[1:]) - set(known))
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}", file=sys.stderr)
        return 2
    for slug in arguments[1:] or known:
        print(build(pack, slug, HERE.parent / slug), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
