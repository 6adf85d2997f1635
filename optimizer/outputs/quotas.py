"""Quotas on the terminal: what each jurisdiction has of them, and how much is left."""

from __future__ import annotations

import numpy as np

from optimizer.assessment.quotas import quotas_used
from optimizer.foundation.figures import number
from optimizer.foundation.language import word
from optimizer.outputs.names import jurisdiction_name
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.terminal import Grid


def table(study: SolvedInstance, language: str) -> Grid:
    """One row per quota and jurisdiction that has it, those with the least margin first."""
    grid = Grid()
    for heading in ("quota", "jurisdiction"):
        grid.add_column(word(heading, language), right=False)
    for heading in ("used", "at_least", "at_most", "margin"):
        grid.add_column(word(heading, language), right=True)
    for called, quota in quotas_used(study.instance.case, study.plan).items():
        rows = np.flatnonzero(~np.isnan(quota.used))
        for c in rows[np.argsort(quota.margin[rows], kind="stable")].tolist():
            numbers = (quota.used, quota.at_least, quota.at_most, quota.margin)
            grid.add_row(
                called,
                jurisdiction_name(study.instance, c, language),
                *(number(values[c], 2) if values[c] == values[c] else "" for values in numbers),
            )
    return grid
