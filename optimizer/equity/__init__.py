"""Equity measures: one file each, chosen by name from the registry `INDICATORS`."""

from optimizer.equity import absolute_differences, cvar, gini, kolm_pollak, maximum
from optimizer.equity.measure import (
    INDICATORS,
    OF_VALUES,
    Additive,
    Class,
    Equivalent,
    Indicator,
    Linear,
    Measure,
    Property,
    Ratio,
    indicator,
    make,
)

__all__ = [
    "INDICATORS",
    "OF_VALUES",
    "Additive",
    "Class",
    "Equivalent",
    "Indicator",
    "Linear",
    "Measure",
    "Property",
    "Ratio",
    "absolute_differences",
    "cvar",
    "gini",
    "indicator",
    "kolm_pollak",
    "make",
    "maximum",
]
