"""ALGORITHMS, chosen by name; `Session` asks the same model again and again."""

from __future__ import annotations

from optimizer.algorithms import full
from optimizer.algorithms.median import adaptor
from optimizer.algorithms.session import Session

__all__ = ["ALGORITHMS", "Session"]

#: Names that may be asked for.
ALGORITHMS = (full.NAME, adaptor.NAME)
