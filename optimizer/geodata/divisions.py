"""Divisions of demand points: by a tier of jurisdictions, or by a column of `demand`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from optimizer.foundation.faults import Fault
from optimizer.foundation.language import _
from optimizer.geodata.assemble import jurisdictions
from optimizer.geodata.column_reader import as_text
from optimizer.geodata.demand_table import DemandTable
from optimizer.geodata.load import FILE
from optimizer.geodata.tables import Tables, rows
from optimizer.geodata.words import suggest
from optimizer.problem import Ints


def wrong_divisions(
    table: DemandTable, tables: Tables, demand: pd.DataFrame, faults: list[Fault]
) -> None:
    """Divisions that are none: columns that are not there, and names that nothing divides by."""
    at, columns = f"{FILE}, demand", [str(name) for name in demand.columns]
    tiers = dict.fromkeys(tables.areas.tier)
    for name, column in table.divisions.items():
        where = f"{at}.divisions.{name}"
        if column not in columns:
            faults.append(Fault(where, _("no such column"), suggest(column, columns), value=column))
        if name in tiers:
            problem, remedy = _("is a tier of jurisdictions already"), _("Rename one")
            faults.append(Fault(where, problem, remedy))
    for key in ("aggregate", "within"):
        name = getattr(table, key)
        if name is not None and name not in tiers and name not in table.divisions:
            known = [*tiers, *table.divisions]
            problem = _("is neither a tier nor a division")
            faults.append(Fault(f"{at}.{key}", problem, suggest(name, known), value=name))


def divided(
    name: str, divisions: Mapping[str, str], tables: Tables, demand: pd.DataFrame
) -> tuple[Ints, Ints]:
    """(I,) the part of each demand point, 0, 1, ... in the order of their first points; and
    (I,) the jurisdiction (row) that the part lies in, wholly.

    A part is a jurisdiction of the tier, or one word of the column in one jurisdiction. A point
    that has none is a part of its own.
    """
    area = rows(tables.points.jurisdiction, tables.areas.ids)
    if name in divisions:
        word = as_text(demand[divisions[name]])
        keys = [
            (c, text) if text else n for n, (c, text) in enumerate(zip(area, word, strict=True))
        ]
        inside = area
    else:
        at = jurisdictions(tables.areas).at(name)[area]
        keys = [(int(c), "") if c >= 0 else n for n, c in enumerate(at)]
        inside = np.where(at >= 0, at, area)
    number: dict[object, int] = {}
    part = [number.setdefault(key, len(number)) for key in keys]
    return np.array(part, dtype=np.int64), inside
