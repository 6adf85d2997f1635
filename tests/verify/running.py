"""The search itself: question after question until the time is over, every catch written down."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.verify.catch import Catch, Question
from tests.verify.meetings import Meetings
from tests.verify.shrinking import smallest

#: Seconds between two lines on how far it is.
TELL = 60.0

#: Catches of one rule in one kind of question that are made small and written down.
WRITTEN = 5

#: Seed -> the question.
Draw = Callable[[int], Question]


@dataclass(eq=False)
class Search:
    """families: who draws questions, and how much of the time each has; folder: for catches."""

    families: Mapping[str, tuple[Draw, float]]
    folder: Path
    tell: Callable[[str], None] = print
    asked: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    caught: Counter[tuple[str, str]] = field(default_factory=Counter)
    met: defaultdict[str, Meetings] = field(default_factory=lambda: defaultdict(Meetings))

    def run(self, seconds: float, seed: int = 0) -> int:
        """Ask until the time is over, or Ctrl-C; how many catches there were."""
        began = told = time.perf_counter()
        seeds = dict.fromkeys(self.families, seed)
        with suppress(KeyboardInterrupt):
            while (now := time.perf_counter()) - began < seconds:
                # Whose share of the time is least used is next, whatever a question of it takes.
                family = min(self.families, key=self._used)
                self._ask(family, seeds[family])
                seeds[family] += 1
                if now - told > TELL:
                    told = now
                    self.tell(f"{now - began:6.0f} s  {self.line()}")
        return sum(self.caught.values())

    def _used(self, family: str) -> float:
        return self.seconds[family] / self.families[family][1]

    def line(self) -> str:
        return f"{sum(self.asked.values())} questions, {sum(self.caught.values())} catches"

    def _ask(self, family: str, seed: int) -> None:
        began = time.perf_counter()
        question = self.families[family][0](seed)
        found = question.judged()
        self.asked[f"{family}: {question.name}"] += 1
        self.met[family].add(question.features)
        for catch in {one.rule: one for one in found}.values():
            self._catch(family, seed, question, catch)
        self.seconds[family] += time.perf_counter() - began

    def _catch(self, family: str, seed: int, question: Question, catch: Catch) -> None:
        key = f"{family}: {question.name}", catch.rule
        self.caught[key] += 1
        self.tell(f"CATCH {family} seed {seed}, {question.name}: {catch}")
        if self.caught[key] > WRITTEN:
            return
        small, left = smallest(question, catch)
        rule = "".join(c if c.isalnum() else "-" for c in catch.rule)[:40]
        folder = self.folder / f"{family}-{question.name}-{rule}-{seed}"
        small.write(folder)
        text = f"{question.name}\n{left}\nBefore it was made smaller: {catch}\n"
        text += f"Again: python -m tests.verify --again {folder.name}, or --family {family}"
        text += f" --seed {seed} for the whole question.\n"
        (folder / "README").write_text(text, "utf-8")

    def report(self) -> str:
        """All that was counted."""
        lines = [f"{count:6}  {name}" for name, count in sorted(self.asked.items())]
        for family, met in self.met.items():
            lines += ["", f"{family}: how often features met", met.table()]
            lines += [f"rarest: {met.rarest()}"]
            met.write(self.folder / f"met-{family}.csv")
        lines += ["", *(f"{n:6}  {name}: {rule}" for (name, rule), n in self.caught.items())]
        return "\n".join([*lines, self.line()])
