"""RULES: what plans obey, a rule per file; `build` puts them into the model."""

from __future__ import annotations

from optimizer.case import Case
from optimizer.rules.backup_floor import BackupFloor
from optimizer.rules.bounds import Bounds
from optimizer.rules.budget import BudgetRule
from optimizer.rules.capacity import Capacity
from optimizer.rules.corridor_levels import CorridorLevels
from optimizer.rules.cost_bound import CostBound
from optimizer.rules.efficiency_bound import EfficiencyBound
from optimizer.rules.equity_bound import EquityBound
from optimizer.rules.group_floor import GroupFloor
from optimizer.rules.guard import Guard
from optimizer.rules.hosts import Hosts
from optimizer.rules.jurisdiction_floor import JurisdictionFloor
from optimizer.rules.land import Land
from optimizer.rules.minutes import Minutes
from optimizer.rules.nearest import Nearest
from optimizer.rules.one_option import OneOption
from optimizer.rules.only_open import OnlyOpen
from optimizer.rules.payments import Payments
from optimizer.rules.quotas import Quotas
from optimizer.rules.referral import Referral
from optimizer.rules.required import Required
from optimizer.rules.reserve import Reserve
from optimizer.rules.rule import Cap, Implied, LevelRule, Rule, SitingRule
from optimizer.rules.served import Served
from optimizer.rules.trips import Trips
from optimizer.rules.unmet import UnmetNeeds

__all__ = ["RULES", "Cap", "Implied", "LevelRule", "Rule", "SitingRule", "impossible"]

#: All rules, in the order in which the model has them and in which they are told. Where several
#: sets of rules cannot hold together, those that come first here are the last to be blamed.
RULES: list[Rule] = [
    OneOption(),
    Required(),
    BudgetRule(),
    Land(),
    Hosts(),
    Quotas(),
    CorridorLevels(),
    Payments(),
    Served(),
    OnlyOpen(),
    Trips(),
    Minutes(),
    Capacity(),
    Reserve(),
    Referral(),
    UnmetNeeds(),
    JurisdictionFloor(),
    GroupFloor(),
    BackupFloor(),
    Nearest(),
    EfficiencyBound(),
    EquityBound(),
    Bounds(),
    CostBound(),
    Guard(),
]


def impossible(case: Case) -> tuple[str, ...]:
    """Sentences, one for each rule that cannot hold on the facts alone; empty if none is found."""
    return tuple(reason for rule in RULES for reason in rule.impossible(case))
