"""`python -m instances.geonames cities500.json`: write the layers of instances/upper-rhine."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from instances.geonames.layers import build, write
from instances.geonames.places import read_places

HERE = Path(__file__).parent


def main(arguments: list[str], folder: Path = HERE.parent / "upper-rhine") -> int:
    """Write the layers and say what is in them."""
    if len(arguments) != 1:
        print("usage: python -m instances.geonames cities500.json", file=sys.stderr)
        return 2
    rule = tomllib.loads((HERE / "upper_rhine.toml").read_text(encoding="utf-8"))
    layers = build(read_places(Path(arguments[0]), rule["source"]["sha256"]), rule)
    for name, rows in layers.items():
        write(rows, folder / name)
    print(", ".join(f"{len(rows)} {Path(name).stem}" for name, rows in layers.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
