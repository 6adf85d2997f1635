"""Frontier: all trade-offs between efficiency and equity, to a resolution, with proof.

First the two ends: the most efficient plan and the fairest one, each the better in the other
respect if several are as good. Then boxes: a plan between two known neighbours is worth finding
if it is better than either by more than a step, the resolution times the scale. So the question
is for a plan as good as the corner that lies a step inside of the box, and of those the best by
the weight at which both neighbours are equally good. Either there is none and the box is done,
or the plan splits it. What an answer proves beyond its question closes other boxes unasked. At
the end every unknown plan is better than some known one by at most the resolution, in one
respect (an additive epsilon-approximation of the frontier; all of it at 0).

Where capacities bind, people are split between sites and the frontier can be a curve: it has no
end at resolution 0.

Boxes: Hamacher, Pedersen and Ruzika 2007. Weights from neighbours: Aneja and Nair 1979.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.equity import Ratio, make
from optimizer.foundation.tolerances import ALIKE
from optimizer.question import Policy
from optimizer.solution import Plan
from optimizer.sweep.dominance import Place, best_of, scale_of
from optimizer.sweep.excluded_boxes import Plane, Proof, corners, proofs
from optimizer.sweep.preconditions import must_be_free, must_be_number, must_have_cap
from optimizer.sweep.task import Answer, Strategy, Task

#: Of efficiency and equity.
NO_CAPS = (math.inf, math.inf)

#: How exactly an end is proven, in steps; and a plan in a box, in steps or in boxes.
END_STEPS, BOX_STEPS, BOX_SHARE = 0.9, 0.5, 0.05


def strategy(case: Case, resolution: float, gap: float) -> Strategy:
    """The ends, then every box that is open, until none is."""
    policy = case.policy
    must_be_free(policy)
    must_be_number(policy)
    must_have_cap(case)
    plane = Plane(case)
    answers: list[Answer] = []
    keys: set[str] = set()
    # The first is a point even where there is no plan: then it says why.
    tasks = [replace(_task(policy, 0.0), probe=False), _task(policy, 1.0)]
    while tasks:
        answers += yield tasks
        keys.update(task.key for task in tasks)
        known = Known(plane, proofs(answers), _plans(plane, answers), resolution, gap)
        tasks = [task for task in known.tasks() if task.key not in keys]


def _plans(plane: Plane, answers: Sequence[Answer]) -> dict[Place, Plan]:
    """The plans found so far, by place."""
    plans: dict[Place, Plan] = {}
    for answer in answers:
        if answer.result is not None and answer.result.plan is not None:
            value = worth(plane.case, answer.result.plan)
            plans.setdefault((value.efficiency, value.equity), answer.result.plan)
    return plans


def _task(policy: Policy, weight: float, caps: Place = NO_CAPS, gap: float | None = None) -> Task:
    """A question; caps: on efficiency and equity."""
    efficiency, equity = (cap if math.isfinite(cap) else None for cap in caps)
    varied = {"weight": weight, "efficiency_bound": efficiency, "equity_bound": equity}
    numbers = {name: value for name, value in varied.items() if value is not None}
    exactly = {} if gap is None else {"gap": gap}
    return Task(
        key=",".join(f"{name}={value:.12g}" for name, value in (numbers | exactly).items()),
        asked=numbers,
        policy=replace(policy, weight=weight, efficiency_bound=efficiency, equity_bound=equity),
        gap=gap,
        probe=True,
    )


@dataclass(frozen=True, eq=False)
class Known:
    """What is known at a time, and what is worth asking then. gap: the widest that may be left."""

    plane: Plane
    proofs: Sequence[Proof]
    plans: Mapping[Place, Plan]
    resolution: float
    gap: float

    def tasks(self) -> list[Task]:
        """The next questions; none where every corner is proven to be empty."""
        best = best_of(self.plans)
        if len(best) < 2:
            return []
        share, scale = max(self.resolution, ALIKE), scale_of(best)
        steps = (share * scale[0], share * scale[1])
        for questions in (self._ends, self._boxes, self._ties):
            if tasks := list(questions(best, steps)):
                return tasks
        return []

    def _ends(self, best: Sequence[Place], steps: Place) -> Iterator[Task]:
        """An end again, more exactly, where a plan may lie more than a step beyond it."""
        ends = zip((0.0, 1.0), (best[0], best[-1]), corners(best, steps)[:2], strict=True)
        for weight, end, corner in ends:
            if math.isfinite(max(end)) and not self.plane.empty(self.proofs, corner):
                bounds = [
                    proof.bound
                    for proof in self.proofs
                    if proof.weight == weight and proof.caps == NO_CAPS
                ]
                task = _task(self.plane.case.policy, weight, gap=self._exact(weight, end, steps))
                yield replace(task, start=self.plans[end], bound=max(bounds, default=-math.inf))

    def _boxes(self, best: Sequence[Place], steps: Place) -> Iterator[Task]:
        """The corner of each open box; of a ratio, which has no weight, its fairer half first."""
        for above, below in pairwise(best):
            efficiency, equity = below[0] - steps[0], above[1] - steps[1]
            if math.isinf(equity):
                equity = 2 * abs(below[1]) + 1
            half = min((below[1] + equity) / 2, equity)
            opened = [
                (efficiency, cap)
                for cap in ([half, equity] if self._is_ratio else [equity])
                if efficiency > above[0] and cap > below[1]
                if not self.plane.empty(self.proofs, (efficiency, cap))
            ]
            if opened:
                weight, accuracy = self._balance(above, below, steps)
                gap = self._gap(weight, above, accuracy)
                yield _task(self.plane.case.policy, weight, opened[0], gap)

    def _ties(self, best: Sequence[Place], steps: Place) -> Iterator[Task]:
        """A plan as efficient as the first and a step fairer; as fair as the last, a step better.

        Only where the next place is that much better in that: else such a plan would be in a box.
        """
        first, last = best[0], best[-1]
        fairer, better = (first[0], first[1] - steps[1]), (last[0] - steps[0], last[1])
        for weight, end, corner, worthwhile in (
            (1.0, first, fairer, best[1][1] < fairer[1] < math.inf),
            (0.0, last, better, best[-2][0] < better[0]),
        ):
            if worthwhile and not self.plane.empty(self.proofs, corner):
                gap = self._exact(weight, end, steps)
                yield _task(self.plane.case.policy, weight, corner, gap)

    @property
    def _is_ratio(self) -> bool:
        equity = self.plane.case.policy.equity
        return isinstance(make(equity.measure, equity.parameters), Ratio)

    def _balance(self, above: Place, below: Place, steps: Place) -> tuple[float, float]:
        """The weight at which both are as good, and how exactly a plan between is worth finding."""
        (least, most), (more, less) = self.plane.terms(above), self.plane.terms(below)
        weight = 0.0 if self._is_ratio else (more - least) / (more - least + most - less)
        step = self._length(0.0, below, steps)
        return weight, (1 - weight) * max(BOX_STEPS * step, BOX_SHARE * (more - least))

    def _length(self, weight: float, end: Place, steps: Place) -> float:
        """A step from this end, in the scaled term that has all the weight."""
        back = (end[0] - steps[0], end[1] - steps[1])
        return self.plane.objective(weight, end) - self.plane.objective(weight, back)

    def _exact(self, weight: float, end: Place, steps: Place) -> float:
        """The gap that proves an end to less than a step."""
        return self._gap(weight, end, END_STEPS * self._length(weight, end, steps))

    def _gap(self, weight: float, place: Place, accuracy: float) -> float:
        """The relative gap that leaves an objective like this place's open by the accuracy."""
        size = abs(self.plane.objective(weight, place))
        return min(self.gap, accuracy / size) if size > 0 else self.gap
