"""A question that is answered wrongly, made as small as it stays wrong."""

from __future__ import annotations

import time

from tests.verify.catch import Catch, Question

#: Seconds for one catch.
SECONDS = 60.0


def smallest(question: Question, catch: Catch, seconds: float = SECONDS) -> tuple[Question, Catch]:
    """The smallest that is found, and what is wrong with it: the same rule is broken."""
    began, goes_on = time.perf_counter(), True
    while goes_on:
        goes_on = False
        for one in question.smaller():
            if time.perf_counter() - began > seconds:
                return question, catch
            same = [found for found in one.judged() if found.rule == catch.rule]
            if same:
                question, catch, goes_on = one, same[0], True
                break
    return question, catch
