"""What an instance holds and asks: people, sites, services, money, policies."""

from __future__ import annotations

from optimizer.commands.console import OUT, tell
from optimizer.commands.options import (
    AsJson,
    InLanguage,
    InstanceName,
    Language,
    Overrides,
    PolicyName,
)
from optimizer.foundation.language import of_user
from optimizer.geodata import catalogue
from optimizer.geodata.read import read as read_instance
from optimizer.outputs import description


def command(
    instance: InstanceName,
    policy: PolicyName = None,
    overrides: Overrides = None,
    as_json: AsJson = False,
    language: InLanguage = Language.AUTO,
) -> None:
    folder = catalogue.find(instance)
    read = read_instance(folder, policy, overrides or ())
    facts = description.describe(read, catalogue.policies(folder))
    tell(facts) if as_json else description.show(facts, OUT, of_user(language))
