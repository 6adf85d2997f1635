"""What an instance calls its services and levels."""

from __future__ import annotations

from optimizer.geodata.geography import Instance
from optimizer.outputs.words import name


def called(instance: Instance, id: str, language: str) -> str:
    """The name of a service or level in the language; its id where it has none."""
    return name(instance.geography.names.get(id, {}), id, language)
