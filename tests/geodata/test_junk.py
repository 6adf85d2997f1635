"""Whatever stands in a key or a column, it is read or it is a fault: nothing else is raised."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.foundation.faults import Fault, InputError
from optimizer.geodata import columns
from optimizer.geodata.load import load
from optimizer.geodata.services_of_file import question_of
from tests.geodata.little import TOML, little

#: Values as TOML.
VALUES = ("3", "-1", "0", "1e9", "nan", "inf", "true", '""', '"x"', "[]", "[1]", "{}", "{a=1}",
          "[{a=1}]", '[{name="x"}]', "2026-01-01")  # fmt: skip
LEVELS = {"emergency": (), "medical": ("county", "regional")}


def paths(table: dict[str, Any], above: str = "") -> Iterator[str]:
    """Every key of the file, entries of a list by their name."""
    for name, value in table.items():
        yield above + name
        if isinstance(value, dict):
            yield from paths(value, f"{above}{name}.")
        elif isinstance(value, list):
            for entry in value:
                yield from paths(entry, f"{above}{name}.{entry['name']}.")


ASKED = (
    "parameters.aversion", "of", "among", "services", "equity", "guard", "equity_bound",
    "bounds", "bounds.gap", "bounds.gap.measure", "bounds.gap.parameters.aversion",
)  # fmt: skip
PATHS = sorted(
    {*paths(tomllib.loads(TOML)), "sources", "network", *(f"policy.{key}" for key in ASKED)}
)


@pytest.mark.parametrize("path", PATHS)
def test_junk_in_a_key(path: str, tmp_path: Path) -> None:
    (tmp_path / "instance.toml").write_text(TOML, encoding="utf-8")
    for value in VALUES:
        loaded = load(tmp_path, "fair", [f"{path}={value}"])
        if loaded.file is not None:
            question_of(loaded.file, loaded.faults)
        str(InputError(loaded.faults))


def test_junk_in_a_column() -> None:
    junk = (
        None,
        "",
        " ",
        "x",
        "-1",
        -1,
        float("inf"),
        1e300,
        True,
        pd.Timestamp(0),
        b"x",
        [1],
        np.array([1, 2]),
    )
    tables = {
        name: pd.DataFrame(table).drop(columns="geometry", errors="ignore")
        for name, table in little().layers.items()
    }
    places = [(layer, column) for layer, table in tables.items() for column in table.columns]
    for (layer, column), value in product(places, junk):
        column_of_junk = pd.Series([value] * len(tables[layer]), dtype=object)
        broken = tables | {layer: tables[layer].assign(**{column: column_of_junk})}
        faults: list[Fault] = []
        columns.tables(broken, LEVELS, faults)
        str(InputError(faults))
