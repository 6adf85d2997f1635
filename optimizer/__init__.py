"""equisite: facilities that the cities of an agglomeration share, sited fairly.

The road from an instance to a plan, the same that the commands take:

>>> from optimizer import Limits, SolvedInstance, assess, check, read, solve, write
>>> instance = read("instances/tiny/line")
>>> result = solve(instance.case, Limits(gap=0))
>>> print(result.status)
optimal
>>> check(instance.case, result.plan, result).ok
True
>>> indicators = assess(instance.case, result.plan)
>>> write(SolvedInstance(instance, result, indicators), "solutions/line.gpkg")

Bad input raises `InputError`, which holds every fault that was found:

>>> read("instances/tiny/line", overrides=["policy.equity=kolm_polak"])
Traceback (most recent call last):
optimizer.foundation.faults.InputError: ...
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.assessment.indicators import assess
    from optimizer.case import Case
    from optimizer.foundation.faults import InputError
    from optimizer.geodata.read import read
    from optimizer.outputs.formats import write
    from optimizer.outputs.solved_instance import SolvedInstance
    from optimizer.question import Limits
    from optimizer.robust import solve
    from optimizer.verification import check

    __version__: str

__all__ = [
    "Case",
    "InputError",
    "Limits",
    "SolvedInstance",
    "__version__",
    "assess",
    "check",
    "read",
    "solve",
    "write",
]

#: Where each public name is. It is loaded when it is asked for: the libraries behind take seconds.
#: None of these is the name of a module too, so that none can hide another.
_HOMES = {
    "Case": "case",
    "InputError": "foundation.faults",
    "Limits": "question",
    "SolvedInstance": "outputs.solved_instance",
    "assess": "assessment.indicators",
    "check": "verification",
    "read": "geodata.read",
    "solve": "robust",
    "write": "outputs.formats",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version("equisite")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"optimizer.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
