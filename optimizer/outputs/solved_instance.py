"""A solved instance: everything an output can tell, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from optimizer.assessment.indicators import Indicators
from optimizer.assessment.losers import Losers, losers_by_level
from optimizer.assessment.scenarios import FailureSummary, scenario_outcomes
from optimizer.geodata.geography import Instance
from optimizer.solution import Plan, Result
from optimizer.solution.aggregation_bound import AggregationBound


@dataclass(frozen=True, eq=False)
class SolvedInstance:
    """What was asked, what was answered, and what the answer means. The result has a plan.

    aggregation: where demand points are aggregated, what that says of the question itself.
    The instance has the attacks that the plan knows, among its failures.
    """

    instance: Instance
    result: Result
    indicators: Indicators
    aggregation: AggregationBound | None = None

    def __post_init__(self) -> None:
        if self.result.plan is None:
            raise ValueError(f"nothing to write: the result ({self.result.status}) has no plan")
        object.__setattr__(self, "instance", self.instance.under(self.plan.attacks))

    @property
    def plan(self) -> Plan:
        """The plan of the result."""
        assert self.result.plan is not None
        return self.result.plan

    @cached_property
    def losers(self) -> tuple[Losers, ...]:
        """By level: who is worse off than in the most efficient plan; empty where it is unknown."""
        if self.result.efficient is None:
            return ()
        return losers_by_level(self.instance.problem, self.plan, self.result.efficient)

    @cached_property
    def failure_summary(self) -> FailureSummary | None:
        """What each scenario of failure means; None where nothing ever fails."""
        return scenario_outcomes(self.instance.case, self.plan)
