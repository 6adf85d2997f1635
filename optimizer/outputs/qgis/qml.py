"""QML, the style language of QGIS (3.18 and later): templates, and what a plan puts into them.

A template is a style by rules, as QGIS writes it, with {words} in its attributes. Two things are
more than that:

- A rule with a key stands once for each row of values under that key; rules that follow one another
  under one key stand together for each row.
- A symbol is a pattern for all rules that name it. What a rule has beside QGIS's own attributes
  (colour="…", size="…") are values for its symbol.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from importlib.resources import files
from itertools import groupby
from xml.etree.ElementTree import Element, fromstring, indent, tostring

from optimizer.foundation.harmless import harmless

Values = Mapping[str, str]
Rows = Mapping[str, Sequence[Values]]


def colour(hexadecimal: str) -> str:
    """#rrggbb as QML writes it, but for the opacity that follows."""
    return ",".join(str(int(hexadecimal[i : i + 2], 16)) for i in (1, 3, 5))


def text(value: str) -> str:
    """A text in an expression."""
    return "'" + value.replace("'", "''") + "'"


def column(name: str) -> str:
    """A column in an expression."""
    return '"' + name.replace('"', '""') + '"'


def filled(template: str, values: Values, rows: Rows, only: str = "") -> str:
    """The template of this name with its {words} replaced; no value becomes more than text.

    rows: key of rules -> what each of their copies has beside the values. only: a condition (an
    expression) that features must fulfil to be drawn; empty: all are.
    """
    style = fromstring(files(__package__).joinpath(f"{template}.qml").read_text("utf-8"))
    (rules,), (symbols,) = style.iter("rules"), style.iter("symbols")
    patterns = {symbol.get("name"): symbol for symbol in symbols}
    symbols[:] = []

    def written(rules: Iterable[Element], values: Values, key: str) -> Iterator[Element]:
        for number, (rule, own) in enumerate(_copies(rules, values, rows)):
            said = {name: value.format_map(own) for name, value in rule.items()}
            name = f"{key}-{number}"
            made = Element("rule", key=f"{{{name}}}", label=said["label"], filter=said["filter"])
            if "symbol" in said:
                symbol = _with(patterns[said["symbol"]], {**own, **said})
                symbol.set("name", str(len(symbols)))
                made.set("symbol", str(len(symbols)))
                symbols.append(symbol)
            made.extend(written(rule, own, name))
            yield made

    if only:
        values = {**values, "only": only}
        group = Element("rule", label="{only}", filter="{only}")
        group.extend(rules)
        rules[:] = [group]
    rules[:] = list(written(rules, values, "rule"))
    for labels in style.findall("labeling"):
        labels[:] = list(_with(labels, values))
    indent(style, space=" ")
    return harmless(tostring(style, encoding="unicode"), keep="\n")


def _copies(
    rules: Iterable[Element], values: Values, rows: Rows
) -> Iterator[tuple[Element, Values]]:
    """Each rule of a template as often as it stands, with its values."""
    for key, group in groupby(rules, lambda rule: rule.get("key")):
        together = list(group)
        for row in rows[key] if key else [{}]:
            yield from ((rule, {**values, **row}) for rule in together)


def _with(element: Element, values: Values) -> Element:
    """A copy of an element of a template, with these values."""
    copy = deepcopy(element)
    for part in copy.iter():
        for name, value in list(part.items()):
            part.set(name, value.format_map(values))
    return copy
