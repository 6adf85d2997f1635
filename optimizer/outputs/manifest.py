"""The manifest: from what, by what and how a plan was made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from optimizer.outputs.study import Study


def manifest(study: Study) -> dict[str, Any]:
    """Key -> value, ready for JSON. Names of files only, no folder of this machine.

    Two writings of one study differ in `created` alone.
    """
    geography, result, found = study.instance.geography, study.result, study.indicators
    told: dict[str, Any] = plain(
        {
            "version": version("equisite"),
            "instance": geography.name,
            "title": geography.title,
            "policy_name": geography.policy_name,
            "overrides": geography.overrides,
            "policy": study.instance.policy,
            "inputs": geography.inputs,
            "status": result.status,
            "objective": result.objective,
            "bound": result.bound,
            "gap": result.gap,
            "asked_gap": result.asked_gap,
            "seconds": result.seconds,
            "nodes": result.nodes,
            "algorithm": result.algorithm,
            "efficiency": found.efficiency,
            "equity": found.equity,
            "terms": found.terms,
            "cost": found.cost,
            "currency": geography.currency,
            "sources": geography.sources,
            "warnings": geography.warnings,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    )
    return told


def plain(value: Any) -> Any:
    """The value made of what JSON has; a number that is not finite becomes None."""
    if is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, str) else value
