"""SERVICES: what people need, and the sizes that it is built in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.foundation.tolerances import NO_MINUTES
from optimizer.problem.valid import Bools, Floats, require

#: The tier of a backup that may stand at any other site, in the same jurisdiction too.
SITE = "site"


@dataclass(frozen=True)
class Backup:
    """A second facility within `minutes` that stands in another jurisdiction of `tier`.

    tier "site": at any other site (Hogan and ReVelle 1986; Gendreau, Laporte and Semet 1997).
    """

    minutes: float
    tier: str = "city"

    def reaches(self, minutes: Floats) -> Bools:
        """Which of these minutes are near enough for a backup."""
        return minutes <= self.minutes + NO_MINUTES


@dataclass(frozen=True)
class Unmet:
    """Needs of a level that nobody serves.

    minutes: what a person counts as whom nobody serves. allowed: needs may be unmet where nothing
    fails too; else only where something fails, and what follows means nothing.
    price: money that a person counts as whom nobody serves, where nothing fails.
    most, jurisdiction, group: largest shares of the need that are unmet, where nothing fails: of
    all, of each jurisdiction of `tier`, of each population group.
    """

    minutes: float
    allowed: bool = True
    price: float = 0.0
    most: float = 1.0
    jurisdiction: float = 1.0
    group: float = 1.0
    tier: str = "city"

    def __post_init__(self) -> None:
        require(self.price >= 0, "unmet.price: must not be negative")
        for name in ("most", "jurisdiction", "group"):
            require(0 <= getattr(self, name) <= 1, f"unmet.{name}: a share must be in [0, 1]")


@dataclass(frozen=True)
class Level:
    """One level of a service; a service without a hierarchy has one, of the same name.

    standard: minutes within which a person counts as covered.
    cutoff: longest admissible minutes; nobody is served from farther away.
    share: share of the persons who need this level (what is referred to it).
    border: tier whose border residents may not cross to be served; None where they may.
    referral: longest minutes from an open facility of this level to one of the next level;
        None where nothing is referred.
    entitled: the population groups that may use the level; none named: everybody may.
    unmet: needs that nobody serves; None: all are served, but where something fails.
    """

    id: str
    service: str
    standard: float
    cutoff: float
    share: float = 1.0
    border: str | None = None
    backup: Backup | None = None
    referral: float | None = None
    entitled: tuple[str, ...] = ()
    unmet: Unmet | None = None

    def __post_init__(self) -> None:
        require(self.standard > 0, f"{self.id}: the standard must be above 0 minutes")
        require(self.cutoff >= self.standard, f"{self.id}: cut-off below the standard")
        require(0 < self.share <= 1, f"{self.id}: share must be in (0, 1]")
        least = self.unserved_minutes >= self.cutoff
        require(least, f"{self.id}: to be served by nobody counts for less than the cut-off")

    @property
    def unserved_minutes(self) -> float:
        """What a person counts as whom nobody serves; the cut-off where nothing is said."""
        return self.cutoff if self.unmet is None else self.unmet.minutes

    @property
    def may_be_unmet(self) -> bool:
        """Whether needs may be unmet where nothing fails."""
        return self.unmet is not None and self.unmet.allowed

    def covers(self, minutes: Floats) -> Bools:
        """Which of these minutes are within the standard."""
        return minutes <= self.standard + NO_MINUTES


@dataclass(frozen=True)
class Size:
    """What can be built. capacity: level id -> persons (inf: no limit); absent: not offered.

    running_cost: money per year.
    """

    name: str
    cost: float
    upgrade_cost: float
    land: float
    capacity: Mapping[str, float]
    running_cost: float = 0.0


@dataclass(frozen=True)
class Service:
    """A service: its levels from the lowest to the highest, and the sizes to choose from."""

    id: str
    levels: tuple[Level, ...]
    sizes: tuple[Size, ...]
