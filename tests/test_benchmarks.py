"""The benchmarks run, and keep a record of what they found."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from benchmarks import apart, child, peers, verdict
from benchmarks.__main__ import app
from benchmarks.cases import Benchmark, cases
from benchmarks.formats import hubs, kolm_pollak, optima, pmed, sjc, steinlib, tsplib, warehouses
from benchmarks.journal import Journal
from benchmarks.measures import questions
from benchmarks.record import table
from benchmarks.sweep import _carried
from optimizer.case import Case
from optimizer.equity import INDICATORS, Measure
from optimizer.question import Limits
from optimizer.robust import solve
from optimizer.sweep.task import Answer, Task
from tests.hand import policy, problem


def record(folder: Path, *words: str) -> str:
    """The text of the record that this benchmark keeps."""
    ended = CliRunner().invoke(app, [*words, "--records", str(folder)])
    assert ended.exit_code == 0, ended.output
    (file,) = folder.iterdir()
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d-{words[0]}\.md", file.name)
    text = file.read_text(encoding="utf-8")
    assert text in ended.stdout
    return text


def lines(text: str) -> list[list[str]]:
    """The cells of the table, without its head."""
    rows = [row.strip("| ").split(" | ") for row in text.splitlines() if row.startswith("|")]
    return rows[2:]


@pytest.mark.slow
def test_the_sweep(tmp_path: Path):
    text = record(tmp_path, "sweep", "tiny/two-cities", "--weights", "3")
    nothing, built, alone, beside = (float(row[1].replace(",", "")) for row in lines(text))
    assert min(nothing, built, alone) > 0
    assert beside > alone, "starting processes takes longer than so small a sweep"
    assert re.search(r"^\d of 3 weights needed a solve", text, re.MULTILINE)
    assert re.search(r"^Machine: \d+ cores .* GB of memory", text, re.MULTILINE)
    assert "highspy 1.15.1" in text


def test_the_measures(tmp_path: Path):
    rows = lines(record(tmp_path, "measures", "tiny/line", "--level", "emergency"))
    assert {row[0] for row in rows} == {
        name for name, kind in INDICATORS.items() if issubclass(kind, Measure)
    }
    assert len(rows) == len(list(questions()))
    # Stations at v3 and v5: 60 / 12 minutes in the mean, 20 from v1. At v2 and v5: 70 / 12 and 10,
    # which is fairer: 2e + 1 + 4e + e + 4 < 2e^2 + e + 4 + e + 4.
    of = {row[0]: row[2:4] for row in rows}
    assert of["mean"] == ["5.0", "20.0"]
    assert of["kolm_pollak"] == ["5.8", "10.0"]


def test_a_table_has_numbers_to_the_right():
    assert table([{"a": "x", "b": "1.5"}, {"a": "y", "b": "-"}]) == [
        "| a | b |",
        "| --- | --: |",
        "| x | 1.5 |",
        "| y | - |",
    ]


@pytest.mark.parametrize(("below", "proven"), [(0.005, True), (0.02, False)])
def test_what_was_known_before_is_told_from_what_was_solved(below: float, proven: bool):
    result = solve(Case(problem(), policy()), Limits(gap=0))
    task = Task("weight=0.5", {}, policy(), result.plan, result.objective * (1 - below))
    assert _carried(problem(), Answer(task, result), gap=0.01) is proven
    assert not _carried(problem(), Answer(Task("weight=0.5", {}, policy()), result), gap=0.01)


DATA = Path(__file__).parent / "benchmarks_data"


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve here: a process of its own for each would take seconds to start."""

    def run(task: apart.Task, seconds: float, memory: float) -> apart.Ended:
        answer: dict[str, object] = {}
        child.do(task, lambda line: answer.update(json.loads(json.dumps(line))))
        return apart.Ended(answer)

    monkeypatch.setattr(apart, "run", run)


def folder(at: Path, *names: str, optima: str = "") -> Path:
    """A folder with these of the tiny instances, and some text replaced among their optima."""
    data = at / "data"
    data.mkdir()
    for name in names:
        shutil.copy(DATA / name, data / name)
    before, _, after = optima.partition(" -> ")
    text = (DATA / "optima.csv").read_text(encoding="utf-8")
    (data / "optima.csv").write_text(text.replace(before, after), encoding="utf-8")
    return data


def location(*words: object) -> Result:
    return CliRunner().invoke(app, ["location", *map(str, words)])


def columns(text: str) -> list[dict[str, str]]:
    """The first table of a record, row by row."""
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.split("![")[0].splitlines()
        if line.startswith("|")
    ]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_formats_are_read_back():
    graph = pmed.read(DATA / "pmed1.txt")
    assert graph.p == 2
    # The edge 1-2 is there twice, 5 and then 3: the last counts.
    expected = [[0, 3, 4, 6], [3, 0, 1, 3], [4, 1, 0, 2], [6, 3, 2, 0]]
    assert graph.distances().tolist() == expected
    assert tsplib.read(DATA / "four.tsp").tolist() == [[0, 0], [1.5, 0], [0, 2.5], [10, 0]]
    town = sjc.read(DATA / "SJC4.txt")
    assert town.places.tolist() == [[0, 0], [300, 0], [0, 700], [5000, 0]]
    assert town.demand.tolist() == [5, 1, 2, 4]
    graph = steinlib.read(DATA / "steiner/square.gr")
    assert (graph.nodes, graph.terminals.tolist()) == (5, [0, 1, 2])
    assert graph.tail.tolist() == [0, 1, 2, 3, 0, 1, 2] and graph.head.tolist()[3:] == [0, 4, 4, 4]
    assert graph.cost.tolist() == [3, 3, 3, 3, 2, 2, 2]
    post = hubs.read_ap(DATA / "hubs/3.1")
    assert post.costs.tolist() == [[0, 1000, 3000], [1000, 0, 2000], [3000, 2000, 0]]
    assert (post.collection, post.transfer, post.distribution) == (3, 0.75, 2)
    fixed, capacity = hubs.read_fixed(DATA / "hubs/3.1", "LT")
    assert (fixed.tolist(), capacity.tolist()) == ([10_000] * 3, [4, 3, 4])
    cities = hubs.read_cab(DATA / "hubs/CAB.txt")
    assert cities.flows.tolist() == post.flows.tolist()
    assert cities.costs.tolist() == [[0, 1, 3], [1, 0, 2], [3, 2, 0]]
    place = kolm_pollak.read(DATA / "kolm_pollak")
    assert place.distances.tolist() == [[10, 20, 5], [30, 8, 40]]
    assert place.persons.tolist() == [3, 1] and place.required == (0,)


@pytest.mark.parametrize(
    "facts",
    [
        warehouses.read_orlib(DATA / "cap1.txt"),
        warehouses.read_holmberg(DATA / "holmberg/p1.txt"),
        warehouses.read_delmaire(DATA / "delmaire/p1.txt"),
    ],
    ids=["orlib", "holmberg", "delmaire"],
)
def test_one_instance_in_three_formats(facts: warehouses.Warehouses):
    assert facts.costs.tolist() == [[1, 6], [7, 2], [3, 3]]
    assert facts.demand.tolist() == [4, 6, 3]
    assert facts.fixed.tolist() == [5, 8]
    assert facts.capacity.tolist() == [10, 20]


def test_a_capacity_that_is_given_apart():
    assert np.isnan(warehouses.read_orlib(DATA / "capa.txt").capacity).all()


def test_a_file_of_other_distances_is_told(tmp_path: Path):
    file = tmp_path / "globe.tsp"
    file.write_text("EDGE_WEIGHT_TYPE : GEO\nNODE_COORD_SECTION\n1 0 0\nEOF\n")
    with pytest.raises(ValueError, match="EUC_2D"):
        tsplib.read(file)


def test_a_folder_is_asked_what_is_published_of_it():
    keys = [case.key for case in cases(DATA)]
    assert len(keys) == len(set(keys)) == 21
    assert {"pmed1 p-median 2", "capa CFLP capacity=7", "SJC4 MCLP R=800, p=2"} <= set(keys)
    assert "EFL_2x3 Kolm-Pollak EDE p=2, aversion=0" in keys
    assert {case.instance for case in cases(DATA, ("cap?",))} == {"cap1", "capa"}
    assert [case.key for case in cases(DATA, ("* p-center *",))] == [
        "pmed1 p-center 2",
        "four p-center 2",
    ]


def test_a_folder_without_optima_is_asked_what_its_files_say(tmp_path: Path):
    shutil.copy(DATA / "pmed1.txt", tmp_path)
    assert [case.key for case in cases(tmp_path)] == ["pmed1 p-median 2", "pmed1 p-center 2"]
    assert all(case.published is None for case in cases(tmp_path))


@pytest.mark.usefixtures("in_process")
def test_every_format_and_problem(tmp_path: Path):
    ended = location(DATA, "--no-peers", "--no-kolm-pollak", "--records", tmp_path)
    assert ended.exit_code == 0, ended.output
    (file,) = tmp_path.glob("*-location.md")
    rows = columns(file.read_text(encoding="utf-8"))
    assert len(rows) == 21
    for row in rows:
        assert row["state"] == "proven", row
        assert row["ours"] == row["published"], row


@pytest.mark.usefixtures("in_process")
def test_peers_solve_the_same_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("benchmarks.location.missing", lambda name: name != "dense, HiGHS")
    data = folder(tmp_path, "pmed1.txt", "four.tsp")
    only = "* p-median *"
    ended = location(data, "--only", only, "--records", tmp_path / "records")
    assert ended.exit_code == 0, ended.output
    (file,) = (tmp_path / "records").glob("*.md")
    text = file.read_text(encoding="utf-8")
    first, second = columns(text)
    assert (first["instance"], first["ours"], first["published"]) == ("pmed1", "3", "3")
    assert float(first["dense, HiGHS / ours"]) > 0
    assert first["spopt, CBC, s"] == "not installed"
    assert (second["ours"], second["dense, HiGHS, s"]) == ("3", "-")
    assert "## Kolm-Pollak against the p-median" in text
    assert (tmp_path / "records" / f"{file.stem}.png").is_file()
    assert not list((tmp_path / "records").glob("*.jsonl"))


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("wrong", ["2", "4"])
def test_a_published_optimum_that_is_none(tmp_path: Path, wrong: str):
    data = folder(tmp_path, "pmed1.txt", optima=f"p-median,2,3 -> p-median,2,{wrong}")
    words = ("--only", "pmed1 p-median 2", "--no-peers", "--no-kolm-pollak")
    ended = location(data, *words, "--records", tmp_path / "records")
    assert ended.exit_code == 1
    assert "pmed1 p-median 2: WRONG" in ended.stdout


def test_what_is_only_best_known_may_be_improved():
    published = optima.Published("one", "p-median", {}, "10", "best-known")
    case = Benchmark("one", "pmed", "", "p-median", {"p": 1}, published)
    assert verdict.wrong(case, {"objective": 9.0, "bound": 9.0}) is None
    assert verdict.improves(case, {"objective": 9.0})
    assert verdict.wrong(case, {"objective": 11.0, "bound": 10.5}) is not None
    assert verdict.wrong(case, {"objective": 11.0, "bound": 9.0}) is None


def test_a_bound_on_what_is_covered_is_above():
    published = optima.Published("one", "MCLP", {}, "10", "by hand")
    case = Benchmark("one", "sjc", "", "MCLP", {"p": 1}, published)
    assert verdict.wrong(case, {"objective": 9.0, "bound": 10.0}) is None
    assert verdict.wrong(case, {"objective": 9.0, "bound": 9.5}) is not None
    assert verdict.wrong(case, {"objective": 11.0, "bound": 12.0}) is not None


def test_a_peer_that_proves_another_optimum():
    ours = {"status": "optimal", "objective": 10.0, "gap": 0.0}
    other = {"status": "optimal", "objective": 11.0, "trouble": ""}
    assert list(verdict.disagree(ours, {"peer": other})) == ["WRONG: peer proves 11"]
    assert not list(verdict.disagree(ours, {"peer": other | {"objective": 10.0}}))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "make bench DATA=folder"),
        (["nowhere"], "nowhere is not a folder"),
        ([str(DATA / "holmberg"), "--only", "pmed1"], "has no instance that fits --only"),
    ],
)
def test_without_instances_there_is_one_sentence(words: list[str], told: str, tmp_path: Path):
    ended = location(*words, "--records", tmp_path)
    assert ended.exit_code == 2
    assert told in ended.stderr and ended.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("in_process")
def test_the_growth(tmp_path: Path):
    ended = CliRunner().invoke(app, ["growth", "--sizes", "20,40", "--records", str(tmp_path)])
    assert ended.exit_code == 0, ended.output
    (file,) = tmp_path.glob("*-growth.md")
    rows = columns(file.read_text(encoding="utf-8"))
    assert [(row["n"], row["p"], row["state"]) for row in rows] == [
        ("20", "2", "proven"),
        ("40", "4", "proven"),
    ]
    assert file.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_a_process_of_its_own_is_measured_and_killed():
    case = {"instance": "one", "format": "uniform", "file": "", "problem": "p-median"}
    case |= {"parameter": {"n": 10, "p": 1}}
    task = {"who": "ours", "case": case, "limits": {"seconds": 5}, "known": {}}
    ended = apart.run(task, seconds=30, memory=8)
    assert ended.trouble == "" and ended.answer["status"] == "optimal"
    assert 50 < ended.answer["peak"] < 2000
    assert apart.run(task, seconds=30, memory=0.01).trouble == "no memory (> 0.01 GB)"
    assert apart.run(task | {"who": "nobody"}, 30, 8).trouble.startswith("failed: KeyError")


def test_a_process_that_takes_too_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apart, "READING", 0.2)
    ended = apart.run({"who": "ours"}, seconds=1, memory=8)
    assert ended.trouble == "> 1 s"


def test_a_run_that_was_killed_goes_on(tmp_path: Path):
    file = tmp_path / "one.unfinished.jsonl"
    Journal(file, {"seconds": 1}).add("a", {"objective": 1.5})
    with file.open("a") as lines:
        lines.write('["b", {"objec')
    assert Journal(file, {"seconds": 1}).rows == {"a": {"objective": 1.5}}
    assert Journal(file, {"seconds": 2}).rows == {}, "another question starts anew"


def test_the_dense_model_has_the_optimum_of_hand():
    costs = pmed.read(DATA / "pmed1.txt").distances()
    assert peers.dense(costs, 2, Limits(gap=0)) == (3.0, True)
    assert peers.dense(costs, 1, Limits(gap=0)) == (7.0, True)
