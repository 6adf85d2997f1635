"""A sweep written down, one kind of file each: rows, pictures, layers of all plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import style
from matplotlib.figure import Figure

from optimizer.foundation.faults import Fault, InputError, nearest
from optimizer.foundation.language import _
from optimizer.geodata.geography import Instance
from optimizer.outputs import targets
from optimizer.outputs.atomic import replacing
from optimizer.outputs.frontier import curve, gpkg, people
from optimizer.outputs.frontier.rows import printed, records
from optimizer.outputs.map import DPI, SETTINGS, fonts
from optimizer.outputs.map.fonts import Font
from optimizer.outputs.rows import write_csv
from optimizer.sweep.task import Frontier

__all__ = ["FORMATS", "check_suffixes", "files_of", "printed", "records", "write"]

Draw = Callable[[Instance, Sequence[Frontier], Font, str], Figure]

#: What the second picture is called, after the name of the first.
PEOPLE = "-people"


def check_suffixes(paths: Sequence[Path], language: str = "auto") -> None:
    """Raise InputError unless a sweep can be written to each of these files."""
    faults = []
    for path in paths:
        if path.suffix.lower() not in FORMATS:
            remedy = nearest(path.suffix or path.name, FORMATS)
            faults.append(Fault("output", _("no sweep has this suffix"), remedy, value=str(path)))
        elif not path.parent.is_dir():
            problem = _("its folder does not exist")
            faults.append(Fault("output", problem, _("Make the folder"), value=str(path)))
    if faults:
        raise InputError(faults)
    if any(FORMATS[path.suffix.lower()] is _pictures for path in paths):
        fonts.choose(fonts.speak(language))


def files_of(paths: Sequence[Path]) -> list[Path]:
    """All files that a sweep writes for these."""
    files = []
    for path in paths:
        files.append(path)
        if FORMATS[path.suffix.lower()] is _pictures:
            files.append(_second(path))
    return files


def write(
    instance: Instance, frontiers: Sequence[Frontier], path: Path, language: str = "auto"
) -> tuple[Path, ...]:
    """Write a sweep in the format that the suffix names; the files that were written.

    A picture comes with a second one beside it, NAME-people. Raises InputError as
    `check_suffixes`, and where a file cannot be written or is one that the instance was read from.
    """
    check_suffixes([path], language)
    targets.judge(files_of([path]), instance.geography.files)
    return FORMATS[path.suffix.lower()](instance, frontiers, path, fonts.speak(language))


def _rows(
    instance: Instance, frontiers: Sequence[Frontier], path: Path, language: str
) -> tuple[Path, ...]:
    write_csv(records(instance, frontiers), path)
    return (path,)


def _layers(
    instance: Instance, frontiers: Sequence[Frontier], path: Path, language: str
) -> tuple[Path, ...]:
    with replacing(path) as draft:
        gpkg.write(instance, frontiers, draft, language)
    return (path,)


def _pictures(
    instance: Instance, frontiers: Sequence[Frontier], path: Path, language: str
) -> tuple[Path, ...]:
    font = fonts.choose(language)
    kind = path.suffix.lower().removeprefix(".")
    files: dict[Path, Draw] = {
        path: curve.draw,
        _second(path): people.draw,
    }
    with style.context("default"), mpl.rc_context({**SETTINGS, "font.family": [font.family]}):
        for file, draw in files.items():
            figure = draw(instance, frontiers, font, language)
            with replacing(file) as draft:
                metadata = {"Date": None} if kind == "svg" else None
                figure.savefig(draft, format=kind, dpi=DPI, metadata=metadata)
    return tuple(files)


def _second(path: Path) -> Path:
    """The picture that comes with this one."""
    return path.with_name(f"{path.stem}{PEOPLE}{path.suffix}")


Write = Callable[[Instance, Sequence[Frontier], Path, str], tuple[Path, ...]]

#: Suffix -> writer(instance, frontiers, path, language), the language being zh or en.
FORMATS: dict[str, Write] = {
    ".csv": _rows,
    ".gpkg": _layers,
    ".png": _pictures,
    ".svg": _pictures,
}
