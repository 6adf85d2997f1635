"""What is read costs as much as the tables say, by plain rules."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.problem import Problem
from tests.verify.catch import SOLVED, Catch, room
from tests.verify.engine.services import per_year
from tests.verify.engine.town import Row, Town


def prices(town: Town, problem: Problem) -> Iterator[Catch]:
    """Options and sites that cost something else, or that cannot be."""
    costs = town.file.get("costs")
    rows = town.layers.get("facilities", [])
    standing = {(row["service"], row["site"]): row for row in rows if row["status"] == "existing"}
    table = problem.options
    closes = set[tuple[str, str]]()
    for k in range(len(table)):
        service = problem.services[int(table.service[k])].id
        site = problem.sites.ids[int(table.site[k])]
        own, told = standing.get((service, site), {}), town.file["services"][service]
        sizes = told["sizes"]
        size: Row = sizes[int(table.size[k])] if table.size[k] >= 0 else {}
        once = {
            "keep": 0.0,
            "close": own.get("closing_cost") or 0.0,
            "build": size.get("cost", 0.0),
            "upgrade": size.get("upgrade_cost", 0.0),
        }[str(table.kind[k])]
        runs = size.get("running_cost", 0.0)
        if table.kind[k] in ("keep", "upgrade"):
            runs += own.get("running_cost") or 0.0
        years = None if costs is None else {**costs, "years": told.get("years", costs["years"])}
        truth = per_year(years) * once + runs
        if abs(truth - table.cost[k]) > room(truth, SOLVED):
            yield Catch(
                f"{table.kind[k]} of {service} at {site} costs", float(table.cost[k]), truth
            )
        if table.kind[k] == "close":
            closes.add((service, site))
    may = {
        key for key, row in standing.items() if row.get("closable") and key[1] in problem.sites.ids
    }
    if closes != may:
        yield Catch("what may be closed", float(len(closes)), float(len(may)), str(closes ^ may))
