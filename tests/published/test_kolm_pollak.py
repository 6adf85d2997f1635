"""The Kolm-Pollak test set of Horton, Logan, Murrell, Skipper and Speakman (arXiv 2401.15452).

30 origins, 10 destinations of which 1, 3 and 4 must be open, p = 6. kappa = aversion x alpha,
and ours is aversion / standard: a standard of 1 / alpha gives the paper's.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from optimizer.algorithms import solve
from optimizer.evaluate import evaluate
from optimizer.policy import Limits, Policy
from optimizer.problem import Problem
from tests.published.bench import FOLDER, fairest, optimum, p_sites

DATA = FOLDER / "kolmpollak_efl"
P = 6


@dataclass(frozen=True, eq=False)
class Place:
    """minutes: (30, 10); persons: (30,); required: rows of the destinations that must be open."""

    minutes: np.ndarray
    persons: np.ndarray
    required: tuple[int, ...]

    def alpha(self) -> float:
        """The paper's: sum w d / sum w d^2, each origin at its nearest required destination."""
        d = self.nearest(self.required)
        return float(self.persons @ d / (self.persons @ d**2))

    def nearest(self, sites: tuple[int, ...]) -> np.ndarray:
        return self.minutes[:, sites].min(axis=1)

    def site_sets(self) -> Iterator[tuple[int, ...]]:
        """All sets of P destinations with the required ones."""
        for chosen in combinations(range(self.minutes.shape[1]), P):
            if set(self.required) <= set(chosen):
                yield chosen


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def place() -> Place:
    origins = {row["id"]: float(row["population"]) for row in table("dataframes/orig_df.csv")}
    status = {row["id"]: row["open"] for row in table("dataframes/dest_df.csv")}
    distance = {
        (row["origin"], row["destination"]): float(row["distance"])
        for row in table("distances_cartesian.csv")
    }
    return Place(
        np.array([[distance[origin, site] for site in status] for origin in origins]),
        np.array(list(origins.values())),
        tuple(n for n, open_ in enumerate(status.values()) if open_ == "yes"),
    )


def problem(place: Place) -> Problem:
    longest = place.minutes.max()
    return p_sites(place.minutes, place.persons, P, 1 / place.alpha(), longest, place.required)


def best(place: Place, policy: Policy) -> tuple[float, tuple[int, ...]]:
    """The proven least value of the policy's measure, and the destinations that are open."""
    facts = problem(place)
    result = solve(facts, policy, Limits(gap=0))
    assert result.gap <= 1e-9
    chosen = tuple(facts.options.site[result.plan.options].tolist())
    return evaluate(facts, policy, result.plan).equity, chosen


def test_the_mean(place: Place):
    value, _ = best(place, fairest("mean"))
    published = optimum("EFL_30x10", "Kolm-Pollak EDE", "min EDE, p=6, aversion=0")
    assert value == pytest.approx(published, rel=1e-12)


@pytest.mark.parametrize(("aversion", "published"), [(1, 179.6760884510), (2, 189.3766061227)])
def test_the_papers_alpha(place: Place, aversion: float, published: float):
    value, _ = best(place, fairest("kolm_pollak", aversion=aversion))
    assert value == pytest.approx(published, abs=5e-11)


@pytest.mark.parametrize("aversion", [1, 2])
def test_the_alpha_of_the_authors_code(place: Place, aversion: float):
    """Theirs squares persons too, and is taken anew at every plan's own distances."""

    def equivalent(chosen: tuple[int, ...]) -> float:
        d, w = place.nearest(chosen), place.persons
        kappa = aversion * (w @ d) / ((w * d) ** 2).sum()
        return float(np.log(w @ np.exp(kappa * d) / w.sum()) / kappa)

    published = optimum("EFL_30x10", "Kolm-Pollak EDE", f"min EDE, p=6, aversion=-{aversion}")
    assert min(map(equivalent, place.site_sets())) == pytest.approx(published, rel=1e-12)
    _, chosen = best(place, fairest("kolm_pollak", aversion=aversion))
    assert equivalent(chosen) == pytest.approx(published, rel=1e-12)
