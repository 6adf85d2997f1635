"""QML, the style language of QGIS (3.18 and later): the few elements that the styles need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from optimizer.foundation.harmless import harmless
from optimizer.outputs.symbology import INK, PAPER

Properties = Mapping[str, str]

#: QGIS's numbers for where a label goes: round the point as cartographers prefer, or over the
#: middle of the area.
ROUND, INSIDE = "6", "1"


@dataclass(frozen=True)
class Symbol:
    """kind: marker, line or fill. layer: QGIS's class. by_data: property -> expression."""

    kind: str
    layer: str
    properties: Properties
    alpha: float = 1.0
    by_data: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """Features that fulfil the condition (an expression; empty: all) get the symbol."""

    label: str
    condition: str
    symbol: Symbol | None = None
    rules: Sequence[Rule] = ()


@dataclass(frozen=True)
class Labels:
    """expression: the text of a feature, none where it is NULL. size: points.

    placement: ROUND a point, or INSIDE an area. priority: 1 to 10; the highest is placed first.
    """

    expression: str
    size: float
    placement: str
    priority: int
    bold: bool = False


def colour(hexadecimal: str, alpha: int = 255) -> str:
    """#rrggbb as QML writes it."""
    parts = [str(int(hexadecimal[i : i + 2], 16)) for i in (1, 3, 5)]
    return ",".join([*parts, str(alpha)])


def text(value: str) -> str:
    """A text in an expression."""
    return "'" + value.replace("'", "''") + "'"


def column(name: str) -> str:
    """A column in an expression."""
    return '"' + name.replace('"', '""') + '"'


def is_a(kind: str) -> str:
    """A condition: the feature is a Point or a Line."""
    return f"geometry_type($geometry) = {text(kind)}"


def marker(
    shape: str, fill: str, outline: str, size: float, by_data: Properties | None = None
) -> Symbol:
    """A point. size: millimetres."""
    properties = {
        "name": shape,
        "color": colour(fill),
        "outline_color": colour(outline),
        "outline_width": "0.35",
        "outline_width_unit": "MM",
        "size": f"{size:g}",
        "size_unit": "MM",
        "joinstyle": "round",
    }
    return Symbol("marker", "SimpleMarker", properties, by_data=by_data or {})


def line(stroke: str, width: float, style: str = "solid", alpha: float = 1.0) -> Symbol:
    """A line. width: millimetres. style: solid, dash or dot."""
    properties = {
        "line_color": colour(stroke),
        "line_width": f"{width:g}",
        "line_width_unit": "MM",
        "line_style": style,
        "capstyle": "round",
    }
    return Symbol("line", "SimpleLine", properties, alpha)


def area(fill: str | None, outline: str, width: float, alpha: float = 1.0) -> Symbol:
    """An area; without a fill only its outline."""
    properties = {
        "color": colour(fill or outline, 255 if fill else 0),
        "style": "solid" if fill else "no",
        "outline_color": colour(outline),
        "outline_width": f"{width:g}",
        "outline_width_unit": "MM",
        "outline_style": "solid",
        "joinstyle": "round",
    }
    return Symbol("fill", "SimpleFill", properties, alpha)


def by_rules(rules: Sequence[Rule]) -> Element:
    """A renderer that draws each feature by every rule that it fulfils."""
    renderer = Element("renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0")
    symbols: list[Symbol] = []

    def add(parent: Element, rule: Rule, key: str) -> None:
        element = SubElement(parent, "rule", key=f"{{{key}}}", label=rule.label)
        if rule.condition:
            element.set("filter", rule.condition)
        if rule.symbol is not None:
            element.set("symbol", str(len(symbols)))
            symbols.append(rule.symbol)
        for number, below in enumerate(rule.rules):
            add(element, below, f"{key}-{number}")

    root = SubElement(renderer, "rules", key="{rules}")
    for number, rule in enumerate(rules):
        add(root, rule, f"rule-{number}")
    renderer.append(_symbols(symbols))
    return renderer


def document(renderer: Element, labels: Labels | None = None) -> str:
    """A whole style."""
    root = Element(
        "qgis",
        version="3.22",
        styleCategories="Symbology|Labeling",
        labelsEnabled="1" if labels else "0",
    )
    root.append(renderer)
    if labels:
        root.append(_labeling(labels))
    indent(root, space=" ")
    return harmless(tostring(root, encoding="unicode"), keep="\n")


def _symbols(symbols: Sequence[Symbol]) -> Element:
    element = Element("symbols")
    for number, symbol in enumerate(symbols):
        outer = SubElement(
            element,
            "symbol",
            name=str(number),
            type=symbol.kind,
            alpha=f"{symbol.alpha:g}",
            clip_to_extent="1",
            force_rhr="0",
        )
        layer = SubElement(outer, "layer", {"class": symbol.layer}, enabled="1", locked="0")
        layer.set("pass", "0")
        _options(layer, symbol.properties)
        _by_data(SubElement(layer, "data_defined_properties"), symbol.by_data)
    return element


def _options(parent: Element, values: Properties) -> Element:
    options = SubElement(parent, "Option", type="Map")
    for name, value in values.items():
        SubElement(options, "Option", name=name, value=value, type="QString")
    return options


def _by_data(parent: Element, expressions: Properties) -> None:
    """Properties whose value is an expression of the feature."""
    options = _options(parent, {"name": "", "type": "collection"})
    properties = SubElement(options, "Option", name="properties", type="Map")
    for name, expression in expressions.items():
        one = SubElement(properties, "Option", name=name, type="Map")
        SubElement(one, "Option", name="active", value="true", type="bool")
        SubElement(one, "Option", name="expression", value=expression, type="QString")
        SubElement(one, "Option", name="type", value="3", type="int")  # 3: an expression


def _labeling(labels: Labels) -> Element:
    labeling = Element("labeling", type="simple")
    settings = SubElement(labeling, "settings")
    style = SubElement(
        settings,
        "text-style",
        fieldName=labels.expression,
        isExpression="1",
        fontSize=f"{labels.size:g}",
        fontSizeUnit="Point",
        fontWeight="75" if labels.bold else "50",
        textColor=colour(INK),
    )
    SubElement(
        style,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor=colour(PAPER),
    )
    SubElement(
        settings,
        "placement",
        placement=labels.placement,
        priority=str(labels.priority),
        dist="1",
        distUnits="MM",
        offsetType="1",
        quadOffset="4",
        centroidInside="1",
    )
    # An area must not keep the labels of what lies in it away.
    obstacle = "0" if labels.placement == INSIDE else "1"
    SubElement(settings, "rendering", scaleVisibility="0", obstacle=obstacle, displayAll="0")
    return labeling
