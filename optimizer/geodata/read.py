"""READ: a folder becomes an Instance, or all that is wrong with it is told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from optimizer.faults import Fault, InputError
from optimizer.geodata import columns, meaning, to_build
from optimizer.geodata.assemble import Hung, Parts, problem
from optimizer.geodata.control_lines import Control, control_lines, control_points, rejected
from optimizer.geodata.failures import Broken, Hazards, drawn, listed, with_scenarios
from optimizer.geodata.geography import Geography, Instance, Source
from optimizer.geodata.instance_file import InstanceFile, LayersTable
from optimizer.geodata.layers import hashes, indexed, metric, metric_crs, open_layer, stretch
from optimizer.geodata.load import load
from optimizer.geodata.question import Question, question
from optimizer.geodata.sheet import Texts, as_text
from optimizer.geodata.strange import strange
from optimizer.geodata.supply import options, supply
from optimizer.geodata.tables import Tables
from optimizer.network.graph import Links, Roads, link, roads
from optimizer.problem import Floats, Ints, Problem

Layers = Mapping[str, gpd.GeoDataFrame]


@dataclass(frozen=True, eq=False)
class _Given:
    """What file and layers say, each judged by itself. shapes: of each layer, in metres."""

    file: InstanceFile
    asked: Question
    crs: pyproj.CRS
    layers: Layers
    shapes: Mapping[str, gpd.GeoSeries]
    tables: Tables


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
    ends = _ends(given.shapes["roads"])
    parts = _parts(given, sites, ends)
    build = _ends_on_roads(given, parts, np.flatnonzero(~corridors.forbids))
    facts = _facts(given, parts, build)
    stands = np.asarray(parts.supply.stands.any(axis=1))
    geography = Geography(
        name=folder.resolve().name,
        folder=folder,
        title=given.file.title.model_dump(),
        crs=given.file.crs,
        currency=given.file.currency,
        names=given.asked.names,
        sources=tuple(Source(**source.model_dump()) for source in given.file.sources),
        **{name: indexed(name, given.layers.get(name)) for name in LayersTable.model_fields},
        rejected=_rejected(given, {"sites": sites.only(~stands), "corridors": corridors}),
        inputs=hashes(folder, given.file.layers.model_dump(exclude_none=True)),
        policy_name=policy,
        overrides=tuple(overrides),
        warnings=strange(
            given.file,
            given.asked.policy,
            parts,
            sites.only(stands),
            ends,
            stretch(given.shapes["demand"]),
        ),
    )
    asked, failures, adversary = given.asked.failures, tuple[Broken, ...](), None
    if asked is not None:
        hazards = Hazards(given.shapes)
        events = (*listed(parts, hazards), *drawn(asked.draw, parts, build, hazards))
        facts, failures, adversary = with_scenarios(
            facts, parts, build, given.asked.policy, asked, events
        )
    return Instance(facts, given.asked.policy, geography, parts, build, failures, adversary)


def _given(folder: Path, policy: str | None, overrides: Sequence[str]) -> _Given:
    """The file and the layers, each judged as far as it can be."""
    loaded = load(folder, policy, overrides)
    faults = loaded.faults
    asked = None if loaded.file is None else question(loaded.file, faults)
    crs = metric_crs(loaded.raw.get("crs"), faults)
    opened = {name: open_layer(folder, name, at, faults) for name, at in loaded.layers.items()}
    layers = {name: layer for name, layer in opened.items() if layer is not None}
    tables = columns.tables(layers, loaded.levels, faults)
    if loaded.file is None or asked is None or crs is None or faults:
        raise InputError(faults)
    shapes = metric(layers, crs, faults)
    meaning.tiers(asked, tables, faults)
    meaning.units(asked, tables, faults)
    meaning.floods(asked, tables, faults)
    _stop(faults)
    return _Given(loaded.file, asked, crs, layers, shapes, tables)


def _parts(given: _Given, control: Control, ends: Floats) -> Parts:
    """All that the Problem is made of, judged as a whole."""
    asked, tables, layers, faults = given.asked, given.tables, given.layers, list[Fault]()
    standing = supply(tables.standing, tables.places.ids, asked.services)
    network = roads(tables.ways.start, tables.ways.end, tables.ways.minutes, ends)
    hung = Hung(
        network,
        demand=_hang(given, network, "demand", tables.points.ids),
        sites=_hang(given, network, "sites", tables.places.ids),
    )
    can_stand = options(asked.services, standing, tables.places.allowed, control.forbids)
    parts = Parts(asked.services, tables, standing, can_stand, hung)
    meaning.budgets(asked, tables, layers, faults)
    meaning.negotiators(asked, parts, layers, faults)
    meaning.facilities(asked, tables, layers, control, faults)
    meaning.catchments(asked, parts, faults)
    _stop(faults)
    return parts


def _facts(given: _Given, parts: Parts, build: to_build.Ends) -> Problem:
    """The Problem, where everybody reaches somebody, if only by what can be built."""
    decided, faults, corridors = given.asked.policy.corridors, list[Fault](), None
    meaning.pieces(parts, build, decided, faults)
    _stop(faults)
    if decided:
        corridors = to_build.corridors(parts, build, given.asked.policy, parts.site)
    meaning.reach(parts, corridors, given.layers, faults)
    _stop(faults)
    return problem(parts, corridors)


def _hang(given: _Given, network: Roads, name: str, ids: Texts) -> Links:
    """The points of a layer on the roads."""
    how, places = given.file.network, shapely.get_coordinates(given.shapes[name])
    return link(network, ids, places, how.access_kmh, how.detour)


def _ends_on_roads(given: _Given, parts: Parts, row: Ints) -> to_build.Ends:
    """Where the corridors of these rows hang on the roads."""
    how, ends = given.file.network, _ends(given.shapes["corridors"])[row]
    table = given.tables.corridors
    hung = [
        link(parts.hung.network, ids[row], ends[:, side], how.access_kmh, how.detour)
        for side, ids in enumerate((table.start, table.end))
    ]
    return to_build.Ends(row, *hung)


def _rejected(given: _Given, removed: Mapping[str, Control]) -> gpd.GeoDataFrame:
    """What control lines remove, by layer, in the CRS of demand."""
    parts = [
        (name, as_text(given.layers[name]["id"]), given.layers[name].geometry, control)
        for name, control in removed.items()
        if name in given.layers
    ]
    return rejected(parts, given.layers["demand"].crs)


def _ends(lines: gpd.GeoSeries) -> Floats:
    """(E, 2, 2) first and last coordinate of each line."""
    if not len(lines):
        return np.zeros((0, 2, 2))
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(np.diff(line, prepend=-1))
    last = np.append(first[1:], len(line)) - 1
    return np.stack([coordinates[first], coordinates[last]], axis=1)


def _stop(faults: list[Fault]) -> None:
    if faults:
        raise InputError(faults)
