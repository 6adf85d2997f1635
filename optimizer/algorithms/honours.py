"""Capabilities of algorithms: the rules that a question needs, and those that an algorithm keeps.

An algorithm says what it honours (its `HONOURS`), and nowhere what it does not. So a rule or an
efficiency that is new goes to the algorithms that know it, or the question is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from optimizer.case import Case
from optimizer.foundation.faults import Fault
from optimizer.foundation.language import N_, _
from optimizer.rules import RULES, Rule
from optimizer.verification import RULES as CHECKED

#: The ids of the kinds of efficiency.
EFFICIENCY_KINDS = N_("efficiency of trips"), N_("efficiency of money")


def known() -> dict[str, Rule | None]:
    """Every rule by its id; None: only the check has it."""
    rules: dict[str, Rule | None] = dict.fromkeys(CHECKED)
    return rules | {rule.id: rule for rule in RULES}


def missing(case: Case, honours: Collection[str]) -> tuple[str, ...]:
    """What a question asks for and is not among these ids: the rules, the kind of efficiency.

    In English words, `_` says them.
    """
    needed = [id for id, rule in known().items() if rule is None or rule.active(case)]
    needed.append(f"efficiency of {case.efficiency.kind}")
    return tuple(CHECKED[id][0] if id in CHECKED else id for id in needed if id not in honours)


def refused(case: Case, honours: Collection[str]) -> Iterator[Fault]:
    """A fault for each of those."""
    problem = _("no algorithm that takes this question keeps it")
    remedy = _("Leave it out, or say in an algorithm's HONOURS that it is kept")
    for what in missing(case, honours):
        yield Fault("policy", problem, remedy, value=_(what))
