"""kill -9 at any moment, then the same command: the same rows, and no point solved twice."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from optimizer.commands import main
from tests.parts import parts
from tests.processes import started

ROOT = Path(__file__).parents[2]
POINTS = 21
SWEEP = (
    *("sweep", "tiny/redline", "--gap", "0", "--weights", f"0:1:{1 / (POINTS - 1)}"),
    *("--quiet", "--journal", "kept", "-o", "points.csv"),
)


@contextmanager
def run(folder: Path, workers: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """The sweep in a process of its own."""
    folder.mkdir(exist_ok=True)
    command = (sys.executable, ROOT / "cli.py", *SWEEP, "--workers", str(workers))
    with started(*command, cwd=folder) as process:
        yield process


def whole(folder: Path) -> int:
    """The exit code of the sweep that nobody stops: in this process, which is started already."""
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["equisite", *SWEEP])
        main()
    return int(ended.value.code or 0)


def finished(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every answer that is on disk: when it was written, and what it is."""
    files = folder.glob("kept/*.sweep/*.json.gz")
    return {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in files}


def rows(folder: Path) -> list[dict[str, str]]:
    """The rows that the sweep wrote, but for their seconds."""
    with (folder / "points.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{**row, "seconds": ""} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert whole(folder) == 0
    return rows(folder)


def wait_for(process: subprocess.Popen[bytes], folder: Path, points: int) -> None:
    """Until so many points are on disk."""
    while True:
        ended = process.poll() is not None
        if len(finished(folder)) >= points:
            return
        assert not ended
        time.sleep(0.005)


@pytest.mark.parametrize("kills", parts([1, 2, 10], usual=1))
def test_killed(kills: int, undisturbed: list[dict[str, str]], tmp_path: Path) -> None:
    """With one worker or with two: a journal does not know who wrote it."""
    chance = random.Random(3)
    moments = sorted(chance.sample(range(POINTS), kills))
    for kill, points in enumerate(moments):
        before = finished(tmp_path)
        with run(tmp_path, workers=1 + kill % 2) as process:
            wait_for(process, tmp_path, points)
            time.sleep(chance.uniform(0, 0.1))
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert before.items() <= finished(tmp_path).items()
    before = finished(tmp_path)
    assert whole(tmp_path) == 0
    assert before.items() <= finished(tmp_path).items()
    assert len(finished(tmp_path)) == POINTS
    assert rows(tmp_path) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workers", "how"), parts([(2, signal.SIGTERM), (1, signal.SIGINT)], usual=1)
)
def test_stopped(
    workers: int, how: signal.Signals, undisturbed: list[dict[str, str]], tmp_path: Path
) -> None:
    """What is finished is written and kept, and the rest is solved by the same command."""
    with run(tmp_path, workers) as process:
        wait_for(process, tmp_path, 3)
        os.killpg(process.pid, how)
        assert process.wait() == 4
    before = finished(tmp_path)
    assert len(before) < POINTS
    # The one that is being written down may come too late for the rows.
    assert len(before) - 1 <= len(rows(tmp_path)) <= len(before)
    assert whole(tmp_path) == 0
    assert before.items() <= finished(tmp_path).items()
    assert rows(tmp_path) == undisturbed
