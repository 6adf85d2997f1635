"""What is required stands."""

from __future__ import annotations

from optimizer.rules.rule import Implied


class Required(Implied):
    """What is required stands, unless it may be closed: `OneOption` is an equation there."""

    id = "required"
