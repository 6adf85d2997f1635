"""Capabilities of algorithms: the rules that a question needs, and those that an algorithm keeps.

An algorithm says what it honours (its `HONOURS`), and nowhere what it does not. So a rule or an
efficiency that is new goes to the algorithms that know it, or the question is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from optimizer.case import Case
from optimizer.efficiency import OfMoney, OfTrips
from optimizer.foundation.faults import Fault
from optimizer.rules import RULES, Rule
from optimizer.verification import RULES as CHECKED

REMEDY = "Leave it out, or say in an algorithm's HONOURS that it is kept"


#: The ids of the kinds of efficiency.
EFFICIENCY_KINDS = tuple(f"efficiency of {kind.kind}" for kind in (OfTrips, OfMoney))


def known() -> dict[str, Rule | None]:
    """Every rule by its id; None: only the check has it."""
    rules: dict[str, Rule | None] = dict.fromkeys(CHECKED)
    return rules | {rule.id: rule for rule in RULES}


def missing(case: Case, honours: Collection[str]) -> tuple[str, ...]:
    """What a question asks for and is not among these ids: the rules in words, the efficiency."""
    asked = [id for id, rule in known().items() if rule is None or rule.active(case)]
    asked.append(f"efficiency of {case.efficiency.kind}")
    return tuple(CHECKED[id][0] if id in CHECKED else id for id in asked if id not in honours)


def refused(case: Case, honours: Collection[str]) -> Iterator[Fault]:
    """A fault for each of those."""
    for what in missing(case, honours):
        yield Fault("policy", "no algorithm that takes this question keeps it", REMEDY, value=what)
