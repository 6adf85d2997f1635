"""Equity measures: one file each, chosen by name from the registry `MEASURES`."""

from optimizer.equity import cvar, kolm_pollak, maximum
from optimizer.equity.measure import MEASURES, Additive, Class, Measure, make

__all__ = ["MEASURES", "Additive", "Class", "Measure", "cvar", "kolm_pollak", "make", "maximum"]
