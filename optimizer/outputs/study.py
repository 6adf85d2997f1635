"""STUDY: everything an output can tell, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.evaluate import Indicators
from optimizer.geodata.geography import Instance
from optimizer.solution import Plan, Result


@dataclass(frozen=True, eq=False)
class Study:
    """What was asked, what was answered, and what the answer means. The result has a plan."""

    instance: Instance
    result: Result
    indicators: Indicators

    def __post_init__(self) -> None:
        if self.result.plan is None:
            raise ValueError(f"nothing to write: the result ({self.result.status}) has no plan")

    @property
    def plan(self) -> Plan:
        """The plan of the result."""
        assert self.result.plan is not None
        return self.result.plan
