"""What stands, must stand and may not: the instance's facilities layer against the plan's."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.geodata.tables import CLOSED, EXISTING, REQUIRED
from optimizer.verification.file.cells import shown
from optimizer.verification.file.written import Written

#: What a plan may make of a facility, by what the instance says of it.
BECOMES = {EXISTING: ("kept", "upgraded"), REQUIRED: ("built",), CLOSED: ()}


def standing(written: Written) -> Iterator[str]:
    """What stands is kept or upgraded; what is required is built; what is closed is closed."""
    told = {
        (str(row["site"]), str(row["service"])): row for row in written.file.layers["facilities"]
    }
    for status, may in BECOMES.items():
        for place in by_status(written, status):
            row = told.get(place)
            if row is None and may:
                yield f"{place[1]} at {place[0]}: is {status} and missing"
            elif row is not None and row["status"] not in may:
                yield f"{place[1]} at {place[0]}: is {status} and {shown(row['status'])}"
    stands = by_status(written, EXISTING)
    for place, row in told.items():
        if row["status"] in BECOMES[EXISTING] and place not in stands:
            yield f"{place[1]} at {place[0]}: is {row['status']}, and nothing stands there"


def by_status(written: Written, status: str) -> set[tuple[str, str]]:
    """(site, service) of this status in the instance's layer."""
    table = written.instance.parts.tables.standing
    rows = zip(table.site, table.service, table.status, strict=True)
    return {(str(site), str(service)) for site, service, of in rows if of == status}
