"""ANSWER: what an instance asks, answered; and with it the attacks that the answer had to know."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.algorithms import solve
from optimizer.algorithms.against import against
from optimizer.faults import Fault, InputError
from optimizer.geodata.geography import Instance
from optimizer.policy import Limits
from optimizer.solution import Progress, Result


def answer(
    instance: Instance,
    limits: Limits,
    algorithm: str = "auto",
    progress: Callable[[Progress], None] | None = None,
) -> tuple[Instance, Result]:
    """The answer, and the instance that it is a plan of.

    Where plans are made against an attack, that is the instance with the attacks that were found,
    as scenarios. Raises InputError as `solve` and `against` do.
    """
    if instance.adversary is None:
        result = solve(instance.problem, instance.policy, limits, algorithm, progress)
        return instance, result
    if algorithm != "auto":
        what = "plans against an attack are found in rounds, by an algorithm of their own"
        raise InputError([Fault("--algorithm", what, "Leave it out", value=algorithm)])
    found = against(instance.problem, instance.policy, instance.adversary, limits, progress)
    return instance.under(found.attacks), found.result
