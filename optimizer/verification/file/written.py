"""A written plan with what should stand in it: the instance, and the plan before the check."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from optimizer.geodata.geography import Instance
from optimizer.geodata.instance_file import InstanceFile
from optimizer.geodata.plan_file import PlanFile
from optimizer.problem import Level
from optimizer.solution import Plan
from optimizer.verification.verdict import PlainPlan


@dataclass(frozen=True, eq=False)
class Written:
    """A file, and what should stand in it.

    settings: `instance.toml`, under the policy and the overrides that were asked.
    crossings: kinds of zones that corridors may pass on bridges or in tunnels.
    """

    file: PlanFile
    instance: Instance
    plan: Plan
    settings: InstanceFile
    crossings: frozenset[str] = frozenset()

    @cached_property
    def case(self) -> PlainPlan:
        """The plan before the check."""
        return PlainPlan(self.instance.problem, self.instance.policy, self.plan)


def suffix(level: Level) -> str:
    """The level as it ends the name of a column."""
    return level.id.replace(".", "_")
