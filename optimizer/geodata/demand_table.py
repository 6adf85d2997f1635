"""The table `[demand]`: what is made of the demand points before anything is asked."""

from __future__ import annotations

from pydantic import Field

from optimizer.foundation.language import N_
from optimizer.geodata.table import Table


class DemandTable(Table):
    """What is made of the demand points before anything is asked."""

    aggregate: str | None = Field(
        default=None, description=N_("a tier of jurisdictions, or one of `divisions`")
    )
    divisions: dict[str, str] = Field(
        default={}, description=N_("a name = a column of `demand` that divides its points")
    )
    modelled: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description=N_("share of the persons at modelled places who stay there, 0 to 1"),
    )
    within: str | None = Field(
        default=None, description=N_("a tier of jurisdictions, or one of `divisions`")
    )
    strata: tuple[str, ...] = Field(
        default=(), description=N_("a list of population groups that have nobody in common")
    )
