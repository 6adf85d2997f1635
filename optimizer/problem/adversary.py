"""ADVERSARY: who attacks a plan after it is made, and the links that can be attacked.

A plan that is made against an adversary knows some attacks (`Plan.attacks`), those that matter to
it: it has an answer to each, as to a scenario of probability 0. `under` puts them into the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.problem import Bools, Ints, Pairs, Problem, Scenarios

if TYPE_CHECKING:
    from optimizer.network.links import Ground

#: By level the pairs that are left, and the (B, A) sets of corridors that these need.
Left = tuple[tuple[Pairs, ...], Bools]


@dataclass(frozen=True, eq=False)
class Streets:
    """What can be attacked on the ground: E roads, then A corridors, which are there if built.

    names: of all these links. left: what is left of the trips without some of them (rows); its
    sets of corridors begin with the problem's.
    """

    ground: Ground
    roads: int
    names: tuple[str, ...]
    left: Callable[[Ints], Left]

    def there(self, corridors: Ints) -> Ints:
        """The links (rows) that are there when these corridors (rows) are built."""
        return np.append(np.arange(self.roads), self.roads + corridors)


@dataclass(frozen=True, eq=False)
class Adversary:
    """Who attacks any `count` at once: sites, whose facilities all fail together, or links.

    trips: by level, the pairs that people have then before anything is attacked (those to attacked
    sites may be among them), sorted and needing corridors as those of the problem; aid may have
    opened borders. streets: where links are attacked. known: what is hit by attacks that are
    scenarios of the problem already, the last of them; rows of its sites, or of the streets.
    """

    count: int
    trips: tuple[Pairs, ...]
    streets: Streets | None = None
    known: tuple[Ints, ...] = ()

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("adversary.count: must be 1 or more")


def under(problem: Problem, attacks: Sequence[Ints]) -> Problem:
    """The problem with these attacks as scenarios, where it does not have them already.

    They are named "attack 1", "attack 2", ..., but for names that are taken. Raises ValueError for
    a problem without an adversary, or with other attacks.
    """
    adversary, facts, corridors = problem.adversary, problem.scenarios, problem.corridors
    if not attacks:
        return problem
    if adversary is None or facts is None:
        raise ValueError("attacks are known to a plan, but the problem has no adversary")
    both = zip(adversary.known, attacks, strict=False)
    if not all(np.array_equal(one, other) for one, other in both):
        raise ValueError("the plan knows other attacks than the problem")
    new = list(attacks[len(adversary.known) :])
    if not new:
        return problem
    ids, failed = list(facts.ids), np.zeros((len(new), len(problem.sites.ids)), dtype=bool)
    trips = list(facts.trips)
    for number, hit in enumerate(new):
        if adversary.streets is None:
            failed[number, hit] = True
            trips.append(adversary.trips)
        else:
            left, bundle = adversary.streets.left(hit)
            trips.append(left)
            corridors = corridors and replace(corridors, bundle=bundle)
        highest = len(facts.ids) + len(new)
        names = (f"attack {n}" for n in range(1, highest + 1))
        ids.append(next(name for name in names if name not in ids))
    scenarios = Scenarios(
        tuple(ids),
        np.append(facts.probability, np.zeros(len(new))),
        np.concatenate([facts.failed, failed]),
        tuple(trips),
        facts.aid,
        np.concatenate([facts.works, np.where(failed, 0.0, 1.0)]),
    )
    return replace(
        problem,
        corridors=corridors,
        scenarios=scenarios,
        adversary=replace(adversary, known=(*adversary.known, *new)),
    )
