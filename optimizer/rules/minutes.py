"""Minutes are those of the roads."""

from __future__ import annotations

from optimizer.rules.rule import Implied


class Minutes(Implied):
    """Minutes are those of the roads with what is built: facts of each pair."""

    id = "minutes"
