"""STOPPING: Ctrl-C, SIGTERM and the end of a time limit, in one way.

Where nothing would be lost they raise KeyboardInterrupt (`interruptible`); where something is there
to be kept they only make `asked` true, and whoever works there ends soon and says what it has. A
time limit raises OutOfTime, which is one: so what obeys Ctrl-C obeys the clock too.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

#: Seconds within which a second signal is the same one: `timeout` sends two.
SAME_SIGNAL = 0.2

#: What a program that was stopped ends with.
EXIT_CODE = 4

#: By how much a limit may be exceeded before it is like Ctrl-C: a share of it, and seconds.
GRACE_SHARE, GRACE_SECONDS = 0.03, 0.3

#: The signals that stop.
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class OutOfTime(KeyboardInterrupt):
    """A time limit has passed."""


class _Clock:
    """A time limit; late: it has passed."""

    late = False


class _Thread(threading.local):
    """Of one thread: whether a stop raises, by block; its time limits; who is not to be stopped.

    lock: held by a time limit while it looks and raises, and by who changes what it looks at.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.raises: list[bool] = []
        self.clocks: list[_Clock] = []
        self.finishing = 0


_here = _Thread()
_by_user = threading.Event()


def asked() -> bool:
    """Whether to stop: the user said so, or time is over."""
    if _here.finishing:
        return False
    return _by_user.is_set() or late()


def late() -> bool:
    """Whether a time limit of this thread has passed."""
    return any(clock.late for clock in _here.clocks)


def by_user() -> bool:
    """Whether the user said so."""
    return _by_user.is_set()


@contextmanager
def blocked() -> Iterator[None]:
    """Processes that are started here never see the signals that stop (on Windows they do)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def interruptible() -> Iterator[None]:
    """A stop raises here, until `keep`: nothing is lost, or who calls this catches it."""
    with _block(not _here.finishing):
        if _by_user.is_set() and not _here.finishing:
            raise KeyboardInterrupt
        yield


@contextmanager
def held() -> Iterator[None]:
    """A stop does not raise here; `asked` tells it."""
    with _block(False):
        yield


@contextmanager
def finishing() -> Iterator[None]:
    """What has to be done before there is an end; nobody here is asked to stop."""
    _here.finishing += 1
    try:
        with held():
            yield
    finally:
        _here.finishing -= 1


def awaited(items: Iterable[T]) -> Iterator[T]:
    """The items, one after the other; while the next is waited for, a stop raises."""
    waiting = iter(items)
    while True:
        with interruptible():
            try:
                item = next(waiting)
            except StopIteration:
                return
        yield item


def keep() -> None:
    """Something was found: in the innermost block a stop does not raise any more."""
    with _here.lock:
        if _here.raises:
            _here.raises[-1] = False


@contextmanager
def clock(seconds: float | None) -> Iterator[None]:
    """After these seconds, and a moment, a stop is asked for in this thread. None: never."""
    if seconds is None:
        yield
        return
    thread, lock, one = threading.get_ident(), _here.lock, _Clock()
    raises, running = _here.raises, True

    def ring() -> None:
        with lock:
            if running:
                one.late = True
                if raises[-1:] == [True]:
                    _raise_in(thread, OutOfTime)

    timer = threading.Timer(seconds * (1 + GRACE_SHARE) + GRACE_SECONDS, ring)
    timer.daemon = True
    _here.clocks.append(one)
    try:
        timer.start()
        yield
    finally:
        try:
            while running:
                try:  # what was to be raised may arrive at each call
                    timer.cancel()
                    with lock:
                        running = False
                except OutOfTime:
                    pass
        finally:
            _here.clocks.remove(one)
        if late() and raises[-1:] == [True]:
            raise OutOfTime  # of a limit around this one


def _raise_in(thread: int, error: type[BaseException]) -> None:
    """Raise in a thread, at the next call or backward jump there.

    It cannot be taken back: with NULL in place of an error Python 3.11 looks for one at every call
    until one comes, and where calls are traced it waits for that.
    """
    what = ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)


@contextmanager
def _block(raises: bool) -> Iterator[None]:
    """What a time limit raises arrives before this begins, or while it lasts, and never later."""
    outside = len(_here.raises)
    try:
        with _here.lock:
            _here.raises.append(raises)
        yield
    finally:
        with _here.lock:
            del _here.raises[outside:]


@contextmanager
def deferred() -> Iterator[Callable[[], bool]]:
    """A stop does not raise here, be it this module that handles Ctrl-C or Python itself.

    What is yielded tells whether one was asked for.
    """
    pressed = threading.Event()
    main = threading.current_thread() is threading.main_thread()
    with held():
        if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield asked
            return
        before = signal.signal(signal.SIGINT, lambda *_: pressed.set())
        try:
            yield lambda: pressed.is_set() or asked()
        finally:
            signal.signal(signal.SIGINT, before)


@contextmanager
def signals(farewell: Callable[[], None]) -> Iterator[None]:
    """What this module says holds for signals while this lasts. In the main thread.

    Outside of all blocks a signal ends the process at once, after the farewell; so does a second
    one anywhere. Who started the process with SIGINT ignored wants it so: it stays.
    """

    def leave() -> None:
        farewell()
        os._exit(EXIT_CODE)

    def heard(number: int, frame: FrameType | None) -> None:
        _by_user.set()
        if not _here.raises:
            leave()
        if _here.raises[-1]:
            _here.raises[-1] = False
            raise KeyboardInterrupt

    def watch(line: socket.socket) -> None:
        """A thread of its own, since a handler waits for whatever the main thread is in."""
        first = None
        while numbers := line.recv(64):
            if not set(numbers).isdisjoint(SIGNALS):
                now = time.monotonic()
                first = now if first is None else first
                if now - first > SAME_SIGNAL:
                    leave()

    heeded = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    before = {one: signal.signal(one, heard) for one in heeded}
    near, far = socket.socketpair()
    far.setblocking(False)
    wakeup = signal.set_wakeup_fd(far.fileno(), warn_on_full_buffer=False)
    watcher = threading.Thread(target=watch, args=(near,), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for one, handler in before.items():
            signal.signal(one, handler)
        far.close()
        watcher.join()
        near.close()
        _by_user.clear()
