"""The shape of `instance.toml`: one model per table. What is not named here is a fault.

The descriptions say what a key holds, to whoever wrote something else; `_` says them.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Literal

from pydantic import Field, create_model, model_validator

from optimizer.foundation.language import N_
from optimizer.geodata.demand_table import DemandTable
from optimizer.geodata.table import Table
from optimizer.question import Policy, keys

#: Names of services, levels and sizes become parts of paths, columns and lists.
WORD = r"[^\s.;:|=]+"


class Name(Table):
    """What users read, in Chinese and English; one of them stands in for the other.

    A plain string is both.
    """

    zh: str = Field(default="", description=N_("a name in Chinese"))
    en: str = Field(default="", description=N_("a name in English"))

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"zh": value, "en": value}
        if isinstance(value, dict) and len(value) == 1 and value.keys() <= {"zh", "en"}:
            (only,) = value.values()
            return {"zh": only, "en": only} if isinstance(only, str) else value
        return value


class LayersTable(Table):
    """Where each layer is: `path`, or `path|layer`."""

    jurisdictions: str = Field(description=N_("`path` or `path|layer`"))
    demand: str = Field(description=N_("`path` or `path|layer`"))
    sites: str = Field(description=N_("`path` or `path|layer`"))
    facilities: str | None = Field(default=None, description=N_("`path` or `path|layer`"))
    roads: str = Field(description=N_("`path` or `path|layer`"))
    corridors: str | None = Field(default=None, description=N_("`path` or `path|layer`"))
    zones: str | None = Field(default=None, description=N_("`path` or `path|layer`"))
    scenarios: str | None = Field(default=None, description=N_("`path` or `path|layer`"))


#: Known column -> what the user calls it.
Columns = dict[str, str]


class ColumnsTable(Table):
    """What the columns of each layer are called, where that is not how they are known."""

    jurisdictions: Columns = Field(default={}, description=N_("known name = the layer's own"))
    demand: Columns = Field(default={}, description=N_("known name = the layer's own"))
    sites: Columns = Field(default={}, description=N_("known name = the layer's own"))
    facilities: Columns = Field(default={}, description=N_("known name = the layer's own"))
    roads: Columns = Field(default={}, description=N_("known name = the layer's own"))
    corridors: Columns = Field(default={}, description=N_("known name = the layer's own"))
    zones: Columns = Field(default={}, description=N_("known name = the layer's own"))
    scenarios: Columns = Field(default={}, description=N_("known name = the layer's own"))


class SourceTable(Table):
    """Where data come from."""

    name: str = Field(description=N_("the name of a source"))
    licence: str = Field(description=N_("the licence of a source"))
    attribution: str = Field(default="", description=N_("the words that the licence asks for"))


class NetworkTable(Table):
    """How a point that is no road node is linked to its nearest one."""

    access_kmh: float = Field(default=30.0, gt=0, description=N_("kilometres per hour, above 0"))
    detour: float = Field(
        default=1.3, ge=1, description=N_("how much longer than straight, 1 or more")
    )


class BackupTable(Table):
    """A second facility, elsewhere."""

    minutes: float = Field(gt=0, description=N_("minutes to the second facility, above 0"))
    tier: str = Field(
        default="city",
        description=N_("tier of jurisdictions in which the two must differ, or site"),
    )


class FloorsTable(Table):
    """Least shares of persons."""

    jurisdiction: float | None = Field(default=None, ge=0, le=1, description=N_("a share, 0 to 1"))
    group: float | None = Field(default=None, ge=0, le=1, description=N_("a share, 0 to 1"))
    backup: float | None = Field(default=None, ge=0, le=1, description=N_("a share, 0 to 1"))
    tier: str = Field(
        default="city", description=N_("tier of jurisdictions, or class, that has the floor")
    )


class UnmetTable(Table):
    """Needs that nobody serves: what they count as, and how many there may be."""

    minutes: float | None = Field(
        default=None, gt=0, description=N_("minutes that whoever is not served counts as, above 0")
    )
    allowed: bool = Field(
        default=True, description=N_("true, or false: only where something fails")
    )
    price: float = Field(
        default=0.0, ge=0, description=N_("money for each person who is not served, 0 or more")
    )
    most: float | None = Field(
        default=None, ge=0, le=1, description=N_("a share of the need, 0 to 1")
    )
    jurisdiction: float | None = Field(
        default=None, ge=0, le=1, description=N_("a share of the need, 0 to 1")
    )
    group: float | None = Field(
        default=None, ge=0, le=1, description=N_("a share of the need, 0 to 1")
    )
    tier: str = Field(default="city", description=N_("tier of the jurisdictions that have the cap"))


class LevelTable(Table):
    """The keys of a level; in a service's own table they are the defaults of its levels."""

    name: Name | None = Field(default=None, description=N_('a name: { zh = "...", en = "..." }'))
    weight: float | None = Field(default=None, ge=0, description=N_("a weight, 0 or more"))
    standard: float | None = Field(
        default=None, gt=0, description=N_("minutes to be covered, above 0")
    )
    cutoff: float | None = Field(
        default=None, gt=0, description=N_("longest admissible minutes, above 0")
    )
    share: float | None = Field(
        default=None, gt=0, le=1, description=N_("share of persons, above 0, up to 1")
    )
    border: str | None = Field(
        default=None, description=N_("tier whose borders residents may not cross")
    )
    backup: BackupTable | None = Field(
        default=None, description=N_("a table with `minutes` and `tier`")
    )
    referral: float | None = Field(
        default=None, gt=0, description=N_("minutes to the next level, above 0")
    )
    floors: FloorsTable | None = Field(default=None, description=N_("a table of least shares"))
    entitled: tuple[str, ...] | None = Field(
        default=None, min_length=1, description=N_("a list of population groups, not empty")
    )
    unmet: UnmetTable | None = Field(
        default=None, description=N_("a table: what unmet needs count as, and how many may be")
    )


class SizeTable(Table):
    """What can be built."""

    name: str = Field(min_length=1, description=N_("a name, not empty"))
    cost: float = Field(ge=0, description=N_("money to build, 0 or more"))
    upgrade_cost: float | None = Field(
        default=None, ge=0, description=N_("money to add it, 0 or more")
    )
    land: float = Field(default=0.0, ge=0, description=N_("hectares, 0 or more"))
    capacity: float | dict[str, float] | None = Field(
        default=None, description=N_("persons, 0 or more: one number, or one by level")
    )
    running_cost: float = Field(default=0.0, ge=0, description=N_("money per year, 0 or more"))


class ServiceTable(LevelTable):
    """A service: its levels from the lowest to the highest, and its sizes."""

    levels: dict[str, LevelTable] = Field(default={}, description=N_("one table by level"))
    sizes: tuple[SizeTable, ...] = Field(default=(), description=N_("a list of sizes"))
    years: int | None = Field(
        default=None, ge=1, le=1000, description=N_("a whole number of years, 1 to 1000")
    )


class BudgetTable(Table):
    """Whose money, and how much of it is shared."""

    tier: str = Field(
        default="city", description=N_("tier of the jurisdictions whose budgets count")
    )
    pooled: float = Field(default=0.0, ge=0, le=1, description=N_("a share, 0 to 1"))
    scale: float = Field(default=1.0, gt=0, description=N_("a factor, above 0"))
    negotiated: bool = Field(
        default=False, description=N_("true or false: is it negotiated who pays for corridors")
    )


class CostsTable(Table):
    """How what is paid once counts per year."""

    years: int = Field(ge=1, le=1000, description=N_("a whole number of years, 1 to 1000"))
    rate: float = Field(ge=0, le=1, description=N_("a rate of interest per year, 0 to 1"))


class QuotaTable(Table):
    """What stands in each jurisdiction, at most or at least."""

    of: Literal["land", "places"] = Field(
        description=N_('"land", hectares, or "places", per thousand persons')
    )
    tier: str = Field(
        default="city", description=N_("tier of jurisdictions, or class, that has the quota")
    )
    level: str | None = Field(default=None, description=N_("a level, for places"))
    at_most: float | None = Field(default=None, ge=0, description=N_("a number, 0 or more"))
    at_least: float | None = Field(default=None, ge=0, description=N_("a number, 0 or more"))
    column: Literal["land_quota"] | None = Field(
        default=None, description=N_('"land_quota", of the jurisdictions')
    )


class EquityTable(Table):
    """How a measure is used."""

    parameters: dict[str, float | tuple[float, ...]] = Field(
        default={}, description=N_("numbers, or lists of them: the measure's parameters")
    )
    of: str = Field(default="minutes", description=N_("what people have"))
    among: str = Field(default="persons", description=N_("who is compared"))
    services: str = Field(default="weighted", description=N_("weighted, worst, or one level"))


class BoundTable(EquityTable):
    """A cap on one more measure."""

    measure: str = Field(description=N_("the name of an equity measure"))
    at_most: float = Field(description=N_("a number, in the unit of the measure"))


class FailuresTable(Table):
    """For which failures plans are made: those of the scenarios layer, and those drawn."""

    draw: tuple[str, ...] = Field(
        default=(), description=N_("a list of: sites, roads, corridors, floods")
    )
    probability: float = Field(
        default=0.1, ge=0, le=1, description=N_("a share, 0 to 1: that one of the failures happens")
    )
    tail: float = Field(
        default=1.0, ge=0, le=1, description=N_("a share: 1 expected value, 0 worst failure")
    )
    attack: int | None = Field(
        default=None, ge=1, description=N_("how many are attacked at once, 1 or more")
    )
    attack_on: Literal["sites", "links"] = Field(
        default="sites", description=N_('"sites", or "links": roads and built corridors')
    )
    aid: str | None = Field(
        default=None, description=N_("tier whose borders are open where something fails")
    )
    reserve: float = Field(
        default=0.0, ge=0, le=1, description=N_("share of capacity kept for one's own, 0 to 1")
    )


def _fields() -> dict[str, Any]:
    """The keys that are fields of `Policy`: what they hold, and from where to where."""
    default = {field.name: field.default for field in fields(Policy)}
    return {
        name: (
            kind,
            Field(
                default=default[name],
                description=key.holds,
                ge=key.at_least,
                gt=key.above,
                le=key.at_most,
            ),
        )
        for name, (kind, key) in keys().items()
    }


_PolicyKeys: Any = create_model("_PolicyKeys", __base__=EquityTable, **_fields())


class PolicyTable(_PolicyKeys):  # type: ignore[misc]  # a class made from another's fields
    """The question: the keys of `Policy`, and what has a table of its own."""

    equity: str = Field(default="kolm_pollak", description=N_("the name of an equity measure"))
    bounds: dict[str, BoundTable] = Field(default={}, description=N_("one table by bound"))
    quotas: dict[str, QuotaTable] = Field(default={}, description=N_("one table by quota"))
    failures: FailuresTable | None = Field(
        default=None, description=N_("a table: what may fail, and how that counts")
    )


class FactorsTable(Table):
    """How many times the price of open land a corridor costs in a zone or beside a road."""

    water: float = Field(default=10.0, gt=0, description=N_("a factor, above 0"))
    built_up: float = Field(default=2.0, gt=0, description=N_("a factor, above 0"))
    steep: float = Field(default=2.0, gt=0, description=N_("a factor, above 0"))
    development: float = Field(default=2.0, gt=0, description=N_("a factor, above 0"))
    roads: float = Field(default=0.9, gt=0, description=N_("a factor, above 0"))


class CrossingTable(Table):
    """How a corridor may pass a control line."""

    by: str = Field(default="bridge", min_length=1, description=N_("a word: bridge, tunnel"))
    cost_per_km: float = Field(gt=0, description=N_("money per kilometre, above 0"))
    kmh: float | None = Field(default=None, gt=0, description=N_("kilometres per hour, above 0"))


class CrossingsTable(Table):
    """The kinds of control line that corridors may pass, by bridge or tunnel; no others."""

    ecological: CrossingTable | None = Field(default=None, description=N_("a table: `cost_per_km`"))
    farmland: CrossingTable | None = Field(default=None, description=N_("a table: `cost_per_km`"))


class KindTable(Table):
    """A kind of corridor; what it leaves out stands in `alignment`."""

    cost_per_km: float | None = Field(
        default=None, gt=0, description=N_("money per kilometre on open land, above 0")
    )
    kmh: float | None = Field(default=None, gt=0, description=N_("kilometres per hour, above 0"))
    detour: float | None = Field(
        default=None, ge=1, description=N_("how much longer than drawn, 1 or more")
    )


class AlignmentTable(Table):
    """What corridors cost where, for `equisite corridors`."""

    cost_per_km: float = Field(
        default=120.0, gt=0, description=N_("money per kilometre on open land, above 0")
    )
    kmh: float = Field(default=100.0, gt=0, description=N_("kilometres per hour, above 0"))
    detour: float = Field(
        default=1.0, ge=1, description=N_("how much longer than drawn, 1 or more")
    )
    factors: FactorsTable = Field(default=FactorsTable(), description=N_("a table of factors"))
    road_m: float = Field(
        default=500.0, ge=0, description=N_("metres from a road that are beside it, 0 or more")
    )
    crossings: CrossingsTable = Field(
        default=CrossingsTable(), description=N_("a table by kind of control line")
    )
    kinds: dict[str, KindTable] = Field(default={}, description=N_("one table by kind of corridor"))
    cell_m: float | None = Field(default=None, gt=0, description=N_("metres, above 0"))


class InstanceFile(Table):
    """The whole file."""

    title: Name = Field(description=N_('a name: { zh = "...", en = "..." }'))
    crs: str = Field(description=N_('a projected CRS in metres, such as "EPSG:32650"'))
    currency: str = Field(default="million", description=N_("the unit of all money"))
    layers: LayersTable = Field(description=N_("a table with one path by layer"))
    columns: ColumnsTable = Field(default=ColumnsTable(), description=N_("one table by layer"))
    sources: tuple[SourceTable, ...] = Field(default=(), description=N_("a list of sources"))
    network: NetworkTable = Field(default=NetworkTable(), description=N_("a table"))
    demand: DemandTable = Field(default=DemandTable(), description=N_("a table"))
    alignment: AlignmentTable = Field(default=AlignmentTable(), description=N_("a table"))
    services: dict[str, ServiceTable] = Field(min_length=1, description=N_("one table by service"))
    budget: BudgetTable | None = Field(default=None, description=N_("a table"))
    costs: CostsTable | None = Field(default=None, description=N_("a table: `years` and `rate`"))
    policy: PolicyTable = Field(default=PolicyTable(), description=N_("a table"))
    policies: dict[str, dict[str, Any]] = Field(
        default={}, description=N_("one table of overrides by name")
    )
