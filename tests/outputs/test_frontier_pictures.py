"""The pictures of a sweep: the frontier with its proof, and the people along it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from optimizer.case import Case
from optimizer.outputs import frontier
from optimizer.outputs.frontier import curve, people
from optimizer.outputs.frontier.places import steps
from optimizer.outputs.frontier.proof import least_efficiency
from optimizer.outputs.map import SETTINGS, fonts
from optimizer.outputs.symbology import PAPER
from optimizer.problem import Costs
from optimizer.solution import Status
from optimizer.sweep.task import Frontier
from tests.outputs.little import Little
from tests.outputs.sweeps import instance, sweep


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    if fonts.find(request.param) is None:
        pytest.skip("no font of this machine has Chinese")
    return str(request.param)


@pytest.fixture(autouse=True)
def no_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def drawn(
    little: Little,
    draw: frontier.Draw,
    frontiers: Sequence[Frontier],
    language: str = "en",
    costs: Costs | None = None,
) -> Figure:
    facts = instance(little)
    facts = replace(facts, case=Case(replace(facts.problem, costs=costs), facts.policy))
    font = fonts.choose(language)
    with mpl.rc_context({**SETTINGS, "font.family": [font.family]}):
        figure = draw(facts, frontiers, font, language)
        figure.canvas.draw()
    return figure


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_every_sign_is_in_the_font(little: Little, language: str) -> None:
    for draw in (curve.draw, people.draw):
        found = texts(drawn(little, draw, [sweep(little)], language))
        assert all(fonts.choose(language).has(text.replace("\n", "")) for text in found)


def test_words_are_in_the_language(little: Little, language: str) -> None:
    found = texts(drawn(little, curve.draw, [sweep(little)], language))
    expected = {
        "zh": {"小城市群", "拐点", "被支配", "最远者 (分钟)", "投资 (million CNY)"},
        "en": {"Little agglomeration", "knee", "dominated", "the worst-off (minutes)"},
    }[language]
    assert expected <= set(found)


def test_points_are_marked_where_they_are(little: Little) -> None:
    axes = drawn(little, curve.draw, [sweep(little)]).axes[0]
    marks = [line for line in axes.lines if line.get_marker() == "o" and len(line.get_xdata()) == 1]
    small = {
        float(line.get_xdata()[0]): to_hex(line.get_markerfacecolor())
        for line in marks
        if line.get_markersize() == 5
    }
    assert list(small) == [415, 430, 435, 450]
    assert [cost for cost, fill in small.items() if fill == PAPER] == [435]  # dominated
    (knee,) = [line for line in marks if line.get_markersize() > 5]
    assert knee.get_xdata()[0] == 430
    assert {"1", "2", "4"} <= {text.get_text() for text in axes.texts}


def test_a_point_that_is_not_proven_is_square(little: Little) -> None:
    first, *others = sweep(little).points
    assert first.answer.result is not None
    stopped = replace(first.answer.result, status=Status.STOPPED)
    one = replace(first, answer=replace(first.answer, result=stopped))
    figure = drawn(little, curve.draw, [Frontier((one, *others))])
    assert [line.get_marker() for line in figure.axes[0].lines].count("s") == 1
    assert "not proven to the asked gap" in texts(figure)


def test_steps_go_through_what_is_not_dominated(little: Little) -> None:
    a, b, c = 222.5 / 3, 57.5, 52.5
    corners = [(415, a), (430, a), (430, b), (450, b), (450, c)]
    assert np.allclose(steps(sweep(little)), corners)


def test_a_bound_proves_that_no_plan_lies_below_it(little: Little) -> None:
    # At weight 0.25: 0.75 x cost / 18 + 0.25 x equity >= bound, so at equity 60 the cost is at
    # least 18 x (bound - 15) / 0.75.
    point = sweep(little).points[1]
    assert point.answer.result is not None
    bound = point.answer.result.bound
    found = least_efficiency(instance(little), Frontier((point,)), np.array([60.0, 40.0]))
    assert found == pytest.approx([18 * (bound - 15) / 0.75, 18 * (bound - 10) / 0.75])


def test_the_best_bound_counts_and_weight_1_proves_an_equity(little: Little) -> None:
    points = sweep(little).points
    # Point 4 minimises equity alone: 52.5 with a gap of 1 %, so nothing is below 51.975.
    found = least_efficiency(instance(little), Frontier(points[:4]), np.array([51.9, 52.0]))
    assert found[0] == math.inf
    assert found[1] < math.inf


def test_no_plan_keeps_an_infeasible_cap(little: Little) -> None:
    infeasible = sweep(little).points[4]
    found = least_efficiency(instance(little), Frontier((infeasible,)), np.array([50.0, 50.1]))
    assert found.tolist() == [math.inf, -math.inf]


def test_a_bound_holds_within_its_cap_on_efficiency(little: Little) -> None:
    answer = sweep(little).points[4].answer
    policy = replace(answer.task.policy, efficiency_bound=440.0, equity_bound=None)
    probe = replace(answer, task=replace(answer.task, policy=policy, probe=True))
    found = least_efficiency(instance(little), Frontier((), probes=(probe,)), np.array([50.0]))
    assert found.tolist() == [440]  # there is no plan that is as good as that in efficiency


def test_a_failed_point_proves_nothing(little: Little) -> None:
    failed = sweep(little).points[5]
    found = least_efficiency(instance(little), Frontier((failed,)), np.array([0.0]))
    assert found.tolist() == [-math.inf]


def test_a_family_has_a_line_and_a_name_each(little: Little) -> None:
    caps = [replace(sweep(little), cost_bound=cap, resolution=math.inf) for cap in (440.0, 460.0)]
    found = texts(drawn(little, curve.draw, caps))
    assert {"cost at most 440 million CNY", "cost at most 460 million CNY"} <= set(found)
    assert "proven: no plan lies here" not in found
    # The people are shown for the member with most money.
    found = texts(drawn(little, people.draw, caps[::-1]))
    assert any(text.endswith("cost at most 460 million CNY") for text in found)


def test_money_per_year_is_said_to_be(little: Little, language: str) -> None:
    costs = Costs(0.05, 20, (20, 30))
    capped = [replace(sweep(little), cost_bound=440.0, resolution=math.inf)]
    said = {"en": "million CNY per year", "zh": "million CNY 每年"}[language]
    for draw in (curve.draw, people.draw):
        found = "\n".join(texts(drawn(little, draw, capped, language, costs)))
        assert f"440 {said}" in found and f"({said})" in found


def test_people_stand_from_who_loses_most_to_who_gains_most(little: Little) -> None:
    axes = drawn(little, people.draw, [sweep(little)]).axes
    # From point 1 to 4. Alpha: emergency 82.5 -> 10; Beta: (200 x 40 + 400 x 5) / 600 -> 5;
    # rural: (50 x 90 + 150 x 40 + 100 x 5) / 300 -> (50 x 25 + 250 x 5) / 300. A third of each.
    beta, alpha, rural = (50 / 3 - 5) / 3, (82.5 - 10) / 3, (11000 - 2500) / 900
    told = [(one.get_title("left"), one.get_title("right")) for one in axes]
    assert told == [
        ("Beta", f"{-beta:+.1f}"),
        ("Alpha", f"{-alpha:+.1f}"),
        ("rural", f"{-rural:+.1f}"),
    ]


def test_people_share_their_axes_and_see_the_others(little: Little) -> None:
    beta, alpha, rural = drawn(little, people.draw, [sweep(little)]).axes
    assert beta.get_ylim() == alpha.get_ylim() == rural.get_ylim()
    # The other one and itself in grey, then itself; each over the three plans worth having.
    assert [len(beta.lines), len(alpha.lines), len(rural.lines)] == [3, 3, 2]
    assert alpha.lines[-1].get_xdata().tolist() == [415, 430, 450]
    minutes = [(82.5 + 10 + 82.5) / 3, (10 + 10 + 82.5) / 3, (10 + 10 + 82.5) / 3]
    assert alpha.lines[-1].get_ydata().tolist() == pytest.approx(minutes)


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_two_pictures_are_written(little: Little, tmp_path: Path, suffix: str) -> None:
    first, second = tmp_path / f"sweep.{suffix}", tmp_path / f"sweep-people.{suffix}"
    assert frontier.write(instance(little), [sweep(little)], first, "en") == (first, second)
    assert set(tmp_path.iterdir()) == {first, second}
    assert min(first.stat().st_size, second.stat().st_size) > 5000


def test_a_sweep_without_any_plan_is_drawn_too(little: Little, tmp_path: Path) -> None:
    nothing = Frontier(sweep(little).points[4:])
    for name in ("sweep.png", "sweep.gpkg", "sweep.csv"):
        assert frontier.write(instance(little), [nothing], tmp_path / name, "en")


def test_one_plan_alone_is_a_frontier(little: Little) -> None:
    one = Frontier(sweep(little).points[:1])
    assert len(drawn(little, people.draw, [one]).axes) == 3
    assert "1" in texts(drawn(little, curve.draw, [one]))
