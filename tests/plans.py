"""Plans of the tiny instances as files, and ways to tamper with them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd

from optimizer.assessment.indicators import assess
from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read
from optimizer.outputs.formats import write
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.verification.file import check_file
from tests.databases import changing
from tests.geodata.little import Little, little

TINY = Path(__file__).parents[1] / "instances" / "tiny"


def study_of(instance: Instance) -> SolvedInstance:
    """The instance, solved."""
    result = solve(instance.case, Limits(gap=0))
    assert result.plan is not None
    return SolvedInstance(instance, result, assess(instance.case, result.plan))


def solved(instance: Instance, path: Path) -> Path:
    """The instance, solved and written."""
    write(study_of(instance), path)
    return path


def tiny_plans(folder: Path) -> dict[str, Path]:
    """One plan of each tiny instance; the hospitals' is the one with a split village."""
    return {
        "line": solved(read(TINY / "line"), folder / "line.gpkg"),
        "two-cities": solved(read(TINY / "two-cities", "open-border"), folder / "two-cities.gpkg"),
        "redline": solved(read(TINY / "redline"), folder / "redline.gpkg"),
    }


def edited(plan: Path, folder: Path, *statements: str) -> Path:
    """A copy of a plan with SQL statements done to it."""
    copy = Path(shutil.copy(plan, folder / "edited.gpkg"))
    with changing(copy) as database:
        for statement in statements:
            assert database.execute(statement).rowcount > 0, statement
    return copy


def broken(path: Path, folder: Path | None = None) -> dict[str, str]:
    """The rules that a written plan breaks, and how."""
    return {rule.name: rule.detail for rule in check_file(path, folder).broken}


def set_key(key: str, value: object) -> str:
    return f"UPDATE manifest SET value = '{json.dumps(value)}' WHERE key = '{key}'"


#: Failures and corridors, with aid between cities.
FAILING = (
    'policy.failures.draw=["sites","roads","corridors"]',
    "policy.failures.probability=0.5",
    "policy.failures.tail=0.4",
    "policy.failures.aid=city",
    "policy.failures.reserve=0.1",
    "policy.corridors=true",
)


#: Needs that stay unmet: room is short at one level of `crowded`, money at the other.
UNMET = (
    "services.emergency.unmet={minutes=55,price=0.5,most=0.95,group=0.95}",
    "services.medical.unmet={jurisdiction=0.9}",
    "services.emergency.floors.jurisdiction=0",
    "policy.cost_bound=15",
)


def crowded(folder: Path) -> Path:
    """An instance with borders for stations, and hospitals with hardly more room than is needed."""
    one = little()
    one.set("cutoff = 40\nbackup", 'border = "city"\ncutoff = 40\nbackup')
    one.set("backup = 0.1, ", "")
    one.put("facilities", 0, "capacity_county", 5300)
    return one.write(folder)


#: Asks of `merging` for as little money as can be.
CHEAPEST = ("policy.efficiency=cost", "policy.weight=0")


def merging(folder: Path) -> Path:
    """An instance with two hospitals of which one is closed, and the other upgraded, to save money.

    All money is per year; there are quotas on land, by city, and on places, in the province.
    """
    one = little()
    _merge(one)
    one.toml += (
        '\n[policy.quotas.land]\nof = "land"\ncolumn = "land_quota"\n'
        '\n[policy.quotas.beds]\nof = "places"\nlevel = "medical.county"\n'
        'tier = "province"\nat_least = 800\nat_most = 1200\n'
    )
    one.layers["jurisdictions"]["land_quota"] = [None, 3, None]
    return one.write(folder)


def _merge(one: Little) -> None:
    """Two hospitals that may be closed, and all money per year."""
    one.set("[budget]", "[costs]\nyears = 20\nrate = 0.05\n\n[budget]")
    one.set("[services.medical]\n", "[services.medical]\nyears = 30\n")
    one.set("cost = 40\n", "cost = 40\nrunning_cost = 1\n")
    one.layers["facilities"] = pd.DataFrame(
        {
            "site": ["s", "t", "t"],
            "service": ["medical", "emergency", "medical"],
            "status": ["existing", "required", "existing"],
            "capacity_county": [5500, None, 2500],
            "capacity_regional": [700, None, 300],
            "closable": ["true", None, "true"],
            "closing_cost": [6, None, 4],
            "running_cost": [9, None, 8],
        }
    )


def for_some(folder: Path) -> Path:
    """An instance with classes, quotas by class, seats and a service for the old."""
    one = little()
    one.set(
        'floors = { jurisdiction = 0.5, backup = 0.1, tier = "city" }\n', 'entitled = ["old"]\n'
    )
    one.put("facilities", 0, "capacity_county", 9000)
    _ring(one)
    one.toml += (
        '\n[policy.quotas.land]\nof = "land"\ntier = "ring"\nat_most = 4\n'
        '\n[policy.quotas.beds]\nof = "places"\nlevel = "medical.county"\n'
        'tier = "role"\nat_least = 150\n'
    )
    return one.write(folder)


def _ring(one: Little) -> None:
    """Classes of demand points and of jurisdictions, and where these have their seats."""
    one.layers["demand"].insert(1, "ring", ["core", None, ""])
    one.layers["jurisdictions"].insert(1, "ring", [None, "circle", "rest"])
    one.layers["jurisdictions"].insert(2, "seat", [None, "a", "b"])


def together(folder: Path) -> Path:
    """An instance with unmet needs, a service for the old, a hospital that is closed, and rings.

    All money is per year, and as little of it as can be is spent: one station stands, one of two
    hospitals is closed, and half of the need of the other is unmet. Quotas are on land by ring, and
    on places by city.
    """
    one = little()
    _merge(one)
    _ring(one)
    one.set(
        'cutoff = 40\nbackup = { minutes = 30, tier = "city" }\n'
        'floors = { jurisdiction = 0.5, backup = 0.1, tier = "city" }\n',
        'cutoff = 14\nentitled = ["old"]\nfloors = { jurisdiction = 0.2, tier = "ring" }\n'
        "unmet = { minutes = 60, price = 0.001, most = 0.6, group = 0.6 }\n",
    )
    one.set("standard = 20\n", "standard = 20\nunmet = { jurisdiction = 0.5 }\n")
    one.toml += (
        '\n[policy]\nefficiency = "cost"\nweight = 0\n'
        '\n[policy.quotas.land]\nof = "land"\ntier = "ring"\nat_most = 2.2\n'
        '\n[policy.quotas.beds]\nof = "places"\nlevel = "medical.county"\nat_most = 8000\n'
    )
    return one.write(folder)
