"""What all tests share: the same examples in every run, however slow the machine.

The examples are the same, so more of them would find nothing new in the next run; a test that has
to draw more says so. Whoever starts the tests in the background has Ctrl-C ignored; here it is
heard, since there are tests of what it does.
"""

import gc
import signal

import pytest
from hypothesis import settings

from optimizer.foundation.language import VARIABLE

settings.register_profile("same", derandomize=True, deadline=None, max_examples=25)
settings.load_profile("same")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """The language of each test, whatever the program said in the one before."""
    for name in (VARIABLE, "LANGUAGE"):
        monkeypatch.setenv(name, "en")


@pytest.fixture(autouse=True)
def collecting_calls_nobody() -> None:
    """Hypothesis times the garbage collector in a callback, where what a clock raises is lost."""
    gc.callbacks.clear()
