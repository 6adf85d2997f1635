"""ASSUMPTIONS: what plans do when one assumption is another, and how far they are then apart."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from benchmarks.journal import Journal, Row
from benchmarks.location import INTERRUPTED
from benchmarks.numbers import NONE, percent
from benchmarks.record import RECORDS, Records, keep
from benchmarks.region import Question
from benchmarks.regions import DONE, Inquiry, apart_share, elsewhere
from benchmarks.runner import revision, unfinished
from optimizer.question import Limits

#: The question as the instance asks it, the first of each table.
AS_IT_IS = "as it is"
#: The same with another seed: so far apart are plans that are as good.
AGAIN = "as it is, another seed"

HOSPITALS = ("small hospital", "county hospital", "large county hospital", "regional centre")
#: In million CNY: to build, and to add to what stands.
HOSPITAL_COSTS = ((220, 150), (500, 350), (760, 540), (2000, 1200))

#: What is assumed instead, and how it is asked.
VARIATIONS: dict[str, tuple[str, ...]] = {
    AS_IT_IS: (),
    "twice the money": ("budget.scale=2",),
    "half the money": ("budget.scale=0.5",),
    "every city its own money": ("budget.pooled=0",),
    "hospitals at half the price": tuple(
        f"services.medical.sizes.{size}.{key}={price / 2:g}"
        for size, prices in zip(HOSPITALS, HOSPITAL_COSTS, strict=True)
        for key, price in zip(("cost", "upgrade_cost"), prices, strict=True)
    ),
    "new hospitals cost nothing to run": tuple(
        f"services.medical.sizes.{size}.running_cost=0" for size in HOSPITALS
    ),
    "a hospital serves 10 persons for 7": ("services.medical.levels.county.share=0.7",),
    "twice as many are referred": ("services.medical.levels.regional.share=0.3",),
    "hubs at half the price": ("services.transport.sizes.hub.cost=300",),
    "hubs count for nothing": ("services.transport.weight=0",),
    "an ambulance serves 50,000 persons, not 30,000": ("services.emergency.share=0.6",),
    "emergency posts at three times the price": (
        "services.emergency.sizes.post.cost=7.5",
        "services.emergency.sizes.post.upgrade_cost=4.5",
        "services.emergency.sizes.post.running_cost=4.8",
    ),
    "corridors are decided too": ("policy.corridors=true",),
    "corridors, and five times the money": ("policy.corridors=true", "budget.scale=5"),
}


def run(
    instances: Annotated[list[str], typer.Argument(metavar="INSTANCE...")],
    gap: Annotated[float, typer.Option(help="To which every plan is proven.")] = 0.005,
    seconds: Annotated[float, typer.Option(min=0.1, help="The limit of each solve.")] = 300,
    threads: Annotated[int, typer.Option(min=1, help="Of each solve.")] = 1,
    memory: Annotated[float, typer.Option(metavar="GB", help="The limit of each process.")] = 8,
    records: Records = RECORDS,
) -> None:
    """Agglomerations under other assumptions: which of them decides what a plan may do."""
    asked: Row = {"gap": gap, "seconds": seconds, "threads": threads, "memory": memory}
    journal = Journal(unfinished("assumptions", records), asked)
    inquiry, limits, rows = Inquiry(journal, memory), Limits(seconds, gap, threads), []
    try:
        for name in instances:
            as_it_is = inquiry.ask(AS_IT_IS, Question(name, limits=limits))
            again = Question(name, limits=Limits(seconds, gap, threads, seed=1))
            answers = {AS_IT_IS: as_it_is, AGAIN: inquiry.ask(AGAIN, again)}
            for words, overrides in VARIATIONS.items():
                if words != AS_IT_IS:
                    question = Question(name, overrides=overrides, limits=limits)
                    answers[words] = inquiry.ask(words, question)
            rows += [_row(name, words, row, as_it_is) for words, row in answers.items()]
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    sentences = [
        f"The default policy of each instance, to {gap:.1%} within {seconds:g} s and {threads} "
        "thread(s), with one assumption changed. What is built, upgraded, closed; options that "
        "differ (Jaccard distance of all that is built, upgraded or closed) and persons who go "
        "elsewhere (over the levels by their weights) against the plan of the instance as it is. "
        "Plans that differ by no more than the second row may be as good.",
        "",
        revision(),
    ]
    keep("assumptions", "Agglomerations under other assumptions", sentences, rows, records)
    journal.close()


def _row(name: str, words: str, row: Row, as_it_is: Row) -> dict[str, str]:
    """One assumption of one instance."""
    cells = {"instance": name, "assumed": words}
    kinds = as_it_is["kept"]
    if "done" not in row:
        said = row["trouble"] or str(row.get("status"))
        empty = dict.fromkeys([*kinds, "corridors", "mean", "options", "elsewhere", "gap, %"], NONE)
        return cells | empty | {"gap, %": said}
    done = Counter((service, kind) for service, _, kind, _ in row["done"])
    return (
        cells
        | {one: ", ".join(str(done[one, kind]) for kind in DONE) for one in kinds}
        | {
            "corridors": str(row["corridors"]),
            "mean": f"{row['efficiency']:.2f}",
            "options": f"{apart_share(row, as_it_is):.0%}",
            "elsewhere": f"{elsewhere(row, as_it_is):.0%}",
            "gap, %": percent(round(row["gap"], 4)),
        }
    )
