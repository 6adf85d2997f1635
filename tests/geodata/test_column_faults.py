"""Each fault of a column, with its message: numbers, words, ids and references."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.geodata.little import Break, all_of, faults, put

PERSONS = "Write persons, 0 or more."
MONEY = "Write money, 0 or more."
MINUTES = "Write minutes, 0 or more."


def column(layer: str, name: str, values: list[object]) -> Break:
    return lambda it: it.layers[layer].insert(1, name, values)


def without(layer: str, name: str) -> Break:
    return lambda it: it.drop(layer, name)


def rows(layer: str, n: int) -> Break:
    return lambda it: it.layers.update({layer: it.layers[layer].iloc[:n]})


#: Case -> what is broken, and all that is said of it.
FAULTS: dict[str, tuple[Break, list[str]]] = {
    "NaN persons": (
        put("demand", 1, "persons", None),
        [f"demand, row b, column persons: is empty. {PERSONS}"],
    ),
    "negative persons": (
        put("demand", 1, "persons", -5.0),
        [f"demand, row b, column persons: is negative (is -5). {PERSONS}"],
    ),
    "persons that are no number": (
        put("demand", 1, "persons", "many"),
        [f"demand, row b, column persons: is not a number (is 'many'). {PERSONS}"],
    ),
    "persons without end": (
        put("demand", 1, "persons", "inf"),
        [f"demand, row b, column persons: is not finite (is 'inf'). {PERSONS}"],
    ),
    "nobody": (
        all_of(*(put("demand", row, "persons", 0.0) for row in range(3))),
        ["demand, column persons: nobody lives here. Write how many live at each demand point."],
    ),
    "negative persons of a group": (
        put("demand", 1, "persons_old", -5.0),
        [f"demand, row b, column persons_old: is negative (is -5). {PERSONS}"],
    ),
    "negative access": (
        column("demand", "access_minutes", [0.0, -1.0, 2.0]),
        [f"demand, row b, column access_minutes: is negative (is -1.0). {MINUTES}"],
    ),
    "coarse or not": (
        column("demand", "coarse", ["yes", "no", "maybe"]),
        ["demand, row c, column coarse: is neither yes nor no (is 'maybe'). Write true or false."],
    ),
    "negative cost of a site": (
        put("sites", 1, "cost", -5.0),
        [f"sites, row t, column cost: is negative (is -5.0). {MONEY}"],
    ),
    "land that is no number": (
        put("sites", 1, "land", "much"),
        [
            "sites, row t, column land: is not a number (is 'much'). "
            "Write hectares, 0 or more, or nothing for no limit."
        ],
    ),
    "NaN egress": (
        put("sites", 1, "egress_minutes", None),
        [f"sites, row t, column egress_minutes: is empty. {MINUTES}"],
    ),
    "negative minutes": (
        put("roads", 1, "minutes", -1.0),
        [f"roads, row #2, column minutes: is negative (is -1.0). {MINUTES}"],
    ),
    "NaN minutes": (
        put("roads", 1, "minutes", None),
        [f"roads, row #2, column minutes: is empty. {MINUTES}"],
    ),
    "NaN cost of a corridor": (
        put("corridors", 0, "cost", None),
        [f"corridors, row k, column cost: is empty. {MONEY}"],
    ),
    "cost shares that miss 1": (
        put("corridors", 0, "cost_shares", "P=0.5;Q=0.4"),
        [
            "corridors, row k, column cost_shares: is not a list of shares "
            "(is 'P=0.5;Q=0.4'). Write id=share;id=share with ids of jurisdictions and "
            "shares that sum to 1."
        ],
    ),
    "cost shares that are no list": (
        put("corridors", 0, "cost_shares", "P and Q"),
        [
            "corridors, row k, column cost_shares: is not a list of shares (is 'P and Q'). "
            "Write id=share;id=share with ids of jurisdictions and shares that sum to 1."
        ],
    ),
    "cost shares of nobody": (
        put("corridors", 0, "cost_shares", "P=0.5;R=0.5"),
        [
            "corridors, row k, column cost_shares: is not a list of shares "
            "(is 'P=0.5;R=0.5'). Write id=share;id=share with ids of jurisdictions and "
            "shares that sum to 1."
        ],
    ),
    "no column": (
        without("demand", "persons"),
        [
            "demand, column persons: no such column. Did you mean 'persons_old'? "
            "known: id, jurisdiction, name_zh, persons_old, own."
        ],
    ),
    "no rows": (rows("sites", 0), ["sites: has no rows. Add at least one."]),
    "duplicate id": (
        put("demand", 1, "id", "a"),
        ["demand, row a, column id: stands in more than one row (is 'a'). Keep one of them."],
    ),
    "no id": (
        put("demand", 1, "id", None),
        ["demand, row #2, column id: is empty. Fill it in."],
    ),
    "duplicate facility": (
        lambda it: it.add("facilities"),
        [
            "facilities, row #3, column site: the same service in more than one row "
            "(is 's:medical'). Keep one of them."
        ],
    ),
    "unknown jurisdiction": (
        put("demand", 1, "jurisdiction", "R"),
        [
            "demand, row b, column jurisdiction: no such row in jurisdictions (is 'R'). "
            "Known: V, P, Q."
        ],
    ),
    "unknown parent": (
        put("jurisdictions", 1, "parent", "W"),
        [
            "jurisdictions, row P, column parent: no such row in jurisdictions (is 'W'). "
            "Known: V, P, Q."
        ],
    ),
    "unknown site": (
        put("facilities", 1, "site", "tt"),
        [
            "facilities, row #2, column site: no such row in sites (is 'tt'). "
            "Did you mean 't'? known: s, t, u."
        ],
    ),
    "unknown service of a facility": (
        put("facilities", 1, "service", "emergncy"),
        [
            "facilities, row #2, column service: unknown word (is 'emergncy'). "
            "Did you mean 'emergency'? known: emergency, medical."
        ],
    ),
    "unknown service of a site": (
        put("sites", 1, "services", "medical; emergncy"),
        [
            "sites, row t, column services: unknown service (is 'emergncy'). "
            "Did you mean 'emergency'? known: emergency, medical."
        ],
    ),
    "unknown status": (
        put("facilities", 1, "status", "exists"),
        [
            "facilities, row #2, column status: unknown word (is 'exists'). "
            "Did you mean 'existing'? known: existing, required, closed."
        ],
    ),
    "unknown kind of zone": (
        put("zones", 0, "kind", "ecology"),
        [
            "zones, row 1, column kind: unknown word (is 'ecology'). "
            "Did you mean 'ecological'? known: ecological, farmland, development, water, "
            "built_up, steep, flood."
        ],
    ),
    "unknown role": (
        put("jurisdictions", 1, "role", "cor"),
        [
            "jurisdictions, row P, column role: unknown word (is 'cor'). "
            "Did you mean 'core'? known: core, member."
        ],
    ),
    "no tier": (
        put("jurisdictions", 1, "tier", None),
        ["jurisdictions, row P, column tier: is empty. Fill it in."],
    ),
    "road to nowhere": (
        put("roads", 1, "to", None),
        ["roads, row #2, column to: is empty. Fill it in."],
    ),
    "corridor to nowhere": (
        put("corridors", 0, "to", "zz"),
        [
            "corridors, row k, column to: no such row in demand or jurisdictions (is 'zz'). "
            "Known: V, P, Q, a, b, c."
        ],
    ),
    "cycle": (
        put("jurisdictions", 0, "parent", "Q"),
        [
            "jurisdictions, column parent: the parents form a cycle, Q > V > Q. "
            "Give one of them another parent, or none."
        ],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault(case: str, tmp_path: Path) -> None:
    broken, messages = FAULTS[case]
    assert faults(tmp_path, broken) == messages
