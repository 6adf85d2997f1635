"""The geometry and the names of an instance: what the mathematics never sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd

from optimizer.case import Case
from optimizer.geodata.aggregation import Aggregation
from optimizer.geodata.assemble import Parts
from optimizer.geodata.candidate_corridors import Ends
from optimizer.geodata.failures import Broken, attacked
from optimizer.geodata.homes import Homes
from optimizer.geodata.presets import Applied
from optimizer.problem import Ints, Problem
from optimizer.problem.adversary import under
from optimizer.question import Policy


@dataclass(frozen=True)
class Source:
    """Where data come from, and under which licence."""

    name: str
    licence: str
    attribution: str


@dataclass(frozen=True, eq=False)
class Geography:
    """Layers as the user made them, all columns kept, in the user's CRS, indexed by id (str).

    sites and corridors hold those that were removed too; `rejected` says which and why
    (columns layer, id, reason, zone; geometry). Rows of `demand` and `jurisdictions` stand in
    the order of the Problem's ids; sites do not (rejected ones are absent from the Problem).
    `jurisdictions` may have empty geometries. names: service or level id -> {"zh", "en"}.
    inputs: file -> sha256. homes: how well it is known where persons live.
    demand_given: demand as it is in the file, where persons are moved from modelled places.
    preset: where the policy is one, and not the instance's own.
    """

    name: str
    folder: Path
    title: Mapping[str, str]
    crs: str
    currency: str
    names: Mapping[str, Mapping[str, str]]
    sources: tuple[Source, ...]
    jurisdictions: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame | None
    roads: gpd.GeoDataFrame
    corridors: gpd.GeoDataFrame | None
    zones: gpd.GeoDataFrame | None
    rejected: gpd.GeoDataFrame
    inputs: Mapping[str, str]
    policy_name: str | None = None
    overrides: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    scenarios: gpd.GeoDataFrame | None = None
    homes: Homes | None = None
    demand_given: gpd.GeoDataFrame | None = None
    preset: Applied | None = None

    @property
    def files(self) -> list[Path]:
        """The files that it was read from."""
        return [self.folder / name for name in self.inputs]


@dataclass(frozen=True, eq=False)
class Instance:
    """Everything that was read: the facts, the question, and the geography to join back to.

    parts: what the facts were made of, the road graph too; ends: where corridors that control
    lines allow would hang on it; failures: what fails in each of the facts' scenarios.
    aggregation: of which demand points those of the facts are made, where they are aggregated.
    """

    case: Case
    geography: Geography
    parts: Parts
    ends: Ends
    failures: tuple[Broken, ...] = ()
    aggregation: Aggregation | None = None

    @property
    def problem(self) -> Problem:
        """The facts."""
        return self.case.problem

    @property
    def policy(self) -> Policy:
        """The question."""
        return self.case.policy

    def under(self, attacks: Sequence[Ints]) -> Instance:
        """The instance with these attacks (rows of what is hit) as scenarios too.

        Of sites of the Problem, or of the adversary's streets.
        """
        problem = under(self.case.problem, attacks)
        if problem is self.case.problem:
            return self
        assert problem.scenarios is not None and problem.adversary is not None
        on_links = problem.adversary.streets is not None
        names = problem.scenarios.ids[len(self.failures) :]
        broken = (
            attacked(self.parts, self.ends, name, hit, on_links)
            for name, hit in zip(names, attacks[-len(names) :], strict=True)
        )
        case = replace(self.case, problem=problem)
        return replace(self, case=case, failures=(*self.failures, *broken))
