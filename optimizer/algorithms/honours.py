"""HONOURS: what a question asks of its plans, by id, and what an algorithm keeps of that.

An algorithm says what it honours (its `HONOURS`), and nowhere what it does not. So a rule or an
efficiency that is new goes to the algorithms that know it, or the question is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from optimizer.check import RULES as CHECKED
from optimizer.faults import Fault
from optimizer.justice import nearest_rule
from optimizer.model.admissible import unlimited
from optimizer.model.build import IMPLIED, LEVEL_RULES, RULES
from optimizer.model.program import CAPS
from optimizer.policy import Floor, Policy
from optimizer.problem import Problem

Asked = Callable[[Problem, Policy], bool]

REMEDY = "Leave it out, or say in an algorithm's HONOURS that it is kept"


def efficiency(name: str) -> str:
    """The id of an efficiency, among those of rules."""
    return f"efficiency.{name}"


def _capacity(problem: Problem, policy: Policy) -> bool:
    return not all(unlimited(problem, row) for row in range(len(problem.levels)))


def _reserve(problem: Problem, policy: Policy) -> bool:
    facts = problem.states or problem.scenarios
    return facts is not None and facts.aid is not None and facts.aid.reserve > 0


def _floor(kind: str) -> Asked:
    def asked(problem: Problem, policy: Policy) -> bool:
        floors = [policy.floors.get(level.id, Floor()) for level in problem.levels]
        return any(getattr(floor, kind) > 0 for floor in floors)

    return asked


#: Rule -> whether a question asks for it. A rule that is not here is asked for by all of them.
ASKED: dict[str, Asked] = {
    "corridor_levels": lambda problem, policy: problem.corridors is not None,
    "payments": lambda problem, policy: problem.corridors is not None,
    "budget": lambda problem, policy: policy.budget is not None,
    "capacity": _capacity,
    "reserve": _reserve,
    "referral": lambda problem, policy: bool(problem.transfers),
    "jurisdiction_floor": _floor("jurisdiction"),
    "group_floor": _floor("group"),
    "backup_floor": _floor("backup"),
    "nearest": lambda problem, policy: bool(nearest_rule(problem, policy).any()),
    # Money is the same whatever happens, so it is capped as money is.
    "efficiency_bound": lambda problem, policy: (
        policy.efficiency_bound is not None and policy.efficiency != "cost"
    ),
    "cost_bound": lambda problem, policy: (
        policy.cost_bound is not None
        or (policy.efficiency_bound is not None and policy.efficiency == "cost")
    ),
    "equity_bound": lambda problem, policy: policy.equity_bound is not None,
    "bounds": lambda problem, policy: bool(policy.bounds),
    "guard": lambda problem, policy: policy.guard is not None,
}


def known() -> tuple[str, ...]:
    """Every rule that the check or the model has."""
    return tuple(dict.fromkeys((*CHECKED, *RULES, *LEVEL_RULES, *IMPLIED, *CAPS, "guard")))


def missing(problem: Problem, policy: Policy, honours: Collection[str]) -> tuple[str, ...]:
    """What a question asks for and is not among these ids: the rules in words, the efficiency."""
    asked = [id for id in known() if id not in ASKED or ASKED[id](problem, policy)]
    asked.append(efficiency(policy.efficiency))
    return tuple(CHECKED[id][0] if id in CHECKED else id for id in asked if id not in honours)


def refused(problem: Problem, policy: Policy, honours: Collection[str]) -> Iterator[Fault]:
    """A fault for each of those."""
    for what in missing(problem, policy, honours):
        yield Fault("policy", "no algorithm that takes this question keeps it", REMEDY, value=what)
