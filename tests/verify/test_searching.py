"""The search at random: it counts, it makes small, it writes down, and it asks again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from optimizer.geodata.read import read
from tests.verify.catch import Catch
from tests.verify.engine import asked as engine
from tests.verify.engine.drawing import draw as draw_town
from tests.verify.engine.town import town_of
from tests.verify.location import drawing as location
from tests.verify.location.spec import Spec, improved, least
from tests.verify.meetings import Meetings
from tests.verify.running import Search


@dataclass(frozen=True)
class Wrong:
    """A question that is answered wrongly as long as it has a 7."""

    numbers: tuple[int, ...]
    name: str = "numbers"
    features: frozenset[str] = frozenset({"one", "other"})

    def judged(self) -> list[Catch]:
        return [Catch("a seven", 7.0, 8.0)] if 7 in self.numbers else []

    def smaller(self) -> Iterator[Wrong]:
        for n in range(len(self.numbers)):
            yield replace(self, numbers=self.numbers[:n] + self.numbers[n + 1 :])

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "numbers.json").write_text(json.dumps(self.numbers), "utf-8")


def test_a_catch_is_counted_made_small_and_written_down(tmp_path: Path) -> None:
    lines: list[str] = []
    search = Search({"all": (lambda seed: Wrong((3, seed, 9)), 1.0)}, tmp_path, lines.append)
    caught = search.run(0.05, seed=5)
    assert caught == 1 and search.asked["all: numbers"] > 3
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert json.loads((folder / "numbers.json").read_text("utf-8")) == [7]
    assert "--seed 7" in (folder / "README").read_text("utf-8")
    assert "CATCH all seed 7, numbers: a seven: told 7.0, right 8.0" in lines
    assert "all: numbers: a seven" in search.report()


def test_how_often_features_met() -> None:
    met = Meetings()
    for some in ({"a", "b"}, {"b", "c"}, {"b"}):
        met.add(some)
    assert (met.of("b", "b"), met.of("b", "a"), met.of("a", "c")) == (3, 1, 0)
    assert met.rarest().startswith("c + a 0")


def test_the_local_search_of_sites_and_all_of_them() -> None:
    # On a line at 0, 1, 5, 7: {0 or 1, 5 or 7} with 1 + 2.
    at = np.array([0.0, 1.0, 5.0, 7.0])
    spec = Spec(np.abs(at[:, None] - at), np.zeros(4), 2)
    assert least(spec) == 3
    assert improved(spec, (0, 1))[0] == 3
    largest = replace(spec, largest=True)
    assert least(largest) == 2


@pytest.mark.parametrize("function", location.KINDS)
def test_a_question_to_location_is_judged_and_asked_again(function: str, tmp_path: Path) -> None:
    asked = location.draw(3, function)
    assert asked.judged() == []
    asked.write(tmp_path)
    again = location.again(tmp_path)
    assert (again.name, again.form) == (asked.name, asked.form)
    assert again.judged() == []


def test_a_town_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    asked = draw_town(8, most=8)
    asked.write(tmp_path)
    again = engine.again(tmp_path)
    assert again.town.layers == asked.town.layers
    assert town_of(tmp_path / "town.json").file == asked.town.file
    assert len(read(tmp_path).problem.demand.ids) == len(asked.town.layers["demand"])


@pytest.mark.parametrize("seed", range(1, 5))
def test_a_town_is_answered_as_plain_rules_say(seed: int) -> None:
    assert draw_town(seed, most=8).judged() == []
