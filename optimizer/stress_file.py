"""STRESS of a written plan: the file is read back, and stands on the roads that it was made for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.check_file import question
from optimizer.check_file.asked import find_instance, inputs_unchanged
from optimizer.check_file.rebuild import rebuild, unknown
from optimizer.faults import Fault, InputError
from optimizer.geodata.geography import Instance
from optimizer.geodata.plan_file import read_plan_file
from optimizer.geodata.read import read
from optimizer.problem import Ints
from optimizer.scaling import level_weights
from optimizer.solution import Plan
from optimizer.stress.failures import Failure, Standing, link_failures, site_failures
from optimizer.stress.ground import Ground

REMEDY = "See what `equisite check` says of the plan, or solve again"


@dataclass(frozen=True, eq=False)
class Stressed:
    """A plan and all its single failures, the worst first.

    Links of the ground are the roads of the instance and then, by `built`, rows of
    `Problem.corridors` that the plan builds.
    """

    instance: Instance
    standing: Standing
    sites: tuple[Failure, ...]
    links: tuple[Failure, ...]

    @property
    def built(self) -> Ints:
        """(A,) corridors of the plan."""
        return self.standing.plan.corridors

    def name(self, failure: Failure) -> str:
        """The id of what fails: of a site, a corridor, or the two nodes that a road joins."""
        return self.site(failure.row) if failure.kind == "site" else self.link(failure.row)

    def site(self, row: int) -> str:
        """The id of a site."""
        return self.instance.problem.sites.ids[row]

    def link(self, row: int) -> str:
        """The id of a corridor, or the two nodes that a road joins."""
        roads = self.instance.parts.hung.network
        corridor = self.corridor(row)
        if corridor is not None:
            return corridor
        return f"{roads.nodes[roads.start[row]]} - {roads.nodes[roads.end[row]]}"

    def corridor(self, link: int) -> str | None:
        """The id of the corridor that a link is; None: it is a road."""
        roads, corridors = self.instance.parts.hung.network, self.instance.problem.corridors
        if link < len(roads.start):
            return None
        assert corridors is not None
        return corridors.ids[self.built[link - len(roads.start)]]


def stress_file(
    path: Path | str,
    folder: Path | str | None = None,
    tell: Callable[[int, int], None] = lambda number, of: None,
) -> Stressed:
    """Try every single failure of a plan that was written as a GeoPackage.

    folder: the instance; None: it is found by the name that the plan gives. tell: how many of how
    many links are done. Raises InputError where the file is no plan, there is no such instance, it
    has changed since, or the plan has what cannot be.
    """
    file = read_plan_file(Path(path))
    found = Path(folder) if folder is not None else find_instance(file)
    instance = read(found, *question(file))
    wrong = [*inputs_unchanged(file, instance), *unknown(instance.problem, file)]
    _stop(file.path.name, wrong)
    standing = stand(instance, rebuild(instance.problem, file))
    _stop(file.path.name, strange(standing))
    sites = site_failures(standing)
    first = len(instance.parts.hung.network.start)
    built = first + np.arange(len(standing.plan.corridors))
    links = link_failures(standing, built, tell)
    return Stressed(instance, standing, _ranked(sites), _ranked(links))


def stand(instance: Instance, plan: Plan) -> Standing:
    """A plan on the roads of its instance, with the corridors that it builds."""
    parts, ends = instance.parts, instance.ends
    hung, roads, built = parts.hung, parts.hung.network, plan.corridors
    table = parts.tables.corridors
    minutes = table.minutes[ends.row] + ends.start.minutes + ends.end.minutes
    used = np.flatnonzero(parts.site >= 0)
    ground = Ground(
        len(roads.nodes),
        np.concatenate([roads.start, ends.start.node[built]]),
        np.concatenate([roads.end, ends.end.node[built]]),
        np.concatenate([roads.minutes, minutes[built]]),
        hung.demand.node,
        parts.tables.points.access + hung.demand.minutes,
        hung.sites.node[used],
        parts.tables.places.egress[used] + hung.sites.minutes[used],
    )
    weights = level_weights(instance.problem, instance.policy)
    return Standing(instance.problem, plan, ground, weights)


def strange(standing: Standing) -> list[str]:
    """Trips of the plan that cannot be: to what is not open, beyond cut-off or border."""
    problem, found = standing.problem, []
    for row, (level, served) in enumerate(
        zip(problem.levels, standing.plan.assignments, strict=True)
    ):
        shut = ~standing.is_open[served.site, row]
        for point, site, closed in zip(served.demand, served.site, shut, strict=True):
            trip = f"{level.id}, {problem.demand.ids[point]} -> {problem.sites.ids[site]}"
            if closed:
                found.append(f"{trip}: nothing is open there")
            elif not np.isfinite(
                standing.apart[row][np.searchsorted(standing.sources, site), point]
            ):
                found.append(f"{trip}: is beyond the cut-off or the border")
        for point in np.setdiff1d(np.arange(len(problem.demand.ids)), served.demand):
            found.append(f"{level.id}, {problem.demand.ids[point]}: is served nowhere")
    return found


def _ranked(failures: object) -> tuple[Failure, ...]:
    return tuple(sorted(failures, key=lambda one: -one.weighed))  # type: ignore[call-overload]


def _stop(name: str, wrong: list[str]) -> None:
    if wrong:
        raise InputError([Fault(name, text, REMEDY) for text in wrong])
