"""A table of `instance.toml`: every key typed, unknown ones refused, nothing changed later."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)
