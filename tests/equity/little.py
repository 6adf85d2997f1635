"""A level of a model by hand: what a few units have is given, on fixed columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from hypothesis import strategies as st
from scipy.sparse import csr_array

from optimizer.equity import Class, Measure
from optimizer.model.unit_values import UnitValues
from optimizer.problem import Floats
from tests.equity.claims import LEVEL


@dataclass(frozen=True)
class Little:
    """served: (N,) at what each column stands; the rest is that of `UnitValues`."""

    values: Floats
    served: Floats
    share: Floats
    weight: Floats
    least: Floats
    most: Floats
    benefit: bool = False

    def people(self, model: pyo.ConcreteModel) -> UnitValues:
        """The columns on the model, each between equal bounds, and what a measure sees of them."""
        model.served = pyo.Var(range(len(self.served)), bounds=lambda _, n: (self.served[n],) * 2)
        # A row with every column: HiGHS takes no empty model.
        model.all_served = pyo.Constraint(expr=pyo.quicksum(model.served.values()) >= 0)
        return UnitValues(
            LEVEL,
            list(model.served.values()),
            self.values,
            csr_array(self.share),
            self.weight,
            self.least,
            self.most,
            self.benefit,
        )

    def value(self, measure: Measure) -> float:
        """The definition of the measure."""
        if measure.kind is Class.ADDITIVE:
            weights = self.weight @ self.share * self.served
            return measure.evaluate(self.values[weights > 0], weights[weights > 0], LEVEL)
        means = (self.share * self.served) @ measure.inner(self.values, LEVEL)
        seen = measure.outer(means, LEVEL)
        if self.benefit and measure.kind is not Class.DISPERSION:
            seen = 1 - seen
        return measure.evaluate(seen, self.weight, LEVEL)


@st.composite
def served(draw: st.DrawFn, of: str) -> Little:
    """Up to five demand points that send their people to up to three sites each."""
    points, units = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    persons = np.array(
        [draw(st.lists(st.integers(0, 9), min_size=points, max_size=points)) for _ in range(units)],
        dtype=float,
    )
    persons[range(units), draw(st.integers(0, points - 1))] += 1
    origin, minutes, served = [], [], []
    for point in range(points):
        way = draw(st.lists(st.integers(0, 1200), min_size=1, max_size=3))
        sent = draw(st.lists(st.integers(0, 3), min_size=len(way), max_size=len(way)))
        sent[0] += 1
        origin += [point] * len(way)
        minutes += [tenths / 10 for tenths in way]
        served += [part / sum(sent) for part in sent]
    values = np.array(minutes)
    if of == "uncovered":
        values = (~LEVEL.covers(values)).astype(float)
    lives = persons / persons.sum(axis=1)[:, None]
    ends = [[end(values[np.array(origin) == p]) for p in range(points)] for end in (min, max)]
    return Little(
        values=values,
        served=np.array(served),
        share=lives[:, origin],
        weight=np.array(draw(st.lists(st.integers(1, 9), min_size=units, max_size=units)), float),
        least=lives @ ends[0],
        most=lives @ ends[1],
    )


@st.composite
def supplied(draw: st.DrawFn) -> Little:
    """Up to four options that stand or do not, and the places per person that they give."""
    options, units = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    tenths = [
        draw(st.lists(st.integers(0, 20), min_size=options, max_size=options)) for _ in range(units)
    ]
    share = np.array(tenths) / 10
    stands = draw(st.lists(st.integers(0, 1), min_size=options, max_size=options))
    return Little(
        values=np.ones(options),
        served=np.array(stands, float),
        share=share,
        weight=np.array(draw(st.lists(st.integers(1, 9), min_size=units, max_size=units)), float),
        least=np.zeros(units),
        most=share.sum(axis=1),
        benefit=True,
    )


def drawn(of: str) -> st.SearchStrategy[Little]:
    """What people can have."""
    return supplied() if of == "catchment" else served(of)
