"""Killed, or told to stop, at any moment: old files or new ones, whole, and nothing beside them."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import LineString

from tests.commands.running import ROOT
from tests.processes import started

#: What each command writes, and how it is asked to. The folder has an instance, x, and a plan of
#: it; what is written stands there from the run before.
RUNS = {
    "solve": "solve x --quiet --policy own-money -o plan.gpkg -o plan.json -o plan.geojson",
    "pictures": "solve x --quiet -o plan.png -o plan.svg",
    "sweep": "sweep x --quiet --weights 0:1:0.5 --journal kept -o points.csv -o points.gpkg",
    "workers": "sweep x --quiet --weights 0:1:0.25 --workers 2 --journal kept -o points.csv",
    "table": "table x x --quiet -o table.csv",
    "corridors": "corridors x --quiet --in-place",
    "lines": "corridors x --quiet -o lines.gpkg",
    "stress": "stress plan.gpkg --instance x --quiet --attack 1 -o stressed.gpkg",
}


@dataclass
class Program:
    """Runs of the program, one at a time, that can be disturbed. folder: where they run."""

    pipe: subprocess.Popen[str]
    folder: Path

    def run(self, name: str, disturb: Callable[[int], None] = lambda process: None) -> int:
        """The exit code; what is left of the run is ended."""
        assert self.pipe.stdin is not None and self.pipe.stdout is not None
        asked = {"arguments": RUNS[name].split(), "folder": str(self.folder)}
        print(json.dumps(asked), file=self.pipe.stdin, flush=True)
        process = int(self.pipe.stdout.readline())
        try:
            wait_until_it_listens(process)
            disturb(process)
            return int(self.pipe.stdout.readline())
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)

    @property
    def said(self) -> str:
        return (self.folder.parent / "stderr").read_text(encoding="utf-8")


def wait_until_it_listens(process: int) -> None:
    """Until it handles SIGTERM, or has ended."""
    wanted = 1 << (signal.SIGTERM - 1)
    with suppress(FileNotFoundError, ProcessLookupError):
        while True:
            told = Path(f"/proc/{process}/status").read_text()
            if "zombie" in told or int(told.split("SigCgt:")[1].split()[0], 16) & wanted:
                return
            time.sleep(0.001)


@pytest.fixture
def began() -> Iterator[subprocess.Popen[str]]:
    command = (sys.executable, Path(__file__).with_name("forking.py"))
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with started(*command, **pipes, env=os.environ | {"OMP_NUM_THREADS": "1"}) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        yield process


@pytest.fixture
def program(
    began: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Program:
    """With two cities that one corridor may join; temporary files are in a folder of the test."""
    folder = tmp_path / "here"
    shutil.copytree(ROOT / "instances/tiny/two-cities", folder / "x")
    demand = gpd.read_file(folder / "x/demand.geojson")
    ends = [0, len(demand) - 1]
    links = {"id": ["k"], "from": demand["id"].iloc[[0]], "to": [demand["id"].iloc[-1]]}
    links |= {"minutes": [40.0], "cost": [9.0]}
    line = [LineString(demand.geometry.iloc[ends].tolist())]
    gpd.GeoDataFrame(links, geometry=line, crs=demand.crs).to_file(
        folder / "x/links.gpkg", layer="corridors"
    )
    file = folder / "x/instance.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("[layers]", '[layers]\ncorridors = "links.gpkg"')
    file.write_text(text, encoding="utf-8")
    return Program(began, folder)


def files(folder: Path) -> dict[str, bytes]:
    """Every file that is there, but for the answers and the lock of a journal."""
    found = [one for one in folder.rglob("*") if one.is_file() and "kept" not in one.parts]
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in found}


def is_whole(file: Path) -> bool:
    """Whether a file is what such files are at their end."""
    content = file.read_bytes()
    match file.suffix:
        case ".gpkg":
            with closing(sqlite3.connect(f"file:{file}?immutable=1", uri=True)) as database:
                return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        case ".json" | ".geojson":
            return bool(json.loads(content))
        case ".png":
            return content.endswith(b"IEND\xaeB`\x82")
        case ".svg":
            return content.endswith(b"</svg>\n")
        case _:
            return content.endswith(b"\n")


def disturbed(program: Program, name: str, how: list[signal.Signals], chance: random.Random) -> int:
    """One run per signal, at a random moment of it; then one that nobody disturbs.

    Returns how many of them came before the end.
    """
    if name == "stress":
        assert program.run("solve") == 0
    began = time.perf_counter()
    assert program.run(name) == 0, program.said
    length = time.perf_counter() - began
    before, met = files(program.folder), 0
    for one in how:
        shutil.rmtree(program.folder / "kept", ignore_errors=True)

        def disturb(process: int, one: signal.Signals = one) -> None:
            time.sleep(chance.uniform(0, length))
            with suppress(ProcessLookupError):
                (os.killpg if one is signal.SIGINT else os.kill)(process, one)

        code = program.run(name, disturb)
        after = files(program.folder)
        if one is signal.SIGKILL:
            assert code in (0, -signal.SIGKILL)
            after = {name: content for name, content in after.items() if ".writing-" not in name}
        else:
            assert code in (0, 4), (code, program.said)
            assert "Traceback" not in program.said and "internal error" not in program.said
        met += code != 0
        assert after.keys() == before.keys(), (code, program.said)
        for changed in (file for file in after if after[file] != before[file]):
            assert is_whole(program.folder / changed)
    shutil.rmtree(program.folder / "kept", ignore_errors=True)
    assert program.run(name) == 0, program.said
    assert files(program.folder).keys() == before.keys()
    left = {one.name for one in program.folder.rglob(".writing-*")}
    assert not left
    return met


STOPS = [signal.SIGINT, signal.SIGTERM]


def test_disturbed_once_in_every_way(program: Program) -> None:
    disturbed(program, "solve", [signal.SIGKILL, *STOPS], random.Random("solve"))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", RUNS)
def test_killed(program: Program, name: str) -> None:
    """13 times each: more than 100 in all."""
    met = disturbed(program, name, [signal.SIGKILL] * 13, random.Random(f"kill {name}"))
    print(f"{name}: killed {met} of 13 times before the end")


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", RUNS)
def test_stopped(program: Program, name: str) -> None:
    """14 times each: more than 100 in all."""
    met = disturbed(program, name, STOPS * 7, random.Random(f"stop {name}"))
    print(f"{name}: stopped {met} of 14 times before the end")
