"""Quotas on the terminal: what each jurisdiction or class has of them, and how much is left."""

from __future__ import annotations

import numpy as np

from optimizer.assessment.quotas import quotas_used
from optimizer.foundation.figures import number
from optimizer.foundation.language import word
from optimizer.outputs.names import jurisdiction_name
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.terminal import Grid
from optimizer.outputs.words import term


def table(study: SolvedInstance, language: str) -> Grid:
    """One row per quota and jurisdiction or label that has it, the least margin first."""
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
                _where(study, called, quota.names[c], language),
                *(number(values[c], 2) if values[c] == values[c] else "" for values in numbers),
            )
    return grid


def _where(study: SolvedInstance, quota: str, name: str, language: str) -> str:
    """What a quota is kept in: a jurisdiction, or a label of its class."""
    tier, areas = study.instance.policy.quotas[quota].tier, study.instance.problem.jurisdictions
    if tier in areas.tier:
        return jurisdiction_name(study.instance, areas.ids.index(name), language)
    return word("label", language).format(term(tier, language), term(name, language))
