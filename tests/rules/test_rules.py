"""No part of a rule is forgotten: its file, its place in the model, its plain half, its words."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

from optimizer import rules
from optimizer.rules import RULES, Implied, Rule
from optimizer.verification import CLAIMS
from optimizer.verification import RULES as PLAIN

IDS = [rule.id for rule in RULES]


def classes() -> set[type[Rule]]:
    """Every rule that a file of the package has."""
    found = set()
    for module in pkgutil.iter_modules(rules.__path__):
        names = vars(importlib.import_module(f"optimizer.rules.{module.name}")).values()
        found |= {
            one
            for one in names
            if inspect.isclass(one) and issubclass(one, Rule) and not inspect.isabstract(one)
        }
    return found - {Rule, Implied}


def test_every_rule_is_in_the_list() -> None:
    missing = classes() - {type(rule) for rule in RULES}
    assert not missing, "add it to RULES in optimizer/rules/__init__.py"
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_has_a_plain_half(rule: Rule) -> None:
    claimed = rule.id == "guard" and "efficiency is within its guard" in CLAIMS
    assert rule.id in PLAIN or claimed, "write it in optimizer/verification, under the same id"


def test_what_is_judged_is_kept() -> None:
    assert set(PLAIN) <= set(IDS), "a rule that only the check has is kept by no algorithm"


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_says_what_it_is(rule: Rule) -> None:
    assert rule.__doc__ and rule.__doc__ != Rule.__doc__
    assert importlib.import_module(type(rule).__module__).__name__.endswith(rule.id), (
        "a rule's file is named after its id"
    )
