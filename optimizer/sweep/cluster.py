"""CLUSTER: the tasks of a sweep on a Dask cluster that is there already."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from optimizer.algorithms.session import Session
from optimizer.case import Case
from optimizer.foundation import stopping
from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _, speak, spoken
from optimizer.question import Limits
from optimizer.sweep.executors import Found, attempt
from optimizer.sweep.journal import digest
from optimizer.sweep.task import Answer, Task

if TYPE_CHECKING:
    from distributed import Client

#: Seconds within which a scheduler must answer.
PATIENCE_SECONDS = 10

#: Facts and question, with their fingerprint.
Facts = tuple[str, Case, Limits]


@dataclass(eq=False)
class Cluster:
    """One task at a time in each thread of each worker.

    facts: on the cluster, where they are made anew when the workers that had them die.
    """

    client: Client
    facts: Any

    @property
    def workers(self) -> int:
        return max(1, int(sum(self.client.nthreads().values())))

    def answers(self, tasks: Sequence[Task]) -> Iterator[Answer]:
        """A task whose worker dies goes to another; one that kills several is a failure."""
        from distributed import CancelledError, KilledWorker, as_completed

        running = {
            self.client.submit(
                _solve, self.facts, task, version("equisite"), spoken(), pure=False
            ): task
            for task in tasks
        }
        try:
            for future in stopping.awaited(as_completed(list(running), loop=self.client.loop)):
                if isinstance(future.exception(), KilledWorker):
                    failure = _("its workers died; out of memory?")
                    yield Answer(running[future], None, failure)
                else:
                    yield Answer(running[future], *future.result())
        except (CancelledError, OSError) as error:
            remedy = _("Start one and ask again: what is finished is kept")
            raise InputError([Fault("cluster", _("the scheduler is gone"), remedy)]) from error
        finally:
            self.client.cancel(list(running))


@contextmanager
def cluster(address: str, case: Case, limits: Limits) -> Iterator[Cluster]:
    """The cluster of the scheduler at this address, such as tcp://host:8786.

    Raises InputError where no scheduler answers, or `distributed` is not installed.
    """
    try:
        from distributed import Client
    except ImportError as error:
        remedy = _("Install it: pip install 'equisite[cluster]'")
        problem = _("needs the library distributed")
        raise InputError([Fault("cluster", problem, remedy)]) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it logs it raises too
    try:
        client = Client(address, timeout=PATIENCE_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        remedy = _("Start one with `dask scheduler`, or correct the address")
        problem = _("no scheduler answers")
        raise InputError([Fault("cluster", problem, remedy, value=address)]) from error
    with client:
        facts: Facts = (digest(case.problem, case.policy, limits), case, limits)
        yield Cluster(client, client.submit(_hold, facts, pure=False))


_here = threading.local()


def _hold(facts: Facts) -> Facts:
    return facts


def _solve(facts: Facts, task: Task, asked_version: str, language: str) -> Found:
    """Solve a task in this thread of a worker, which keeps its session from task to task."""
    speak(language)
    if version("equisite") != asked_version:
        return None, _(
            "a worker has equisite {own}, this is {asked}",
            own=version("equisite"),
            asked=asked_version,
        )
    name, case, limits = facts
    if getattr(_here, "name", None) != name:
        _here.name, _here.session = name, Session(case)
    return attempt(_here.session, task, limits)
