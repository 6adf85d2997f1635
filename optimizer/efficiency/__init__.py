"""EFFICIENCY: what a plan costs or yields in all, one file each, chosen by name."""

from optimizer.efficiency import cost, mean_minutes, uncovered
from optimizer.efficiency.efficiency import EFFICIENCIES, Efficiency, OfMoney, OfTrips, make

__all__ = [
    "EFFICIENCIES",
    "Efficiency",
    "OfMoney",
    "OfTrips",
    "cost",
    "make",
    "mean_minutes",
    "uncovered",
]
