"""What an instance calls its services, levels and jurisdictions."""

from __future__ import annotations

from optimizer.geodata.geography import Instance
from optimizer.outputs.words import name


def called(instance: Instance, id: str, language: str) -> str:
    """The name of a service or level in the language; its id where it has none."""
    return name(instance.geography.names.get(id, {}), id, language)


def jurisdiction_name(instance: Instance, row: int, language: str) -> str:
    """The name of a jurisdiction in the language, else in the other one, else its id."""
    id = instance.problem.jurisdictions.ids[row]
    user = instance.geography.jurisdictions.loc[id]
    names = {
        key: str(user[column])
        for key, column in (("zh", "name_zh"), ("en", "name_en"))
        if column in user.index and isinstance(user[column], str)
    }
    return name(names, id, language)
