"""FIGURES: numbers as people read them, rounded, but never to what they are not."""

from __future__ import annotations

import math
from collections.abc import Callable

from optimizer.foundation.language import _

#: Shares closer than this are the same: less than one person of ten billion.
SAME = 1e-10
#: Digits at which two numbers that differ are told apart at the latest.
MOST = 9


def number(value: float, digits: int = 2) -> str:
    """A number with so many digits, never "-0"; a dash for none."""
    return f"{round(value, digits) + 0.0:,.{digits}f}" if math.isfinite(value) else "-"


def share(value: float | None, digits: int = 1) -> str:
    """A share in percent; a dash for none.

    100 % is all and 0 % is none: with a digit 0.9999 is ">99.9%" and 0.0001 "<0.1%".
    """
    if value is None or not math.isfinite(value):
        return "-"
    if abs(value) <= SAME or abs(value - 1) <= SAME:
        return f"{round(value):.{digits}%}"
    told, step = f"{value:.{digits}%}", 10.0 ** -(digits + 2)
    if told == f"{1:.{digits}%}":
        return f">{1 - step * (value < 1):.{digits}%}"
    if told.lstrip("-") == f"{0:.{digits}%}":
        return f"{'<' if value > 0 else '>'}{math.copysign(step, value):.{digits}%}"
    return told


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign; none for what rounds to nothing; a dash for none."""
    told = number(value, digits)
    return f"+{told}" if math.isfinite(value) and round(value, digits) > 0 else told


def significant(value: float, digits: int = 4) -> str:
    """A number with so many significant digits; a dash for none."""
    return f"{value + 0.0:,.{digits}g}" if math.isfinite(value) else "-"


def apart(say: Callable[[float, int], str], digits: int, *values: float) -> tuple[str, ...]:
    """Values that are compared, with so many digits, or as many as tell those apart that differ."""
    told = tuple(say(value, digits) for value in values)
    same = any(
        told[n] == told[m] and not math.isclose(a, b, rel_tol=SAME, abs_tol=SAME)
        for n, a in enumerate(values)
        for m, b in enumerate(values[:n])
    )
    return apart(say, digits + 1, *values) if same and digits < MOST else told


def setting(share: float) -> str:
    """A share that was asked for, in percent as it was written: 12.5%."""
    return f"{100 * share:.10g}%"


def many(count: int, one: str, more: str | None = None) -> str:
    """So many of a thing: 1 node, 2 nodes. The catalogues list the words of every call."""
    words = one if count == 1 else more or f"{one}s"
    return _(f"{{count:,}} {words}", count=count)
