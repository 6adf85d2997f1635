"""Templates of styles: well formed, in the package, and what fills them in stays text."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

import optimizer
from optimizer.outputs.qgis import qml

PACKAGE = Path(optimizer.__file__).parent
TEMPLATES = sorted((PACKAGE / "outputs" / "qgis").glob("*.qml"))

#: What ends an attribute, an element, a text in an expression, or stands for a word.
ODD = """{ink} {0} {{ }} $ink " ' < > &amp; ]]> %s"""


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_a_template_is_a_style_by_rules_that_name_its_symbols(file: Path) -> None:
    style = ElementTree.parse(file).getroot()
    assert style.tag == "qgis"
    assert style.find("renderer-v2[@type='RuleRenderer']") is not None
    assert style.get("labelsEnabled") == str(len(style.findall("labeling")))
    named = {rule.get("symbol") for rule in style.iter("rule")} - {None}
    assert named == {symbol.get("name") for symbol in style.iter("symbol")}
    assert all({"label", "filter"} <= set(rule.keys()) for rule in style.iter("rule"))


def test_names_stay_text() -> None:
    level = {"level": ODD, "level_id": qml.text(ODD), "colour": "1,2,3", "line_style": "dash"}
    style = ElementTree.fromstring(qml.filled("assignments", {}, {"level": [level]}))
    (rule,) = style.iter("rule")
    assert rule.get("label") == ODD
    assert rule.get("filter") == f'"level" = {qml.text(ODD)}'


def test_each_copy_of_a_rule_has_a_symbol_of_its_own() -> None:
    row = {"level": "", "level_id": "", "line_style": "dash"}
    rows = {"level": [{**row, "colour": colour} for colour in ("1,2,3", "4,5,6")]}
    style = ElementTree.fromstring(qml.filled("assignments", {}, rows))
    assert [rule.get("symbol") for rule in style.iter("rule")] == ["0", "1"]
    colours = style.findall(".//symbol/layer/Option/Option[@name='line_color']")
    assert [colour.get("value") for colour in colours] == ["1,2,3,255", "4,5,6,255"]


def test_a_condition_for_all_rules_stands_round_them() -> None:
    words = {"removed by a control line": "gone", "removed": "1,2,3"}
    style = ElementTree.fromstring(qml.filled("rejected", words, {}, only='"{a}" > 0'))
    (group,) = style.findall("renderer-v2/rules/rule")
    assert group.attrib == {"key": "{rule-0}", "label": '"{a}" > 0', "filter": '"{a}" > 0'}
    assert [rule.get("key") for rule in group] == ["{rule-0-0}", "{rule-0-1}"]


def test_a_word_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        qml.filled("assignments", {}, {"level": [{}]})
    with pytest.raises(KeyError):
        qml.filled("assignments", {}, {})
