"""Efficiency: what the plan costs or yields in all, one file each, chosen by name."""

from optimizer.model.objectives.cost import cost
from optimizer.model.objectives.mean_minutes import mean_minutes
from optimizer.model.objectives.uncovered import uncovered

OBJECTIVES = {"mean_minutes": mean_minutes, "uncovered": uncovered, "cost": cost}

__all__ = ["OBJECTIVES"]
