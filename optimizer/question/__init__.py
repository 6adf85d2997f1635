"""QUESTION: the policy, and the limits within which it is answered."""

from optimizer.question.policy import (
    LAND,
    PLACES,
    Bound,
    Budget,
    Equity,
    Floor,
    Key,
    Limits,
    Policy,
    Quota,
    keys,
)

__all__ = [
    "LAND",
    "PLACES",
    "Bound",
    "Budget",
    "Equity",
    "Floor",
    "Key",
    "Limits",
    "Policy",
    "Quota",
    "keys",
]
