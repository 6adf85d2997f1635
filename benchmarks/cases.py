"""CASES: which instances a folder has, and what is asked of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.formats import hubs, kolm_pollak, optima, pmed, sndlib, steinlib
from benchmarks.formats.optima import Published

P_MEDIAN, P_CENTER = "p-median", "p-center"
UFLP, CFLP, SSCFLP = "UFLP", "CFLP", "SSCFLP"
MCLP, LSCP = "MCLP", "LSCP"
EDE = "Kolm-Pollak EDE"
STEINER_TREE = "Steiner tree"
TWO_EDGE, TWO_NODE = "two-edge-connected", "two-node-connected"
DESIGN = "network design"
SINGLE_HUB, ALL_HUBS, HUBS_WITH_ROOM = "USApHMP", "UMApHMP", "CSAHLP"

#: How much Kolm-Pollak averts in what is compared with the p-median.
AVERSIONS = (1, 2)


@dataclass(frozen=True)
class Benchmark:
    """One question about one instance. parameter: p, R, capacity or aversion, by name."""

    instance: str
    format: str
    file: str
    problem: str
    parameter: Mapping[str, float]
    published: Published | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return f"{self.instance} {self.problem} {self.told}".rstrip(" -")

    @property
    def told(self) -> str:
        """The parameter as text; p alone is its number."""
        values = {name: f"{value:g}" for name, value in self.parameter.items()}
        if set(values) == {"p"}:
            return values["p"]
        return ", ".join(f"{name}={value}" for name, value in values.items()) or "-"

    def fair(self, aversion: float) -> Benchmark:
        """The Kolm-Pollak question about the same p sites."""
        parameter = {**self.parameter, "aversion": float(aversion)}
        return Benchmark(self.instance, self.format, self.file, EDE, parameter)


@dataclass(frozen=True)
class Format:
    """find: files of this format below a folder. asked: problem -> parameters, where no optimum
    is published; its problems are all that can be asked.
    """

    find: Callable[[Path], Iterator[tuple[str, Path]]]
    asked: Callable[[Path], dict[str, list[dict[str, float]]]]


def _named(pattern: str) -> Callable[[Path], Iterator[tuple[str, Path]]]:
    """Files whose whole name fits; the instance is called like the file."""

    def find(folder: Path) -> Iterator[tuple[str, Path]]:
        for file in folder.rglob("*"):
            if re.fullmatch(pattern, file.name):
                yield file.stem, file

    return find


def _below(name: str) -> Callable[[Path], Iterator[tuple[str, Path]]]:
    """p1.txt and so on in a folder of this name, as their names alone tell nothing."""

    def find(folder: Path) -> Iterator[tuple[str, Path]]:
        for file in folder.rglob("p*.txt"):
            if file.parent.name == name:
                yield f"{name}_{file.stem}", file

    return find


def _native(folder: Path) -> Iterator[tuple[str, Path]]:
    """Networks of SNDlib, told by how they begin."""
    for file in folder.rglob("*.txt"):
        if sndlib.is_native(file):
            yield file.stem, file


def _folders(folder: Path) -> Iterator[tuple[str, Path]]:
    """Folders of the Kolm-Pollak test set."""
    for file in folder.rglob(kolm_pollak.DISTANCES):
        points, sites = kolm_pollak.read(file.parent).distances.shape
        yield f"EFL_{points}x{sites}", file.parent


def _sites(counts: list[float]) -> list[dict[str, float]]:
    return [{"p": p} for p in counts]


def _of_pmed(file: Path) -> dict[str, list[dict[str, float]]]:
    p = _sites([pmed.read(file).p])
    return {P_MEDIAN: p, P_CENTER: p}


def _of_tsplib(_: Path) -> dict[str, list[dict[str, float]]]:
    p = _sites([10, 50, 100, 500])
    return {P_MEDIAN: p, P_CENTER: p}


def _of_orlib(file: Path) -> dict[str, list[dict[str, float]]]:
    apart = "capacity" in file.read_text(encoding="utf-8")
    given = [{"capacity": c} for c in (8000.0, 10000.0, 12000.0, 14000.0)] if apart else [{}]
    return {UFLP: [{}], CFLP: given, SSCFLP: given}


def _of_one_source(_: Path) -> dict[str, list[dict[str, float]]]:
    return {SSCFLP: [{}]}


def _of_sjc(_: Path) -> dict[str, list[dict[str, float]]]:
    return {MCLP: [{"R": 800, "p": p} for p in range(1, 6)], LSCP: []}


def _of_kolm_pollak(_: Path) -> dict[str, list[dict[str, float]]]:
    return {EDE: [{"p": 6, "aversion": aversion} for aversion in (0, *AVERSIONS)]}


def _of_steinlib(_: Path) -> dict[str, list[dict[str, float]]]:
    return {STEINER_TREE: [{}]}


def _of_sndlib(_: Path) -> dict[str, list[dict[str, float]]]:
    return {TWO_EDGE: [{}], TWO_NODE: [{}], DESIGN: [{}]}


def _of_hubs(_: Path) -> dict[str, list[dict[str, float]]]:
    return {SINGLE_HUB: _sites([2, 3, 4, 5]), ALL_HUBS: _sites([2, 3, 4, 5])}


def _of_cab(_: Path) -> dict[str, list[dict[str, float]]]:
    asked = [{"p": p, "alpha": alpha} for p in (2.0, 3.0, 4.0) for alpha in (0.2, 0.6, 1.0)]
    return {SINGLE_HUB: asked, ALL_HUBS: asked}


def _of_hubs_with_room(_: Path) -> dict[str, list[dict[str, float]]]:
    return {HUBS_WITH_ROOM: [{}]}


FORMATS = {
    "pmed": Format(_named(r"pmed\d+\.txt"), _of_pmed),
    "tsplib": Format(_named(r".+\.tsp"), _of_tsplib),
    "orlib": Format(_named(r"cap(\d+|[abc]\d*)\.txt"), _of_orlib),
    "holmberg": Format(_below("holmberg"), _of_one_source),
    "delmaire": Format(_below("delmaire"), _of_one_source),
    "sjc": Format(_named(r"SJC\d+\.txt"), _of_sjc),
    "steinlib": Format(steinlib.find, _of_steinlib),
    "sndlib": Format(_native, _of_sndlib),
    "ap": Format(hubs.find_ap, _of_hubs),
    "ap_fixed": Format(hubs.find_fixed_ap, _of_hubs_with_room),
    "cab": Format(hubs.find_cab, _of_cab),
    "kolm_pollak": Format(_folders, _of_kolm_pollak),
}


def cases(folder: Path, only: tuple[str, ...] = ()) -> list[Benchmark]:
    """Every question about every instance below the folder, the small ones of a format first.

    only: patterns, one of which fits the name of the instance or the key of the case.
    """
    folder = folder.resolve()
    published = optima.read(folder)
    found = [
        case
        for name, kind in FORMATS.items()
        for instance, file in sorted(kind.find(folder), key=lambda one: (_size(one[1]), one[0]))
        for case in _asked(name, kind, instance, file, published)
    ]
    return [case for case in found if not only or _wanted(case, only)]


def _asked(
    name: str, kind: Format, instance: str, file: Path, published: list[Published]
) -> Iterator[Benchmark]:
    """What has a published optimum; without any, what the format is usually asked."""
    usual = kind.asked(file)
    known = [one for one in published if one.instance == instance and one.problem in usual]
    for one in known:
        parameter = dict(one.parameter)
        if one.problem == EDE:
            # In the authors' code more aversion is a smaller number.
            if "aversion" not in parameter:
                continue
            parameter["aversion"] = abs(parameter["aversion"])
        yield Benchmark(instance, name, str(file), one.problem, parameter, one)
    if not known:
        for problem, parameters in usual.items():
            for parameter in parameters:
                yield Benchmark(instance, name, str(file), problem, parameter)


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _wanted(case: Benchmark, only: tuple[str, ...]) -> bool:
    return any(fnmatch(case.instance, one) or fnmatch(case.key, one) for one in only)
