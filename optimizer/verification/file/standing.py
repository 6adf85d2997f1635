"""What stands, must stand and may not: the instance's facilities layer against the plan's."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.foundation.language import _
from optimizer.geodata.tables import CLOSED, EXISTING, REQUIRED
from optimizer.verification.file.cells import shown
from optimizer.verification.file.written import Written

#: What a plan may make of a facility, by what the instance says of it.
BECOMES = {EXISTING: ("kept", "upgraded"), REQUIRED: ("built",), CLOSED: ()}


def standing(written: Written) -> Iterator[str]:
    """What stands is kept or upgraded; what is required is built; what is closed is closed.

    What stands is closed where its row says that it may be.
    """
    rows = {
        (str(row["site"]), str(row["service"])): row for row in written.file.layers["facilities"]
    }
    table = written.instance.parts.tables.standing
    ids = zip(table.site, table.service, table.closable.tolist(), strict=True)
    closable = {(str(site), str(service)) for site, service, may_close in ids if may_close}
    for status, becomes in BECOMES.items():
        for site, service in by_status(written, status):
            row = rows.get((site, service))
            may = (*becomes, *(("closed",) if (site, service) in closable else ()))
            who = {"service": service, "site": site, "status": status}
            if row is None and may:
                yield _("{service} at {site}: is {status} and missing", **who)
            elif row is not None and row["status"] not in may:
                now = shown(row["status"])
                yield _("{service} at {site}: is {status} and {now}", now=now, **who)
    stands = by_status(written, EXISTING)
    for (site, service), row in rows.items():
        if row["status"] in (*BECOMES[EXISTING], "closed") and (site, service) not in stands:
            yield _(
                "{service} at {site}: is {status}, and nothing stands there",
                service=service,
                site=site,
                status=row["status"],
            )


def by_status(written: Written, status: str) -> set[tuple[str, str]]:
    """(site, service) of this status in the instance's layer."""
    table = written.instance.parts.tables.standing
    rows = zip(table.site, table.service, table.status, strict=True)
    return {(str(site), str(service)) for site, service, of in rows if of == status}
