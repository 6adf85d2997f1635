"""ANSWER: plans, results, and what a plan gives to whom."""

from optimizer.solution.result import Assignment, P, Plan, Progress, Result, Solved, Status

__all__ = ["Assignment", "P", "Plan", "Progress", "Result", "Solved", "Status"]
