"""READ: a folder becomes an Instance, or all that is wrong with it is told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from optimizer.case import Case
from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.figures import share
from optimizer.foundation.language import _
from optimizer.foundation.warning_log import log_warnings
from optimizer.geodata import candidate_corridors, columns, connectivity, cross_checks, misplaced
from optimizer.geodata.aggregation import (
    Cells,
    aggregated_layer,
    aggregated_tables,
    aggregation,
    cells,
    seated,
)
from optimizer.geodata.alike import alike, zeros
from optimizer.geodata.assemble import Hung, Parts, problem
from optimizer.geodata.column_reader import as_text
from optimizer.geodata.control_lines import Control, control_lines, control_points, rejected
from optimizer.geodata.corridor_ends import ends_away, ends_off, far_ends
from optimizer.geodata.divisions import divided, wrong_divisions
from optimizer.geodata.failures import Broken, Hazards, drawn, listed, with_scenarios
from optimizer.geodata.geography import Geography, Instance, Source
from optimizer.geodata.hanging import ends_of, hung
from optimizer.geodata.homes import homes
from optimizer.geodata.instance_file import InstanceFile, LayersTable
from optimizer.geodata.layers import Opener, hashes, indexed, metric, metric_crs
from optimizer.geodata.load import load
from optimizer.geodata.modelled import weighed_layer, weighed_tables
from optimizer.geodata.overhang import overhang, overhang_faults, overhanging
from optimizer.geodata.presets import Applied, not_set
from optimizer.geodata.services_of_file import Question, question_of
from optimizer.geodata.supply import options, supply
from optimizer.geodata.tables import Tables, rows
from optimizer.geodata.warnings import strange
from optimizer.problem import Floats, Ints, Problem

Layers = Mapping[str, gpd.GeoDataFrame]


@dataclass(frozen=True, eq=False)
class _Given:
    """What file and layers say, each judged by itself.

    shapes: of each layer, in metres; outside: layer -> metres that its points are outside of their
    jurisdictions; warnings: what is odd about how they were read; before: the layer `demand` as it
    was, where persons are moved from modelled places.
    """

    file: InstanceFile
    question: Question
    crs: pyproj.CRS
    layers: Layers
    shapes: Mapping[str, gpd.GeoSeries]
    tables: Tables
    outside: Mapping[str, Floats]
    warnings: tuple[str, ...]
    preset: Applied | None
    before: gpd.GeoDataFrame | None = None


def read(folder: str | Path, policy: str | None = None, overrides: Sequence[str] = ()) -> Instance:
    """Read an instance.

    policy: a named policy of its `instance.toml`; overrides: `path=value`, laid over it in turn.
    Raises InputError with every fault that could be found.
    """
    folder = Path(folder)
    given = _given(folder, policy, overrides)
    zones = given.shapes["zones"], *given.tables.zones
    sites = control_points(given.shapes["sites"], *zones)
    passed = given.file.alignment.crossings.model_dump(exclude_none=True)
    corridors = control_lines(given.shapes["corridors"], *zones, passed)
    allowed = np.flatnonzero(~corridors.forbids)
    own, fine = homes(given.tables), None
    into = given.file.demand.aggregate
    if into is not None:
        fine = Case(_facts(given, *_parts(given, sites, allowed)), given.question.policy)
        tables, demand = given.tables, given.layers["demand"]
        merged = cells(tables, *divided(into, given.file.demand.divisions, tables, demand))
        given = _aggregated(given, merged, into)
        faults = list[Fault]()
        cross_checks.units(given.question, given.tables, faults)
        _stop(faults)
        own = replace(own, access=given.tables.points.access, modelled=given.tables.points.modelled)
    parts, build = _parts(given, sites, allowed)
    facts = _facts(given, parts, build)
    stands = np.asarray(parts.supply.stands.any(axis=1))
    geography = Geography(
        name=folder.resolve().name,
        folder=folder,
        title=given.file.title.model_dump(),
        crs=given.file.crs,
        currency=given.file.currency,
        names=given.question.names,
        sources=tuple(Source(**source.model_dump()) for source in given.file.sources),
        **{name: indexed(name, given.layers.get(name)) for name in LayersTable.model_fields},
        rejected=_rejected(given, {"sites": sites.only(~stands), "corridors": corridors}),
        inputs=hashes(folder, given.file.layers.model_dump(exclude_none=True)),
        policy_name=policy,
        overrides=tuple(overrides),
        homes=own,
        demand_given=indexed("demand", given.before),
        preset=given.preset,
        warnings=(
            *given.warnings,
            *strange(
                given.file,
                given.question.policy,
                parts,
                sites.only(stands),
                given.layers,
                given.shapes,
            ),
            *overhanging(given.outside, given.tables),
            *ends_off(given.tables, ends_away(given.tables, given.shapes, parts.hung.spots)),
        ),
    )
    log_warnings(geography.warnings)
    table, failures = given.question.failures, tuple[Broken, ...]()
    if table is not None:
        hazards = Hazards(given.shapes)
        events = (*listed(parts, hazards), *drawn(table.draw, parts, build, hazards))
        facts, failures = with_scenarios(facts, parts, build, given.question.policy, table, events)
    kept = None
    if into is not None and fine is not None:
        kept = aggregation(into, merged, demand, fine)
    return Instance(Case(facts, given.question.policy), geography, parts, build, failures, kept)


def _given(folder: Path, policy: str | None, overrides: Sequence[str]) -> _Given:
    """The file and the layers, each judged as far as it can be."""
    loaded = load(folder, policy, overrides)
    faults = loaded.faults
    question = None if loaded.file is None else question_of(loaded.file, faults)
    crs = metric_crs(loaded.raw.get("crs"), faults)
    opener = Opener(folder, loaded)
    opened = {name: opener.layer(name) for name in loaded.layers}
    layers = {name: layer for name, layer in opened.items() if layer is not None}
    tables = columns.tables(layers, loaded.levels, faults)
    if loaded.file is None or question is None or crs is None or faults:
        raise InputError(faults)
    alike(tables, faults)
    shapes, outside = metric(layers, crs, faults), dict[str, Floats]()
    misplaced.judge(layers, shapes, crs, faults)
    if not faults:
        misplaced.scenarios_apart(layers, shapes, tables.events, faults)
        outside = overhang(layers, shapes, tables)
        overhang_faults(layers, outside, tables, faults)
    cross_checks.divisions(tables, faults)
    cross_checks.tiers(question, tables, faults)
    if cross_checks.entitlement(question, tables, layers, faults):
        cross_checks.units(question, tables, faults)
    cross_checks.groups(question, tables, faults)
    cross_checks.floods(question, tables, faults)
    wrong_divisions(loaded.file.demand, tables, layers["demand"], faults)
    cross_checks.strata(loaded.file.demand, tables, faults)
    _stop(faults)
    warnings = (*not_set(loaded.preset), *opener.warnings, *zeros(tables))
    given = _Given(
        loaded.file, question, crs, layers, shapes, tables, outside, warnings, loaded.preset
    )
    return given if loaded.file.demand.modelled == 1 else _weighed(given)


def _weighed(given: _Given) -> _Given:
    """The same with fewer persons at modelled places."""
    how, tables, layer = given.file.demand, given.tables, given.layers["demand"]
    part = rows(tables.points.jurisdiction, tables.areas.ids)
    if how.within is not None:
        part, _inside = divided(how.within, how.divisions, tables, layer)
    tables = weighed_tables(tables, part, how.modelled, how.strata)
    said = _(
        "demand: {share} of the persons at modelled places stay there, the others are moved to "
        "known places",
        share=share(how.modelled, 0),
    )
    return replace(
        given,
        tables=tables,
        layers={**given.layers, "demand": weighed_layer(layer, tables.points)},
        warnings=(*given.warnings, said),
        before=layer,
    )


def _aggregated(given: _Given, merged: Cells, into: str) -> _Given:
    """The same with one demand point for each part."""
    tables, here = aggregated_tables(given.tables, merged), merged.representative
    layers = dict(given.layers)
    layers["demand"] = aggregated_layer(layers["demand"], tables.points, merged)
    layers["jurisdictions"] = seated(layers["jurisdictions"], tables)
    said = _(
        "demand: a coarse look, {points} of {fine} demand points, one for each {into}",
        points=len(here),
        fine=len(merged.of),
        into=into,
    )
    return replace(
        given,
        tables=tables,
        layers=layers,
        shapes={
            **given.shapes,
            "demand": given.shapes["demand"].iloc[here].reset_index(drop=True),
        },
        outside={
            name: far[here] if name == "demand" else far for name, far in given.outside.items()
        },
        warnings=(*given.warnings, said),
    )


def _parts(given: _Given, control: Control, build: Ints) -> tuple[Parts, candidate_corridors.Ends]:
    """All that the Problem is made of, judged as a whole. build: corridors (rows) that can be."""
    question, tables, layers, faults = given.question, given.tables, given.layers, list[Fault]()
    standing = supply(tables.standing, tables.places.ids, question.services)
    hung, ends = _hung(given, build)
    misplaced.far_from_own(layers, hung.spots, faults)
    far_ends(tables, ends_away(tables, given.shapes, hung.spots), faults)
    allowed, forbidden = tables.places.allowed, control.forbids
    can_stand = options(question.services, standing, allowed, forbidden, question.costs)
    parts = Parts(question.services, tables, standing, can_stand, hung, question.costs)
    cross_checks.budgets(question, tables, layers, faults)
    cross_checks.negotiators(question, parts, layers, faults)
    cross_checks.facilities(question, tables, layers, control, faults)
    cross_checks.catchments(question, parts, faults)
    cross_checks.quotas(question, parts, layers, faults)
    _stop(faults)
    return parts, ends


def _facts(given: _Given, parts: Parts, build: candidate_corridors.Ends) -> Problem:
    """The Problem, where whoever must be served reaches a site, if only by what can be built."""
    decided, faults, corridors = given.question.policy.corridors, list[Fault](), None
    connectivity.pieces(parts, build, decided, faults)
    _stop(faults)
    if decided:
        corridors = candidate_corridors.corridors(parts, build, given.question.policy, parts.site)
    connectivity.reach(parts, corridors, given.layers, faults)
    _stop(faults)
    return problem(parts, corridors)


def _hung(given: _Given, build: Ints) -> tuple[Hung, candidate_corridors.Ends]:
    """What hangs on the roads: demand, sites, and the ends of corridors; those of these rows."""
    how, tables = given.file.network, given.tables
    ends = ends_of(given.shapes["corridors"])
    points = [
        (tables.points.ids, shapely.get_coordinates(given.shapes["demand"])),
        (tables.places.ids, shapely.get_coordinates(given.shapes["sites"])),
        (tables.corridors.start, ends[:, 0]),
        (tables.corridors.end, ends[:, 1]),
    ]
    lines = given.shapes["roads"]
    roads, spots, nodes = hung(tables.ways, ends_of(lines), lines.to_numpy(), points)
    demand, sites, first, last = (
        spot.links(node, how.access_kmh, how.detour)
        for spot, node in zip(spots, nodes, strict=True)
    )
    hangs = Hung(
        roads,
        roads.roads(),
        demand,
        sites,
        dict(zip(("demand", "sites", "from", "to"), spots, strict=True)),
    )
    return hangs, candidate_corridors.Ends(build, first[build], last[build])


def _rejected(given: _Given, removed: Mapping[str, Control]) -> gpd.GeoDataFrame:
    """What control lines remove, by layer, in the CRS of demand."""
    parts = [
        (name, as_text(given.layers[name]["id"]), given.layers[name].geometry, control)
        for name, control in removed.items()
        if name in given.layers and len(given.layers[name])  # without rows it may have no columns
    ]
    return rejected(parts, given.layers["demand"].crs)


def _stop(faults: list[Fault]) -> None:
    if faults:
        raise InputError(faults)
