"""HONOURS: what a question asks of its plans, by id, and what an algorithm keeps of that.

An algorithm says what it honours (its `HONOURS`), and nowhere what it does not. So a rule or an
efficiency that is new goes to the algorithms that know it, or the question is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from optimizer.case import Case
from optimizer.check import RULES as CHECKED
from optimizer.efficiency import OfMoney, OfTrips
from optimizer.faults import Fault
from optimizer.model.admissible import unlimited
from optimizer.model.build import IMPLIED, LEVEL_RULES, RULES
from optimizer.model.constraints.nearest import without_passing
from optimizer.model.program import CAPS
from optimizer.policy import Floor

Asked = Callable[[Case], bool]

REMEDY = "Leave it out, or say in an algorithm's HONOURS that it is kept"


#: The ids of the kinds of efficiency.
EFFICIENCY_KINDS = tuple(f"efficiency of {kind.kind}" for kind in (OfTrips, OfMoney))


def _capacity(case: Case) -> bool:
    return not all(unlimited(case.problem, row) for row in range(len(case.problem.levels)))


def _reserve(case: Case) -> bool:
    facts = case.problem.states or case.problem.scenarios
    return facts is not None and facts.aid is not None and facts.aid.reserve > 0


def _floor(kind: str) -> Asked:
    def asked(case: Case) -> bool:
        floors = [case.policy.floors.get(level.id, Floor()) for level in case.problem.levels]
        return any(getattr(floor, kind) > 0 for floor in floors)

    return asked


#: Rule -> whether a question asks for it. A rule that is not here is asked for by all of them.
ASKED: dict[str, Asked] = {
    "corridor_levels": lambda case: case.problem.corridors is not None,
    "payments": lambda case: case.problem.corridors is not None,
    "budget": lambda case: case.policy.budget is not None,
    "capacity": _capacity,
    "reserve": _reserve,
    "referral": lambda case: bool(case.problem.transfers),
    "jurisdiction_floor": _floor("jurisdiction"),
    "group_floor": _floor("group"),
    "backup_floor": _floor("backup"),
    "nearest": lambda case: bool(without_passing(case).any()),
    # Money is the same whatever happens, so it is capped as money is.
    "efficiency_bound": lambda case: (
        case.policy.efficiency_bound is not None and not isinstance(case.efficiency, OfMoney)
    ),
    "cost_bound": lambda case: (
        case.policy.cost_bound is not None
        or (case.policy.efficiency_bound is not None and isinstance(case.efficiency, OfMoney))
    ),
    "equity_bound": lambda case: case.policy.equity_bound is not None,
    "bounds": lambda case: bool(case.policy.bounds),
    "guard": lambda case: case.policy.guard is not None,
}


def known() -> tuple[str, ...]:
    """Every rule that the check or the model has."""
    return tuple(dict.fromkeys((*CHECKED, *RULES, *LEVEL_RULES, *IMPLIED, *CAPS, "guard")))


def missing(case: Case, honours: Collection[str]) -> tuple[str, ...]:
    """What a question asks for and is not among these ids: the rules in words, the efficiency."""
    asked = [id for id in known() if id not in ASKED or ASKED[id](case)]
    asked.append(f"efficiency of {case.efficiency.kind}")
    return tuple(CHECKED[id][0] if id in CHECKED else id for id in asked if id not in honours)


def refused(case: Case, honours: Collection[str]) -> Iterator[Fault]:
    """A fault for each of those."""
    for what in missing(case, honours):
        yield Fault("policy", "no algorithm that takes this question keeps it", REMEDY, value=what)
