"""QUESTION: the policy, and the limits within which it is answered."""

from optimizer.question.policy import Bound, Budget, Equity, Floor, Limits, Policy

__all__ = ["Bound", "Budget", "Equity", "Floor", "Limits", "Policy"]
