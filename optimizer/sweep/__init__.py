"""SWEEP: one question asked many times, and what the answers are worth together.

A strategy (`weights`, `bounds`, `frontier`) asks in rounds of tasks; an executor (`executors`,
`cluster`) solves them, one journal keeps what is found; `points` makes a frontier of it.
"""
