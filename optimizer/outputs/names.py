"""What an instance calls its services and levels."""

from __future__ import annotations

from optimizer.outputs.study import Study
from optimizer.outputs.words import name


def called(study: Study, id: str, language: str) -> str:
    """The name of a service or level in the language; its id where it has none."""
    return name(study.instance.geography.names.get(id, {}), id, language)
