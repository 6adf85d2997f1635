"""QUESTION: the policy, and the limits within which it is answered."""

from optimizer.question.policy import Bound, Budget, Equity, Floor, Key, Limits, Policy, keys

__all__ = ["Bound", "Budget", "Equity", "Floor", "Key", "Limits", "Policy", "keys"]
