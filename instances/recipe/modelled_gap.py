"""What stays of the urban-rural gap where fewer persons are left at modelled places.

    python -m instances.recipe.modelled_gap FOLDER ...

prints the rows of the table in instances/README.md: rural minus urban mean minutes of each level
(and the urban ones), of the plan of the default policy, with so large a share of the persons at
modelled places left there (`demand.modelled`), the others moved to known places of their county.
"""

from __future__ import annotations

import sys

from optimizer.assessment.indicators import assess
from optimizer.geodata.catalogue import find
from optimizer.geodata.read import read
from optimizer.question import Limits
from optimizer.robust import solve

SHARES = (1.0, 0.5, 0.0)
LIMITS = Limits(gap=0.005)


def gaps(name: str, share: float) -> list[tuple[float, float]]:
    """Urban and rural mean minutes of each level, in the plan."""
    instance = read(find(name), overrides=[f"demand.modelled={share:g}"])
    result = solve(instance.case, LIMITS)
    assert result.plan is not None
    levels = assess(instance.case, result.plan).levels
    return [(level.groups["urban"].mean, level.groups["rural"].mean) for level in levels]


def main(names: list[str]) -> None:
    for name in names:
        for share in SHARES:
            cells = (f"{rural - urban:.1f} ({urban:.1f})" for urban, rural in gaps(name, share))
            print(f"| {name} | {share:.0%} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
