"""A plan under stress, written down: critical sites, critical links, who loses at worst."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _, of_user
from optimizer.outputs import targets
from optimizer.outputs.atomic import replacing
from optimizer.outputs.gpkg import store
from optimizer.outputs.manifest import plain, provenance
from optimizer.outputs.stress.layers import layers
from optimizer.outputs.stress.styles import styles
from optimizer.stress.file import Stressed

__all__ = ["check_suffix", "write"]


def check_suffix(path: Path) -> None:
    """Raise InputError unless a plan under stress can be written to this file."""
    if path.suffix.lower() != ".gpkg":
        remedy = _("Critical places are its layers")
        raise InputError([Fault("output", _("is not .gpkg"), remedy, value=str(path))])
    if not path.parent.is_dir():
        problem = _("its folder does not exist")
        raise InputError([Fault("output", problem, _("Make the folder"), value=str(path))])


def write(
    stressed: Stressed, path: Path, language: str = "auto", attacked: dict[str, Any] | None = None
) -> None:
    """Write critical sites, critical links and losses, with styles and a manifest.

    attacked: what the worst attack is, for the manifest. The file appears whole or not at all.
    """
    check_suffix(path)
    targets.judge([path], [stressed.file, *stressed.instance.geography.files])
    by_name, spoken = layers(stressed), of_user(language)
    drawn = {
        name: styles(stressed.instance, layer, name, spoken) for name, layer in by_name.items()
    }
    manifest = {
        "plan": stressed.plan,
        "counts_cut_off_as": "unmet.minutes of the level, or its cut-off",
        "sites": len(stressed.sites),
        "links": len(stressed.links),
        "attack": attacked,
    }
    with replacing(path) as draft:
        store(draft, by_name, drawn, provenance(stressed.instance) | dict(plain(manifest)))
