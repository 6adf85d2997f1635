"""CASE: facts and question as one, and what follows from both, each thing derived once."""

from optimizer.case.case import Case, weighted

__all__ = ["Case", "weighted"]
