"""Plans made for failures: what fails, what that means, and who goes where then.

By level, in a scenario: `mean_` and `worst_` minutes (whoever nobody serves counts as travelling
`unmet.minutes`), `coverage_` share within the standard, `cut_off_` persons whom nobody serves.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from optimizer.foundation.tolerances import NO_MINUTES
from optimizer.geodata.failures import Broken
from optimizer.geodata.geography import Instance
from optimizer.outputs.columns import assembled, of_level
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.trips import TRIPS, along, trips
from optimizer.problem import Ints
from optimizer.solution import Assignment
from optimizer.solution.scenario_expansion import with_unmet, with_unserved

#: Decimals to which two trips are the same.
TRIP_DECIMALS = 9
#: How many of the worst failures are told and drawn: what they have in common shows in a few.
MAX_FAILURES = 8


def scenarios(study: SolvedInstance) -> gpd.GeoDataFrame:
    """One row per scenario, the worst first: points where something fails, and what it means."""
    instance, failure_summary = study.instance, study.failure_summary
    assert failure_summary is not None
    order = failure_summary.ranked
    failures = [instance.failures[n] for n in order]
    ranked = [failure_summary.scenarios[n] for n in order]
    ours: dict[str, Any] = {
        "id": [one.id for one in ranked],
        "rank": np.arange(1, len(ranked) + 1),
        "probability": [one.probability for one in ranked],
        "mean": [one.mean for one in ranked],
        "lost": [one.lost for one in ranked],
    }
    for number, level in enumerate(instance.problem.levels):
        for what in ("mean", "worst", "coverage", "cut_off"):
            ours[of_level(what, level)] = [getattr(one.levels[number], what) for one in ranked]
    names = [broken(instance, one) for one in failures]
    ours |= {what: [";".join(one[what]) for one in names] for what in names[0]} if names else {}
    shapes = gpd.GeoSeries(_places(instance, failures), crs=instance.geography.demand.crs)
    return assembled(instance, ours, pd.DataFrame(index=range(len(ranked))), shapes)


def worst_failures(study: SolvedInstance) -> gpd.GeoDataFrame:
    """The few scenarios that cost most, of those that cost anything; none where nothing fails."""
    if study.failure_summary is None:
        return gpd.GeoDataFrame({"lost": []}, geometry=[])
    every = scenarios(study)
    return every[every["lost"] > NO_MINUTES].head(MAX_FAILURES)


def broken(instance: Instance, failure: Broken) -> dict[str, list[str]]:
    """sites, roads (`from:to`) and corridors that fail, by their ids."""
    tables = instance.parts.tables
    ways = tables.ways
    return {
        "sites": [str(tables.places.ids[row]) for row in failure.sites],
        "roads": [f"{ways.start[row]}:{ways.end[row]}" for row in failure.roads],
        "corridors": [str(tables.corridors.ids[row]) for row in failure.corridors],
    }


def failover(study: SolvedInstance) -> gpd.GeoDataFrame:
    """Who is served otherwise in a scenario than where nothing fails: one line per new trip.

    A demand point that has no row in a scenario is served as ever. Without a site: the share that
    nobody serves. share, persons and minutes as in `assignments`; rank: of the scenario.
    """
    problem, plan, failure_summary = study.instance.problem, study.plan, study.failure_summary
    facts = problem.scenarios
    assert facts is not None and failure_summary is not None
    parts = list[pd.DataFrame]()
    for rank, row in enumerate(failure_summary.ranked, start=1):
        name, state = facts.ids[row], plan.scenarios[row]
        for level, (usual, then) in enumerate(zip(plan.assignments, state, strict=True)):
            usual = with_unmet(problem, level, usual)
            then = with_unserved(problem, level, then)
            other = np.isin(then.demand, _changed(usual, then))
            table = trips(problem, level, then.only(other))
            parts.append(table.assign(scenario=name, rank=rank))
    columns = ["scenario", "rank", *TRIPS]
    every = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return along(study.instance, every[columns])


def _changed(usual: Assignment, then: Assignment) -> Ints:
    """Demand points (rows) that do not travel as usual."""
    both = pd.concat(
        pd.DataFrame(
            {
                "demand": one.demand,
                "site": one.site,
                "minutes": one.minutes.round(TRIP_DECIMALS),
                "share": one.share.round(TRIP_DECIMALS),
            }
        )
        for one in (usual, then)
    )
    return np.asarray(both.loc[~both.duplicated(keep=False), "demand"].unique())


def _places(instance: Instance, failures: list[Broken]) -> list[shapely.MultiPoint]:
    """Where something fails: sites, and the middle of roads and corridors."""
    geography = instance.geography
    crs = geography.demand.crs
    layers = {"sites": geography.sites, "roads": geography.roads, "corridors": geography.corridors}
    spots = {}
    for name, layer in layers.items():
        if layer is not None and any(len(getattr(one, name)) for one in failures):
            shapes = layer.geometry.to_crs(crs).to_numpy()
            if name != "sites":
                shapes = shapely.line_interpolate_point(shapes, 0.5, normalized=True)
            spots[name] = shapely.get_coordinates(shapes)
    return [
        shapely.MultiPoint(
            np.concatenate(
                [np.zeros((0, 2)), *(at[getattr(one, name)] for name, at in spots.items())]
            )
        )
        for one in failures
    ]
