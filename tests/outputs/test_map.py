"""The map picture: what is on it, in which language, and that every sign can be drawn."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from shapely.geometry import box

from optimizer.assessment.indicators import assess
from optimizer.geodata.read import read
from optimizer.outputs.formats import write
from optimizer.outputs.map import SETTINGS, draw, fonts
from optimizer.outputs.map.basemap import FAILS, LARGEST_RING, MARKERS
from optimizer.outputs.map.fonts import Font
from optimizer.outputs.map.scale import round_length
from optimizer.outputs.scenarios import scenarios
from optimizer.outputs.solved_instance import SolvedInstance
from optimizer.question import Limits
from optimizer.robust import solve
from tests.outputs.little import Little
from tests.plans import TINY

ROMAN = Font("DejaVu Sans", frozenset([*map(chr, range(32, 0x250)), *fonts.FIGURES]))


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    if fonts.find(request.param) is None:
        pytest.skip("no font of this machine has Chinese")
    return str(request.param)


@pytest.fixture(autouse=True)
def no_missing_glyph() -> Iterator[None]:
    """What matplotlib warns of: above all, signs that the font does not have."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def drawn(study: SolvedInstance, language: str) -> tuple[Figure, Font]:
    font = fonts.choose(language)
    with mpl.rc_context({**SETTINGS, "font.family": [font.family]}):
        figure = draw(study, font, language)
        figure.canvas.draw()
    return figure, font


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_every_sign_is_in_the_font(study: SolvedInstance, language: str) -> None:
    figure, font = drawn(study, language)
    found = texts(figure)
    assert len(found) > 30
    assert all(font.has(text.replace("\n", "")) for text in found)


def test_words_are_in_the_language(study: SolvedInstance, language: str) -> None:
    found = texts(drawn(study, language)[0])
    expected = {
        "zh": {"小城市群", "急救站", "县级医院", "甲城", "乙城", "新建", "投资 430 million CNY"},
        "en": {"Little agglomeration", "Emergency station", "Alpha", "Beta", "built"},
    }[language]
    assert expected <= set(found)


def test_key_numbers_and_sources_are_told(study: SolvedInstance) -> None:
    found = texts(drawn(study, "en")[0])
    # objective (71.5 / 3 + 172.5 / 3) / 2 = 40.667, bound 0.25 below: a gap of 0.61 %.
    assert "Proven: at most 0.61% from the best possible" in found
    assert "Cost 430 million CNY" in found
    assert "Facility plan · fair" in found
    assert {"14.0", "80.0%", "40.0"} <= set(found)  # emergency: mean, covered, maximum
    assert any(text.startswith("Data: © OpenStreetMap contributors (ODbL-1.0)") for text in found)
    assert "Areas are cells round demand points" in found


def test_a_dollar_in_a_name_is_money(little: Little) -> None:
    figure, _ = drawn(little.study(title={"en": "Cost $x^{2$ and \\frac$"}), "en")
    assert "Cost $x^{2$ and \\frac$" in texts(figure)
    assert not [text for text in figure.findobj(Text) if text.get_text() and text.get_parse_math()]


def test_a_name_without_glyphs_is_told_in_the_other_language() -> None:
    assert ROMAN.first("甲城", "Alpha", "A") == "Alpha"
    assert ROMAN.first(None, "甲城", "id-甲") == "id-"
    assert ROMAN.first(None) == ""


def test_no_font_with_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_load", cache(lambda family: ROMAN))
    assert fonts.speak("auto") == "en"
    assert fonts.choose("en") == ROMAN


def test_facilities_stand_at_their_sites_new_ones_on_top(study: SolvedInstance) -> None:
    figure, _ = drawn(study, "en")
    axes = figure.axes[1]
    marks = [line for line in axes.lines if len(line.get_xdata())]
    sites = study.instance.geography.sites.to_crs("EPSG:32651").geometry
    at = {
        (line.get_marker(), line.get_markerfacecolor()): (
            line.get_xydata(),
            line.get_zorder(),
        )
        for line in marks
    }
    station = MARKERS["triangle"]
    built = next(places for (marker, _), places in at.items() if marker == station)
    assert np.allclose(built[0], [(sites[id].x, sites[id].y) for id in ("s1", "s3")])
    kept = at[(MARKERS["square"], "#ffffff")]
    assert np.allclose(kept[0], [(sites["s1"].x, sites["s1"].y)])
    assert kept[1] < built[1]


def test_services_at_one_site_stand_side_by_side(study: SolvedInstance) -> None:
    figure, _ = drawn(study, "en")
    at_s1 = [
        line.get_transform().transform(line.get_xydata()[:1])[0]
        for line in figure.axes[1].lines
        if isinstance(line, Line2D) and len(line.get_xdata()) and line.get_xdata()[0] < 3e5
    ]
    assert len(at_s1) == 2
    assert np.hypot(*(at_s1[0] - at_s1[1])) > 10  # pixels


def test_the_scale_bar_is_true(study: SolvedInstance) -> None:
    figure, _ = drawn(study, "en")
    axes = figure.axes[1]
    halves = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    length = sum(half.get_width() for half in halves)
    label = next(text.get_text() for text in axes.texts if text.get_text().endswith(" km"))
    assert f"{length / 1000:g} km" == label
    # The unit of the map is the metre of its CRS, the same to the right and up.
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    pixels = axes.bbox
    assert (x1 - x0) / pixels.width == pytest.approx((y1 - y0) / pixels.height)
    d1 = study.instance.geography.demand.to_crs("EPSG:32651").geometry["d1"]
    assert x0 < d1.x < x1 and y0 < d1.y < y1


@pytest.mark.parametrize(
    ("room", "length"), [(999, 500), (1000, 1000), (26_000, 20_000), (0.4, 0.2), (5, 5)]
)
def test_round_length(room: float, length: float) -> None:
    assert round_length(room) == pytest.approx(length)


def test_the_legend_has_only_what_is_on_the_map(little: Little) -> None:
    zone = gpd.GeoDataFrame(
        {"kind": ["development", "water"]},
        geometry=[box(120, 31, 121, 32), box(121, 31, 122, 32)],
        crs="EPSG:4326",
    )
    found = texts(drawn(little.study(zones=zone, corridors=None), "en")[0])
    assert "development boundary" in found and "water" in found
    assert "no building here" not in found
    assert "candidate corridor" not in found
    assert "road" in found


def test_rings_where_the_worst_failures_are() -> None:
    """Of five sites the two with a station can fail; areas are as the minutes lost."""
    asked = 'policy.failures.draw=["sites"]', "policy.failures.tail=0"
    instance = read(TINY / "line", overrides=asked)
    result = solve(instance.case, Limits(gap=0))
    assert result.plan is not None
    study = SolvedInstance(instance, result, assess(instance.case, result.plan))
    worst = scenarios(study).query("lost > 0").to_crs(instance.geography.crs)
    assert len(worst) == 2
    figure, _ = drawn(study, "en")
    (rings,) = (
        one
        for one in figure.axes[1].collections
        if one.get_edgecolor().tolist() == [list(to_rgba(FAILS))]
    )
    places = [(one.geoms[0].x, one.geoms[0].y) for one in worst.geometry]
    assert np.allclose(rings.get_offsets(), places)
    assert rings.get_sizes() == pytest.approx(
        LARGEST_RING**2 * worst["lost"].to_numpy() / worst["lost"].max()
    )
    most = f"at most +{worst['lost'].max():.1f} minutes"
    assert any(most in text.replace("\n", " ") for text in texts(figure))


def test_no_rings_where_nothing_fails(study: SolvedInstance) -> None:
    figure, _ = drawn(study, "en")
    assert not any("worst failures" in text for text in texts(figure))


def test_names_do_not_cover_each_other(study: SolvedInstance) -> None:
    figure, _ = drawn(study, "en")
    names = [text for text in figure.axes[1].texts if text.get_text() in ("Alpha", "Beta")]
    assert len(names) == 2
    assert not names[0].get_window_extent().overlaps(names[1].get_window_extent())


def test_svg_is_the_same_each_time_and_needs_no_font(study: SolvedInstance, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(study, tmp_path / f"{name}.svg", "en")
    first = (tmp_path / "one.svg").read_bytes()
    assert first == (tmp_path / "two.svg").read_bytes()
    root = ElementTree.fromstring(first)
    assert not root.findall(".//{http://www.w3.org/2000/svg}text")


def test_drawing_leaves_nothing_behind_in_matplotlib(study: SolvedInstance, tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    write(study, tmp_path / "plan.png", "en")
    assert dict(mpl.rcParams) == before
    assert pyplot.get_fignums() == []
