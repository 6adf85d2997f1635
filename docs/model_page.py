"""docs/model.md from the docstrings of what it is about: python docs/model_page.py writes it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

from optimizer.case import Case
from optimizer.efficiency import EFFICIENCIES
from optimizer.equity import INDICATORS, Measure
from optimizer.model import goals, money, states, variables
from optimizer.rules import RULES, Cap, Implied, LevelRule

PAGE = Path(__file__).with_name("model.md")

HEAD = """# The model on one page

Made from the docstrings of the code by `python docs/model_page.py`; a test keeps it true.

| index | over |
|---|---|
| i | demand points, I of them; persons[i], by group persons[g, i] |
| j | sites, J; land[j] in hectares, cost[j] in money, hosts[j] services |
| k | options, K: what can stand at a site or close; capacity[k, l] persons, cost[k], land[k] |
| l | levels of all services, L; in scenarios of failure those of each state |
| n | useful pairs of a level: demand point, site, minutes[n]; perhaps corridors that it needs |
| a | corridors, A; cost[a], share[a, c] that jurisdiction c pays |
| c | jurisdictions, C; budget[c] in money |
| s | states, S + 1: nothing fails, or one scenario happens; p[s] |
"""


def page() -> str:
    """The page as Markdown."""
    return "\n\n".join(part.strip("\n") for part in (HEAD, *_parts())) + "\n"


def _parts() -> Iterator[str]:
    yield "## Objective\n\n" + _text(Case)
    yield "## Variables\n"
    for add in (
        variables.add_siting,
        variables.add_corridors,
        variables.add_payments,
        variables.add_opened_sites,
        variables.add_assignment,
        money.add_site_paid_once,
        money.add_money,
    ):
        yield _entry(add.__name__.removeprefix("add_").replace("_", " "), _text(add))
    yield "## Rules\n"
    for rule in RULES:
        words = [_text(type(rule))]
        if isinstance(rule, Cap):
            words.append(_text(type(rule).caps))
        elif not isinstance(rule, Implied):
            where = "At each level: " if isinstance(rule, LevelRule) else ""
            words.append(where + _text(type(rule).add_to))
        yield _entry(rule.id, "\n\n".join(words))
    yield "## Efficiencies\n\n" + _text(goals.efficiency)
    for name, efficiency in EFFICIENCIES.items():
        yield _entry(f"{name}, in {efficiency.unit}", _text(efficiency, efficiency.reference))
    yield "## States of failure\n\n" + _text(states.over_states)
    yield "## Equity measures\n"
    for name, indicator in INDICATORS.items():
        used = "" if issubclass(indicator, Measure) else ", reported only"
        title = f"{name} ({indicator.kind}{used})"
        yield _entry(title, _text(indicator, indicator.reference))


def _entry(title: str, text: str) -> str:
    return f"### {title}\n\n{text}"


def _text(of: type | Callable[..., object], reference: str = "") -> str:
    """A docstring; what is indented in it stays as it is."""
    first, *rest = (inspect.getdoc(of) or "").split("\n\n", 1)
    body = first + ("\n\n```text\n" + rest[0] + "\n```" if rest else "")
    return body + (f"\n\nSource: {reference}." if reference else "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
