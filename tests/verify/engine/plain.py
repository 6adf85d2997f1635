"""What a choice of facilities and corridors is worth, by plain rules, all at the nearest.

Where not all fit at the nearest nothing is said: whoever is found here has a plan, nobody is told
that there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from optimizer.problem import Bools, Corridors, Floats, Pairs, Problem
from optimizer.question import Equity, Floor, Policy
from optimizer.solution import Assignment, Plan
from tests.enumerating.ask import Ask
from tests.enumerating.people import of_group
from tests.enumerating.question import Question
from tests.enumerating.siting import EPSILON, all_money, area, offering, siting_holds
from tests.verify.engine.town import Row
from tests.verify.engine.truth import NONE, Failure, Some, Truth

#: Trips of a level: demand point, minutes, share of its people, whether anybody serves them.
Trips = tuple[np.ndarray, Floats, Floats, Bools]


@dataclass(frozen=True)
class Choice:
    """options: rows of the problem's; built: ids of corridors."""

    options: tuple[int, ...]
    built: Some = NONE


@dataclass(frozen=True)
class Worth:
    """efficiency: in its own unit; equity: T of what is minimised, NaN where nothing is."""

    objective: float
    efficiency: float
    equity: float


@dataclass(eq=False)
class Plain:
    """guard: what the efficiency may be at most besides its own cap."""

    truth: Truth
    problem: Problem
    policy: Policy
    guard: float | None = None
    _standing: dict[Some, Problem] = field(default_factory=dict)

    @cached_property
    def question(self) -> Question:
        return Question(self.problem, self.policy, self.guard)

    @cached_property
    def unserved(self) -> Floats:
        """(L,) minutes of whoever is served nowhere."""
        rows = zip(self.unmet, self.problem.levels, strict=True)
        return np.array([told.get("minutes", level.cutoff) for told, level in rows], dtype=float)

    @cached_property
    def unmet(self) -> list[Row]:
        """(L,) the table `unmet` of each level; empty where there is none."""
        town = self.truth.town
        return [
            {"allowed": True, **one["unmet"]} if "unmet" in one else {}
            for service in self.problem.services
            for one in town.level(service.id)
        ]

    @cached_property
    def left_out(self) -> Bools:
        """(L,) levels where needs may be unmet, whether anything fails or not."""
        return np.array([told.get("allowed", False) for told in self.unmet])

    @cached_property
    def after(self) -> Question:
        """The question where something fails: being unserved may take longer than the cut-off."""
        services, row = [], 0
        for service in self.problem.services:
            levels = []
            for level in service.levels:
                longest = max(level.cutoff, float(self.unserved[row]))
                levels.append(replace(level, cutoff=longest))
                row += 1
            services.append(replace(service, levels=tuple(levels)))
        return Question(replace(self.problem, services=tuple(services)), self.policy)

    @cached_property
    def need(self) -> Floats:
        """(L, I) persons who need a level."""
        shares = np.array([level.share for level in self.problem.levels])
        return shares[:, None] * np.array(self.question.persons)

    # -- what stands ---------------------------------------------------------------------------

    def stands(self, choice: Choice) -> bool:
        """Whether the rules on siting hold: required, hosts, land, money, referral, links."""
        table = self.problem.options
        chosen = list(choice.options)
        facility = table.service[chosen] * len(self.problem.sites.ids) + table.site[chosen]
        if len(set(facility.tolist())) < len(chosen) or not self.must <= set(facility.tolist()):
            return False
        if not self.truth.one_level(tuple(choice.built)):
            return False
        return siting_holds(self._built(choice.built), self.policy, choice.options)

    @cached_property
    def must(self) -> set[int]:
        """Facilities (service x sites + site) that stand, or have to: the layer says so."""
        row = {id: n for n, id in enumerate(self.problem.sites.ids)}
        of = {service.id: n for n, service in enumerate(self.problem.services)}
        return {
            of[one["service"]] * len(row) + row[one["site"]]
            for one in self.truth.town.layers.get("facilities", [])
            if one["status"] in ("existing", "required") and one["site"] in row
        }

    def _built(self, built: Some) -> Problem:
        """The problem where these corridors stand, and are paid."""
        roads = self.problem.corridors
        if roads is None:
            return self.problem
        if built not in self._standing:
            some = [roads.ids.index(id) for id in sorted(built)]
            none = np.empty(0, dtype=np.int64)
            stand = Corridors(
                tuple(sorted(built)), roads.cost[some], roads.shares[some],
                np.zeros((0, len(some)), dtype=bool),
                tuple(Pairs(none, none, np.empty(0)) for _ in self.problem.levels),
            )  # fmt: skip
            longest = tuple(_everybody(self.problem, self.truth.minutes(built)))
            self._standing[built] = replace(self.problem, pairs=longest, corridors=stand)
        return self._standing[built]

    # -- who is served where -------------------------------------------------------------------

    def ways(self, choice: Choice, row: int, failure: Failure | None) -> Floats:
        """(I, J) minutes to where the level is offered, within cut-off and border; else inf."""
        built, broken, lost = choice.built, NONE, NONE
        if failure is not None:
            built, broken, lost = built - failure.corridors, failure.roads, failure.sites
        level, problem = self.problem.levels[row], self.problem
        away = np.where(self._at_home(row, failure), self.truth.minutes(built, broken), np.inf)
        offered = offering(problem, choice.options, row)
        there = [j for j in offered if failure is None or problem.sites.ids[j] not in lost]
        ways = np.full(away.shape, np.inf)
        ways[:, there] = away[:, there]
        ways[ways > level.cutoff + 1e-9] = np.inf
        return ways

    def _at_home(self, row: int, failure: Failure | None) -> Bools:
        """(I, J) whether no border is crossed, or it is open."""
        tier, open_ = self.problem.levels[row].border, (self.truth.failing or {}).get("aid")
        if tier is None or (failure is not None and open_ is not None):
            return np.ones((len(self.problem.demand.ids), len(self.problem.sites.ids)), dtype=bool)
        lives = [area(self.problem, c, tier) for c in self.problem.demand.jurisdiction]
        lies = [area(self.problem, c, tier) for c in self.problem.sites.jurisdiction]
        return np.array([[a is not None and a == b for b in lies] for a in lives])

    def _nearest(self, choice: Choice, row: int, failure: Failure | None) -> Trips | None:
        """Everybody at the nearest; None where somebody has none, or there is no room."""
        ways = self.ways(choice, row, failure)
        site, minutes = ways.argmin(axis=1), ways.min(axis=1)
        served = np.isfinite(minutes)
        if failure is None and not served.all() and not self.left_out[row]:
            return None
        minutes = np.where(served, minutes, self.unserved[row])
        for j, most in offering(self.problem, choice.options, row).items():
            if np.isinf(most):
                continue
            here = served & (site == j)
            aid = (self.truth.failing or {}).get("aid")
            if failure is not None and aid is not None:
                reserve = (self.truth.failing or {}).get("reserve", 0.0)
                own = area(self.problem, self.problem.sites.jurisdiction[j], aid)
                at = [area(self.problem, c, aid) for c in self.problem.demand.jurisdiction]
                foreign = here & np.array([one is None or one != own for one in at])
                if self.need[row] @ foreign > most * (1 - reserve) * (1 + 1e-9):
                    return None
            if self.need[row] @ here > most * (1 + 1e-9):
                return None
        points = np.arange(len(site))
        return points, minutes, np.ones(len(site)), served

    def to_nearest(self, choice: Choice) -> list[Trips]:
        """Everybody at the nearest, whether there is room or not; whoever has none travels long."""
        found = []
        for row, level in enumerate(self.problem.levels):
            nearest = self.ways(choice, row, None).min(axis=1)
            minutes = np.minimum(nearest, 2 * level.cutoff)
            points = np.arange(len(minutes))
            found.append((points, minutes, np.ones(len(minutes)), np.isfinite(nearest)))
        return found

    # -- what it is worth ----------------------------------------------------------------------

    def worth(self, choice: Choice) -> Worth | None:
        """With everybody at the nearest; None where a rule is broken, or that is not known."""
        if not self.stands(choice):
            return None
        return self.at_nearest(choice)

    def at_nearest(self, choice: Choice, ruled: bool = True) -> Worth | None:
        """The same whatever the rules on siting say; ruled: floors and caps have to hold."""
        levels = range(len(self.problem.levels))
        states: list[tuple[float, list[Trips]]] = []
        listed = self.truth.failures
        failures = [None, *listed, *self.truth.attacks(choice.built)]
        calm = 1 - sum(one.probability for one in listed)
        for failure in failures:
            trips = [self._nearest(choice, row, failure) for row in levels]
            if any(one is None for one in trips):
                return None
            likely = calm if failure is None else failure.probability
            states.append((likely, [one for one in trips if one is not None]))
        if ruled and not self._floors_hold(choice, states[0][1]):
            return None
        if ruled and not self._unmet_holds(states[0][1]):
            return None
        worth = self._worth(choice, states)
        if ruled and not self._capped(worth, choice, states):
            return None
        return worth

    def given(self, plan: Plan) -> Worth:
        """What a plan is worth with its own trips; where nothing can fail."""
        options = tuple(plan.options.tolist())
        ids = () if self.problem.corridors is None else self.problem.corridors.ids
        choice = Choice(options, frozenset(ids[row] for row in plan.corridors))
        trips = [self._told(choice, row, one) for row, one in enumerate(plan.assignments)]
        return self._worth(choice, [(1.0, trips)])

    def _told(self, choice: Choice, row: int, one: Assignment) -> Trips:
        ways = self.ways(choice, row, None)
        minutes, share = ways[one.demand, one.site], one.share
        left = 1 - np.bincount(one.demand, share, len(ways))
        away = np.flatnonzero((left > 1e-9) & self.left_out[row])
        return (
            np.append(one.demand, away),
            np.append(minutes, np.full(len(away), self.unserved[row])),
            np.append(share, left[away]),
            np.append(np.ones(len(minutes), dtype=bool), np.zeros(len(away), dtype=bool)),
        )

    def _worth(self, choice: Choice, states: list[tuple[float, list[Trips]]]) -> Worth:
        policy, question = self.policy, self.question
        likely = np.array([one for one, _ in states])
        efficiency = self._tail(likely, [self._efficiency(choice, trips) for _, trips in states])
        if policy.efficiency == "cost":
            efficiency += self._unmet_money(states[0][1])
        objective = (1 - policy.weight) * efficiency / question.scale
        equity = np.nan
        if question.minimised is not None:
            equity = self.equity(policy.equity, choice, states)
            objective += policy.weight * equity / question.minimised.scale
        return Worth(objective, efficiency, equity)

    def _efficiency(self, choice: Choice, trips: list[Trips]) -> float:
        question = self.question
        if self.policy.efficiency == "cost":
            return all_money(self._built(choice.built), choice.options)
        total = 0.0
        for row, (point, minutes, share, served) in enumerate(trips):
            persons = np.array(question.persons[row])
            felt = minutes
            if self.policy.efficiency == "uncovered":
                late = minutes > self.problem.levels[row].standard + EPSILON
                felt = (late | ~served).astype(float)
            whole = persons.sum() if self.policy.efficiency == "mean_minutes" else 1.0
            total += question.weights[row] * float((persons[point] * share) @ felt) / whole
        return total

    def _unmet_money(self, trips: list[Trips]) -> float:
        """What the unmet needs count as, where nothing fails."""
        total = 0.0
        for row, (point, _, share, served) in enumerate(trips):
            price = self.unmet[row].get("price", 0.0)
            total += price * float(self.need[row][point] @ (share * ~served))
        return total

    def _unmet_holds(self, trips: list[Trips]) -> bool:
        """The caps on unmet needs."""
        demand = self.problem.demand
        for row, (point, _, share, served) in enumerate(trips):
            told, may = self.unmet[row], np.array(self.question.persons[row])
            left = np.bincount(point, share * ~served, len(demand.ids))
            whose = [(may, told.get("most", 1.0))]
            at = [area(self.problem, c, told.get("tier", "city")) for c in demand.jurisdiction]
            inside = [may * np.array([a == c for a in at]) for c in {*at} - {None}]
            whose += [(persons, told.get("jurisdiction", 1.0)) for persons in inside]
            members = [np.array(of_group(self.problem, row, name)) for name in demand.groups]
            whose += [(persons, told.get("group", 1.0)) for persons in members]
            for persons, most in whose:
                if persons @ left > most * persons.sum() + EPSILON:
                    return False
        return True

    def equity(
        self, equity: Equity, choice: Choice, states: list[tuple[float, list[Trips]]]
    ) -> float:
        """T of an equity over what can happen."""
        values = []
        for n, (_, trips) in enumerate(states):
            ask = (self.after if n else self.question)._ask(equity)
            by_level = {row: self._value(ask, choice, row, trips[row]) for row in ask.weights}
            values.append(ask.combine(by_level))
        return self._tail(np.array([one for one, _ in states]), values)

    def _value(self, ask: Ask, choice: Choice, row: int, trips: Trips) -> float:
        places = np.zeros(len(self.problem.demand.ids))
        if ask.of_places:
            level = self.problem.levels[row]
            for j, most in offering(self.problem, choice.options, row).items():
                way = self.ways(choice, row, None)[:, j]
                near = way <= level.standard + EPSILON
                if (in_need := float(self.need[row] @ near)) > 0:
                    places[near] += most / in_need
        return ask.value(row, list(zip(*trips, strict=True)), places)

    def _tail(self, likely: Floats, values: list[float]) -> float:
        """Mean of the worst of what can happen, as much of it as the policy says."""
        if len(values) == 1:
            return values[0]
        if self.policy.tail == 0:
            return max(values)
        left, total = self.policy.tail, 0.0
        for value, chance in sorted(zip(values, likely, strict=True), reverse=True):
            part = min(left, chance)
            total, left = total + part * value, left - part
        return total / (self.policy.tail - left)

    def _floors_hold(self, choice: Choice, trips: list[Trips]) -> bool:
        for row, level in enumerate(self.problem.levels):
            if level.id not in self.policy.floors and not level.backup:
                continue
            point, minutes, _, served = trips[row]
            covered = served & (minutes <= level.standard + EPSILON)
            safe = self._backed_up(choice, row)
            if self.policy.floors.get(level.id, Floor()) == Floor():
                continue
            for persons, least in self.question.floors(row, safe.tolist()):
                if np.array(persons)[point] @ covered < least - EPSILON:
                    return False
        return True

    def _backed_up(self, choice: Choice, row: int) -> Bools:
        """(I,) who has open facilities in two jurisdictions near enough, on roads as they are."""
        backup = self.problem.levels[row].backup
        if backup is None:
            return np.zeros(len(self.problem.demand.ids), dtype=bool)
        ways = self.ways(Choice(choice.options), row, None)
        sites = range(len(self.problem.sites.ids))
        where = list(sites)
        if backup.tier != "site":
            at = self.problem.sites.jurisdiction
            where = [area(self.problem, at[j], backup.tier) for j in sites]  # type: ignore[misc]
        near = ways <= backup.minutes + EPSILON
        return np.array(
            [len({where[j] for j in np.flatnonzero(row)} - {None}) >= 2 for row in near]
        )

    def _capped(
        self, worth: Worth, choice: Choice, states: list[tuple[float, list[Trips]]]
    ) -> bool:
        most = self.question.most
        if most is not None and worth.efficiency > most + EPSILON:
            return False
        return all(
            self.equity(ask.equity, choice, states) <= ask.cap(cap) + EPSILON
            for ask, cap in self.question.caps
        )


def _everybody(problem: Problem, minutes: Floats) -> list[Pairs]:
    """Pairs of all, within whatever: what a problem needs to be one."""
    origin, site = np.nonzero(
        np.isfinite(minutes) | (minutes.argmin(axis=1)[:, None] == np.arange(minutes.shape[1]))
    )
    return [Pairs(origin, site, np.minimum(minutes[origin, site], 1e9)) for _ in problem.levels]
