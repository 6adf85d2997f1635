"""Stress of a written plan: the file is read back, on the roads that it was made for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.geodata import candidate_corridors
from optimizer.geodata.geography import Instance
from optimizer.geodata.plan_file import read_plan_file
from optimizer.geodata.read import read
from optimizer.problem import Floats
from optimizer.question import Limits
from optimizer.solution import Plan, Solved
from optimizer.stress.attack import Attack, worst_attack
from optimizer.stress.failures import SITE, Failure, Standing, link_failures, site_failures
from optimizer.stress.link_attack import worst_link_attack
from optimizer.verification.file import question
from optimizer.verification.file.asked import changed_inputs, find_instance, with_attacks
from optimizer.verification.file.rebuild import rebuild, unknown


@dataclass(frozen=True, eq=False)
class Stressed:
    """A plan (its file) and all its single failures, the worst first.

    Links of the ground are the roads of the instance, and then the corridors that the plan builds.
    """

    file: Path
    instance: Instance
    standing: Standing
    sites: tuple[Failure, ...]
    links: tuple[Failure, ...]

    @property
    def plan(self) -> str:
        """The name of the plan's file."""
        return self.file.name

    def name(self, kind: str, row: int) -> str:
        """The id of what fails: of a site, a corridor, or the two nodes that a road joins."""
        if kind == SITE:
            return self.instance.problem.sites.ids[row]
        corridor = self.corridor(row)
        if corridor is not None:
            return corridor
        return " - ".join(self.instance.parts.hung.sections.names[row])

    @property
    def streets(self) -> tuple[Failure, ...]:
        """Links that are no dead ends: who lives at one has no other way, whatever is built."""
        ends = self.standing.ground.dead_end
        return tuple(failure for failure in self.links if not ends[failure.row])

    def corridor(self, link: int) -> str | None:
        """The id of the corridor that a link is; None: it is a road."""
        corridors = self.instance.problem.corridors
        which = link - len(self.instance.parts.hung.sections.links)
        if which < 0 or corridors is None:
            return None
        return str(corridors.ids[self.standing.plan.corridors[which]])


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
    place = Path(folder) if folder is not None else find_instance(file)
    instance = with_attacks(read(place, *question(file)), file)
    remedy = _("solve again, or check against what was solved")
    changed = [
        Fault(file.path.name, _("{file} has changed since", file=name), remedy)
        for name in changed_inputs(file, instance)
    ]
    if changed:
        raise InputError(changed)
    _stop(file.path.name, unknown(instance.problem, file))
    standing = stand(instance, rebuild(instance.problem, file))
    _stop(file.path.name, strange(standing))
    sites = site_failures(standing)
    first = len(instance.parts.hung.sections.links)
    built = first + np.arange(len(standing.plan.corridors))
    links = link_failures(standing, built, tell)
    return Stressed(file.path, instance, standing, _ranked(sites), _ranked(links))


def attack(stressed: Stressed, on: str, count: int, limits: Limits) -> Solved[Attack]:
    """The worst attack on `count` open sites (on: "site") or links ("link") of a plan.

    In person-minutes, over the levels by their weights; who reaches nobody counts as
    `Level.unserved_minutes`. Everybody is where it is nearest, before the attack too. Dead ends are
    spared: whoever lives at one has no other way, and there would be nothing else to tell.
    """
    standing = stressed.standing
    problem, ground = standing.problem, standing.ground
    persons = standing.persons * standing.weights
    cutoff = np.array([level.cutoff for level in problem.levels])
    unserved = np.array([level.unserved_minutes for level in problem.levels])
    if on == SITE:
        every = (stressed.standing.near(row) for row in range(len(problem.levels)))
        return worst_attack(
            tuple(every), standing.is_open, persons, _minutes, unserved, count, limits
        )
    spared = frozenset(np.flatnonzero(ground.dead_end).tolist())
    return worst_link_attack(
        ground, standing.groups, cutoff, persons, _minutes, unserved, count, limits, spared
    )


def _minutes(level: int, minutes: Floats) -> Floats:
    return minutes


def stand(instance: Instance, plan: Plan) -> Standing:
    """A plan on the roads of its instance, with the corridors that it builds."""
    roads = np.arange(len(instance.parts.hung.sections.links))
    links = np.append(roads, len(roads) + plan.corridors)
    ground = candidate_corridors.ground(instance.parts, instance.ends).only(links)
    weights = instance.case.level_weights
    return Standing(instance.problem, plan, ground, weights)


def strange(standing: Standing) -> Iterator[str]:
    """Trips of the plan that cannot be: to what is not open, beyond cut-off or border."""
    problem = standing.problem
    for row, (level, served) in enumerate(
        zip(problem.levels, standing.plan.assignments, strict=True)
    ):
        shut = ~standing.is_open[served.site, row]
        for point, site, closed in zip(served.demand, served.site, shut, strict=True):
            trip = f"{level.id}, {problem.demand.ids[point]} -> {problem.sites.ids[site]}"
            if closed:
                yield _("{trip}: nothing is open there", trip=trip)
            elif not np.isfinite(
                standing.apart[row][np.searchsorted(standing.sources, site), point]
            ):
                yield _("{trip}: is beyond the cut-off or the border", trip=trip)
        points = np.arange(0 if level.may_be_unmet else len(problem.demand.ids))
        for point in np.setdiff1d(points, served.demand):
            name = problem.demand.ids[point]
            yield _("{level}, {point}: is served nowhere", level=level.id, point=name)


def _ranked(failures: Iterable[Failure]) -> tuple[Failure, ...]:
    return tuple(sorted(failures, key=lambda one: -round(one.weighed, 6)))


def _stop(name: str, wrong: Iterable[str]) -> None:
    remedy = _("See what `equisite check` says of the plan, or solve again")
    faults = [Fault(name, text, remedy) for text in wrong]
    if faults:
        raise InputError(faults)
