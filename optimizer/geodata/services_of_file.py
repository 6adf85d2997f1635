"""What `instance.toml` says, as services and a policy: defaults filled in, meanings judged."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from optimizer.foundation.faults import Fault
from optimizer.foundation.language import N_, _
from optimizer.geodata.column_reader import Texts
from optimizer.geodata.instance_file import (
    WORD,
    FailuresTable,
    FloorsTable,
    InstanceFile,
    LevelTable,
    Name,
    ServiceTable,
    SizeTable,
    UnmetTable,
)
from optimizer.geodata.load import FILE
from optimizer.geodata.policy_of_file import policy, wrong_policy
from optimizer.geodata.words import suggest
from optimizer.problem import Backup, Costs, Level, Service, Size, Unmet
from optimizer.question import Floor, Policy

T = TypeVar("T")

#: What is wrong, and the remedy, where money per year cannot be added to what is paid once.
PER_YEAR = N_("is per year, and what is built is paid once")
SAY_HOW = N_("Add [costs] with years and rate, which make all money one per year")


@dataclass(frozen=True)
class Question:
    """names: service or level id -> {"zh", "en"}; failures: None where nothing ever fails.

    costs: None where all money is paid once.
    """

    services: tuple[Service, ...]
    policy: Policy
    names: Mapping[str, Mapping[str, str]]
    failures: FailuresTable | None = None
    costs: Costs | None = None

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels of all services, in order."""
        return tuple(level for service in self.services for level in service.levels)

    @property
    def service_ids(self) -> Texts:
        """(S,) ids of the services."""
        return np.array([service.id for service in self.services], dtype=object)


def question_of(file: InstanceFile, faults: list[Fault]) -> Question | None:
    """The services and the policy; None, and faults, where they make no sense."""
    before = len(faults)
    faults.extend(fault for name, table in file.services.items() for fault in _wrong(name, table))
    faults.extend(_alike(file))
    levels = {name: _levels(name, table) for name, table in file.services.items()}
    every = {key: table for tables in levels.values() for key, table in tables.items()}
    weights = {key: _or(table.weight, 1.0) for key, table in every.items()}
    if not sum(weights.values()) > 0:
        problem, remedy = _("all levels have weight 0"), _("Give one a weight above 0")
        faults.append(Fault(f"{FILE}, services", problem, remedy))
    faults.extend(wrong_policy(file.policy, weights))
    if file.policy.corridors and file.layers.corridors is None:
        problem = _("there is no layer of corridors")
        remedy = _("Name the layer under [layers], or set corridors to false")
        faults.append(Fault(f"{FILE}, policy.corridors", problem, remedy))
    faults.extend(_wrong_failures(file))
    faults.extend(_paid_once(file))
    if len(faults) > before:
        return None
    floors = {key: _floor(table.floors) for key, table in every.items() if table.floors}
    services = tuple(
        Service(
            name,
            tuple(_level(key, name, level) for key, level in levels[name].items()),
            tuple(_size(size, name, table) for size in table.sizes),
        )
        for name, table in file.services.items()
    )
    own = policy(file, weights, floors)
    costs = None
    if file.costs is not None:
        years = (_or(table.years, file.costs.years) for table in file.services.values())
        costs = Costs(file.costs.rate, file.costs.years, tuple(years))
    return Question(services, own, dict(_names(file)), file.policy.failures, costs)


def _wrong(name: str, table: ServiceTable) -> Iterator[Fault]:
    """What makes no sense in the table of one service."""
    where = f"{FILE}, services.{name}"
    for word in (name, *table.levels):
        if not re.fullmatch(WORD, word):
            remedy = _("Leave out spaces and any of . ; : | =")
            yield Fault(where, _("{word!r} cannot be a name", word=word), remedy)
    levels = _levels(name, table)
    for n, (key, level) in enumerate(levels.items()):
        at = f"{FILE}, {place(name, key)}"
        for needed in ("standard", "cutoff"):
            if getattr(level, needed) is None:
                yield Fault(f"{at}.{needed}", _("is missing"), _("Write the minutes"))
        if level.standard and level.cutoff and level.cutoff < level.standard:
            yield Fault(
                f"{at}.cutoff",
                _("is below the standard of {minutes:g} minutes", minutes=level.standard),
                _("Raise the cut-off or lower the standard"),
                value=level.cutoff,
            )
        if level.referral is not None and n == len(levels) - 1:
            yield Fault(
                f"{at}.referral",
                _("there is no higher level to refer to"),
                _("Remove it, or write the levels from the lowest to the highest"),
                value=level.referral,
            )
        if level.floors and level.floors.backup and level.backup is None:
            yield Fault(
                f"{at}.floors.backup",
                _("the level has no backup"),
                _("Say what counts as backup: backup = { minutes = ..., tier = ... }"),
                value=level.floors.backup,
            )
        if level.unmet is not None:
            yield from _wrong_unmet(f"{at}.unmet", level, level.unmet)
    yield from _wrong_sizes(name, table)


def _wrong_unmet(at: str, level: LevelTable, unmet: UnmetTable) -> Iterator[Fault]:
    """Who is not served would be better off than who is; caps on what there is not."""
    if unmet.minutes is not None and level.cutoff is not None and unmet.minutes < level.cutoff:
        problem = _(
            "is less than the cut-off of {minutes:g} minutes, so that it would pay to serve nobody",
            minutes=level.cutoff,
        )
        remedy = _("Write {minutes:g} or more, or leave it out: the cut-off", minutes=level.cutoff)
        yield Fault(f"{at}.minutes", problem, remedy, value=unmet.minutes)
    if not unmet.allowed:
        for key in ("price", "most", "jurisdiction", "group"):
            if key in unmet.model_fields_set:
                problem = _("no need is unmet, but where something fails")
                remedy = _("Remove it, or set allowed to true")
                yield Fault(f"{at}.{key}", problem, remedy, value=getattr(unmet, key))


def _wrong_failures(file: InstanceFile) -> Iterator[Fault]:
    """Failures of nothing, attacks by nobody."""
    failures, at = file.policy.failures, f"{FILE}, policy.failures"
    if failures is None:
        return
    if not failures.draw and failures.attack is None and file.layers.scenarios is None:
        remedy = _('Write draw, such as ["sites"], or name a layer of scenarios under [layers]')
        yield Fault(at, _("nothing can fail"), remedy)
    if failures.attack is not None and failures.tail > 0:
        problem = _("an attack has no probability, so only the worst that can happen counts")
        yield Fault(f"{at}.tail", problem, _("Set tail to 0"), value=failures.tail)
    if failures.attack is None and "attack_on" in failures.model_fields_set:
        problem = _("nobody attacks")
        remedy = _("Say how many at once: attack = 1, or leave it out")
        yield Fault(f"{at}.attack_on", problem, remedy, value=failures.attack_on)


def _paid_once(file: InstanceFile) -> Iterator[Fault]:
    """Money per year beside money that is paid once, where nothing says how they add up."""
    if file.costs is not None:
        return
    for name, table in file.services.items():
        where = f"{FILE}, services.{name}"
        if table.years is not None:
            remedy = _("Add [costs] with years and rate, or leave it out")
            yield Fault(f"{where}.years", _("nothing is per year"), remedy, value=table.years)
        for size in table.sizes:
            if size.running_cost > 0:
                at = f"{where}.sizes.{size.name}.running_cost"
                yield Fault(at, _(PER_YEAR), _(SAY_HOW), value=size.running_cost)


def _wrong_sizes(name: str, table: ServiceTable) -> Iterator[Fault]:
    sizes = [size.name for size in table.sizes]
    for twice in sorted({size for size in sizes if sizes.count(size) > 1}):
        problem = _("two are named {name!r}", name=twice)
        yield Fault(f"{FILE}, services.{name}.sizes", problem, _("Rename one"))
    known = list(table.levels) or [name]
    for size in table.sizes:
        at = f"{FILE}, services.{name}.sizes.{size.name}.capacity"
        if isinstance(size.capacity, dict):
            for level, persons in size.capacity.items():
                if level not in known:
                    yield Fault(f"{at}.{level}", _("unknown level"), suggest(level, known))
                if persons < 0:
                    remedy = _("Write persons, 0 or more")
                    yield Fault(f"{at}.{level}", _("is negative"), remedy, value=persons)
        elif size.capacity is not None and size.capacity < 0:
            remedy = _("Write persons, 0 or more")
            yield Fault(at, _("is negative"), remedy, value=size.capacity)
        elif size.capacity is not None and len(known) > 1:
            by_level = ", ".join(f"{level} = ..." for level in known)
            remedy = _("Write capacity = {{ {by_level} }}", by_level=by_level)
            yield Fault(at, _("the service has several levels"), remedy, value=size.capacity)


def _alike(file: InstanceFile) -> Iterator[Fault]:
    """Levels that would share the columns of a plan (`minutes_medical_county`)."""
    seen: dict[str, str] = {}
    for name, table in file.services.items():
        for key in _levels(name, table):
            other = seen.setdefault(key.replace(".", "_").casefold(), key)
            if other != key:
                problem = _("{one} and {other} are too alike", one=other, other=key)
                remedy = _("Rename one: capitals, and . and _, look alike in a plan's columns")
                yield Fault(f"{FILE}, services", problem, remedy)


def _levels(name: str, table: ServiceTable) -> dict[str, LevelTable]:
    """Level id -> its keys; what it leaves out stands in the service's own table."""
    shared = {key: getattr(table, key) for key in LevelTable.model_fields if key != "name"}
    if not table.levels:
        return {name: LevelTable.model_construct(name=table.name, **shared)}
    return {
        f"{name}.{short}": LevelTable.model_construct(
            name=level.name, **{key: _or(getattr(level, key), shared[key]) for key in shared}
        )
        for short, level in table.levels.items()
    }


def place(service: str, level: str) -> str:
    """Where the keys of a level stand in the file."""
    short = level.removeprefix(f"{service}.")
    return f"services.{service}" + ("" if level == service else f".levels.{short}")


def _level(key: str, service: str, table: LevelTable) -> Level:
    assert table.standard is not None and table.cutoff is not None
    return Level(
        id=key,
        service=service,
        standard=table.standard,
        cutoff=table.cutoff,
        share=_or(table.share, 1.0),
        border=table.border,
        backup=None if table.backup is None else Backup(**table.backup.model_dump()),
        referral=table.referral,
        entitled=tuple(dict.fromkeys(_or(table.entitled, ()))),
        unmet=None if table.unmet is None else _unmet(table.unmet, table.cutoff),
    )


def _unmet(table: UnmetTable, cutoff: float) -> Unmet:
    """What is not said is no cap, and the cut-off."""
    return Unmet(**({"minutes": cutoff} | table.model_dump(exclude_none=True)))


def _size(size: SizeTable, name: str, table: ServiceTable) -> Size:
    """A size; without a capacity it has no limit at any level."""
    ids = {short: f"{name}.{short}" for short in table.levels} or {name: name}
    if isinstance(size.capacity, dict):
        capacity = {ids[level]: float(persons) for level, persons in size.capacity.items()}
    else:
        capacity = dict.fromkeys(ids.values(), _or(size.capacity, math.inf))
    upgrade = _or(size.upgrade_cost, math.inf)
    return Size(size.name, size.cost, upgrade, size.land, capacity, size.running_cost)


def _floor(table: FloorsTable) -> Floor:
    return Floor(**table.model_dump(exclude_none=True))


def _names(file: InstanceFile) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The names of services, and of levels: where one has none, the service's and its id."""
    for name, table in file.services.items():
        called = _or(table.name, Name(zh=name, en=name))
        yield name, called.model_dump()
        for short, level in table.levels.items():
            own = Name(zh=f"{called.zh}（{short}）", en=f"{called.en} ({short})")
            yield f"{name}.{short}", _or(level.name, own).model_dump()


def _or(value: T | None, default: T) -> T:
    return default if value is None else value
