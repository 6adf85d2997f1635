"""Ctrl-C, SIGTERM and time limits: where they raise, and where they only are asked for."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.algorithms import conflict, session
from optimizer.algorithms.session import Session
from optimizer.case import Case
from optimizer.foundation import stopping
from optimizer.question import Budget, Floor, Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Outcome
from tests import hand
from tests.problems import two_cities
from tests.processes import started
from tests.solver.test_highs import knapsack

ROOT = Path(__file__).parents[2]


def busy(until: Callable[[], bool] = lambda: False, seconds: float = 30.0) -> None:
    """Work in Python that no one but a stop ends."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and not until():
        pass


def test_a_limit_raises_where_nothing_is_lost() -> None:
    began = time.perf_counter()
    with (
        pytest.raises(stopping.OutOfTime),
        stopping.clock(0.05),
        stopping.interruptible(),
    ):
        busy()
    assert time.perf_counter() - began < 10
    assert not stopping.asked()


def test_a_limit_is_only_asked_for_where_something_was_found() -> None:
    with stopping.clock(0.05), stopping.interruptible():
        stopping.keep()
        busy(stopping.asked)
        assert stopping.asked() and stopping.late() and not stopping.by_user()
        with stopping.finishing():
            assert not stopping.asked()
    assert not stopping.asked()


def test_a_limit_that_is_kept_does_nothing() -> None:
    with stopping.clock(0.05), stopping.interruptible():
        pass
    busy(seconds=0.5)


def test_the_outer_of_two_limits_counts_after_the_inner() -> None:
    with stopping.clock(0.05), stopping.held():
        with stopping.clock(60.0):
            busy(stopping.asked)
        assert stopping.asked()


def test_a_limit_is_that_of_its_thread() -> None:
    ended = list[type[BaseException]]()

    def work() -> None:
        try:
            with stopping.clock(0.05), stopping.interruptible():
                busy()
        except KeyboardInterrupt as error:
            ended.append(type(error))

    thread = threading.Thread(target=work)
    thread.start()
    with stopping.interruptible():
        thread.join()
    assert ended == [stopping.OutOfTime]


TRACED = """
import sys
sys.path.insert(0, "optimizer/foundation")  # alone, without the libraries of the package
import stopping

def goes_on():
    return "went on"

with stopping.clock(60.0), stopping.interruptible():
    pass
sys.settrace(lambda *_: None)
print(goes_on())
"""


def test_after_a_limit_nobody_waits_for_what_it_would_have_raised() -> None:
    """Python 3.11 waited for ever where its calls are traced, as they are for coverage."""
    command = [sys.executable, "-c", TRACED]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.stdout, ended.stderr) == ("went on\n", "")


def test_a_limit_that_passes_as_its_block_ends_raises_there_or_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stopping, "GRACE_SECONDS", 0.0)
    ended = {"in time": 0, "late": 0}
    for turn in range(200):
        with stopping.clock(0.005):
            try:
                with stopping.interruptible():
                    busy(lambda: bool(time.sleep(0)), 0.005 * (1 + turn % 20 / 100))
            except stopping.OutOfTime:
                ended["late"] += 1
            else:
                ended["in time"] += 1
        assert not stopping.asked()
    assert min(ended.values()) > 0, ended


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_raises_or_is_asked_for(number: signal.Signals) -> None:
    with stopping.signals(lambda: None):
        with pytest.raises(KeyboardInterrupt), stopping.interruptible():
            signal.raise_signal(number)
            busy()
        assert stopping.by_user()
        with pytest.raises(KeyboardInterrupt), stopping.interruptible():
            raise AssertionError("who was stopped once does not begin anew")
    with stopping.signals(lambda: None), stopping.held():
        signal.raise_signal(number)
        busy(stopping.asked)
        assert stopping.asked()
        outcome = minimise(knapsack(60), Limits(gap=0))
        assert (outcome.status, outcome.x, outcome.interrupted) == (Status.STOPPED, None, True)
    assert not stopping.asked()


ALONE = """
import os, signal, sys, time
sys.path.insert(0, "optimizer/foundation")  # alone, without the libraries of the package
import stopping
ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
with stopping.signals(lambda: os.write(1, b"bye")):
    with stopping.held() if "held" in sys.argv else stopping.deferred():
        print("ready", flush=True)
        while not stopping.asked() or "deaf" in sys.argv:
            time.sleep(0.01)
    print("asked", ignored, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_at_once(number: signal.Signals) -> None:
    command = (sys.executable, "-c", ALONE, "held", "deaf")
    with started(*command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        for _ in range(2):  # two at the same moment are one, as `timeout` sends them
            process.send_signal(number)
        time.sleep(2 * stopping.SAME_SIGNAL)
        assert process.poll() is None
        process.send_signal(number)
        assert (process.wait(), process.stdout.read()) == (stopping.EXIT_CODE, "bye")


def test_where_ctrl_c_is_ignored_sigterm_stops() -> None:
    """As it is for what a shell starts in the background."""
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)" + ALONE
    command = (sys.executable, "-c", code, "held")
    with started(*command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        os.kill(process.pid, signal.SIGINT)
        time.sleep(2 * stopping.SAME_SIGNAL)
        os.kill(process.pid, signal.SIGTERM)
        assert (process.stdout.read(), process.wait()) == ("asked True\n", 0)


def test_a_model_that_takes_too_long_is_no_longer_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "compiled", lambda *_: busy())
    began = time.perf_counter()
    result = solve(Case(hand.problem(), hand.policy()), Limits(seconds=0.05), "full")
    assert time.perf_counter() - began < 10
    assert (result.status, result.plan, result.bound) == (Status.STOPPED, None, -math.inf)
    assert not result.interrupted


def test_a_stop_keeps_the_plan_that_was_there_before(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, policy = hand.problem(), hand.policy()
    monkeypatch.setattr(session, "compiled", lambda *_: signal.raise_signal(signal.SIGINT))
    with stopping.signals(lambda: None):
        asked = Session(Case(problem, policy), "full")
        result = asked.solve(policy, Limits(), start=hand.plan())
        assert result.plan is not None and result.interrupted
    with stopping.signals(lambda: None), pytest.raises(KeyboardInterrupt):
        Session(Case(problem, policy), "full").solve(policy, Limits())


def poor() -> tuple[str, ...]:
    """Why there is no plan where 100 persons need room on land that is not there."""
    facts = two_cities(referral=False)
    floors = {"care.low": Floor(jurisdiction=1.0)}
    return solve(Case(facts, Policy(floors=floors, budget=Budget()))).reasons


def test_a_conflict_is_minimal_or_said_not_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    (minimal,) = poor()
    assert "fewer" not in minimal and "budgets" not in minimal
    unknown = Outcome(Status.STOPPED, None, math.inf, -math.inf, 0.0, 0)
    monkeypatch.setattr(conflict, "minimise", lambda *_: unknown)
    (stopped,) = poor()
    assert "fewer of them may do" in stopped
    rules = set(minimal.partition(": ")[2].split("; "))
    assert rules < set(stopped.partition(": ")[2].split("; "))
