"""Random questions in parts: the first in every run, all of them in `make verify`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def parts(values: Iterable[Any], usual: int) -> list[Any]:
    """The values as parameters of a test, of which those behind the usual ones are slow."""
    each = [value if isinstance(value, tuple) else (value,) for value in values]
    some = [pytest.param(*value) for value in each[:usual]]
    return some + [pytest.param(*value, marks=pytest.mark.slow) for value in each[usual:]]
