"""The guard on efficiency of a dispersion measure."""

from __future__ import annotations

from optimizer.case import Case
from optimizer.rules.rule import Implied


class Guard(Implied):
    """The efficiency is near that of the most efficient plan: a cap that the session sets."""

    id = "guard"

    def active(self, case: Case) -> bool:
        return case.policy.guard is not None
