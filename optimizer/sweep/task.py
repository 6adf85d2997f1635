"""What a sweep asks and gets: tasks, points, frontiers."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

from optimizer.assessment.indicators import Indicators
from optimizer.question import Policy
from optimizer.solution import Plan, Result


@dataclass(frozen=True, eq=False)
class Task:
    """One question of a sweep, and what is known of its answer before it is asked.

    key: names the task, the same in every run of the same sweep; fit for a file name.
    asked: what makes it different, such as {"weight": 0.25}.
    start: a plan that obeys the policy's rules. bound: proven, no plan has a lower objective.
    gap: to which it is to be proven, where not to the sweep's.
    probe: it looks whether there is anything, so that there is not is an answer too, and no point.
    """

    key: str
    asked: Mapping[str, float]
    policy: Policy
    start: Plan | None = None
    bound: float = -math.inf
    gap: float | None = None
    probe: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """What became of a task. result: None where it failed; failure: why, in words."""

    task: Task
    result: Result | None
    failure: str = ""


#: Asks for tasks in rounds, is sent the answers of each round in the same order. What it asks
#: depends on the answers alone, never on time: any executor gives the same sweep.
Strategy = Generator[Sequence[Task], Sequence[Answer], None]


@dataclass(frozen=True, eq=False)
class Point:
    """One answer of a sweep, for people.

    indicators: None without a plan. dominated: another point of the same frontier is at least as
    good in efficiency and equity, and better in one. price: by what share the efficiency is worse
    than in the most efficient point (price of fairness).
    """

    answer: Answer
    indicators: Indicators | None
    dominated: bool = False
    knee: bool = False
    price: float = math.nan


@dataclass(frozen=True, eq=False)
class Frontier:
    """The points of a sweep, by efficiency, those without a plan last.

    cost_bound: the cap on money of this member of a family, None for the only one.
    hypervolume: share of the box between the two ends that the points dominate; NaN for fewer
    than two points.
    resolution: proven; a plan that no point is as good as is better than some point by at most
    this share of `places.scale_of` them, in either respect. inf where nothing is proven.
    probes: answers that are no points; what they prove counts.
    """

    points: tuple[Point, ...]
    cost_bound: float | None = None
    hypervolume: float = math.nan
    resolution: float = math.inf
    probes: tuple[Answer, ...] = ()
