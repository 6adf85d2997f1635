"""Classes, entitlement, exchange and minutes to cores in every output, and read back."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.text import Text
from rich.console import Console

from optimizer.assessment.indicators import assess
from optimizer.geodata.geography import Instance
from optimizer.outputs import symbology
from optimizer.outputs.description import describe
from optimizer.outputs.layers import layers
from optimizer.outputs.map import SETTINGS, draw, fonts
from optimizer.outputs.map.basemap import DOT_ALPHA
from optimizer.outputs.map.cities import _seats
from optimizer.outputs.qgis.styles import Sheet, styles
from optimizer.outputs.report import report
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.outputs.summary import show
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.verification.file import check_file
from tests.geodata.little import Break, Little, all_of, read_little
from tests.plans import edited, solved

#: The rules that hold what is written of classes and cores.
CLASSES, DEMAND, AREAS = (
    "the classes layer is true",
    "the demand layer is true",
    "the jurisdictions layer is true",
)
ASSIGNED = "the assignments layer is true"


def column(layer: str, name: str, values: list[object]) -> Break:
    return lambda it: it.layers[layer].insert(1, name, values)


def roomy(it: Little) -> None:
    """Nothing but what is nearest decides; stations for the old."""
    it.set('floors = { jurisdiction = 0.5, backup = 0.1, tier = "city" }\n', 'entitled = ["old"]\n')
    it.put("facilities", 0, "capacity_county", 9000)


CHANGED = all_of(
    roomy,
    column("demand", "ring", ["core", None, ""]),
    column("jurisdictions", "ring", [None, "circle", "rest"]),
    column("jurisdictions", "seat", [None, "a", "b"]),
    column("demand", "stage", [1, 2, 3]),
)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return read_little(tmp_path_factory.mktemp("little"), CHANGED)


@pytest.fixture(scope="module")
def study(instance: Instance) -> SolvedInstance:
    result = solve(instance.case, Limits(gap=0))
    assert result.plan is not None
    return SolvedInstance(instance, result, assess(instance.case, result.plan))


@pytest.fixture(scope="module")
def written(instance: Instance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return solved(instance, tmp_path_factory.mktemp("plan") / "plan.gpkg")


def test_a_layer_has_each_class_and_label(study: SolvedInstance) -> None:
    rows = layers(study)["classes"].set_index("id")
    assert [*rows.index] == ["ring:core", "ring:rest", "role:core", "role:member"]
    assert rows["persons"].tolist() == [1000, 5000, 1000, 5000]
    assert rows["core_minutes"].tolist() == pytest.approx([0, (2 * 10 + 3 * 25) / 5] * 2)
    # Of b and c, 200 of b alone are old: their minutes are those of b.
    demand = layers(study)["demand"].set_index("id")
    assert rows.loc["ring:rest", "mean_emergency"] == demand.loc["b", "minutes_emergency"]


def test_demand_points_tell_their_classes_and_keep_what_is_the_users(study: SolvedInstance) -> None:
    rows = layers(study)["demand"]
    assert rows["ring"].tolist() == ["core", "rest", "rest"]
    assert rows["role"].tolist() == ["core", "member", "member"]
    assert rows["stage"].tolist() == [1, 2, 3]
    assert rows["entitled_emergency"].tolist() == [100, 200, 0]
    assert "ring_input" not in rows.columns
    assert "entitled_medical_county" not in rows.columns


def test_a_column_of_the_user_under_the_name_of_a_class_comes_back(tmp_path: Path) -> None:
    changed = all_of(
        column("demand", "ring", [1, 2, 3]),
        column("jurisdictions", "ring", [None, "circle", "rest"]),
        roomy,
    )
    found = solved(read_little(tmp_path, changed), tmp_path / "plan.gpkg")
    rows = gpd.read_file(found, layer="demand")
    assert rows["ring"].tolist() == ["circle", "rest", "rest"]
    assert rows["ring_input"].tolist() == [1, 2, 3]
    assert check_file(found, tmp_path).ok


def test_cores_tell_what_they_give_and_draw(study: SolvedInstance) -> None:
    """Only s offers medical.county at first: whoever of b and c goes there is given to by P."""
    rows = layers(study)["jurisdictions"].set_index("id")
    served = layers(study)["assignments"]
    at_s = served[(served["site"] == "s") & (served["demand"] != "a")]
    for level in ("emergency", "medical.county", "medical.regional"):
        given = at_s.loc[at_s["level"] == level, "persons"].sum()
        assert rows.loc["P", f"gives_{level.replace('.', '_')}"] == pytest.approx(given)
        assert rows.loc[["V", "Q"], f"gives_{level.replace('.', '_')}"].isna().all()
    assert rows["draws_medical_county"].sum() == 0


def test_the_report_has_all_of_it(study: SolvedInstance) -> None:
    found = report(study)
    county = found["services"]["medical.county"]
    assert county["classes"]["ring"]["rest"]["persons"] == 5000
    assert county["exchange"]["cores"]["P"]["gives"] == county["exchange"]["in_cores"]
    assert found["core_minutes"]["region"]["worst"] == 25
    assert found["services"]["emergency"]["region"]["persons"] == 300
    assert json.dumps(found)
    told = describe(study.instance, {})
    assert told["classes"] == {"ring": ["core", "rest"], "role": ["core", "member"]}
    assert told["levels"][0]["entitled"] == "old"


@pytest.mark.parametrize(("language", "words"), [("en", "in the core / its own"), ("zh", "圈层")])
def test_the_summary_has_a_row_for_each(study: SolvedInstance, language: str, words: str) -> None:
    console = Console(width=160, record=True, file=StringIO())
    show(study, console, language)
    assert words in console.export_text()


def test_names_stand_at_the_seat(study: SolvedInstance) -> None:
    """c has most persons of Q, and b is its seat."""
    places = layers(study)["demand"].geometry
    areas = layers(study)["jurisdictions"]
    q = _seats(study, areas)[[*areas["id"]].index("Q")]
    assert tuple(q) == pytest.approx((places[1].x, places[1].y), abs=1e-3)


def test_what_is_written_passes(written: Path, instance: Instance) -> None:
    verdict = check_file(written, instance.geography.folder)
    assert verdict.ok, verdict.broken


BROKEN: dict[str, tuple[str, str]] = {
    "a class that it is not in": ("UPDATE demand SET ring = 'core' WHERE id = 'b'", DEMAND),
    "fewer are entitled": ("UPDATE demand SET entitled_emergency = 90 WHERE id = 'a'", DEMAND),
    "a core nearer": ("UPDATE demand SET core_minutes = 1 WHERE id = 'b'", DEMAND),
    "a class farther": ("UPDATE classes SET mean_emergency = 99 WHERE id = 'ring:rest'", CLASSES),
    "more persons in a class": ("UPDATE classes SET persons = 1 WHERE id = 'ring:rest'", CLASSES),
    "a class less": ("DELETE FROM classes WHERE id = 'ring:rest'", CLASSES),
    "another label": ("UPDATE classes SET label = 'core' WHERE id = 'ring:rest'", CLASSES),
    "a core gives more": (
        "UPDATE jurisdictions SET gives_medical_county = 1 WHERE id = 'P'",
        AREAS,
    ),
    "a member gives": ("UPDATE jurisdictions SET gives_emergency = 1 WHERE id = 'Q'", AREAS),
    "persons who are not entitled": (
        "UPDATE assignments SET persons = 1000 WHERE level = 'emergency' AND demand = 'a'",
        ASSIGNED,
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_caught(
    case: str, written: Path, instance: Instance, tmp_path: Path
) -> None:
    statement, rule = BROKEN[case]
    copy = edited(written, tmp_path, statement)
    assert rule in {one.name for one in check_file(copy, instance.geography.folder).broken}


def test_a_map_among_a_class_colours_points_by_it(tmp_path: Path) -> None:
    instance = read_little(tmp_path, CHANGED, "policy.among=ring", "policy.services=medical.county")
    result = solve(instance.case, Limits(gap=0))
    assert result.plan is not None
    among = SolvedInstance(instance, result, assess(instance.case, result.plan))
    font = fonts.choose("en")
    with mpl.rc_context({**SETTINGS, "font.family": [font.family]}):
        figure = draw(among, font, "en")
    said = [text.get_text() for text in figure.findobj(Text)]
    assert {"ring: core", "ring: rest"} <= set(said)
    dots = {to_rgba(symbology.colour(row), DOT_ALPHA) for row in range(2)}
    drawn = [one.get_facecolors() for one in figure.findobj(PathCollection)]
    assert dots <= {tuple(colour) for colours in drawn for colour in colours.tolist()}


def test_qgis_has_a_style_for_each_class(study: SolvedInstance) -> None:
    rows = layers(study)["demand"]
    names = dict(styles(Sheet(study.instance, rows, "en"), "demand"))
    assert "by ring" in names and "by role" in names
    assert "&quot;ring&quot; = 'core'" in names["by ring"]
    assert styles(Sheet(study.instance, layers(study)["classes"], "en"), "classes") == []
