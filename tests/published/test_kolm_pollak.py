"""The Kolm-Pollak test set of Horton, Logan, Murrell, Skipper and Speakman (arXiv 2401.15452).

30 origins, 10 destinations of which 1, 3 and 4 must be open, p = 6. kappa = aversion x alpha,
and ours is aversion / standard: a standard of 1 / alpha gives the paper's.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest

from benchmarks.formats.kolm_pollak import Place, read
from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.problem import Problem
from optimizer.question import Limits, Policy
from optimizer.robust import solve
from tests.published.bench import FOLDER, fairest, optimum, p_sites

DATA = FOLDER / "kolmpollak_efl"
P = 6


@pytest.fixture
def place() -> Place:
    return read(DATA)


def site_sets(place: Place) -> Iterator[tuple[int, ...]]:
    """All sets of P destinations with the required ones."""
    for chosen in combinations(range(place.distances.shape[1]), P):
        if set(place.required) <= set(chosen):
            yield chosen


def problem(place: Place) -> Problem:
    d = place.distances
    return p_sites(d, place.persons, P, 1 / place.alpha(), d.max(), place.required)


def best(place: Place, policy: Policy) -> tuple[float, tuple[int, ...]]:
    """The proven least value of the policy's measure, and the destinations that are open."""
    facts = problem(place)
    result = solve(Case(facts, policy), Limits(gap=0))
    assert result.gap <= 1e-9
    chosen = tuple(facts.options.site[result.plan.options].tolist())
    return assess(Case(facts, policy), result.plan).equity, chosen


def test_the_mean(place: Place):
    value, _ = best(place, fairest("mean"))
    published = optimum("EFL_30x10", "Kolm-Pollak EDE", p=P, aversion=0)
    assert value == pytest.approx(published, rel=1e-12)


@pytest.mark.parametrize(("aversion", "published"), [(1, 179.6760884510), (2, 189.3766061227)])
def test_the_papers_alpha(place: Place, aversion: float, published: float):
    value, _ = best(place, fairest("kolm_pollak", aversion=aversion))
    assert value == pytest.approx(published, abs=5e-11)


@pytest.mark.parametrize("aversion", [1, 2])
def test_the_alpha_of_the_authors_code(place: Place, aversion: float):
    """Theirs squares persons too, and is taken anew at every plan's own distances."""

    published = optimum("EFL_30x10", "Kolm-Pollak EDE", p=P, aversion=-aversion)
    least = min(place.authors(aversion, chosen) for chosen in site_sets(place))
    assert least == pytest.approx(published, rel=1e-12)
    _, chosen = best(place, fairest("kolm_pollak", aversion=aversion))
    assert place.authors(aversion, chosen) == pytest.approx(published, rel=1e-12)
