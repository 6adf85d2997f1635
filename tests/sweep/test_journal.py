"""The journal: what is finished is found again to the last bit, and nothing else is."""

from __future__ import annotations

import gzip
import json
import math
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.problem import Problem
from optimizer.question import Limits, Policy
from optimizer.solution import Plan, Result, Status
from optimizer.sweep.journal import Journal, digest, opened
from optimizer.sweep.request import Mode, Request
from optimizer.sweep.task import Answer, Task
from tests import hand
from tests.processes import started

ROOT = Path(__file__).parents[2]
POLICY = hand.policy()
TASK = Task("weight=0.5", {"weight": 0.5}, POLICY, start=hand.plan(), bound=1 / 3)
REQUEST = Request(Mode.WEIGHTS, (0.0, 1.0))

floats = st.floats(allow_nan=False)


@contextmanager
def journal(
    parent: Path,
    problem: Problem | None = None,
    policy: Policy = POLICY,
    limits: Limits | None = None,
    request: Request = REQUEST,
) -> Iterator[Journal]:
    with opened(
        parent, "hand", Case(problem or hand.problem(), policy), limits or Limits(), request
    ) as found:
        yield found


def result(plan: Plan | None = None, **changes: Any) -> Result:
    numbers = {"objective": 7.25, "bound": 7.0, "gap": 0.25 / 7.25, "seconds": 0.1, "nodes": 3}
    return Result(
        **{"status": Status.OPTIMAL, "plan": plan, "algorithm": "full", **numbers, **changes}
    )


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal in every bit and type."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if isinstance(one, (Result, Plan)) or hasattr(one, "share"):
        return type(one) is type(other) and all(
            same(getattr(one, item.name), getattr(other, item.name)) for item in fields(one)
        )
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def read_back(kept: Journal, task: Task = TASK) -> Result:
    answer = kept.answer(task)
    assert answer is not None and answer.result is not None
    assert answer.task is task
    return answer.result


@given(
    objective=floats,
    bound=floats,
    seconds=floats,
    guard=st.none() | floats,
    minutes=st.lists(floats, min_size=3, max_size=3),
)
def test_every_number_is_read_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory,
    objective: float,
    bound: float,
    seconds: float,
    guard: float | None,
    minutes: list[float],
) -> None:
    plan = hand.plan()
    drawn = replace(plan.assignments[0], minutes=np.array(minutes))
    found = result(
        replace(plan, assignments=(drawn, *plan.assignments[1:])),
        objective=objective,
        bound=bound,
        seconds=seconds,
        efficient=plan,
        efficiency_guard=guard,
    )
    with journal(tmp_path_factory.getbasetemp()) as kept:
        kept.keep(Answer(TASK, found))
        assert same(read_back(kept), found)


def test_what_has_no_plan_is_kept_too(tmp_path: Path) -> None:
    """An infeasible point, and one that its time limit stopped before it had a plan."""
    infeasible = result(
        status=Status.INFEASIBLE, objective=math.inf, gap=math.inf, reasons=("no money", "钱")
    )
    stopped = result(status=Status.STOPPED, objective=math.inf, bound=-math.inf, gap=math.inf)
    with journal(tmp_path) as kept:
        for found in (infeasible, stopped):
            kept.keep(Answer(TASK, found))
            assert same(read_back(kept), found)


def test_a_failure_is_tried_again(tmp_path: Path) -> None:
    with journal(tmp_path) as kept:
        kept.keep(Answer(TASK, None, "its process died"))
        assert kept.answer(TASK) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(TASK, policy=replace(POLICY, weight=0.25)),
        replace(TASK, start=None),
        replace(TASK, start=replace(hand.plan(), options=hand.rows(0, 1, 3))),
        replace(TASK, bound=0.25),
        replace(TASK, key="weight=0.25"),
    ],
)
def test_an_answer_is_to_one_question_only(other: Task, tmp_path: Path) -> None:
    with journal(tmp_path) as kept:
        kept.keep(Answer(TASK, result(hand.plan())))
        assert kept.answer(other) is None
        assert kept.answer(replace(TASK)) is not None


def test_a_plan_read_back_asks_the_same_as_the_plan_itself(tmp_path: Path) -> None:
    """Starts come from the journal in a resumed sweep, from memory in an undisturbed one."""
    with journal(tmp_path) as kept:
        kept.keep(Answer(TASK, result(hand.plan())))
        again = replace(TASK, start=read_back(kept).plan)
    assert digest(again) == digest(TASK)


@given(data=st.data())
def test_a_damaged_file_is_no_answer(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Cut off anywhere, or with any byte changed, it is not read, or read as it was."""
    found = result(hand.plan())
    with journal(tmp_path_factory.getbasetemp()) as kept:
        kept.keep(Answer(TASK, found))
        file = kept.folder / "weight=0.5.json.gz"
        whole = file.read_bytes()
        at = data.draw(st.integers(0, len(whole) - 1))
        cut = data.draw(st.booleans())
        flipped = whole[at] ^ data.draw(st.integers(1, 255))
        file.write_bytes(whole[:at] + (b"" if cut else bytes([flipped]) + whole[at + 1 :]))
        answer = kept.answer(TASK)
        assert answer is None or (answer.result is not None and same(answer.result, found))
        assert not (cut and answer)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b'{"question": 1}'])
def test_what_is_no_answer_is_none(content: bytes, tmp_path: Path) -> None:
    with journal(tmp_path) as kept:
        for damaged in (content, gzip.compress(content)):
            (kept.folder / "weight=0.5.json.gz").write_bytes(damaged)
            assert kept.answer(TASK) is None


def test_a_half_written_file_is_swept_away(tmp_path: Path) -> None:
    with journal(tmp_path) as kept:
        kept.keep(Answer(TASK, result()))
        half = kept.folder / "weight=1.json.gz.writing"
        half.write_bytes(b"half")
    with journal(tmp_path) as kept:
        assert not half.exists()
        assert kept.answer(TASK) is not None


def other_minutes() -> Problem:
    problem = hand.problem()
    pairs = replace(problem.pairs[0], minutes=problem.pairs[0].minutes + 1e-9)
    return replace(problem, pairs=(pairs, *problem.pairs[1:]))


@pytest.mark.parametrize(
    "changes",
    [
        {"problem": other_minutes()},
        {"policy": replace(POLICY, guard=0.2)},
        {"limits": Limits(gap=0.01)},
        {"limits": Limits(seconds=5)},
        {"limits": Limits(seed=1)},
        {"request": Request(Mode.WEIGHTS, (0.0, 0.5))},
        {"request": Request(Mode.BOUNDS, (0.0, 1.0))},
        {"request": replace(REQUEST, costs=(5.0,))},
    ],
    ids=str,
)
def test_another_sweep_has_another_folder(changes: dict[str, Any], tmp_path: Path) -> None:
    with journal(tmp_path) as one, journal(tmp_path, **changes) as other:
        assert one.folder != other.folder
    with journal(tmp_path) as again:
        assert again.folder == one.folder


def test_the_folder_says_what_was_asked(tmp_path: Path) -> None:
    with journal(tmp_path) as kept:
        told = json.loads((kept.folder / "sweep.json").read_text(encoding="utf-8"))
    assert kept.folder.name.startswith("hand-")
    assert kept.folder.name.endswith(".sweep")
    assert told["instance"] == "hand"
    assert told["sweep"]["mode"] == "weights"
    assert told["policy"]["budget"] == {
        "tier": "city",
        "pooled": 0.5,
        "scale": 1.0,
        "negotiated": False,
    }
    assert told["limits"]["gap"] == 0.001


HOLD = """
import sys, time
from pathlib import Path
from tests.sweep.test_journal import journal
with journal(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_only_one_run_at_a_time(tmp_path: Path) -> None:
    """And one that is killed leaves the journal to the next."""
    command = (sys.executable, "-c", HOLD, str(tmp_path))
    with started(*command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InputError, match="another run of the same sweep is at work here"):
            journal(tmp_path).__enter__()
        holder.send_signal(signal.SIGKILL)
    with journal(tmp_path) as kept:
        assert kept.answer(TASK) is None


def test_a_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with (
        pytest.raises(InputError, match=r"journal: cannot be written: .* Choose another folder"),
        journal(tmp_path / "file"),
    ):
        pass
