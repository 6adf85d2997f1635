"""Single failures against the same told plainly: networkx, one trip at a time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from optimizer.stress.failures import Failure, link_failures, site_failures
from tests.stress.towns import Town, draw


def plainly(town: Town, site: int | None, link: int | None) -> list[dict[str, object]]:
    """By level: who loses what when the site or the link fails."""
    problem, plan = town.standing.problem, town.standing.plan
    before, after = town.apart(), town.apart(() if link is None else (link,))
    found = []
    for row, (level, served) in enumerate(zip(problem.levels, plan.assignments, strict=True)):
        left = {(i, j): m for (i, j), m in after[row].items() if j != site}
        load: Counter[int] = Counter()
        reached = set()
        told = {"persons": 0.0, "person_minutes": 0.0, "cut_off": 0.0}
        by_point = np.zeros(len(problem.demand.ids))
        for i, j, share in zip(
            served.demand.tolist(), served.site.tolist(), served.share.tolist(), strict=True
        ):
            persons = float(problem.demand.persons[i] * level.share * share)
            usual, now = before[row][i, j], left.get((i, j), np.inf)
            to: int | None = j
            if now > usual:  # hit: the own facility, or a nearer one
                ways = [(m, b) for (a, b), m in left.items() if a == i]
                least = min((m for m, _ in ways), default=np.inf)
                if least < now or now == np.inf:
                    now, to = min(ways, default=(np.inf, None))
            if to is None:
                told["cut_off"] += persons
                now = level.cutoff
            else:
                load[to] += persons
                if to != j:
                    reached.add(to)
            lost = max(0.0, now - usual)
            told["persons"] += persons if lost > 0 else 0.0
            told["person_minutes"] += persons * lost
            by_point[i] += persons * lost
        told["beyond"] = sum(max(0.0, load[j] - town.standing.capacity[j, row]) for j in reached)
        found.append(told | {"points": by_point})
    return found


def same(town: Town, failure: Failure, truth: list[dict[str, object]]) -> None:
    weighed = 0.0
    for row, (loss, told) in enumerate(zip(failure.losses, truth, strict=True)):
        for key in ("persons", "person_minutes", "cut_off", "beyond"):
            assert getattr(loss, key) == pytest.approx(told[key]), key
        need = town.standing.persons[:, row]
        assert loss.minutes * need == pytest.approx(told["points"])
        weighed += town.standing.weights[row] * told["person_minutes"]  # type: ignore[operator]
    assert failure.weighed == pytest.approx(weighed)


def untied(town: Town) -> bool:
    """Whether no two open sites are equally near to a point: else who is full is a choice."""
    everywhere = [town.apart(), *(town.apart((link,)) for link in range(len(set(town.of))))]
    for near in (level for levels in everywhere for level in levels):
        if len({(i, m) for (i, _), m in near.items()}) < len(near):
            return False
    return True


@pytest.fixture(scope="module")
def towns() -> list[Town]:
    return [town for town in map(draw, range(260)) if untied(town)]


def test_there_are_towns_with_everything(towns: list[Town]) -> None:
    assert len(towns) > 50
    levels = [level for town in towns for level in town.standing.problem.levels]
    assert any(level.border for level in levels) and len(levels) > len(towns)
    parallel = [{frozenset(link[:2]) for link in town.links} for town in towns]
    assert any(len(some) < len(t.links) for some, t in zip(parallel, towns, strict=True))


@pytest.mark.parametrize("part", range(4))
def test_sites_equal_plain_counting(towns: list[Town], part: int) -> None:
    seen = 0
    for town in towns[part::4]:
        found = list(site_failures(town.standing))
        assert {one.row for one in found} == set(np.flatnonzero(town.standing.is_open.any(axis=1)))
        for failure in found:
            same(town, failure, plainly(town, failure.row, None))
            seen += failure.weighed > 0
    assert seen > 10


@pytest.mark.parametrize("part", range(4))
def test_links_equal_plain_counting(towns: list[Town], part: int) -> None:
    """Those that are not told take nothing from anybody."""
    cut, full = 0.0, 0.0
    for town in towns[part::4]:
        found = {one.row: one for one in link_failures(town.standing, np.array([0]))}
        assert 0 in found
        for link in range(len(set(town.of))):
            truth = plainly(town, None, link)
            if link in found:
                same(town, found[link], truth)
            assert link in found or all(one["persons"] == 0 for one in truth)
            cut += sum(float(one["cut_off"]) for one in truth)  # type: ignore[arg-type]
            full += sum(float(one["beyond"]) for one in truth)  # type: ignore[arg-type]
    assert cut > 0 and full > 0
