"""CHECK of a written plan: the file is read back, and everything in it is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import N_, _
from optimizer.geodata.geography import Instance
from optimizer.geodata.load import load
from optimizer.geodata.plan_file import PlanFile, read_plan_file
from optimizer.geodata.read import read
from optimizer.verification import DEFINED, EXIST, Verdict, check
from optimizer.verification.file import homes, manifest, numbers
from optimizer.verification.file.aggregated import aggregated
from optimizer.verification.file.asked import (
    find_instance,
    inputs_unchanged,
    policy_as_asked,
    with_attacks,
)
from optimizer.verification.file.kept import kept
from optimizer.verification.file.moved_persons import moved_persons
from optimizer.verification.file.paid import paid
from optimizer.verification.file.rebuild import claimed, rebuild, unknown
from optimizer.verification.file.removed import corridors, rejected
from optimizer.verification.file.roads import core_minutes_on_roads, minutes_on_roads
from optimizer.verification.file.shapes import shapes
from optimizer.verification.file.standing import standing
from optimizer.verification.file.written import Written
from optimizer.verification.verdict import Rule, judge

__all__ = ["check_file", "instance_of", "question"]

#: What is written beside a plan: rule -> what breaks it.
WRITTEN: dict[str, Callable[[Written], Iterator[str]]] = {
    N_("what stands is what stood"): standing,
    N_("money, land and capacities are those of the layers"): paid,
    N_("the facilities layer is true"): numbers.facilities,
    N_("the demand layer is true"): numbers.demand,
    N_("the assignments layer is true"): numbers.assignments,
    N_("the jurisdictions layer is true"): numbers.jurisdictions,
    N_("the layers of failures are true"): numbers.failures,
    N_("the classes layer is true"): numbers.classes,
    N_("the corridors layer is true"): corridors,
    N_("what is rejected is true"): rejected,
    N_("names and own columns are those of the instance"): kept,
    N_("everything is drawn where it is"): shapes,
    N_("the manifest's numbers are true"): manifest.numbers,
    N_("what is paid once and per year is true"): manifest.apart,
    N_("where persons live, and how well that is known, is true"): homes.homes,
    N_("persons moved from modelled places are all there"): moved_persons,
    N_("aggregated demand points have the persons of their parts"): aggregated,
    N_("title, currency, sources and warnings are those of the instance"): manifest.origin,
    N_("the manifest is whole"): manifest.sane,
    N_("who is worse off is true"): manifest.losses,
    N_("the guard is that of the minutes lost"): manifest.guard,
}


def check_file(path: Path | str, folder: Path | str | None = None) -> Verdict:
    """Judge a plan that was written as a GeoPackage, rule by rule.

    folder: the instance; None: it is found by the name that the plan gives. Where the plan names
    what does not exist there, the rules on the plan itself cannot be judged.
    Raises InputError where the file is no plan, or there is no such instance.
    """
    file = read_plan_file(Path(path))
    policy_name, overrides = question(file)
    place = Path(folder) if folder is not None else find_instance(file)
    instance = with_attacks(read(place, policy_name, overrides), file)
    rules = [
        judge(N_("the inputs are unchanged"), inputs_unchanged(file, instance)),
        judge(N_("the policy is the one asked"), policy_as_asked(file, instance)),
    ]
    exist = judge(EXIST, unknown(instance.problem, file))
    if not exist.holds:
        return Verdict((*rules, exist))
    verdict = _judged(file, instance, place, policy_name, overrides)
    return replace(verdict, rules=(*rules, *verdict.rules))


def instance_of(path: Path) -> Path:
    """The folder of the instance that a plan names. Raises InputError as `check_file`."""
    return find_instance(read_plan_file(path))


def question(file: PlanFile) -> tuple[str | None, tuple[str, ...]]:
    """The named policy and the overrides that were asked."""
    name, overrides = file.manifest["policy_name"], file.manifest["overrides"]
    if not (name is None or isinstance(name, str)) or not isinstance(overrides, list):
        where = f"{file.path.name}, manifest"
        problem, remedy = _("says no policy"), _("Solve again")
        raise InputError([Fault(where, problem, remedy, "policy_name", value=name)])
    return name, tuple(map(str, overrides))


def _judged(
    file: PlanFile,
    instance: Instance,
    folder: Path,
    policy_name: str | None,
    overrides: tuple[str, ...],
) -> Verdict:
    """The rules on the plan, on what is claimed of it and on all that is written beside it."""
    plan = rebuild(instance.problem, file)
    verdict = check(instance.case, plan, claimed(file, plan))
    if not all(rule.holds for rule in verdict.rules if rule.name in (DEFINED, EXIST)):
        return verdict
    settings = load(folder, policy_name, overrides).file
    assert settings is not None  # `read` would have raised
    network = settings.network
    roads = [
        *minutes_on_roads(instance, file, network.access_kmh, network.detour),
        *core_minutes_on_roads(instance, network.access_kmh, network.detour),
    ]
    rules: list[Rule] = [*verdict.rules, judge(N_("minutes are those of the roads"), roads)]
    passed = settings.alignment.crossings.model_dump(exclude_none=True)
    written = Written(file, instance, plan, settings, frozenset(passed))
    rules += [judge(name, breaches(written)) for name, breaches in WRITTEN.items()]
    return Verdict(tuple(rules), tuple(manifest.stated(written)))
