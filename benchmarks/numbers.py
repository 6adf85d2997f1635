"""NUMBERS: how a table of benchmarks has them."""

from __future__ import annotations

import math

#: Where there is no number.
NONE = "-"


def number(value: float | None) -> str:
    """With thousands, and only the decimals that it has, at most 3."""
    if value is None or not math.isfinite(value):
        return NONE
    text = f"{value:,.3f}"
    return text.rstrip("0").rstrip(".")


def seconds(value: float | None) -> str:
    """In hundredths, below a hundred seconds."""
    if value is None:
        return NONE
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


def percent(value: float | None) -> str:
    """A share in percent, with the decimals that a gap is asked in."""
    return NONE if value is None else f"{100 * value:.4f}".rstrip("0").rstrip(".")


def times(value: float) -> str:
    """A ratio, in two digits."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
