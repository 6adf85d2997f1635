"""FACTS: what is true before anybody decides. Ids and numbers only, frozen, valid when made.

No geometry, no CRS, no DataFrame and no file gets here: `optimizer.geodata` reads those and
joins them back to the answer by id. Minutes are minutes, money is in millions of the
instance's currency (per year where the problem has `costs`), land is in hectares, persons are
persons.
"""

from optimizer.problem.changes import Aid, Corridors, Scenarios, States
from optimizer.problem.costs import Costs
from optimizer.problem.facts import Problem
from optimizer.problem.services import SITE, Backup, Level, Service, Size, Unmet
from optimizer.problem.tables import (
    BUILD,
    CLOSE,
    CORE,
    KEEP,
    MEMBER,
    ROLE,
    ROLES,
    UPGRADE,
    Classes,
    Demand,
    Jurisdictions,
    Options,
    Pairs,
    Sites,
)
from optimizer.problem.valid import Bools, Floats, Ints

__all__ = [
    "BUILD",
    "CLOSE",
    "CORE",
    "KEEP",
    "MEMBER",
    "ROLE",
    "ROLES",
    "SITE",
    "UPGRADE",
    "Aid",
    "Backup",
    "Bools",
    "Classes",
    "Corridors",
    "Costs",
    "Demand",
    "Floats",
    "Ints",
    "Jurisdictions",
    "Level",
    "Options",
    "Pairs",
    "Problem",
    "Scenarios",
    "Service",
    "Sites",
    "Size",
    "States",
    "Unmet",
]
