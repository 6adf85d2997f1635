"""equisite: facilities that the cities of an agglomeration share, sited fairly.

The road from an instance to a plan, the same that the commands take:

>>> from optimizer import Limits, Study, check, evaluate, read, solve, write
>>> instance = read("instances/tiny/line")
>>> result = solve(instance.case, Limits(gap=0))
>>> print(result.status)
optimal
>>> check(instance.case, result.plan, result).ok
True
>>> indicators = evaluate(instance.case, result.plan)
>>> write(Study(instance, result, indicators), "solutions/line.gpkg")

Bad input raises `InputError`, which holds every fault that was found:

>>> read("instances/tiny/line", overrides=["policy.equity=kolm_polak"])
Traceback (most recent call last):
optimizer.faults.InputError: ...
"""

from optimizer.algorithms import solve
from optimizer.check import check
from optimizer.evaluate import evaluate
from optimizer.faults import InputError
from optimizer.geodata.read import read
from optimizer.outputs import Study, write
from optimizer.policy import Limits

__all__ = ["InputError", "Limits", "Study", "check", "evaluate", "read", "solve", "write"]
