"""WAREHOUSES: fixed costs and capacities, in the formats of the OR-Library, Holmberg and Delmaire.

In all three the cost of a pair is that of serving the whole demand of the customer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optimizer.problem import Floats

#: Stands in a file of the OR-Library for a capacity that is given apart.
WORD = "capacity"


@dataclass(frozen=True, eq=False)
class Warehouses:
    """costs: (customers, sites); demand: (customers,); fixed, capacity: (sites,).

    capacity is NaN where it is given apart.
    """

    costs: Floats
    demand: Floats
    fixed: Floats
    capacity: Floats


class _Words:
    """The numbers of a file, taken from the front."""

    def __init__(self, file: Path) -> None:
        # Some copies of the files end in NUL bytes.
        text = file.read_text(encoding="utf-8").replace("\0", " ")
        self.words: Iterator[str] = iter(text.replace(WORD, "nan").split())

    def take(self, *shape: int) -> Floats:
        """As many as fit into this shape."""
        size = int(np.prod(shape))
        return np.array([next(self.words) for _ in range(size)], dtype=float).reshape(shape)

    def size(self) -> tuple[int, int]:
        """The two counts that each file begins with."""
        first, second = self.take(2)
        return int(first), int(second)


def read_orlib(file: Path) -> Warehouses:
    """Sites, customers; a capacity and a fixed cost per site; per customer demand and costs."""
    words = _Words(file)
    sites, customers = words.size()
    site = words.take(sites, 2)
    rows = words.take(customers, 1 + sites)
    return Warehouses(rows[:, 1:], rows[:, 0], site[:, 1], site[:, 0])


def read_holmberg(file: Path) -> Warehouses:
    """Sites, customers; a capacity and a fixed cost per site; demands; costs, a row per site."""
    words = _Words(file)
    sites, customers = words.size()
    site = words.take(sites, 2)
    demand = words.take(customers)
    return Warehouses(words.take(sites, customers).T, demand, site[:, 1], site[:, 0])


def read_delmaire(file: Path) -> Warehouses:
    """Customers, sites; costs, a row per customer; demands; fixed costs; capacities."""
    words = _Words(file)
    customers, sites = words.size()
    costs, demand = words.take(customers, sites), words.take(customers)
    return Warehouses(costs, demand, fixed=words.take(sites), capacity=words.take(sites))
